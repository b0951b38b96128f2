"""Markdown: its tables, and the paragraphs around them, as they are shown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from auditkit.document import At, Cell, Document, Table
from auditkit.errors.contents import TooManyCells
from auditkit.read.raised import power_of
from auditkit.safety import Limits

_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL = re.compile(r"((?:[^|\\`]|\\.|`[^`]*`|[\\`])*+)(?:\||$)")
_STRUCK = re.compile(r"~~(?=\S)(.+?)~~|<(del|s|strike)>(.*?)</\2>", re.IGNORECASE | re.DOTALL)
_RAISED = re.compile(r"<sup>(.*?)</sup>|\[\^[^\]\s]{1,40}\]", re.IGNORECASE | re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LEAD = re.compile(r"[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def is_markdown(text: str) -> bool:
    """Whether a text has a table of Markdown: a line of dashes under one with as many cells."""
    lines = text.splitlines()
    return any(
        "|" in rule and "-" in rule and _RULE.fullmatch(rule) and len(_cells(head)) == len(_cells(rule))
        for head, rule in pairwise(lines)
    )


def read_markdown(source: str, text: str, limits: Limits) -> Document:
    """The tables and paragraphs of a text. Raises Refused beyond the limits."""
    reading = _Reading(limits)
    blocks = tuple(reading.blocks(text.splitlines()))
    if reading.cells > limits.cells:
        raise TooManyCells(source, most=limits.cells)
    return Document(source, blocks, reading.doubts())


class _Reading:
    """What one pass over the lines counts."""

    def __init__(self, limits: Limits):
        self.limits = limits
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
        text, struck = _STRUCK.subn("", raw)
        self.struck += struck
        text = _RAISED.sub(self.power, text)
        text, pictures = _IMAGE.subn("", text)
        text = _TAG.sub("", _BREAK.sub("\n", _LINK.sub(r"\1", text)))
        text = _MARKS.sub(r"\2", text).replace("`", "")
        text = html.unescape(_ESCAPED.sub(r"\1", text)).strip()
        self.pictures += bool(pictures and not text)
        return text

    def power(self, mark: re.Match[str]) -> str:
        shown = power_of(mark.string[: mark.start()], mark[1] or "")
        self.raised += not shown
        return shown

    def doubts(self) -> tuple[str, ...]:
        told = (
            (self.struck, "处带删除线的文字"),
            (self.raised, "处上标"),
            (self.pictures, "个单元格或段落只有图片，没有文字，"),
        )
        return tuple(f"有 {count} {what}未读取，请核对原件" for count, what in told if count)


def _cells(line: str) -> list[str]:
    """The cells of a line; the marks at its two ends part nothing."""
    inside = line.strip().removeprefix("|")
    if inside.endswith("|") and not inside.endswith("\\|"):
        inside = inside[:-1]
    return [cell.strip() for cell in _CELL.findall(f"{inside}|")[:-1]]
