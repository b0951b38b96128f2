"""Where a store may lie: not on a share, whose locks cannot be relied on; and where a person's own notes lie."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path

_SHARES = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|gluster\w*|lustre|davfs|ncpfs|fuse\.(?:sshfs|rclone|davfs\w*|s3fs|glusterfs)"
)
_REMOTE = 4  # DRIVE_REMOTE of GetDriveTypeW


def own_folder() -> Path:
    """Of this person on this machine, outside any store and any reports. Raises OSError for an account without a home."""
    state = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_STATE_HOME")
    try:
        return Path(state or Path.home() / ".local" / "state") / "auditkit"
    except RuntimeError as error:
        raise OSError("no home folder") from error


def on_a_share(path: Path, mounts: str | None = None) -> bool:
    """Whether the folder of a file is on a network file system, as far as this system tells."""
    folder = path.resolve().parent
    if os.name == "nt":
        text = str(folder)
        return text.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\") == _REMOTE
    if mounts is None:
        try:
            mounts = Path("/proc/self/mounts").read_text("utf-8", "replace")
        except OSError:
            return False
    above = [(_unescaped(fields[1]), fields[2]) for fields in map(str.split, mounts.splitlines()) if len(fields) > 2]
    above = [(mount, kind) for mount, kind in above if folder.is_relative_to(mount)]
    # Of two mounts on one folder the later covers the former.
    _, kind = max(enumerate(above), key=lambda one: (len(one[1][0]), one[0]), default=(0, ("", "")))[1]
    return bool(_SHARES.fullmatch(kind))


def _unescaped(mount: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), mount)
