"""Markdown: its tables, and the paragraphs around them, as they are shown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from auditkit.document import At, Cell, Document, Table
from auditkit.errors.contents import TooManyCells
from auditkit.read.html.tree import PageTree
from auditkit.read.html.whitespace import MARKS
from auditkit.read.raised import power_of
from auditkit.read.unread import Unread, doubts_of
from auditkit.safety import Limits

_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL = re.compile(r"((?:[^|\\`]|\\.|`[^`]*`|[\\`])*+)(?:\||$)")
_STRUCK = re.compile(r"~~(?=\S)(.+?)~~|<(del|s|strike)>(.*?)</\2>", re.IGNORECASE | re.DOTALL)
_RAISED = re.compile(r"<sup>(.*?)</sup>|(?<!\\)\^((?:[^\s^\\]){1,20})\^|\[\^[^\]\s]{1,40}\]", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLED = re.compile(r"<[a-z][^<>]{0,200}?\s(?:style|class|hidden|color|bgcolor)\b|<details\b", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKS = re.compile(r"(\*\*|__|==)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_SLANTED = re.compile(r"(?<![0-9A-Za-z*\\])\*(?=[^\s*])([^*]+?)(?<=[^\s\\])\*(?![0-9A-Za-z*])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LEAD = re.compile(r"[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)")
_VALUE = r"""(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'=<>`]+))?"""
_TAG = re.compile(rf"</?[a-zA-Z][\w\-]{{0,20}}(?:\s+[\w:\-]{{1,40}}{_VALUE}){{0,20}}\s*/?>")


def is_markdown(text: str) -> bool:
    """Whether a text has a table of Markdown: a line of dashes under one with as many cells."""
    lines = text.splitlines()
    return any(
        "|" in rule and "-" in rule and _RULE.fullmatch(rule) and len(_cells(head)) == len(_cells(rule))
        for head, rule in pairwise(lines)
    )


def read_markdown(source: str, text: str, limits: Limits) -> Document:
    """The tables and paragraphs of a text. Raises Refused beyond the limits."""
    reading = _Reading(source, limits)
    blocks = tuple(reading.blocks(text.splitlines()))
    if reading.cells > limits.cells:
        raise TooManyCells(source, most=limits.cells)
    return Document(source, blocks, reading.doubts())


class _Reading:
    """What one pass over the lines counts."""

    def __init__(self, source: str, limits: Limits):
        self.source, self.limits = source, limits
        self.unread = Unread()
        self.cells = self.tables = self.paragraphs = self.struck = self.raised = self.pictures = 0

    def blocks(self, lines: list[str]) -> Iterator[Table | Cell]:
        at = 0
        while at < len(lines) and self.cells <= self.limits.cells:
            line, rule = lines[at], lines[at + 1] if at + 1 < len(lines) else ""
            width = len(_cells(line))
            if "|" in rule and "-" in rule and _RULE.fullmatch(rule) and len(_cells(rule)) == width:
                end = next((n for n in range(at + 2, len(lines)) if "|" not in lines[n]), len(lines))
                yield self.table([at, *range(at + 2, end)], lines, width)
                at = end
            else:
                if text := self.text(_LEAD.sub("", line, count=1)):
                    self.paragraphs += 1
                    self.cells += 1
                    yield Cell(text, At(row=self.paragraphs, line=at + 1))
                at += 1

    def table(self, numbers: list[int], lines: list[str], width: int) -> Table:
        self.tables += 1
        self.cells += width * len(numbers)
        return Table(tuple(self.row(lines[n], n + 1, row, width) for row, n in enumerate(numbers, 1)))

    def row(self, line: str, number: int, row: int, width: int) -> tuple[Cell, ...]:
        texts = [self.text(cell) for cell in _cells(line)[:width]]
        return tuple(
            Cell(text, At(table=self.tables, row=row, column=n + 1, line=number), grid=n)
            for n, text in enumerate(texts + [""] * (width - len(texts)))
        )

    def text(self, raw: str) -> str:
        """What is shown of a cell or paragraph."""
        text, struck = _STRUCK.subn("", _REMARK.sub("", raw))
        self.struck += struck
        text = _RAISED.sub(self.power, text)
        text, pictures = _IMAGE.subn("", text)
        if _STYLED.search(text):
            text = self.seen(text)
        text = _TAG.sub("", _BREAK.sub("\n", _LINK.sub(r"\1", text)))
        text = _SLANTED.sub(r"\1", _MARKS.sub(r"\2", text)).replace("`", "")
        text = html.unescape(_ESCAPED.sub(r"\1", text)).strip()
        self.pictures += bool(pictures and not text)
        return text

    def seen(self, text: str) -> str:
        """What a person sees of a text with the marks of a page."""
        page = PageTree(self.source, _BREAK.sub("\n", text), self.limits)
        self.unread.update(page.unread)
        return html.escape("".join([piece for piece in page.pieces if type(piece) is str]).strip(MARKS), quote=False)

    def power(self, mark: re.Match[str]) -> str:
        shown = power_of(mark.string[: mark.start()], mark[1] or mark[2] or "")
        self.raised += not shown
        return shown

    def doubts(self) -> tuple[str, ...]:
        told = (
            (self.struck, "处带删除线的文字"),
            (self.raised, "处上标"),
            (self.pictures, "个单元格或段落只有图片，没有文字，"),
        )
        return (
            *(f"有 {count} {what}未读取，请核对原件" for count, what in told if count),
            *doubts_of(self.unread),
        )


def _cells(line: str) -> list[str]:
    """The cells of a line; the marks at its two ends part nothing."""
    inside = line.strip().removeprefix("|")
    if inside.endswith("|") and not inside.endswith("\\|"):
        inside = inside[:-1]
    return [cell.strip() for cell in _CELL.findall(f"{inside}|")[:-1]]
