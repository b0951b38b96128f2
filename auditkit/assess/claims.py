"""What a result claims: its figures, each with the words that belong to it, and what is said without a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from auditkit.assess.lexicon import NO_RESULT, Role, Sign, signs
from auditkit.quantity.measure import Measure, Relation
from auditkit.quantity.notation import spelt_and_bare
from auditkit.quantity.parser import figures, whole_year
from auditkit.vocabulary.terms import any_of, words

RISE, FALL = 1, -1


@dataclass(frozen=True)
class Claim:
    """One figure of a result with the words around it.

    `aside` marks a figure in brackets, `base` one from which a change is told (由85%, 较上年85%), `side` one that counts
    something beside the matter (宽3.5米, 在5个村, 每人500元; `size` and `per` tell which), `change` the way that the words
    say it went, `compared` that it is told against another year, `years` that it sums up several.
    """

    measure: Measure
    text: str
    before: str
    after: str
    signs: tuple[Sign, ...]
    aside: bool = False
    base: bool = False
    side: bool = False
    size: bool = False
    per: bool = False
    average: bool = False
    extreme: bool = False
    actual: bool = False
    reached: bool = False
    change: int | None = None
    deed: bool = False
    compared: bool = False
    years: bool = False
    segment: int = 0

    def has(self, *roles: Role) -> bool:
        return any(sign.role in roles for sign in self.signs)

    def word(self, *roles: Role) -> str:
        """The first word that gives the figure one of these roles."""
        return next((sign.word for sign in self.signs if sign.role in roles), "")


@dataclass(frozen=True)
class ClauseRemark:
    """A clause without a figure, and its words with a role."""

    text: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class ReadClaims:
    """A result read whole."""

    claims: tuple[Claim, ...]
    remarks: tuple[ClauseRemark, ...]


_BREAK = re.compile(r"[,;。!?()\[\]【】{}→]|/(?=[\u4e00-\u9fff]{1,8}\d)")
_LIST = re.compile(r"、|(?<=[\u4e00-\u9fff%])(?:和|及|以及|与)(?=[\u4e00-\u9fff]{1,8}\d)")
_OPENS = re.compile(r"其中|包括|包含")  # what follows in the sentence is part of what stands before
_CARRIED = NO_RESULT | {Role.UNDONE}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
_SEVERAL_YEARS = re.compile(
    r"(?:[二两三四五六七八九十\d]{1,2}年(?:来|间|累计|合计|共|总计)|(?:19|20)\d{2}年?[-~—至](?:19|20)\d{2}年)"
)
_WITHIN = re.compile(r"全年|本年|当年|今年|年内|\d{1,2}月|季度|半年|截至|截止")
_FILL = r"(?:了|约|大约|达|为|是|幅度|幅|率|值|额|到|:|近|超|个|比例|总额|量|数)*"
_RISES = re.compile(rf"(?P<told>{any_of('values.change.rise')}){_FILL}$")
_FALLS = re.compile(rf"(?P<told>{any_of('values.change.fall')}){_FILL}$")
_REACHED = re.compile(rf"{any_of('values.change.reached')}(?:了|约|大约)?$")
_RISES_AFTER = re.compile(rf"^(?:的)?{any_of('values.change.rise')}")
_FALLS_AFTER = re.compile(rf"^(?:的)?{any_of('values.change.fall')}")
_FLAT = re.compile(any_of("values.change.flat"))
_THEN = rf"(?:{any_of('values.other_time.words')}|当初|最初|初始|基期|当时|原来|全省|全市|全国|平均|水平|\d{{4}}年|□+)?(?:的|为|是)?"
_FROM = re.compile(rf"(?:由|从|自|比|较|相比|对比|原|原为|原来|原先){_THEN}$")
_AGAINST = re.compile(rf"(?:较|比|相比|同比|环比|与){_THEN}|同比|环比|{any_of('values.change.against_last_year')}")
_THAN = re.compile(r"(?:较|比|相比|同比|环比|与|对比)[^,;]*$")
_PER = re.compile(rf"(?:每[^\d,]{{0,3}}|{any_of('values.side.per')})(?:约|为|达|补助|发放|培训|安排|需|用)*$")
_SIZE = re.compile(
    rf"(?:{any_of('values.side.size')}|(?<![提增升延成生加攀拔家校班市县首会部站院行科组局队团董课村乡镇厅所船省州处连营排族])[宽深高厚长])(?:度|约|为|达|各|均)*$"
)
_SIDE = re.compile(rf"{any_of('values.side.words')}(?:了|约|为|达|共|各|到|的|人员|人数|人次|群众|对象|总额|面积)*$")
_AVERAGE = re.compile(rf"{any_of('values.side.average')}")
_EXTREME = re.compile(rf"{any_of('values.side.extreme')}")
_ACTUAL = re.compile(rf"{any_of('values.done.actual')}")
_LEVELLED = re.compile(r"^(?:降至|降到|降低至|降低到|压降至|压减至|控制到)")


@lru_cache(maxsize=8192)
def read_claims(text: str, matter: str, year: int | None = None, listed: bool = False) -> ReadClaims:
    """A result parsed whole; `matter` is what the indicator and its target say, `year` the form's."""
    if whole := whole_year(text):
        return ReadClaims((Claim(whole, text, "", "", ()),), ())
    spelt, bare = spelt_and_bare(text, listed)
    found = list(figures(bare))
    claims: list[Claim] = []
    remarks: list[ClauseRemark] = []
    within = False
    for number, (start, end, aside) in enumerate(_segments(bare, found)):
        within = (within and bare[start - 1] in ",、") or bool(_OPENS.search(bare, start, end))
        own = [(m, a, b) for m, a, b in found if start <= a < end]
        if not own:
            piece = spelt[start:end]
            told = tuple(signs(piece, matter)) + _times(piece, year, bool(claims))
            if piece:
                remarks.append(ClauseRemark(piece, told))
            continue
        claims += _claims(spelt, (start, end), own, matter, year, number, aside or within)
    return ReadClaims(tuple(claims), tuple(remarks))


