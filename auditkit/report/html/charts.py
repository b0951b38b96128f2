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
LINED, BLANK = Fill(250, (250, 250, 250), "-"), Fill(255, (255, 255, 255))
SERIES = (("自评得分", PLAIN), ("可核实得分", DARK), ("最高可能得分", DOTTED), ("复核得分", LINED))
WIDE, NARROW = 516, 378  # points: the width of print on A4, and the part of it that stands beside the verdict


def score_bar(card: Scorecard, full: Decimal, reviewed: Decimal | None = None) -> Markup:
    """The scores on one bar, as an `<img>`: dark is proved, hatched still to be proved, the arrow is what is claimed, the
    lined strip below what is left of it by those who `reviewed` the form."""
    scores = _labelled(card.stated, card.verified, card.upper, reviewed)
    words = "；".join(f"{label} {format_number(score)} 分" for label, _, score in scores)
    return image_of(
        _draw_bar(card, full, reviewed), f"得分条：{words}；满分 {format_number(full)} 分", _on_screen(NARROW)
    )


def score_chart(card: Scorecard, reviewed: Scorecard | None = None) -> Markup:
    """Stated, verified, possible and reviewed score by first-level indicator and for budget execution, as an `<img>`."""
    scores = scores_by_kind(card, reviewed)
    words = "；".join(
        kind + "、".join(f"{label.removesuffix('得分')}{format_number(score)}" for label, _, score in _labelled(*own))
        for kind, own in scores.items()
    )
    return image_of(_draw(scores), f"得分对照图：{words}", _on_screen(WIDE))


def scores_by_kind(card: Scorecard, reviewed: Scorecard | None = None) -> dict[str, tuple[Decimal, ...]]:
    """Stated, verified and possible score of each first-level indicator that there is, and the reviewed one."""
    present = {row.kind for row in card.rows}
    kinds = [kind for kind in CATEGORIES if kind in present]
    return {CATEGORIES[kind]: (*card.of(kind), *([reviewed.of(kind)[1]] if reviewed else [])) for kind in kinds}


def _labelled(*scores: Decimal | None) -> list[tuple[str, Fill, Decimal | None]]:
    """Scores with their names and looks; the fourth only where there is one."""
    return [
        (*look, score) for look, score in zip(SERIES, scores, strict=False) if look[1] is not LINED or score is not None
    ]


def image_of(png: bytes, words: str, width: int | None = None) -> Markup:
    """An `<img>` that is so many pixels of a page wide, by default as many as the picture has dots."""
    source = base64.b64encode(png).decode("ascii")
    sized = Markup(' width="{}"').format(width) if width else ""
    return Markup('<img src="data:image/png;base64,{}" alt="{}"{} style="max-width: 100%">').format(
        source, words, sized
    )


def _draw_bar(card: Scorecard, full: Decimal, reviewed: Decimal | None) -> bytes:
    """Figures stand in columns above the bar, where they never collide.

    A score beyond one and a half times full marks, a slip of the pen, is drawn at the edge.
    """
    whole = float(full) or 100.0
    left, top, bottom = 5, 74, 98
    end = min(max(whole, float(card.upper), float(card.stated or 0)), 1.5 * whole)
    canvas = Canvas(NARROW, 122)

    def across(score: float) -> float:
        return left + min(max(score, 0.0), end) / end * (NARROW - 2 * left - 12)

    scores = _labelled(card.stated, card.verified, card.upper, reviewed)
    for place, (label, _, score) in enumerate(scores):
        start = left + place * 372 // len(scores)
        if place:
            canvas.bar(start, 8, start + 11, 22, (DARK, HATCHED, LINED)[place - 1])
        else:
            canvas.arrowhead(start + 5, 20, 9)
        canvas.text(start + 17, 15, label, 10)
        canvas.text(
            start, 54, format_number(score), 20 if len(format_number(score)) < (9, 7)[len(scores) - 3] else 9, "ls"
        )
    canvas.bar(left, top, across(whole), bottom, BLANK)
    canvas.bar(left, top, across(float(card.upper)), bottom, HATCHED)
    canvas.bar(left, top, across(float(card.verified)), bottom, DARK)
    if reviewed is not None:
        canvas.bar(left, bottom - 7, across(float(reviewed)), bottom, LINED)
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
    thickness, gap, top, bars = 11, 11, 26, max(map(len, scores.values()))
    bottom = top + len(scores) * (bars * thickness + gap)
    left = 12 + max(width_of(label, 9) for label in scores)
    right = WIDE - 40
    canvas = Canvas(WIDE, bottom + 36)
    end = float(max(score for own in scores.values() for score in own))
    end = end if end > 0 else 10.0

    def across(score: float) -> float:
        return left + max(score, 0.0) / end * (right - left)

    start = left + (right - left) / 2 - 130 - 40 * (bars - 3)
    for label, fill in SERIES[:bars]:
        canvas.bar(start, 7, start + 18, 14, fill)
        canvas.text(start + 25, 10.5, label, 9)
        start += 40 + width_of(label, 9)
    for group, (label, own) in enumerate(scores.items()):
        above = top + gap / 2 + group * (bars * thickness + gap)
        middle = above + bars / 2 * thickness
        canvas.text(left - 7, middle, label, 9, "rm")
        canvas.line((left - 3, middle), (left, middle))
        for place, (_, fill, score) in enumerate(_labelled(*own)):
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
