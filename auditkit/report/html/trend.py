"""How the execution rate and the scores of a project, or of all, went from one year to the next: points with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.report.html.canvas import BLACK, Canvas, Fill
from auditkit.report.html.charts import image_of
from auditkit.report.rectification import Trend

WIDE, HIGH = 516, 172  # points
LETTERS, APART = 9, 12  # points: of the figures, and between two of them
DOT = Fill(0, (0, 0, 0))


class _Line(NamedTuple):
    """A figure of two years, `None` where it is not known, and how it is printed."""

    name: str
    ends: tuple[float | None, float | None]
    shown: tuple[str, str]


def trend_chart(trends: Sequence[Trend], years: tuple[int | None, int | None]) -> Markup:
    """Two panels, of the rate and of the scores, as an `<img>`; nothing where no figure is known."""
    lines = [_line(one) for one in trends]
    panels = [[line for line, one in zip(lines, trends, strict=True) if one.is_rate is rate] for rate in (True, False)]
    if not any(end is not None for line in lines for end in line.ends):
        return Markup("")
    canvas, names = Canvas(WIDE, HIGH), tuple(f"{year} 年" if year else "—" for year in years)
    for place, panel in enumerate(panels):
        if panel:
            _draw(canvas, panel, names, (8, 190) if not place else (236, 300))
    words = "；".join(f"{line.name} {names[0]} {line.shown[0]}、{names[1]} {line.shown[1]}" for line in lines)
    return image_of(canvas.png(), f"变化图：{words}", round(WIDE * 130 / 72))


def shown(trend: Trend, number: Decimal | None) -> str:
    """A rate or score of one year for people."""
    if number is None:
        return "—"
    return shown_percent(number) if trend.is_rate else format_number(number)


def _line(one: Trend) -> _Line:
    ends = tuple(None if number is None else float(number) for number in (one.before, one.now))
    return _Line(one.name, ends, tuple(shown(one, number) for number in (one.before, one.now)))


def _draw(canvas: Canvas, panel: Sequence[_Line], years: tuple[str, str], place: tuple[float, float]) -> None:
    """Last year's points on the left with their figures, this year's on the right with figures and names."""
    left, room = place
    start, end = left + 46, left + room - (30 if len(panel) == 1 else 110)
    top, bottom = 26, HIGH - 30
    known = [number for line in panel for number in line.ends if number is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)

    def up(number: float) -> float:
        return (top + bottom) / 2 if high == low else bottom - (number - low) / (high - low) * (bottom - top)

    canvas.text(left, 10, panel[0].name if len(panel) == 1 else "得分", LETTERS)
    for x, year in zip((start, end), years, strict=True):
        canvas.line((x, top - 6), (x, bottom + 6), 0.4)
        canvas.text(x, bottom + 12, year, LETTERS, "mt")
    for line in panel:
        before, now = line.ends
        if before is not None and now is not None:
            canvas.line((start, up(before)), (end, up(now)), 1.2, BLACK)
        for x, number in ((start, before), (end, now)):
            if number is not None:
                canvas.bar(x - 2.5, up(number) - 2.5, x + 2.5, up(number) + 2.5, DOT)
    for side, x, anchor in ((0, start - 7, "rm"), (1, end + 7, "lm")):
        points = [(up(line.ends[side]), line) for line in panel if line.ends[side] is not None]
        for y, line in _spread(points, top, bottom):
            name = f" {line.name}" if side and len(panel) > 1 else ""
            canvas.text(x, y, f"{line.shown[side]}{name}", LETTERS, anchor)


def _spread(points: list[tuple[float, _Line]], top: float, bottom: float) -> list[tuple[float, _Line]]:
    """Where the figures are written, so that none hides another; equal ones in the order of their lines."""
    points = sorted(points, key=lambda point: point[0])
    places: list[float] = []
    for y, _ in points:
        places.append(max(y, places[-1] + APART) if places else y)
    room = bottom + APART / 3
    for at in reversed(range(len(places))):
        places[at] = min(places[at], room)
        room = places[at] - APART
    return [(y, line) for y, (_, line) in zip(places, points, strict=True)]
