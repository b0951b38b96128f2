"""The border: limits on what comes in, inert text and names and atomic files on what goes out."""

from __future__ import annotations

import copyreg
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

EXPECTED_ZH = "应为 Word、Excel、PDF、网页或文本文件"  # for every message about a file that is none of these
EXPECTED_EN = "expected Word, Excel, PDF, a web page or text"
# What several records ask of the person, by the name that their texts have for it.
HINTS = {
    "expected": (EXPECTED_ZH, EXPECTED_EN),
    "save_as": ("请在 Word 或 WPS 中另存为 .docx 后重新报送", "save it as .docx in Word or WPS and submit it again"),
    "save_sheet": (
        "请在 Excel 或 WPS 中另存为 .xlsx 后重新报送",
        "save it as .xlsx in Excel or WPS and submit it again",
    ),
    "scan": (
        "只有扫描件的，可先用 ocrmypdf 识别成带文字的 PDF（见 docs/scans.md），读出的数字须与原件核对",
        "of a mere scan, make a PDF with text by ocrmypdf (docs/scans.md) and check its figures against the original",
    ),
    "check": (
        "请报送单位在 Word 或 WPS 中打开核对，另存为 .docx 后重新报送",
        "ask the unit to check it in Word or WPS, save it as .docx and submit it again",
    ),
    "export": ("请报送单位重新导出", "ask the unit to export it again"),
    "original": ("请报送 Word 原件（.docx）", "submit the Word file (.docx)"),
    "trim": ("请删去图片等无关内容后重新报送", "remove images and the like and submit it again"),
    "split": ("请拆分后重新报送", "split the file and submit it again"),
    "again": ("请重新运行", "run the audit again"),
    "more_seconds": ("（确属正常文件的，可用 --limit seconds=… 放宽）", " (--limit seconds=... allows more)"),
    "more_patience": (
        "（确属机器太忙或存储太慢的，可用 --limit patience=… 放宽）",
        " (--limit patience=... allows more, on a busy machine)",
    ),
    "more_memory": ("（确属正常文件的，可用 --limit memory=… 放宽）", " (--limit memory=... allows more)"),
}


class Unreadable(Exception):
    """An input could not be read: which, what was expected and what to do, for people, in Chinese and English.

    Each kind is a class of its own in `auditkit.errors`, with its `text` in both languages. In braces stand the facts of one
    case, given by name, and the HINTS. A fact that has its words in both languages is a pair, or a member of an Enum of
    pairs, in which facts may stand in their turn.
    """

    status = "error"
    exit_status = 2  # of a command that it ends
    text: tuple[str, str]

    def __init__(self, source: str, **facts: Any):
        super().__init__(source)
        self.source, self.facts = source, facts
        self.zh, self.en = (_told(template, at, HINTS | facts) for at, template in enumerate(self.text))

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self),), vars(self)

    def say(self, lang: str = "zh") -> str:
        return (
            f"{escape_controls(self.source)}：{escape_controls(self.zh)}"
            if lang == "zh"
            else f"{escape_controls(self.source)}: {escape_controls(self.en)}"
        )

    def __str__(self) -> str:
        return self.say()


class Refused(Unreadable):
    """An input that could be read is not: it exceeds a limit, is encrypted, or is of a kind not supported."""

    status = "refused"


def _told(template: str, language: int, facts: Mapping[str, Any]) -> str:
    plain = {name: fact[language] if isinstance(fact, tuple) else fact for name, fact in facts.items()}
    details = {name: fact.value[language].format_map(plain) for name, fact in facts.items() if isinstance(fact, Enum)}
    return template.format_map(plain | details)


class LimitTooLarge(Unreadable):
    """A limit above `most`, beyond which neither clocks nor systems count."""

    text = "限额过大，最多 {most}", "the limit is too large, at most {most}"


class NoLimit(Unreadable):
    """Something else where a limit is set: `known` are their names."""

    text = (
        "限额应写作 名称=数值，如 seconds=60、memory=1GB；名称有 {known}",
        "a limit is written name=amount, such as seconds=60 or memory=1GB; the names are {known}",
    )


@dataclass(frozen=True)
class Limits:
    """What one input may cost. Sizes and memory in bytes; `marks` are the signs < and = of one XML part.

    `seconds` of processor time, `wall` of the clock and `memory` hold for the whole reading of a file. `offline_only` refuses what only LibreOffice
    reads where it cannot be kept from the network.
    """

    file: int = 20 * 2**20
    part: int = 40 * 2**20
    unpacked: int = 150 * 2**20
    ratio: int = 200
    entries: int = 2_000
    cells: int = 20_000
    text: int = 20_000  # letters in one cell
    span: int = 63
    nesting: int = 50
    marks: int = 2_000_000
    pages: int = 100  # of a PDF, as are the following
    letters: int = 200_000
    strokes: int = 100_000  # shapes and their corners on one page
    crossings: int = 1_000_000  # lines across times lines down on one page
    offline_only: bool = True
    seconds: float = 25.0  # 30 are promised for a file, with its copy and its report
    patience: float = 4.0  # times the seconds, by the clock: what a busy machine may need for them
    memory: int = 700 * 2**20
    notebook_seconds: float = 120.0  # for a report: its notebook, and what is made of that
    notebook_memory: int = 3 * 2**30  # of address space, of which the programs themselves take more than half

    @property
    def wall(self) -> float:
        """The seconds of the clock after which work is ended, whatever it waits for."""
        return self.seconds * self.patience

    def environment(self) -> dict[str, str]:
        """What tells these limits to another process of auditkit."""
        return {f"{_VARIABLE}{name.upper()}": str(value) for name, value in asdict(self).items()}


