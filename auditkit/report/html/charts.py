"""The two pictures of a project's scores, as images that carry their own font."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from math import floor, log10

from markupsafe import Markup

from auditkit.assess.rescore import Scorecard
from auditkit.model import Category
from auditkit.quantity.numbers import format_number
from auditkit.report.html.canvas import BLACK, Canvas, Fill, width_of

CATEGORIES = {
    None: "预算执行率",
    Category.OUTPUT: "产出指标",
    Category.BENEFIT: "效益指标",
    Category.SATISFACTION: "满意度指标",
    Category.COST: "成本指标",
    Category.UNKNOWN: "未归类指标",
}
PLAIN, DARK = Fill(255, (255, 255, 255), "/"), Fill(86, (59, 91, 125))
DOTTED, HATCHED = Fill(220, (213, 222, 232), "."), Fill(220, (213, 222, 232), "/")
BLANK = Fill(255, (255, 255, 255))
SERIES = (("自评得分", PLAIN), ("可核实得分", DARK), ("最高可能得分", DOTTED))
WIDE, NARROW = 516, 378  # points: the width of print on A4, and the part of it that stands beside the verdict


def score_bar(card: Scorecard, full: Decimal) -> Markup:
    """The three scores on one bar, as an `<img>`: dark is proved, hatched still to be proved, the arrow is what is claimed."""
    words = "；".join(
        f"{label} {format_number(score)} 分"
        for (label, _), score in zip(SERIES, (card.stated, card.verified, card.upper), strict=True)
    )
    return image_of(_draw_bar(card, full), f"得分条：{words}；满分 {format_number(full)} 分", _on_screen(NARROW))


def score_chart(card: Scorecard) -> Markup:
    """Stated, verified and possible score by first-level indicator and for budget execution, as an `<img>`."""
    present = {row.kind for row in card.rows}
    kinds = [kind for kind in CATEGORIES if kind in present]
    scores = {CATEGORIES[kind]: card.of(kind) for kind in kinds}
    words = "；".join(
        f"{CATEGORIES[kind]}自评{stated}、可核实{verified}、最高可能{upper}"
        for kind in kinds
        for stated, verified, upper in [map(format_number, card.of(kind))]
    )
    return image_of(_draw(scores), f"得分对照图：{words}", _on_screen(WIDE))


def image_of(png: bytes, words: str, width: int | None = None) -> Markup:
    """An `<img>` that is so many pixels of a page wide, by default as many as the picture has dots."""
    source = base64.b64encode(png).decode("ascii")
    sized = Markup(' width="{}"').format(width) if width else ""
    return Markup('<img src="data:image/png;base64,{}" alt="{}"{} style="max-width: 100%">').format(
        source, words, sized
    )


def _draw_bar(card: Scorecard, full: Decimal) -> bytes:
    """Figures stand in three columns above the bar, where they never collide.

    A score beyond one and a half times full marks, a slip of the pen, is drawn at the edge.
    """
    whole = float(full) or 100.0
    left, top, bottom = 5, 74, 98
    end = min(max(whole, float(card.upper), float(card.stated or 0)), 1.5 * whole)
    canvas = Canvas(NARROW, 122)

    def across(score: float) -> float:
        return left + min(max(score, 0.0), end) / end * (NARROW - 2 * left - 12)

    for place, ((label, _), score) in enumerate(zip(SERIES, (card.stated, card.verified, card.upper), strict=True)):
        start = left + place * 124
        if place:
            canvas.bar(start, 8, start + 11, 22, (DARK, HATCHED)[place - 1])
        else:
            canvas.arrowhead(start + 5, 20, 9)
        canvas.text(start + 17, 15, label, 10)
        canvas.text(start, 54, format_number(score), 20 if len(format_number(score)) < 9 else 9, "ls")
    canvas.bar(left, top, across(whole), bottom, BLANK)
    canvas.bar(left, top, across(float(card.upper)), bottom, HATCHED)
    canvas.bar(left, top, across(float(card.verified)), bottom, DARK)
    for dash in range(top - 4, bottom + 5, 3):
        canvas.line((across(whole), dash), (across(whole), dash + 1.5))
    for part in range(5):
        tick = whole * part / 4
        canvas.line((across(tick), bottom + 5), (across(tick), bottom + 8))
        canvas.text(across(tick), bottom + 10, f"满分 {tick:g}" if part == 4 else f"{tick:g}", 8, "mt")
    if card.stated is not None:
        stated = across(float(card.stated))
        canvas.line((stated, top - 6), (stated, bottom), 2, BLACK)
        canvas.arrowhead(stated, top - 4, 9)
    return canvas.png()


def _draw(scores: dict[str, tuple[Decimal, ...]]) -> bytes:
    """A PNG of one group of bars a category; the same bytes for the same scores and the same Pillow."""
    thickness, gap, top = 11, 11, 26
    bottom = top + len(scores) * (3 * thickness + gap)
    left = 12 + max(width_of(label, 9) for label in scores)
    right = WIDE - 40
    canvas = Canvas(WIDE, bottom + 36)
    end = float(max(score for triple in scores.values() for score in triple))
    end = end if end > 0 else 10.0

    def across(score: float) -> float:
        return left + max(score, 0.0) / end * (right - left)

    start = left + (right - left) / 2 - 130
    for label, fill in SERIES:
        canvas.bar(start, 7, start + 18, 14, fill)
        canvas.text(start + 25, 10.5, label, 9)
        start += 40 + width_of(label, 9)
    for group, (label, triple) in enumerate(scores.items()):
        above = top + gap / 2 + group * (3 * thickness + gap)
        canvas.text(left - 7, above + 1.5 * thickness, label, 9, "rm")
        canvas.line((left - 3, above + 1.5 * thickness), (left, above + 1.5 * thickness))
        for place, ((_, fill), score) in enumerate(zip(SERIES, triple, strict=True)):
            upper = above + place * thickness
            canvas.bar(left, upper, across(float(score)), upper + thickness, fill)
            words = f"{score:.2f}".rstrip("0").rstrip(".")
            canvas.text(across(float(score)) + 4, upper + thickness / 2, words, 8)
    canvas.line((left, top), (left, bottom))
    canvas.line((left, bottom), (WIDE - 4, bottom))
    for tick in _ticks(end):
        canvas.line((across(tick), bottom), (across(tick), bottom + 3))
        canvas.text(across(tick), bottom + 6, f"{tick:g}", 8, "mt")
    canvas.text((left + right) / 2, bottom + 18, "分", 9, "mt")
    return canvas.png()


def _on_screen(points: float) -> int:
    return round(points * 130 / 72)


def _ticks(end: float) -> Iterator[float]:
    """At most six round figures from 0 up to the end."""
    power = 10.0 ** floor(log10(end))
    step = next(part * power for part in (0.2, 0.5, 1, 2) if end <= part * power * 5)
    return (round(number * step, 10) for number in range(int(end / step) + 1))
