"""Files that only LibreOffice reads (.doc, .wps, .rtf, .odt, .ods): converted out of reach of the network, then read.

LibreOffice follows links in documents and ends with 0 where it wrote nothing, so it gets a profile and a folder of its
own, no network, a deadline for its whole process group, and its output is read like any other untrusted file. Its
profile says that the system is Chinese: else the user's language decides how dates are printed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from auditkit.document import Document
from auditkit.errors.files import (
    ConvertedTooLarge,
    ConvertedTooSlowly,
    Encrypted,
    NeedsLibreOffice,
    NotConverted,
    NotIsolated,
    NotOldOffice,
)
from auditkit.read.foreign import SHEETS, WORDS, named_by_streams, save_again, suffix_for
from auditkit.read.ole import Compound
from auditkit.read.ooxml import OPEN_SHEET, OPEN_TEXT, Package
from auditkit.safety import LIMITS, Limits

# What each kind is read as: named, because LibreOffice takes what it cannot tell for text.
_FILTERS = {".doc": "MS Word 97", ".rtf": "Rich Text Format", ".odt": "writer8", ".ods": "calc8"}
_ISOLATED = (("unshare", "-rn", "--"), ("bwrap", "--dev-bind", "/", "/", "--unshare-net", "--"))
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value></prop></item>
</oor:items>
"""


def read_ole(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a compound file by what it holds: a Word document (.doc, .wps) or a workbook (.xls, .et).

    Raises Refused for encryption, other kinds, and what read_by_office refuses; Unreadable for damage.
    """
    compound = Compound(source, data, limits)
    if "EncryptedPackage" in compound.names:
        raise Encrypted(source, suffix=suffix_for(source))
    if {"Workbook", "Book"} & compound.names:
        from auditkit.read.excel.xls import read_xls

        return read_xls(source, data, limits)
    if "WordDocument" not in compound.names:
        zh, en, advice = named_by_streams(compound.names)
        raise NotOldOffice(source, kind=(zh, en), save_as=advice)
    head = compound.stream("WordDocument")[:12]
    if len(head) == 12 and head[11] & 1:  # FibBase.fEncrypted
        raise Encrypted(source, suffix=".doc")
    return read_by_office(source, data, ".doc", limits)


def read_rtf(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    return read_by_office(source, data, ".rtf", limits)


def read_opendocument(source: str, data: bytes, limits: Limits = LIMITS) -> Document:
    """Read a text or a spreadsheet; raises as `read_by_office`, and Refused for a DTD in any of its parts."""
    sheets = b"opendocument.spreadsheet" in data[30:90]
    with Package(source, data, limits, OPEN_SHEET if sheets else OPEN_TEXT):
        pass
    return read_by_office(source, data, ".ods" if sheets else ".odt", limits)


def read_by_office(source: str, data: bytes, suffix: str, limits: Limits = LIMITS) -> Document:
    """Read a file as what LibreOffice makes of it.

    Raises Refused where LibreOffice is absent, cannot be kept from the network (unless limits.offline_only is off) or
    takes longer than limits.wall; Unreadable where it makes nothing of the file.
    """
    from auditkit.read.docx import read_docx
    from auditkit.read.excel.xlsx import read_excel

    reader = read_excel if suffix == ".ods" else read_docx
    return reader(source, converted(source, data, suffix, limits), limits)


def converted(source: str, data: bytes, suffix: str, limits: Limits) -> bytes:
    """The .docx, or of a spreadsheet the .xlsx, that LibreOffice makes of a file; raises as `read_by_office`."""
    target = "xlsx" if suffix == ".ods" else "docx"
    advice = SHEETS if suffix == ".ods" else WORDS
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise NeedsLibreOffice(source, suffix=suffix, save_as=advice)
    if (isolated := _isolated()) is None and limits.offline_only:
        raise NotIsolated(source, suffix=suffix, save_as=advice)
    with tempfile.TemporaryDirectory(prefix="auditkit-", ignore_cleanup_errors=True) as name:
        return _converted(source, data, suffix, target, Path(name), (*(isolated or ()), program), limits)


@cache
def _isolated() -> tuple[str, ...] | None:
    """The command in front of another that takes the network from it, None where the system has none that works."""
    for command in _ISOLATED:
        if shutil.which(command[0]):
            tried = subprocess.run((*command, "true"), capture_output=True, timeout=30)
            if tried.returncode == 0:
                return command
    return None


def _converted(
    source: str, data: bytes, suffix: str, target: str, folder: Path, command: Sequence[str], limits: Limits
) -> bytes:
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    (folder / f"form{suffix}").write_bytes(data)
    _run(
        source,
        (
            *command,
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--norestore", f"--infilter={_FILTERS[suffix]}", "--convert-to", target),
            *("--outdir", str(out), str(folder / f"form{suffix}")),
        ),
        folder,
        limits.wall,
    )
    try:
        with (out / f"form.{target}").open("rb") as file:
            converted = file.read(limits.file + 1)
    except OSError:
        advice = SHEETS if suffix == ".ods" else WORDS
        raise NotConverted(source, suffix=suffix, size=f"{limits.memory / 2**20:g} MB", save_as=advice) from None
    if len(converted) > limits.file:
        raise ConvertedTooLarge(source, size=f"{limits.file / 2**20:g} MB")
    return converted


def _run(source: str, command: Sequence[str], folder: Path, seconds: float) -> None:
    """Run a command in a process group of its own, all of which ends when it does or when the time is up."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder)}
    environment |= {"LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ConvertedTooSlowly(source, seconds=seconds, save_as=save_again(source)) from None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if not hasattr(os, "killpg"):
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
