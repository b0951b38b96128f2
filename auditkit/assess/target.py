"""What a target wants: its limits, each with the way that is better and the change that it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from auditkit.assess.claims import FALL, RISE, Claim, read_claims
from auditkit.assess.direction import Better
from auditkit.assess.names import core_name
from auditkit.assess.sense import of_ratio, sense
from auditkit.model import Category
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.vocabulary.terms import Expression, any_of, words

_CHANGE = r"(?:率|幅|速|幅度|比例|额|量|数|百分比)"
_GROWS = Expression(rf"(?:增长|提高|提升|上升|增加|上涨|增产|增收|回升){_CHANGE}?$|(?:增速|增幅|涨幅)$")
_SHRINKS = Expression(
    rf"(?:下降|降低|减少|压减|压缩|缩减|缩短|节约|节省|节支|削减|减排|回落){_CHANGE}?$|(?:降幅|减幅|跌幅)$"
)
_ADDS = Expression(r"^(?:全年|年度|当年|年内|净)*(?:增加|新增|净增|增收|增产|扩大|提高|提升)")
_CUTS = Expression(r"^(?:全年|年度|当年|年内|有效)*(?:减少|降低|压减|压缩|缩短|缩减|节约|节省|削减|减轻|核减|精简)")
_LAST_YEAR = rf"{any_of('values.change.against_last_year')}(?:水平|实绩|数|同期|数量|标准|实际)?"
_WITHOUT_FIGURE = (  # an upper (AT_MOST), a lower (AT_LEAST) bound or more than none (ABOVE) on a change
    (Expression(rf"(?:不|未|不得|没有|不能)(?:突破|超过?|超出|高于|多于){_LAST_YEAR}"), RISE, Relation.AT_MOST),
    (Expression(rf"(?:不|不得|不能)(?:低于|少于){_LAST_YEAR}|与上年持平"), RISE, Relation.AT_LEAST),
    (Expression(rf"(?:高于|超过|多于|优于){_LAST_YEAR}"), RISE, Relation.ABOVE),
    (Expression(rf"(?:低于|少于){_LAST_YEAR}"), FALL, Relation.ABOVE),
    (Expression(r"零增长|只减不增|不增长|不增加|不增|不反弹|不上升|不扩大"), RISE, Relation.AT_MOST),
    (Expression(r"只增不减|不下降|不降低|不减少|不减|不滑坡"), RISE, Relation.AT_LEAST),
    (Expression(r"负增长"), FALL, Relation.ABOVE),
    (Expression(r"扭亏为盈|扭亏"), RISE, Relation.ABOVE),
)
_GOES = Expression(
    r"(?:较|比|同)?(?:上年|去年|往年|上年度|上年同期|同期)?(?:同比|环比)?(?:实现)?(?:逐年|逐步|持续|稳步|稳定|不断|进一步|有所|明显|显著|大幅|总体|整体|稳中有|双)*"
    rf"(?P<way>{any_of('values.change.rise')}|{any_of('values.change.fall')})(?:趋势|态势)?"
)
_LEAD = Expression(
    r"提前[^,;]{0,4}$|[会课赛节汛考训展演庭播]前$|[\u4e00-\u9fff]{2}(?<!之)(?<!以)(?<!年)(?<!月)(?<!目)(?<!此)前$"
)


@dataclass(frozen=True)
class Limit:
    """One thing that a target wants.

    `measure` carries the comparator that counts, BARE where nothing tells which way is better (`open`); `written` is the
    figure as the target has it. `change` is the way that the figure counts (RISE, FALL) where it is one of a change, and
    `firm` where target or name says so, not only begins with 新增 or 减少, and `told` where the target itself does. `lead` marks a time ahead of an event, `more`
    says whether more is better.
    """

    measure: Measure
    written: Measure
    change: int | None = None
    firm: bool = False
    lead: bool = False
    more: bool | None = None
    told: bool = False

    @property
    def open(self) -> bool:
        return self.measure.relation is Relation.BARE and self.measure.upper is None and not self.written.about


def changes(name: str) -> tuple[int | None, bool]:
    """The change that a name asks for, and whether it is the figure's own sense (增长率) or its beginning (减少…)."""
    bare = core_name(name)
    if _GROWS.search(bare):
        return RISE, True
    if _SHRINKS.search(bare):
        return FALL, True
    if _ADDS.match(bare):
        return RISE, False
    return (FALL, False) if _CUTS.match(bare) else (None, False)


@lru_cache(maxsize=4096)
def change_without_figure(text: str) -> tuple[int, Relation] | None:
    """The change that a target asks for in words alone: 不突破上年, 零增长, 逐年增长."""
    for form, way, relation in _WITHOUT_FIGURE:
        if form.fullmatch(text):
            return way, relation
    found = _GOES.fullmatch(text)
    if not found:
        return None
    return (RISE if found["way"] in words("values.change.rise") else FALL), Relation.ABOVE


def target_limits(measures: list[Measure], text: str, name: str, subcategory: str, category: Category) -> list[Limit]:
    """The limits of a target whose figures have been read in the light of the name."""
    claims = read_claims(text, name).claims
    told = claims if len(claims) == len(measures) else [None] * len(measures)
    return [_limit(m, claim, name, subcategory, category) for m, claim in zip(measures, told, strict=True)]


def _limit(measure: Measure, claim: Claim | None, name: str, subcategory: str, category: Category) -> Limit:
    named, firm = changes(name)
    change = claim.change if claim else None
    told = change is not None
    if change is not None:
        firm = firm or not (claim and "新增" in claim.before)
    elif not (claim and claim.reached):
        change = named
    if measure.kind in (
        QuantityKind.DATE,
        QuantityKind.CLOCK,
        QuantityKind.MONTHDAY,
        QuantityKind.RANK,
        QuantityKind.RATIO,
    ):
        change = None
    lead = measure.kind is QuantityKind.DURATION and ("提前" in name or bool(claim and _LEAD.search(claim.before)))
    if measure.kind is QuantityKind.RATIO:
        return _of_ratio(measure, name)
    way = sense(name, subcategory, category, measure)
    more = True if lead or change is not None else None if way is None else way is Better.MORE
    if measure.relation not in (Relation.BARE, Relation.EXACTLY):
        return Limit(measure, measure, change, firm, lead, more, told)
    if measure.number == 0 and measure.kind is not QuantityKind.DATE and change is None:
        return Limit(replace(measure, relation=Relation.EXACTLY), measure, more=False)
    if measure.number == 0 and change is not None:
        return Limit(replace(measure, relation=Relation.AT_MOST), measure, RISE, firm, told=told)
    if more is None:
        return Limit(replace(measure, relation=Relation.BARE), measure, change, firm, lead)
    relation = Relation.AT_LEAST if more else Relation.AT_MOST
    return Limit(replace(measure, relation=relation), measure, change, firm, lead, more=more, told=told)


def _of_ratio(measure: Measure, name: str) -> Limit:
    """A ratio by the side that the matter cares for: in 1:n of a leverage n, of teachers to pupils the teachers."""
    way = of_ratio(name)
    if way is None:
        unit = 1 in measure.terms[:1]
        relation = Relation.BARE if unit else measure.relation
        return Limit(replace(measure, relation=relation), measure)
    more = way is Better.MORE
    relation = Relation.AT_LEAST if more else Relation.AT_MOST
    first, second = measure.terms
    return Limit(
        replace(measure, relation=relation, number=second / first if first else measure.number), measure, more=more
    )
