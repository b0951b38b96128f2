"""The border: limits on what comes in, inert text and names and atomic files on what goes out."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path


class Unreadable(Exception):
    """An input could not be read: which, what was expected and what to do, for people, in Chinese and English."""

    status = "error"

    def __init__(self, source: str, zh: str, en: str):
        super().__init__(source, zh, en)
        self.source, self.zh, self.en = source, zh, en

    def say(self, lang: str = "zh") -> str:
        return f"{inert(self.source)}：{inert(self.zh)}" if lang == "zh" else f"{inert(self.source)}: {inert(self.en)}"

    def __str__(self) -> str:
        return self.say()


class Refused(Unreadable):
    """An input that could be read is not: it exceeds a limit, is encrypted, or is of a kind not supported."""

    status = "refused"


@dataclass(frozen=True)
class Limits:
    """What one input may cost. Sizes in bytes; `marks` are the signs < and = of one XML part.

    `offline_only` refuses what only LibreOffice reads where it cannot be kept from the network.
    """

    file: int = 20 * 2**20
    part: int = 40 * 2**20
    unpacked: int = 150 * 2**20
    ratio: int = 200
    entries: int = 2_000
    cells: int = 20_000
    span: int = 63
    nesting: int = 50
    marks: int = 2_000_000
    seconds: int = 60
    offline_only: bool = True


LIMITS = Limits()


def inert(text: str) -> str:
    """The text with nothing in it that acts: control and direction characters made visible, surrogates replaced."""
    return "".join(_visible(c) for c in text)


def _visible(char: str) -> str:
    if char in "\n\t":
        return char
    if ord(char) < 32:
        return chr(0x2400 + ord(char))
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co"):
        return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cs" else f"⟨U+{ord(char):04X}⟩"
    return char


def inert_cell(text: str) -> str:
    """The text for a spreadsheet's cell: one that would be read as a formula is led by an apostrophe."""
    start = unicodedata.normalize("NFKC", text).lstrip()[:1]
    return f"'{inert(text)}" if text[:1] in ("\t", "\r", "\n") or start in tuple("=+-@") else inert(text)


def portable_name(text: str, identity: str, longest: int = 24) -> str:
    """A file name that every system takes: letters and digits of the text, then 8 digits of a hash of the identity."""
    normal = unicodedata.normalize("NFKC", text)
    letters = "".join(c for c in normal if c.isalnum() and (c.isascii() or "\u4e00" <= c <= "\u9fff"))
    return f"{letters[:longest] or 'form'}_{hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:8]}"


def publish(path: Path, content: bytes | str) -> None:
    """Write a file so that under its name there is never half of it."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
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
