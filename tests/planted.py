"""Errors planted one at a time into real forms, each with what must newly be found, and nothing else.

An edit goes into the document as read, not into the parsed form, so that reading order, layout and parser are part of
what is tried. Where one false entry would break an identity that is not meant (a changed score breaks the total), the
plant changes the dependent entry with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from auditkit.assess.judgement import Verdict
from auditkit.assess.verdict import judge
from auditkit.document import Document, Table
from auditkit.model import Category, Form, Indicator, Source, Value
from auditkit.quantity.measure import QuantityKind, Relation
from auditkit.quantity.numbers import format_number
from auditkit.rulebooks.loader import load_rulebook
from auditkit.vocabulary.terms import table

FACTORS = table("units.factors")
THRESHOLDS = load_rulebook().thresholds


@dataclass(frozen=True)
class Plant:
    """One planted error: the rule that must newly speak, at which row, after which edits.

    `also` names rules that state another side of the same error and may speak too.
    """

    rule: str
    row: int | None
    edits: tuple[tuple[Value, str], ...]
    also: frozenset[str] = field(default=frozenset())


def planted(document: Document, plant: Plant) -> Document:
    """The document with the plant's cells rewritten."""
    texts = {value.at: text for value, text in plant.edits}
    blocks = tuple(
        Table(tuple(tuple(c._replace(text=texts.get(c.at, c.text)) for c in row) for row in block.rows))
        if isinstance(block, Table)
        else block._replace(text=texts.get(block.at, block.text))
        for block in document.blocks
    )
    return replace(document, blocks=blocks)


def plants(form: Form) -> Iterator[Plant]:
    """Every error of the table that this form has a place for."""
    yield from _of_funds(form)
    yield from _of_scores(form)
    yield from _of_indicators(form)
    yield from _of_structure(form)
    yield from _of_entries(form)
    yield from _of_design(form)
    yield from _of_words(form)


def _moved(value: Value, by: Decimal) -> str:
    return f"{value.number + by:f}"


def _execution(form: Form, actual: Decimal) -> list[tuple[Value, str]]:
    """The edits that make another actual expenditure consistent through rates, score and total."""
    total, adjusted = form.total, form.total.adjusted.number
    rate = actual / adjusted
    score = min(total.points.number * rate, total.points.number).quantize(Decimal("0.1"))
    source = next(fund for fund in form.funds if fund.source is Source.APPROPRIATION)
    part = actual - total.actual.number + source.actual.number
    edits = [
        (total.actual, f"{actual}"),
        (source.actual, f"{part}"),
        (source.execution_rate, f"{(part / source.adjusted.number).quantize(Decimal('0.0001')).scaleb(2)}%"),
        (total.execution_rate, f"{rate.quantize(Decimal('0.01')).scaleb(2)}%"),
        (total.score, f"{score}"),
        (form.total_score, _moved(form.total_score, score - total.score.number)),
    ]
    return edits


def _of_funds(form: Form) -> Iterator[Plant]:
    total = form.total
    rate = (total.execution_rate.rate - Decimal("0.07")).scaleb(2)
    yield Plant("BUD001", None, ((total.execution_rate, f"{rate:f}%"),))
    yield Plant(
        "BUD002",
        None,
        ((total.score, _moved(total.score, Decimal(-1))), (form.total_score, _moved(form.total_score, Decimal(-1)))),
    )
    other = next(fund for fund in form.funds if fund.source is Source.OTHER)
    yield Plant("BUD003", None, ((other.adjusted, "3.5"),))
    yield Plant("BUD003", None, ((total.initial, "0"),), frozenset({"BUD006"}))
    adjusted = total.adjusted.number
    yield Plant("BUD004", None, tuple(_execution(form, adjusted * Decimal("1.08"))))
    if 1 - total.actual.number / adjusted <= Decimal("0.2"):
        yield Plant("BUD005", None, tuple(_execution(form, adjusted * Decimal("0.6"))), frozenset({"BUD007"}))
    source = next(fund for fund in form.funds if fund.source is Source.APPROPRIATION)
    changed = total.initial.number * Decimal("0.6")
    less = source.initial.number - total.initial.number + changed
    yield Plant("BUD006", None, ((total.initial, f"{changed}"), (source.initial, f"{less}")))


