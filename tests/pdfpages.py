"""PDF pages written by hand: a ruled table, texts, and what is read of them."""

from __future__ import annotations

import hostile_kinds as kinds

from auditkit.document import Document, Table


def rows(document: Document) -> list[list[tuple[str, int, int, bool]]]:
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return [[(c.text, c.grid, c.span, c.merged) for c in row] for table in tables for row in table.rows]


def drawn(text: str = "", more: str = "", rules: str | None = None, box: str = "0 0 595 842") -> bytes:
    """A page with a table of two columns and two rows, 100 points each way, from (100, 500) to (300, 700)."""
    lines = "".join(f"100 {y} m 300 {y} l S {x} 500 m {x} 700 l S\n" for x, y in ((100, 500), (200, 600), (300, 700)))
    return kinds.page(kinds.stream(f"{lines if rules is None else rules}{text}".encode()), more, box)


def put(x: float, y: float, text: str, mode: int = 0, size: float = 10) -> str:
    return f"BT /F {size} Tf {mode} Tr {x} {y} Td ({text}) Tj ET\n"


FOUR = put(110, 650, "a") + put(210, 650, "b") + put(110, 550, "c") + put(210, 550, "d")
GRID = [[("a", 0, 1, False), ("b", 1, 1, False)], [("c", 0, 1, False), ("d", 1, 1, False)]]
