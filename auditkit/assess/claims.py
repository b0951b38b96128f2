"""What a result claims: its figures, each with the words that belong to it, and what is said without a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from auditkit.assess.lexicon import NO_RESULT, Role, Sign, signs
from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.quantity.notation import spelt_and_bare
from auditkit.quantity.parser import PARTING, figures, whole_year
from auditkit.quantity.units import times_a_year
from auditkit.vocabulary.terms import Expression, any_of, words

RISE, FALL = 1, -1


@dataclass(frozen=True)
class Claim:
    """One figure of a result with the words around it.

    `aside` marks a figure in brackets or a part of one before it, `base` one from which a change is told (由85%, 较上年85%),
    `side` one that counts something beside the matter (在5个村), such as a `size` (宽3.5米) or something of each (`per`:
    每人500元), `reached` a level that was come to. `change` is the way that the words say it went, a `deed` where they tell
    of something done (新增120个); `compared` says that this is told against another year, `years` that the figure only
    counts the years that another sums up.
    """

    measure: Measure
    clause: str
    before: str
    after: str
    signs: tuple[Sign, ...]
    aside: bool = False
    base: bool = False
    side: bool = False
    size: bool = False
    per: bool = False
    reached: bool = False
    change: int | None = None
    deed: bool = False
    compared: bool = False
    years: bool = False

    def has(self, *roles: Role) -> bool:
        return any(sign.role in roles for sign in self.signs)

    def word(self, *roles: Role) -> str:
        """The first word that gives the figure one of these roles."""
        return next((sign.word for sign in self.signs if sign.role in roles), "")


@dataclass(frozen=True)
class Comment:
    """A clause without a figure, and its words with a role."""

    text: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class Statement:
    """A result read whole."""

    text: str
    claims: tuple[Claim, ...]
    remarks: tuple[Comment, ...]

    def quoted(self, word: str = "") -> str:
        """The result in the form's own words, with the word in it that matters, for a message."""
        own = "".join(self.text.split("\n"))
        return f"完成值“{own}”中的“{word}”" if word and word in own and word != own else f"完成值“{own}”"


_QUOTED = Expression(r"《[^》]*》")
_BREAK = Expression(rf"[,;。!?()\[\]【】{{}}→]|{PARTING}")
_LIST = Expression(
    r"(?!、(?:下半年|第?[一二三四]季度|\d{1,2}月份?)(?:各|[、和及与]))(?:、|(?<=[\u4e00-\u9fff%])(?:和|及|以及|与)(?=[\u4e00-\u9fff]{1,8}\d))"
)
_OPENS = Expression(r"其中|包括|包含")  # what follows in the sentence is part of what stands before
_CARRIED = NO_RESULT | {Role.UNDONE}
_YEAR = Expression(r"(?<!\d)((?:19|20)\d{2})年")
_SEVERAL_YEARS = Expression(
    r"(?:[二两三四五六七八九十\d]{1,2}年(?:来|间|累计|合计|共|总计)|(?:19|20)\d{2}年?[-~—至](?:19|20)\d{2}年)"
)
_WITHIN = Expression(r"全年|本年|当年|今年|年内|\d{1,2}月|季度|半年|截至|截止")
_FILL = r"(?:了|约|大约|达|为|是|幅度|幅|率|值|额|到|:|近|超|个|比例|总额|量|数)*"
_RISES = Expression(rf"(?P<told>{any_of('values.change.rise')}){_FILL}$")
_FALLS = Expression(rf"(?P<told>{any_of('values.change.fall')}){_FILL}$")
_REACHED = Expression(rf"{any_of('values.change.reached')}(?:了|约|大约)?$")
_RISES_AFTER = Expression(rf"^(?:的)?{any_of('values.change.rise')}")
_FALLS_AFTER = Expression(rf"^(?:的)?{any_of('values.change.fall')}")
_THEN = rf"(?:{any_of('values.other_time.words')}|当初|最初|初始|基期|当时|原来|全省|全市|全国|平均|水平|\d{{4}}年)?(?:的|为|是)?"
_FROM = Expression(rf"(?:由|从|自|(?<![同环])比|较|相比|对比|原|原为|原来|原先){_THEN}$")
_AGAINST = Expression(rf"(?:较|比|相比|同比|环比|与){_THEN}|同比|环比|{any_of('values.change.against_last_year')}")
_THAN = Expression(r"(?:较|比|相比|同比|环比|与|对比)[^,;]*$")
_PER = Expression(rf"(?:每[^\d,]{{0,3}}|{any_of('values.side.per')})(?:约|为|达|补助|发放|培训|安排|需|用)*$")
_SIZE = Expression(
    rf"(?:{any_of('values.side.size')}|(?<![最提增升延成生加攀拔家校班市县首会部站院行科组局队团董课村乡镇厅所船省州处连营排族])[宽深高厚长])(?:度|约|为|达|各|均)*$"
)
_LONG = Expression(r"长度?[约为达]*$")  # 长5.3公里 is no size beside the matter
_SIDE = Expression(rf"{any_of('values.side.words')}(?:了|约|为|达|共|各|到|的|人员|人数|人次|群众|对象|总额|面积)*$")
_ACTUAL = Expression(rf"{any_of('values.actual.words')}")
_AND = Expression(r"[、和及与]")
_EACH = Expression(
    r"[\u4e00-\u9fff]{1,8}(?:[、和及与][\u4e00-\u9fff]{1,8})+各(?:举办|开展|组织|完成)?$"
)  # 防汛、消防演练各1次 are two
# 上下半年各1次, 春秋两季各1次, 各季度1次: so many parts of the year, and the figure in each.
_PARTS_OF_YEAR = Expression(
    r"(?:(?P<named>(?:第?[一二三四](?:季度)?|\d{1,2}月份?)(?:[、和及与](?:第?[一二三四]季度|\d{1,2}月份?))+)各|(?P<halves>上(?:半年)?[、和及与]?下半年)各|(?P<seasons>[春夏秋冬][春夏秋冬、和及]{1,6})[两三四]?季?各"
    r"|(?P<every>各(?:季度|季|月份?|学期)))(?:举办|开展|组织|完成|进行|巡查|检查|巡检)?$"
)
_LEVELLED = Expression(r"^(?:降至|降到|降低至|降低到|压降至|压减至|控制到)")