def _segments(bare: str, found: list[tuple[Measure, int, int]]) -> list[tuple[int, int, bool]]:
    """The clauses of a text, and whether each stands in brackets; a list is parted where each part has a figure."""
    inside = [(a, b) for _, a, b in found]
    cuts, depth, at, parts = [], 0, 0, []
    for cut in _BREAK.finditer(bare):
        if not any(a < cut.start() < b for a, b in inside):
            cuts.append(cut)
    for cut in cuts:
        parts.append((at, cut.start(), depth > 0))
        depth += (cut[0] in "([【{") - (cut[0] in ")]】}")
        at = cut.end()
    parts.append((at, len(bare), depth > 0))
    return [piece for part in parts for piece in _listed(bare, part, inside)]


def _listed(bare: str, part: tuple[int, int, bool], inside: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    start, end, aside = part
    pieces, at = [], start
    for cut in _LIST.finditer(bare, start, end):
        before = any(at <= a < cut.start() for a, _ in inside)
        after = any(cut.end() <= a < end for a, _ in inside)
        if before and after and not any(a < cut.start() < b for a, b in inside):
            pieces.append((at, cut.start(), aside))
            at = cut.end()
    return [piece for piece in (*pieces, (at, end, aside)) if piece[0] < piece[1]]


def _claims(spelt, span, own, matter, year, number, aside):
    start, end = span
    whole = spelt[start:end]
    several = _SEVERAL_YEARS.search(whole)
    left, carried = start, ()
    for place, (measure, a, b) in enumerate(own):
        following = own[place + 1][1] if place + 1 < len(own) else end
        before, after = spelt[left:a], spelt[b:following]
        told = tuple(signs(before, matter)) + tuple(signs(after, matter) if following == end or len(own) == 1 else ())
        told += _times(spelt[start:a] + (after if following == end else ""), year, False)
        years = several is not None and start + several.start() <= a < start + several.end()
        if several and start + several.start() <= a:
            told += (Sign(Role.OTHER_TIME, several[0], *several.span()),)
        if _WITHIN.search(whole):
            told = tuple(sign for sign in told if sign.word != "累计")
        if not _ACTUAL.search(before):  # 计划在3个乡镇发放215床: what is planned is all that follows
            told = carried + told
        found = _claim(measure, spelt[a:b], before, after, whole, told, matter, number, aside)
        found = replace(found, years=True) if years else found
        until = _FROM.search(before).start() if found.base else len(spelt)
        carried = tuple(s for s in told if s.role in _CARRIED and s.start < until)
        yield found
        left = b


def _claim(measure, written, before, after, whole, told, matter, number, aside) -> Claim:
    if _LEVELLED.match(written) and measure.relation is Relation.AT_MOST:
        measure = replace(measure, relation=Relation.BARE)
        before += "降至"
    reached = bool(_REACHED.search(before))
    base = bool(_FROM.search(before))
    change = None if base else _change(before, after, reached)
    per, size, side = _PER.search(before), _SIZE.search(before), _SIDE.search(before)

    def outside(found: re.Match[str] | None) -> bool:
        return bool(found) and found[0][:2] not in matter

    if change is not None and (than := _THAN.search(before)):  # 较上年 says against what it changed, not when
        told = tuple(sign for sign in told if sign.role is not Role.OTHER_TIME or sign.start < than.start())
    measured = outside(size) and change is None
    each = outside(per) and "/" not in measure.unit
    return Claim(
        measure,
        whole,
        before,
        after,
        told,
        aside=aside,
        base=base,
        side=outside(side) or measured or each,
        size=measured,
        per=each,
        average=bool(_AVERAGE.search(before)),
        extreme=bool(_EXTREME.search(before)),
        actual=bool(_ACTUAL.search(before)),
        reached=reached,
        change=change,
        deed=change is not None and _is_deed(before, matter),
        compared=bool(_AGAINST.search(before)),
        segment=number,
    )


def _is_deed(before: str, matter: str) -> bool:
    """Whether a word of change tells what was done, not how a figure moved: 新增120个, and 延长3公里 of 延长管线."""
    told = max((m for m in (_RISES.search(before), _FALLS.search(before)) if m), key=lambda m: len(m[0]), default=None)
    return before.endswith(words("values.change.deeds")) or bool(told and told["told"] in matter)


def _change(before: str, after: str, reached: bool) -> int | None:
    """Which way the words directly beside a figure say that it changed; a level that was reached is no change."""
    rises, falls = _RISES.search(before), _FALLS.search(before)
    if (rises or falls) and not reached:
        if rises and falls:  # the longer word tells (负增长 holds 增长), else the later
            (one, end), (other, close) = rises.span("told"), falls.span("told")
            if (one <= other and end >= close) or (other <= one and close >= end):
                return RISE if end - one > close - other else FALL
            return RISE if one > other else FALL
        return RISE if rises else FALL
    if _RISES_AFTER.match(after):
        return RISE
    return FALL if _FALLS_AFTER.match(after) else None


def _times(piece: str, year: int | None, told: bool) -> tuple[Sign, ...]:
    """The years that a clause names, where they are not the form's."""
    return tuple(
        Sign(Role.OTHER_TIME, found[0], *found.span())
        for found in _YEAR.finditer(piece)
        if year is not None and int(found[1]) != year
    )