LIMITS = Limits()
_VARIABLE = "AUDITKIT_LIMIT_"
MOST_SECONDS, MOST_AMOUNT = 10**6, 2**40
_SWITCH = {"true": True, "1": True, "false": False, "0": False}
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)([KMG]?)B?", re.ASCII | re.IGNORECASE)


def chosen_limits(options: Iterable[str] = ()) -> Limits:
    """The limits in force: over the defaults `AUDITKIT_LIMIT_SECONDS=…` of the environment, over these `seconds=…`.

    Sizes may be written as 40MB. Raises Unreadable for a limit that there is not or a value that is no amount.
    """
    start = len(_VARIABLE)
    told = [f"{name[start:].lower()}={value}" for name, value in os.environ.items() if name.startswith(_VARIABLE)]
    return replace(LIMITS, **dict(_limit(option) for option in (*told, *options)))


def _limit(option: str) -> tuple[str, float]:
    name, _, text = option.partition("=")
    known, found = asdict(LIMITS), _AMOUNT.fullmatch(text.strip())
    if isinstance(known.get(name), bool) and text.lower() in _SWITCH:
        return name, _SWITCH[text.lower()]
    amount = Decimal(found[1]) * 1024 ** " KMG".index(found[2].upper() or " ") if found else Decimal(0)
    if name not in known or not amount:
        raise NoLimit(f"{name}={text}", known=", ".join(known))
    if amount > (most := MOST_SECONDS if isinstance(known[name], float) else MOST_AMOUNT):
        raise LimitTooLarge(option, most=most)
    return name, float(amount) if isinstance(known[name], float) else int(amount)


def escape_controls(text: str) -> str:
    """The text with nothing in it that acts: control and direction characters made visible, surrogates replaced."""
    lines = text.replace("\n", "").replace("\t", "")
    return text if lines.isprintable() else "".join(_visible(c) for c in text)


def escape_value(value: Any) -> Any:
    """The same of a text among other things, which stay as they are."""
    return escape_controls(value) if isinstance(value, str) else value


def escape_line(text: str) -> str:
    """The text of a name on one line: inert, its line breaks and tabs visible, the bytes that are no text as numbers."""
    return "".join(_byte(c) if "\udc80" <= c <= "\udcff" else _SIGNS.get(c) or _visible(c) for c in text)


_SIGNS = {"\n": "␊", "\t": "␉"}


def _byte(char: str) -> str:
    return f"⟨0x{ord(char) - 0xDC00:02X}⟩"


def _visible(char: str) -> str:
    if char in "\n\t":
        return char
    if ord(char) < 32:
        return chr(0x2400 + ord(char))
    category = unicodedata.category(char)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    no_character = ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef"
    unseen = no_character or category in ("Cc", "Cf", "Co", "Zl", "Zp")
    return f"⟨U+{ord(char):04X}⟩" if unseen else char


def escape_formula(text: str) -> str:
    """The text for a spreadsheet's cell: one that would be read as a formula is led by an apostrophe."""
    start = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return (
        f"'{escape_controls(text)}"
        if text[:1] in ("\t", "\r", "\n") or start in tuple("=+-@")
        else escape_controls(text)
    )


def portable_name(text: str, identity: str, longest: int = 24) -> str:
    """A file name that every system takes: letters and digits of the text, then 8 digits of a hash of the identity."""
    normal = unicodedata.normalize("NFKC", text)
    letters = "".join(c for c in normal if c.isalnum() and (c.isascii() or "\u4e00" <= c <= "\u9fff"))
    return f"{letters[:longest] or 'form'}_{hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:8]}"


_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)


def is_portable(name: str) -> bool:
    """Whether a file may have this name on every system: nothing in it acts, and Windows takes it for no device."""
    return bool(
        name
        and name == escape_line(name)
        and not name.endswith((".", " "))
        and not _FORBIDDEN.search(name)
        and not _DEVICE.fullmatch(name)
    )


def encoded(text: str) -> bytes:
    """The text as UTF-8; half of a character, which UTF-8 does not have, as the escape that JSON writes for it."""
    return text.encode("utf-8", "backslashreplace")


BEGUN = ".auditkit-"  # how the name of a file begins that is not whole yet


def publish(path: Path, content: bytes | str) -> None:
    """Write a file so that under its name there is never half of it."""
    data = encoded(content) if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=BEGUN, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
