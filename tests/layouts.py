"""The drawn layouts of tests/forms/layouts, and a form told in the lines of their expectations."""

from __future__ import annotations

import re
from functools import cache

from formats import BREAK, LAYOUTS

from auditkit.model import Form, Value
from auditkit.parse.unused import Reading

NAMES = sorted(path.stem for path in LAYOUTS.glob("*.txt"))
FUND = ("source", "label", "initial", "adjusted", "actual", "points", "execution_rate", "score", "explanation")
ITEM = ("kind", "category", "subcategory", "name", "target", "result", "points", "score", "explanation")
ALONE = ("title", "caption", "fiscal_year", "project", "department", "implementer", "money_unit", "goal", "outcome")
ALONE += ("total_points", "total_score", "grade")


@cache
def layout(name: str) -> tuple[str, list[str]]:
    """The drawing, and the lines that say what must be read."""
    lines = (LAYOUTS / f"{name}.txt").read_text("utf-8").splitlines()
    end = lines.index("=====")
    return "\n".join(line for line in lines[:end] if not line.startswith("#")), [x for x in lines[end + 1 :] if x]


def told(form: Form) -> list[str]:
    """A form in the lines of a layout's expectation; entries that are blank are left out at the end of a line."""
    lines = [f"{name}: {_text(getattr(form, name))}" for name in ALONE if getattr(form, name).text]
    for kind, names, rows in (("fund", FUND, form.funds), ("item", ITEM, form.indicators)):
        lines += [re.sub(r"[ |]+$", "", f"{kind}: {' | '.join(_text(getattr(r, n)) for n in names)}") for r in rows]
    for one in form.groups:
        entries = (_text(one.name), _text(one.points), _text(one.score))
        lines.append(f"group: {' | '.join((','.join(map(str, one.rows)), *entries))}".rstrip(" |"))
    lines += [f"note: {_text(value)}" for value in form.notes]
    return lines + [f"stray: {_text(value)}" for value in form.stray] + [f"doubt: {doubt}" for doubt in form.doubts]


def _text(value: object) -> str:
    return value.text.replace("\n", BREAK) if isinstance(value, Value) else str(value)


def lines_of(reading: Reading) -> list[str]:
    lines = [line for form in reading.forms for line in told(form)]
    return lines + [f"unused: {_text(Value(cell.text))}" for cell in reading.unused]


def placeless(line: str) -> str:
    """A doubt without the place that it names, which is the format's own."""
    return re.sub(r"(表\d+ 第\d+行(第\d+列)?(（第\d+行文本）)?|[^ ：!]+![A-Z]+\d+)", "某处", line)
