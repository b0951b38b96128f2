"""Charts as images that carry their own font."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from auditkit.model import Category
from auditkit.numeral import shown
from auditkit.rescore import Scorecard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = Path(__file__).parent / "assets" / "NotoSansSC.ttf"
# A family name of our own: under the font's real name matplotlib might pick a copy that the system has.
FAMILY = "auditkit"
CATEGORIES = {
    None: "预算执行率",
    Category.OUTPUT: "产出指标",
    Category.BENEFIT: "效益指标",
    Category.SATISFACTION: "满意度指标",
    Category.COST: "成本指标",
    Category.UNKNOWN: "未归类指标",
}
# Label, fill, hatch: told apart by lightness and by hatching, so in black and white too.
SERIES = (("自评得分", "#ffffff", "////"), ("可核实得分", "#3b5b7d", ""), ("最高可能得分", "#d5dee8", "...."))
DARK = {"color": "#24405f", "edgecolor": "#222222", "linewidth": 1}
HATCHED = {"color": "#d5dee8", "edgecolor": "#222222", "hatch": "////", "linewidth": 1}
STYLE = {"font.family": [FAMILY, "DejaVu Sans"], "font.size": 9, "axes.unicode_minus": False, "hatch.linewidth": 0.6}


def score_bar(card: Scorecard, full: Decimal) -> Markup:
    """The three scores on one bar, as an `<img>`: dark is proved, hatched still to be proved, the arrow is what is claimed."""
    words = "；".join(
        f"{label} {shown(score)} 分"
        for (label, *_), score in zip(SERIES, (card.stated, card.verified, card.upper), strict=True)
    )
    return image_of(_draw_bar(card, full), f"得分条：{words}；满分 {shown(full)} 分")


def score_chart(card: Scorecard) -> Markup:
    """Stated, verified and possible score by first-level indicator and for budget execution, as an `<img>`."""
    present = {row.kind for row in card.rows}
    kinds = [kind for kind in CATEGORIES if kind in present]
    scores = {CATEGORIES[kind]: tuple(float(score) for score in card.of(kind)) for kind in kinds}
    words = "；".join(
        f"{CATEGORIES[kind]}自评{stated}、可核实{verified}、最高可能{upper}"
        for kind in kinds
        for stated, verified, upper in [map(shown, card.of(kind))]
    )
    return image_of(_draw(scores), f"得分对照图：{words}")


def image_of(png: bytes, words: str) -> Markup:
    source = base64.b64encode(png).decode("ascii")
    return Markup('<img src="data:image/png;base64,{}" alt="{}" style="max-width: 100%">').format(source, words)


def _draw(scores: dict[str, tuple[float, ...]]) -> bytes:
    """A PNG of one group of bars a category; the same bytes for the same scores and the same matplotlib."""
    with figure_of(7.2, 0.7 + 0.62 * len(scores)) as figure:
        _bars(figure.add_subplot(), scores)
        return png_of(figure)


def _draw_bar(card: Scorecard, full: Decimal) -> bytes:
    with figure_of(5.3, 1.75) as figure:
        _bar(figure.add_subplot(), card, float(full))
        return png_of(figure)


@contextmanager
def figure_of(width: float, height: float) -> Iterator[Figure]:
    """A figure of so many inches in our own style and font, whatever the user has set up."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontEntry, fontManager

    if not any(entry.name == FAMILY for entry in fontManager.ttflist):
        fontManager.ttflist.append(FontEntry(fname=str(FONT), name=FAMILY, weight=400, size="scalable"))
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=(width, height), dpi=130, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure


def png_of(figure: Figure) -> bytes:
    """The same bytes for the same picture and the same matplotlib."""
    image = io.BytesIO()
    # `savefig` gives the same and draws everything twice.
    figure.canvas.print_png(image, metadata={"Software": None})
    return image.getvalue()


def _bar(axes: Axes, card: Scorecard, full: float) -> None:
    """Figures stand in three columns above the bar, where they never collide.

    A score beyond one and a half times full marks, a slip of the pen, is drawn at the edge.
    """
    full = full or 100.0
    right = 1.04 * min(max(full, float(card.upper), float(card.stated or 0)), 1.5 * full)
    axes.barh(0, full, 0.8, color="#ffffff", edgecolor="#222222", linewidth=1)
    axes.barh(0, min(float(card.upper), right), 0.8, **HATCHED)
    axes.barh(0, min(float(card.verified), right), 0.8, **DARK)
    axes.plot([full, full], [-0.55, 0.55], color="#222222", linestyle=":", linewidth=1.2)
    arrow = {"marker": "v", "markersize": 9, "color": "#000000", "clip_on": False}
    if card.stated is not None:
        stated = min(max(float(card.stated), 0.0), right)
        axes.plot([stated, stated], [-0.4, 0.75], color="#000000", linewidth=2.2)
        axes.plot([stated], [0.78], **arrow)
    _key(axes, right, card, arrow)
    ticks = {0.0: "0", **{full * part / 4: f"{full * part / 4:g}" for part in (1, 2, 3)}, full: f"满分 {full:g}"}
    axes.set(xlim=(0, right), ylim=(-0.6, 2.9), yticks=[])
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.tick_params(axis="x", length=3, labelsize=8)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)


def _key(axes: Axes, right: float, card: Scorecard, arrow: dict[str, Any]) -> None:
    thirds = [right * place / 3 for place in range(3)]
    axes.plot([right / 90], [2.5], **arrow)
    for start, style in zip(thirds[1:], (DARK, HATCHED), strict=True):
        axes.barh(2.5, right / 32, 0.45, left=start, **style)
    for start, (label, *_), score in zip(thirds, SERIES, (card.stated, card.verified, card.upper), strict=True):
        axes.text(start + right / 22, 2.5, label, fontsize=10, va="center")
        axes.text(start, 1.15, shown(score), fontsize=20 if len(shown(score)) < 9 else 9, va="bottom")


def _bars(axes: Axes, scores: dict[str, tuple[float, ...]]) -> None:
    thickness = 0.26
    for place, (label, fill, hatch) in enumerate(SERIES):
        heights = [group + (place - 1) * thickness for group in range(len(scores))]
        values = [triple[place] for triple in scores.values()]
        bars = axes.barh(
            heights, values, thickness, label=label, color=fill, edgecolor="#222222", hatch=hatch, linewidth=0.8
        )
        axes.bar_label(bars, [f"{value:.2f}".rstrip("0").rstrip(".") for value in values], padding=3, fontsize=8)
    axes.set_yticks(range(len(scores)), list(scores))
    axes.invert_yaxis()
    axes.set_xlabel("分")
    axes.margins(x=0.08)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
