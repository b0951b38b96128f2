"""What was worked out before is not worked out again: audits kept by the digest of all that went into them.

Audits lie in a folder of this user alone, so that nobody else can give a form findings that it does not have; what a run has
published stands in its own output folder, with a record by which the next run knows it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import stat
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from auditkit import resources
from auditkit.dependencies import versions
from auditkit.pipeline import Audit, FileAudit, audit_file
from auditkit.rulebooks.loader import Rulebook
from auditkit.run.storage import STATE, Folder
from auditkit.safety import Limits, encoded, publish
from auditkit.sandbox.answer import load_answer, unpacked

DAYS = 90  # for which an audit that no run asks for is kept
VERSION = 3  # of what is kept and recorded: what another version of the program wrote is made again
Audits = Callable[[Path, Rulebook | None, Limits], FileAudit]
_HEAD = b"auditkit audits %d\n" % VERSION


def cache_key(*parts: object) -> str:
    """One name for all of these together."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "backslashreplace")).hexdigest()


@cache
def code_digest() -> str:
    """The digest of the program, its notebooks and the packages that show in a report."""
    files = [path for kind in ("py", "toml", "j2", "typ") for path in resources.PACKAGE.rglob(f"*.{kind}")]
    files += resources.notebooks().glob("*.ipynb")
    parts = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in sorted(files)]
    return cache_key(VERSION, *parts, *(f"{name} {version}" for name, version in versions().items()))


def key_of(rulebook: str, name: str, *parts: object) -> str:
    """The digest of these with all that shows in every result under a rulebook: its digest and its name."""
    return cache_key(code_digest(), rulebook, name, *parts)


def audit_key(rulebook: str, name: str, sha: str, copy: str, limits: Limits) -> str:
    """The key of the audits of a file with this digest, whose private copy has this name: one for all who ask."""
    return key_of(rulebook, name, sha, copy, limits)


@dataclass(frozen=True)
class PackedAudits:
    """The audits of one file as they travel and are kept, and the seconds that they took."""

    data: bytes
    seconds: float = 0.0

    @cached_property
    def file(self) -> FileAudit:
        return load_answer(unpacked(self.data))

    @property
    def audits(self) -> tuple[Audit, ...]:
        return self.file.audits


def pack_audits(path: Path, named: Rulebook | None, limits: Limits, function: Audits = audit_file) -> bytes:
    """Audit a file, and pack what was made of its forms, which have much in common. Raises as `audit` does."""
    return zlib.compress(pickle.dumps(function(path, named, limits)), 1)


class AuditCache:
    """Packed audits by their key, in the user's own cache folder or wherever AUDITKIT_CACHE says."""

    def __init__(self, make: bool = True):
        self._folder = _cache_folder()
        if make:
            with contextlib.suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._usable = _ours_alone(self._folder)

    def has(self, key: str) -> bool:
        return self._usable and (self._folder / key[:2] / key).is_file()

    def find(self, key: str) -> PackedAudits | None:
        """What is kept under this key, None where nothing is, or nothing that this version can read."""
        path = self._folder / key[:2] / key
        if self._usable:
            with contextlib.suppress(Exception):
                head, seconds, data = path.read_bytes().split(b"\n", 2)
                if head + b"\n" == _HEAD:
                    found = PackedAudits(data, float(seconds))
                    found.audits  # noqa: B018  what cannot be unpacked is not there
                    os.utime(path)
                    return found
        return None

    def put(self, key: str, packed: PackedAudits) -> None:
        """Keep a result, if it can be."""
        if self._usable:
            with contextlib.suppress(OSError):
                publish(self._folder / key[:2] / key, b"%b%r\n%b" % (_HEAD, packed.seconds, packed.data))

    def get(self, key: str, make: Callable[[], PackedAudits]) -> PackedAudits:
        """The result of this key, made where there is none yet; what cannot be kept is made every time."""
        if (result := self.find(key)) is None:
            result = make()
            self.put(key, result)
        return result

    def forget(self) -> None:
        """Remove what no run has asked for in a long time."""
        oldest = time.time() - DAYS * 86_400
        for path in self._folder.glob("??/*") if self._usable else ():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _cache_folder() -> Path:
    if told := os.environ.get("AUDITKIT_CACHE"):
        return Path(told)
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "auditkit"


def _ours_alone(folder: Path) -> bool:
    """Whether nobody else may write there. Windows keeps a user's folders from the others itself."""
    try:
        found = folder.stat()
    except OSError:
        return False
    return os.name != "posix" or (found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o022)


@dataclass(frozen=True)
class PublishedRecord:
    """What a run published under one key, so that the next run finds it or makes it again."""

    out: Folder
    name: str

    @property
    def _file(self) -> str:
        return f"{STATE}/done/{self.name}.json"

    def matching(self, key: str) -> dict[str, Any] | None:
        """The record, if it is of this key and every file it tells of is still as it was written."""
        try:
            told = json.loads(self.out.read(self._file))
            known = (told["version"], told["key"]) == (VERSION, key)
            same = known and all(self._is(name, sha) for name, sha in told["files"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return told if same else None

    def _is(self, name: str, sha: str) -> bool:
        return hashlib.sha256(self.out.read(name)).hexdigest() == sha

    def write(self, key: str, files: Mapping[str, str], **facts: Any) -> None:
        """To be called when the files stand under their names."""
        told = {"version": VERSION, "key": key, "files": dict(files), **facts}
        self.out.write(self._file, encoded(json.dumps(told, ensure_ascii=False)))