def _of_scores(form: Form) -> Iterator[Plant]:
    already_110 = sum(i.points.number for i in form.indicators) == 100
    if not already_110:
        yield Plant("SCO001", None, ((form.total_score, _moved(form.total_score, Decimal(-10))),))
        yield Plant("SCO001", None, ((form.total_score, _moved(form.total_score, Decimal("0.3"))),))
        yield Plant("SCO002", None, ((form.total_points, "110"),))
    met = _full(form)[0]
    yield Plant("SCO003", met.row, (*_rescored(form, met, Decimal(2)),), frozenset({"BUD007"}))
    last = form.indicators[-1]
    if last.category.at != form.indicators[0].category.at and _standard(form):
        first = form.indicators[0]
        edits = (
            (first.points, _moved(first.points, Decimal(2))),
            (first.score, _moved(first.score, Decimal(2))),
            (last.points, _moved(last.points, Decimal(-2))),
            (last.score, _moved(last.score, Decimal(-2))),
        )
        yield Plant("SCO004", None, edits, frozenset({"IND003", "IND002"}))
    yield Plant("SCO006", None, ((form.indicators[0].category, "产出指标（47分）"),))


def _standard(form: Form) -> bool:
    return sum(i.points.number for i in form.indicators if i.category.at == form.indicators[0].category.at) == 50


def _full(form: Form) -> list[Indicator]:
    return [
        i
        for i in form.indicators
        if judge(i, THRESHOLDS).verdict is Verdict.MET and i.score.number == i.points.number >= 2
    ]


def _rescored(form: Form, item: Indicator, by: Decimal) -> list[tuple[Value, str]]:
    return [(item.score, _moved(item.score, by)), (form.total_score, _moved(form.total_score, by))]


def _of_indicators(form: Form) -> Iterator[Plant]:
    text = frozenset({"NAR001", "NAR002", "NAR005", "NAR006"})
    why = "因施工受阻未能按期完成，下一步将加强调度、加快进度。"
    counted = [i for i in _full(form) if _limit(i) is not None and i.target.quantity.measures[0].number >= 2]
    for item in counted[:2]:
        (target,) = item.target.quantity.measures
        half, unit = (target.number / 2).quantize(Decimal(1)), target.unit
        done = f"{half}{unit}"
        share = half / target.number
        yield Plant("IND001", item.row, ((item.result, done),), text)
        yield Plant("IND001", item.row, ((item.result, "0"),), text)
        high = (item.points.number * share + item.points.number) / 2
        off = high.quantize(Decimal("0.1")) - item.score.number
        yield Plant(
            "IND002", item.row, ((item.result, done), (item.explanation, why), *_rescored(form, item, off)), text
        )
        low = (item.points.number * share / 3).quantize(Decimal("0.1")) - item.score.number
        yield Plant(
            "IND003", item.row, ((item.result, done), (item.explanation, why), *_rescored(form, item, low)), text
        )
        yield Plant("IND005", item.row, ((item.result, "100%"),), text)
        yield (
            Plant("IND006", item.row, ((item.result, item.target.text),), text)
            if target.relation is not Relation.BARE
            else Plant(
                "IND006",
                item.row,
                ((item.target, f"≥{target.number}{unit}"), (item.result, f"≥{target.number}{unit}")),
                text,
            )
        )
        yield Plant("IND007", item.row, ((item.result, f"＞{target.number + 1}{unit}"),), text)
        yield Plant("IND008", item.row, ((item.result, f"{target.number * 2}{unit}"), (item.explanation, "")), text)
        yield Plant("IND009", item.row, ((item.result, f"{target.number}"),), text)
        yield Plant("IND009", item.row, ((item.result, f"{target.number}工作日"),), text)
    for item in _full(form)[:2]:
        yield Plant("IND004", item.row, ((item.explanation, why), *_rescored(form, item, Decimal(-1))), text)
        yield Plant("NAR004", item.row, tuple(_rescored(form, item, Decimal(-1))), text | {"IND004"})
        yield Plant("IND011", item.row, ((item.result, "待统计"),), text)
        yield Plant("IND011", item.row, ((item.target, "—"),), text)
    rates = [i for i in _full(form) if i.target.plain in ("≥90%", "≥80%", "≥95%")]
    for item in rates[:1]:
        yield Plant("IND010", item.row, ((item.result, "线上97%，线下98%"),), text)


def _limit(item: Indicator) -> QuantityKind | None:
    """Counted indicators whose target is one lower limit in a unit."""
    measures = item.target.quantity.measures
    judgement = judge(item, THRESHOLDS)
    if (
        len(measures) == 1
        and measures[0].kind is QuantityKind.COUNT
        and measures[0].unit not in FACTORS
        and not judgement.reverse
        and judgement.several == 1
    ):
        return measures[0].kind
    return None


def _of_structure(form: Form) -> Iterator[Plant]:
    for entry in (form.project, form.department, form.implementer, form.goal, form.outcome):
        yield Plant("STR001", None, ((entry, ""),), frozenset({"NAR001", "NAR002", "NAR003", "NAR007", "STR007"}))
    yield Plant("STR001", None, ((form.total_score, ""),))
    item = form.indicators[-1]
    yield Plant("STR001", item.row, ((item.score, ""),))
    yield Plant("STR001", item.row, ((item.points, ""),))
    yield Plant("STR002", None, ((form.total.actual, "约八成"),))
    yield Plant("STR002", item.row, ((item.score, "满分"),))
    yield Plant("STR005", None, ((form.fiscal_year, "（2019年度）"),), frozenset({"STR005"}))