@lru_cache(maxsize=8192)
def read_claims(text: str, matter: str, year: int | None = None, listed: bool = False) -> Statement:
    """A result parsed whole; `matter` is what the indicator and its target say, `year` the form's."""
    if whole := whole_year(text):
        return Statement(text, (Claim(whole, text, "", "", ()),), ())
    spelt, bare = spelt_and_bare(text, listed)
    spelt = _QUOTED.sub(lambda found: "□" * len(found[0]), spelt)  # 《…规划》 is a title, no plan
    found = list(figures(bare))
    claims: list[Claim] = []
    remarks: list[Comment] = []
    within = False
    for start, end, aside in _clauses(bare, [(a, b) for _, a, b in found]):
        within = (within and bare[start - 1] in ",、") or bool(_OPENS.search(bare, start, end))
        own = [(measure, a - start, b - start) for measure, a, b in found if start <= a < end]
        clause = _Clause(spelt[start:end], aside or within, matter, year)
        if own:
            claims += clause.claims(own)
        elif clause.text:
            told = (*signs(clause.text, matter), *clause.years_in(clause.text), *clause.span_of_years())
            remarks.append(Comment(clause.text, told))
    return Statement(text, tuple(claims), tuple(remarks))


Span = tuple[int, int]


def _clauses(bare: str, inside: list[Span]) -> Iterator[tuple[int, int, bool]]:
    """The clauses of a text, and whether each stands in brackets; no figure is cut through."""
    depth, at = 0, 0
    for cut in _BREAK.finditer(bare):
        if any(a < cut.start() < b for a, b in inside):
            continue
        yield from _items(bare, (at, cut.start()), depth > 0, inside)
        depth += (cut[0] in "([【{") - (cut[0] in ")]】}")
        at = cut.end()
    yield from _items(bare, (at, len(bare)), depth > 0, inside)


def _items(bare: str, span: Span, aside: bool, inside: list[Span]) -> Iterator[tuple[int, int, bool]]:
    """The items of a list, where each has a figure: 新建4栋、改建6栋; otherwise the clause as it is."""
    at, end = span
    for cut in _LIST.finditer(bare, at, end):
        before = any(at <= a < cut.start() for a, _ in inside)
        after = any(cut.end() <= a < end for a, _ in inside)
        if before and after and not any(a < cut.start() < b for a, b in inside):
            yield at, cut.start(), aside
            at = cut.end()
    if at < end:
        yield at, end, aside


