"""The charts of a year. A title is the answer to the chart's question; many forms are points, a few have their names."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from markupsafe import Markup

from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.report.facts import clipped
from auditkit.report.fonts import FONT, lettering
from auditkit.report.html.charts import image_of
from auditkit.report.year.rows import FormLine
from auditkit.rulebooks.loader import Rulebook
from auditkit.safety import escape_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMED = 24  # forms that a chart can name, one a line
ROUND = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]
NAME = 18  # letters of a form's name on a line; it has two
APART = 2_000  # points that can be told apart in a chart
LOW = Decimal("0.9")
# A family name of our own: under the font's real name matplotlib might pick a copy that the system has.
FAMILY = "auditkit"
STYLE = {"font.family": [FAMILY, "DejaVu Sans"], "font.size": 9, "axes.unicode_minus": False}


def scores_title(forms: Sequence[FormLine]) -> str:
    """How many forms claim more than they prove."""
    scored = [one for one in forms if one.stated is not None]
    if not scored:
        return "没有填报自评总分的表，无从比较"
    above = sum(one.stated > one.verified for one in scored)
    disproved = sum(one.disproved for one in scored)
    return f"{len(scored)} 张表中，{above} 张的自评得分高于可核实得分，其中 {disproved} 张高于最高可能得分"


def scores_chart(forms: Sequence[FormLine], book: Rulebook) -> Markup:
    """For every form a line from the verified score to the possible one, with the stated score on it."""
    scored = sorted((one for one in forms if one.stated is not None), key=_by_gap)
    if not scored:
        return Markup("")
    few = len(scored) <= NAMED
    with figure_of(7.2, 0.9 + 0.3 * len(scored) if few else 4.2) as figure:
        axes = figure.add_subplot()
        if few:
            _dumbbells(axes, scored)
        else:
            verified, stated = ([float(getattr(one, name)) for one in scored] for name in ("verified", "stated"))
            _cloud(axes, verified, stated, 9)
            axes.plot([0, float(book.full_marks)], [0, float(book.full_marks)], color="#000000", linestyle=":")
            axes.set(xlabel="可核实得分（虚线上方：自评高于可核实）", ylabel="自评得分")
        axes.spines[["top", "right"]].set_visible(False)
        return image_of(png_of(figure), scores_title(forms))


def _cloud(axes: Axes, across: Sequence[float], up: Sequence[float], size: int) -> None:
    """A point for every form; where they would hide each other, cells that are the darker the more forms they hold."""
    if len(across) <= APART:
        axes.scatter(across, up, s=size, color="#24405f", alpha=0.5)
        return
    # Without soft edges the picture has few colours and takes a third of the bytes.
    look = {"cmap": "Greys", "edgecolors": "none", "antialiased": False}
    cells = axes.hexbin(across, up, gridsize=(40, 16), bins="log", mincnt=1, **look)
    scale = axes.figure.colorbar(cells, ax=axes, label="表数（越深越多）", pad=0.02)
    low, high = cells.get_clim()
    ticks = [n for n in ROUND if low <= n <= high]
    scale.set_ticks(ticks, labels=[str(n) for n in ticks])
    scale.ax.minorticks_off()


def _by_gap(one: FormLine) -> tuple[Decimal, str, int]:
    return one.verified - one.stated, one.file, one.form


def _dumbbells(axes: Axes, scored: Sequence[FormLine]) -> None:
    places = range(len(scored))
    verified, upper, stated = (
        [float(getattr(one, name)) for one in scored] for name in ("verified", "upper", "stated")
    )
    axes.hlines(places, verified, upper, color="#888888", linewidth=5, alpha=0.5)
    axes.scatter(verified, places, marker="s", color="#24405f", zorder=3, label="可核实得分")
    axes.scatter(stated, places, marker="v", color="#000000", zorder=4, label="自评得分")
    axes.scatter(upper, places, marker="|", s=90, color="#222222", zorder=3, label="最高可能得分")
    if reviewed := [(float(one.reviewed), place) for place, one in enumerate(scored) if one.reviewed is not None]:
        look = {"marker": "D", "facecolors": "#ffffff", "edgecolors": "#000000", "zorder": 5, "label": "复核得分"}
        axes.scatter(*zip(*reviewed, strict=True), **look)
    # A form's name is no mathematics, whatever dollar signs it has.
    axes.set_yticks(places, [_name(one) for one in scored], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlabel("分（待举证最多的在上）")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False)


def _name(one: FormLine) -> str:
    """What no font has is drawn as its number: a box would hide it."""
    name = clipped(escape_line(one.name), 2 * NAME - 2)
    half = len(name) if len(name) <= NAME else -(-len(name) // 2)
    told = "\n".join(filter(None, (name[:half], name[half:])))
    return lettering([told], system=False).printed(told)


def _rates(forms: Sequence[FormLine]) -> list[tuple[Decimal, Decimal]]:
    """Execution rate and stated score of the forms that tell both."""
    return [(rate, one.stated) for one in forms if (rate := one.rate) is not None and one.stated is not None]


def rates_title(forms: Sequence[FormLine], book: Rulebook) -> str:
    """Whether forms that spent little still claim to be excellent."""
    found = _rates(forms)
    if not found:
        return "没有同时填报执行率和自评总分的表，无从比较"
    best = max(book.grades.values())
    low = [stated for rate, stated in found if rate < LOW]
    if not low:
        return f"{len(found)} 张表的执行率都在 {shown_percent(LOW)} 以上"
    excellent = sum(stated >= best for stated in low)
    return f"执行率低于 {shown_percent(LOW)} 的 {len(low)} 张表中，{excellent} 张自评仍在 {format_number(best)} 分以上"


def rates_chart(forms: Sequence[FormLine], book: Rulebook) -> Markup:
    """A point for every form: how much of the budget was spent, and the score that it gives itself."""
    found = _rates(forms)
    if not found:
        return Markup("")
    with figure_of(7.2, 3.2) as figure:
        axes = figure.add_subplot()
        _cloud(axes, [float(rate * 100) for rate, _ in found], [float(s) for _, s in found], 26)
        axes.axvline(float(LOW * 100), color="#000000", linestyle=":")
        axes.set(xlabel=f"执行率（%，虚线为 {shown_percent(LOW)}）", ylabel="自评得分")
        axes.spines[["top", "right"]].set_visible(False)
        return image_of(png_of(figure), rates_title(forms, book))


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
