"""Charts as images that carry their own font."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from auditkit.model import Category
from auditkit.numeral import shown
from auditkit.rescore import Scorecard

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
STYLE = {"font.family": [FAMILY], "font.size": 9, "axes.unicode_minus": False, "hatch.linewidth": 0.6}


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
    source = base64.b64encode(_draw(scores)).decode("ascii")
    return Markup('<img src="data:image/png;base64,{}" alt="{}" style="max-width: 100%">').format(
        source, f"得分对照图：{words}"
    )


def _draw(scores: dict[str, tuple[float, ...]]) -> bytes:
    """A PNG of one group of bars a category; the same bytes for the same scores and the same matplotlib."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontEntry, fontManager

    if not any(entry.name == FAMILY for entry in fontManager.ttflist):
        fontManager.ttflist.append(FontEntry(fname=str(FONT), name=FAMILY, weight=400, size="scalable"))
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=(7.2, 0.7 + 0.62 * len(scores)), dpi=130, layout="constrained")
        FigureCanvasAgg(figure)
        _bars(figure.add_subplot(), scores)
        image = io.BytesIO()
        figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


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