@dataclass(frozen=True)
class _Clause:
    """A clause with its surroundings: whether it stands in brackets or tells parts, the matter, the form's year."""

    text: str
    aside: bool
    matter: str
    year: int | None

    def claims(self, found: list[tuple[Measure, int, int]]) -> Iterator[Claim]:
        """Its figures, each with the words that belong to it.

        What stands between two figures belongs to the later; what is planned or denied holds for all that follows
        (计划在3个乡镇发放215床), unless a word tells of what really was (原定10月实际12月).
        """
        several, left, carried, base = _SEVERAL_YEARS.search(self.text), 0, (), False
        for place, (measure, start, end) in enumerate(found):
            last = place + 1 == len(found)
            before, after = self.text[left:start], self.text[end:] if last else ""
            told = (*signs(before, self.matter), *signs(after, self.matter), *self.years_in(self.text[:start] + after))
            if several and several.start() <= start:
                told += self.span_of_years()
            if _WITHIN.search(self.text):
                told = tuple(sign for sign in told if sign.word != "累计")
            told = told if _ACTUAL.search(before) else carried + told
            following = self.text[end : len(self.text) if last else found[place + 1][1]]
            if measure.kind is QuantityKind.COUNT and (times := _parts_of_year(self.text[:start])):
                measure = replace(measure, number=measure.number * times)
            claim = self._claim(measure, self.text[start:end], before, following, told)
            if claim.change is not None and base:  # 较2021年186起上升9.1%: the year is the other figure's
                claim = replace(
                    claim, signs=tuple(s for s in claim.signs if s.role is not Role.OTHER_TIME), compared=True
                )
            base = claim.base
            from_here = _FROM.search(before).start() if claim.base else len(self.text)
            carried = tuple(sign for sign in told if sign.role in _CARRIED and sign.start < from_here)
            carried += tuple(sign for sign in signs(self.text[start:end], self.matter) if sign.role is Role.UNDONE)
            yield replace(claim, years=bool(several) and several.start() <= start < several.end())
            left = end

    def years_in(self, piece: str) -> tuple[Sign, ...]:
        """The years that a piece of the clause names, where they are not the form's."""
        named = _YEAR.finditer(piece) if self.year is not None else ()
        return tuple(Sign(Role.OTHER_TIME, m[0], *m.span()) for m in named if int(m[1]) != self.year)

    def span_of_years(self) -> tuple[Sign, ...]:
        """The years that the clause takes together, 2020—2022年 or 三年来."""
        several = _SEVERAL_YEARS.search(self.text)
        return (Sign(Role.OTHER_TIME, several[0], *several.span()),) if several else ()

    def _claim(self, measure: Measure, written: str, before: str, after: str, told: tuple[Sign, ...]) -> Claim:
        if _LEVELLED.match(written) and measure.relation is Relation.AT_MOST:  # 降至38 is where it came to, no limit
            measure, before = replace(measure, relation=Relation.BARE), f"{before}降至"
        if measure.kind is QuantityKind.COUNT and (each := _EACH.search(before)):
            measure = replace(measure, number=measure.number * len(_AND.split(each[0])))
        base = bool(_FROM.search(before))
        change = None if base else _change(before, after)
        if change is not None and (than := _THAN.search(before)):  # 较上年 says against what it changed, not when
            told = tuple(sign for sign in told if sign.role is not Role.OTHER_TIME or sign.start < than.start())
        if measure.kind is QuantityKind.DURATION:  # 活动前26天 is a lead, not another time
            told = tuple(sign for sign in told if not (sign.word.endswith("前") and before.endswith(sign.word)))
        size = change is None and self._beside(_SIZE, before) and not (_LONG.search(before) and measure.scale >= 1000)
        per = "/" not in measure.unit and self._beside(_PER, before)
        return Claim(
            measure,
            self.text,
            before,
            after,
            told,
            aside=self.aside,
            base=base,
            side=size or per or self._beside(_SIDE, before),
            size=size,
            per=per,
            reached=bool(_REACHED.search(before)),
            change=change,
            deed=change is not None and _is_deed(before, self.matter),
            compared=bool(_AGAINST.search(before)),
        )

    def _beside(self, words_beside: Expression, before: str) -> bool:
        """Whether a figure counts something beside the matter, as the words in front of it say."""
        found = words_beside.search(before)
        return bool(found) and found[0][:2] not in self.matter


def _parts_of_year(before: str) -> Decimal | None:
    """In how many parts of the year a figure was reached, as the words in front of it say; None where they do not."""
    found = _PARTS_OF_YEAR.search(before)
    if not found:
        return None
    if found["every"]:
        return times_a_year(found["every"].removeprefix("各").removesuffix("份"))
    if found["named"]:
        return Decimal(len(_AND.split(found["named"])))
    return Decimal(2 if found["halves"] else sum(letter in "春夏秋冬" for letter in found["seasons"]))


def _is_deed(before: str, matter: str) -> bool:
    """Whether a word of change tells what was done, not how a figure moved: 新增120个, and 延长3公里 of 延长管线."""
    told = max((m for m in (_RISES.search(before), _FALLS.search(before)) if m), key=lambda m: len(m[0]), default=None)
    return before.endswith(words("values.change.deeds")) or bool(told and told["told"] in matter)


def _change(before: str, after: str) -> int | None:
    """Which way the words directly beside a figure say that it changed; a level that was reached is no change."""
    rises, falls = _RISES.search(before), _FALLS.search(before)
    if _REACHED.search(before):
        rises = falls = None
    if rises and falls:  # the longer word tells (负增长 holds 增长), else the later
        (one, end), (other, close) = rises.span("told"), falls.span("told")
        if (one <= other and end >= close) or (other <= one and close >= end):
            return RISE if end - one > close - other else FALL
        return RISE if one > other else FALL
    if rises or falls:
        return RISE if rises else FALL
    if _RISES_AFTER.match(after):
        return RISE
    return FALL if _FALLS_AFTER.match(after) else None
