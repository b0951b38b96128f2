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
from auditkit.read.foreign import SHEETS, WORDS, named_by_streams, save_again, suffix_for
from auditkit.read.ole import Compound
from auditkit.read.ooxml import OPEN_SHEET, OPEN_TEXT, Package, encrypted
from auditkit.safety import LIMITS, Limits, Refused, Unreadable

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
        raise encrypted(source, suffix_for(source))
    if {"Workbook", "Book"} & compound.names:
        from auditkit.read.excel.xls import read_xls

        return read_xls(source, data, limits)
    if "WordDocument" not in compound.names:
        zh, en, (advice_zh, advice_en) = named_by_streams(compound.names)
        raise Refused(
            source,
            f"是{zh}，不是 Word 文档或 Excel 工作簿；{advice_zh}",
            f"{en}, but no Word document or Excel workbook; {advice_en}",
        )
    head = compound.stream("WordDocument")[:12]
    if len(head) == 12 and head[11] & 1:  # FibBase.fEncrypted
        raise encrypted(source, ".doc")
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
    takes longer than limits.seconds; Unreadable where it makes nothing of the file.
    """
    from auditkit.read.docx import read_docx
    from auditkit.read.excel.xlsx import read_excel

    reader = read_excel if suffix == ".ods" else read_docx
    return reader(source, converted(source, data, suffix, limits), limits)


def converted(source: str, data: bytes, suffix: str, limits: Limits) -> bytes:
    """The .docx, or of a spreadsheet the .xlsx, that LibreOffice makes of a file; raises as `read_by_office`."""
    target = "xlsx" if suffix == ".ods" else "docx"
    save_zh, save_en = SHEETS if suffix == ".ods" else WORDS
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise Refused(
            source,
            f"读取 {suffix} 需要 LibreOffice（apt install libreoffice-writer-nogui libreoffice-calc-nogui）；"
            f"安装后重试，或{save_zh}",
            f"{suffix} needs LibreOffice (apt install libreoffice-writer-nogui libreoffice-calc-nogui); "
            f"install it, or {save_en}",
        )
    if (isolated := _isolated()) is None and limits.offline_only:
        raise Refused(
            source,
            f"本机无法断网运行 LibreOffice（需要 unshare 或 bwrap），未转换 {suffix}；{save_zh}",
            f"LibreOffice cannot be kept from the network here (unshare or bwrap is needed), {suffix} was not converted; "
            f"{save_en}",
        )
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
    save_zh, save_en = SHEETS if suffix == ".ods" else WORDS
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
        limits.seconds,
    )
    try:
        with (out / f"form.{target}").open("rb") as file:
            converted = file.read(limits.file + 1)
    except OSError:
        raise Unreadable(
            source,
            f"LibreOffice 无法读取这个 {suffix} 文件：可能已损坏，或所需内存超过 {limits.memory / 2**20:g} MB"
            f"（确属正常文件的，可用 --limit memory=… 放宽）；{save_zh}",
            f"LibreOffice cannot read this {suffix} file: it may be damaged, or need more than {limits.memory / 2**20:g} MB "
            f"(--limit memory=... allows more); {save_en}",
        ) from None
    if len(converted) > limits.file:
        raise Refused(
            source,
            f"转换后超过 {limits.file / 2**20:g} MB；请删去图片等无关内容后重新报送",
            f"larger than {limits.file / 2**20:g} MB when converted; remove images and the like and submit it again",
        )
    return converted


def _run(source: str, command: Sequence[str], folder: Path, seconds: float) -> None:
    """Run a command in a process group of its own, all of which ends when it does or when the time is up."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder)}
    environment |= {"LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    save_zh, save_en = save_again(source)
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Refused(
                source,
                f"LibreOffice 转换超过 {seconds:g} 秒，已停止；{save_zh}",
                f"LibreOffice took longer than {seconds:g} s and was stopped; {save_en}",
            ) from None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if not hasattr(os, "killpg"):
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