def _of_entries(form: Form) -> Iterator[Plant]:
    item = form.indicators[2]
    yield Plant(
        "STR003", None, ((form.title, "在项目支出绩效自评表" if form.title.plain[0] != "在" else "项目支出续效自评表"),)
    )
    yield Plant("STR004", item.row, ((item.name, f"{item.name.text.rstrip('。')}、"),))
    yield Plant(
        "STR004", item.row, ((item.name, f"（{item.name.text}"),), frozenset({"DES003", "DES004", "DES008", "DES009"})
    )
    heading = next((value for value in _headings(form, item)), None)
    if heading:
        yield Plant("STR006", item.row, ((heading, "待定"),))
    yield Plant("STR007", None, ((form.project, "农村公路养护与桥梁改造"),))


def _headings(form: Form, item: Indicator) -> Iterator[Value]:
    """The cell of the merged heading column in an indicator's row."""
    at = item.name.at._replace(column=1, line=item.name.at.line and item.name.at.line - 3)
    if item.name.at.column == 4 and item.category.at.row != item.name.at.row:
        yield Value("", at)


def _of_design(form: Form) -> Iterator[Plant]:
    names = frozenset({"DES002", "DES003", "DES004", "DES008", "DES009", "DES011", "NAR001"})
    first, second = form.indicators[0], form.indicators[1]
    yield Plant("DES001", second.row, ((second.name, f"{first.name.text} "),), names)
    yield Plant("DES002", second.row, ((second.name, "开展业务培训不少于30次"),), names - {"DES002"})
    yield Plant("DES008", second.row, ((second.name, "预算执行率"),), names - {"DES008"})
    levels = {item.subcategory.plain: item for item in reversed(form.indicators)}
    if "时效指标" in levels and levels["时效指标"].kind is Category.OUTPUT:
        late = levels["时效指标"]
        yield Plant("DES007", None, ((late.subcategory, "质量指标"),), names | {"DES004"})
    if "质量指标" in levels and levels["质量指标"].kind is Category.OUTPUT:
        yield Plant(
            "DES005",
            levels["质量指标"].row,
            ((levels["质量指标"].subcategory, "社会效益指标"),),
            names | {"DES006", "DES007"},
        )
    counted = [i for i in _full(form) if "数量" in i.subcategory.plain and i.target.plain.startswith("≥")]
    for item in counted[:1]:
        capped = item.target.text.replace("≥", "≤")
        yield Plant("DES010", item.row, ((item.target, capped), (item.result, capped.strip("≤ "))), names | {"IND008"})
    satisfied = [item for item in form.indicators if item.kind is Category.SATISFACTION]
    if satisfied and len(satisfied) < len(form.indicators):
        edits = tuple((item.category, "效益指标") for item in satisfied[:1])
        subs = tuple({item.subcategory.at: (item.subcategory, "社会效益指标") for item in satisfied}.values())
        also = names | {"SCO004", "SCO006", "DES005"}
        yield Plant("DES006", None, edits + subs, also)


def _of_words(form: Form) -> Iterator[Plant]:
    why = frozenset({"IND004", "NAR002", "NAR005", "NAR006"})
    full = _full(form)[-1]
    cut = _rescored(form, full, Decimal(-1))
    yield Plant("NAR005", full.row, ((full.explanation, "受疫情影响，部分活动未开展。"), *cut), why)
    yield Plant("NAR006", full.row, ((full.explanation, "工作力度有待进一步加强。"), *cut), why)
    yield Plant(
        "NAR002",
        None,
        ((form.outcome, "2021年各项绩效目标全部完成。"), (full.explanation, "因受客观条件影响，将改进。"), *cut),
        why | {"NAR003"},
    )
    yield Plant("NAR003", None, ((form.outcome, "各项工作有序推进，群众反映良好。"),))
    goal = form.goal.text + "确保按照时间节点保质保量推进各项重点工作任务。"
    yield Plant(
        "NAR007", None, ((form.goal, goal), (form.outcome, goal)), frozenset({"NAR001", "NAR002", "NAR003", "STR004"})
    )
    for item in form.indicators:
        (figure,) = item.result.quantity.measures[:1] or (None,)
        if (
            figure
            and not figure.inequality
            and figure.kind is QuantityKind.RATE
            and item.name.plain.endswith(("率", "满意度"))
        ):
            off = format_number((figure.number - Decimal("0.03")).scaleb(2))
            told = f"经统计，{item.name.text.strip()}为{off}%。"
            yield Plant("NAR001", None, ((form.outcome, told),), frozenset({"NAR003"}))
            break
