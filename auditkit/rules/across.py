"""SET: what shows only when the forms of a run lie side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from auditkit.assess import execution
from auditkit.model import Form, NotApplicable, Portfolio, Value
from auditkit.quantity.measure import Measure, QuantityKind, comparable
from auditkit.quantity.numbers import format_number, shown_percent
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, NOTE, WARNING, rule
from auditkit.vocabulary.terms import pattern


def _enough(portfolio: Portfolio, least: Decimal) -> None:
    if len(portfolio.forms) < least:
        raise NotApplicable(f"只有 {len(portfolio.forms)} 张表，不足 {format_number(least)} 张")


@rule(
    "SET001",
    zh="扣分雷同",
    en="Uniform deductions",
    severity=WARNING,
    basis="independent",
    flags=[
        {f"forms.{n}.indicators.0.score": "4" for n in range(4)},
        {f"forms.{n}.indicators.{n}.score": "3" for n in range(5)},
    ],
    passes=[{}, {f"forms.{n}.indicators.0.score": f"{4 - n}" for n in range(4)}, {"forms.0.indicators.0.score": "4"}],
    fault_zh="同一批表中，扣掉同样分数的表多得不合常理。",
    why_zh="各项目情况不同，扣分却一样，多半是先定分数再填表。",
    doubt_zh="同一原因（如同一次停工）确实影响各项目的同类指标。",
    ask_zh="请逐表说明扣分的依据，并附扣分的计算过程。",
    verify_zh="看各表扣分的指标和原因是否各不相同；相同分数而原因牵强的，要求逐表说明。",
)
def uniform_deductions(portfolio: Portfolio, book: Rulebook):
    """An improbable share of the forms loses the same number of indicator points.

    Forms that lose nothing are counted among the forms, but are no deduction (1).
    """
    _enough(portfolio, book.thresholds.uniform_forms)
    lost = [(form, points) for form in portfolio.forms if (points := _lost(form)) is not None]
    deducted = Counter(points for _, points in lost if points > 0)  # (1)
    if not deducted:
        return
    points, count = deducted.most_common(1)[0]
    share = Decimal(count) / len(lost)
    if share >= book.thresholds.uniform:
        alike = [form for form, own in lost if own == points]
        yield (
            f"{len(lost)} 张表中有 {count} 张的指标都恰好扣 {format_number(points)} 分（占 {shown_percent(share)}）",
            *(form.placed(form.total_score) for form in alike),
        )


def _lost(form: Form) -> Decimal | None:
    """The indicator points that a form deducted from itself, None where they cannot be told."""
    all_numbers = all(item.points.is_number and item.score.is_number for item in form.indicators)
    return sum((i.points.number - i.score.number for i in form.indicators), Decimal(0)) if all_numbers else None


@rule(
    "SET002",
    zh="等级集中",
    en="Everything excellent",
    severity=NOTE,
    basis="independent",
    flags=[{"forms.0.funds.0.actual": "100"}, {"forms.1.funds.0.actual": "150", "forms.1.total_score": "90"}],
    passes=[{}, {"forms.0.funds.0.actual": "100", "forms.1.total_score": "85"}],
    fault_zh="同一批表全部自评为最高等级，与预算执行好坏无关。",
    why_zh="自评失去区分度，不能作为安排预算的依据。",
    doubt_zh="项目数量少，或确实都完成得好。",
    ask_zh="请说明评为这一等级的依据；自评结果过高的，请据实更正。",
    verify_zh="从执行率最低的项目看起，核对其高分的依据。",
)
def everything_excellent(portfolio: Portfolio, book: Rulebook):
    """All forms state a total of the highest grade, whatever their execution rates."""
    _enough(portfolio, book.thresholds.uniform_forms)
    best = max(book.grades, key=lambda grade: book.grades[grade])
    if any(book.grade(form.total_score.number) != best for form in portfolio.forms):
        return
    rates = [(execution.rate(form.execution, book), form) for form in portfolio.forms if _has_rate(form, book)]
    low = [(rate, form) for rate, form in rates if rate < 1 - book.thresholds.unspent]
    if low:
        rate, form = min(low, key=lambda pair: pair[0])
        yield (
            f"{len(portfolio.forms)} 张表全部自评为“{best}”，其中 {len(low)} 张执行率较低，"
            f"最低 {shown_percent(rate)}（{form.project.one_line}）",
            *(f.placed(f.total_score) for _, f in low),
        )


def _has_rate(form: Form, book: Rulebook) -> bool:
    try:
        execution.rate(form.execution, book)
    except NotApplicable:
        return False
    return True


@rule(
    "SET003",
    zh="同类指标标准不一",
    en="Incomparable targets",
    severity=NOTE,
    basis="independent",
    flags=[{"forms.0.indicators.0.target": "≥450公里"}, {"forms.2.indicators.7.target": "≤72小时"}],
    passes=[{}, {"forms.0.indicators.0.target": "≥60公里"}, {"forms.0.indicators.0.target": "≥450人"}],
    fault_zh="同名指标在不同表中的指标值相差悬殊。",
    why_zh="标准不一，各项目的完成情况无法比较。",
    doubt_zh="项目规模本来就不同。",
    ask_zh="请说明各表指标值的测算依据；口径不一致的，请统一后更正。",
    verify_zh="对照项目规模和行业标准，看指标值是否合理。",
)
def incomparable_targets(portfolio: Portfolio, book: Rulebook):
    """The same indicator has targets in different forms that are many times apart."""
    found: dict[str, list[tuple[Form, Value, Measure]]] = defaultdict(list)
    often = Counter(item.name.plain for form in portfolio.forms for item in form.indicators)
    for form in portfolio.forms:
        for item in form.indicators:
            alone = often[item.name.plain] == 1  # then nobody asks how large it is
            for measure in () if alone else item.target.quantity.measures[:1]:
                if measure.number > 0 and measure.kind not in (QuantityKind.DATE, QuantityKind.RANK):
                    found[item.name.plain].append((form, item.target, measure))
    for name, targets in found.items():
        alike = [target for target in targets if comparable(target[2], targets[0][2])]
        least = min(alike, key=lambda target: target[2].number)
        most = max(alike, key=lambda target: target[2].number)
        if name and most[2].number >= book.thresholds.spread * least[2].number:
            yield (
                f"“{name}”在 {len(alike)} 张表中指标值从 {least[1].one_line}（{least[0].project.one_line}）"
                f"到 {most[1].one_line}（{most[0].project.one_line}）",
                least[0].placed(least[1]),
                most[0].placed(most[1]),
            )


@rule(
    "SET004",
    zh="文字雷同",
    en="Copied text",
    severity=WARNING,
    basis="independent",
    flags=[
        {f"forms.{n}.outcome": "本年度各项任务有序推进，完成了全部采购和安装工作，群众反映良好。" for n in (0, 3)},
        {
            "forms.0.indicators.0.explanation": "受连续强降雨影响，施工推迟两个月，下一步将加快施工进度。",
            "forms.1.indicators.2.explanation": "受连续强降雨影响，施工推迟两个月，下一步将加快施工进度！",
        },
    ],
    passes=[{}, {f"forms.{n}.indicators.0.explanation": "受疫情影响。" for n in (0, 1)}],
    fault_zh="不同项目的目标、完成情况或偏差说明几乎一字不差。",
    why_zh="套用的文字没有反映本项目的实际。",
    doubt_zh="同一工作分成几个项目，文字自然相同。",
    ask_zh="请按各项目的实际情况分别重新填写。",
    verify_zh="对照两张表，请单位按各自实际重写。",
)
def copied_text(portfolio: Portfolio, book: Rulebook):
    """Goal, result or explanation is nearly identical in forms of different projects.

    Texts too short to be anyone's own are not compared (1); forms of different departments only when letter for letter
    the same (2).
    """
    for words, texts in _texts(portfolio):
        long = [(form, value) for form, value in texts if len(value.plain) >= book.thresholds.copied_length]  # (1)
        for (one, text), (other, copy) in _copies(long, book.thresholds.copied):
            yield (
                f"{words}：“{one.project.one_line}”与“{other.project.one_line}”几乎相同，“{text.one_line[:30]}……”",
                one.placed(text),
                other.placed(copy),
            )


def _texts(portfolio: Portfolio) -> Iterator[tuple[str, list[tuple[Form, Value]]]]:
    yield "预期目标", [(form, form.goal) for form in portfolio.forms]
    yield "实际完成情况", [(form, form.outcome) for form in portfolio.forms]
    yield "偏差说明", [(form, item.explanation) for form in portfolio.forms for item in form.indicators]


Text = tuple[Form, Value]


def _copies(texts: list[Text], least: Decimal) -> Iterator[tuple[Text, Text]]:
    first: dict[str, Text] = {}
    by_department: dict[str, dict[str, Text]] = defaultdict(dict)
    for form, value in texts:
        plain = value.plain
        if plain in first:  # (2)
            if first[plain][0].project != form.project:
                yield first[plain], (form, value)
        else:
            first[plain] = by_department[form.department.plain][plain] = form, value
    for own in by_department.values():
        alike = list(own.values())
        if all(form.project == alike[0][0].project for form, _ in alike):
            continue  # nothing to compare, and numpy, by which it would be, takes longer to load than a form
        for one, other in _near(list(own), least):
            if alike[one][0].project != alike[other][0].project:
                yield alike[one], alike[other]


def _near(texts: list[str], least: Decimal) -> Iterator[tuple[int, int]]:
    """The places of every two texts that are so much alike, in their order; many are compared in one call.

    That call needs numpy, which takes longer to load than few texts to compare one by one.
    """
    from rapidfuzz import fuzz, process

    if len(texts) <= FEW:
        cutoff = float(least * 100)
        yield from (
            (one, other)
            for one, other in combinations(range(len(texts)), 2)
            if fuzz.ratio(texts[one], texts[other], score_cutoff=cutoff)
        )
        return
    for start in range(0, len(texts), BLOCK):
        block = texts[start : start + BLOCK]
        found = process.cdist(block, texts[start:], scorer=fuzz.ratio, score_cutoff=float(least * 100))
        for one, other in zip(*(places.tolist() for places in found.nonzero()), strict=True):
            if other > one:
                yield start + one, start + other


FEW = 64  # texts
BLOCK = 256  # texts, so that the table of likenesses of very many is never held whole


@rule(
    "SET005",
    zh="重复报送",
    en="Same form twice",
    severity=ERROR,
    basis="independent",
    flags=[{"forms.1.project": "供水项目1"}, {"forms.1.project": "供水项目1经费", "forms.1.total_score": "90"}],
    passes=[{}, {"forms.1.project": "供水项目1", "forms.1.fiscal_year": "（2021年度）"}],
    fault_zh="同一项目同一年度报了不止一张表。",
    why_zh="汇总会重复计算，两张表数字不同时不知以哪张为准。",
    doubt_zh="同名项目由不同单位分别实施（单位不同的不报）。",
    ask_zh="请书面确认以哪一张表为准，并撤回其余各表。",
    verify_zh="请单位确认以哪一张为准，撤回其余。",
)
def same_form_twice(portfolio: Portfolio, book: Rulebook):
    """The same project of the same unit and year is submitted more than once, with or without differences."""
    found: dict[tuple[str, ...], list[Form]] = defaultdict(list)
    for form in portfolio.forms:
        name = pattern("titles.optional").sub("", form.project.plain)
        if name:
            found[name, form.department.plain, form.implementer.plain, str(form.year)].append(form)
    for forms in found.values():
        if len(forms) > 1:
            same = "内容相同" if all(form == forms[0] for form in forms) else "内容不同"
            places = "、".join(f"{form.source} 第{form.number}张" for form in forms)
            yield (
                f"“{forms[0].project.one_line}”{forms[0].year or ''} 年度报了 {len(forms)} 张表，{same}：{places}",
                *(f.placed(f.project) for f in forms),
            )
