"""Which of a result's figures answer a target, and what stands beside them that keeps them from proving it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from auditkit.assess.claims import Claim, Statement
from auditkit.assess.lexicon import NO_RESULT, Role
from auditkit.assess.strange import CAME, OUTCOME, acts
from auditkit.assess.target import Limit
from auditkit.quantity.measure import QuantityKind, Relation, comparable
from auditkit.quantity.units import FACTORS
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, pattern, table, words


@dataclass(frozen=True)
class Answers:
    """The figures of a result that answer one limit; `short` those of what was not done, `pending` those of no result.

    `other` are figures in the same unit of another matter: a change where a level was asked, a width, last year's.
    `parts` says that the answers are parts of one result; `rests` are the rates that tell an answer by what it leaves
    (不合格率1.2% for 合格率98.8%).
    """

    own: tuple[Claim, ...]
    short: tuple[Claim, ...] = ()
    pending: tuple[Claim, ...] = ()
    other: tuple[Claim, ...] = ()
    parts: bool = False
    rests: tuple[Claim, ...] = ()


_HAN = Expression(r"[\u4e00-\u9fff]+")
_PERIODS = Expression(
    r"季度|上半年|下半年|\d{1,2}月|[一二三四五六七八九十]月|第[一二三四五六七八九十]+[批期轮次阶]|春季|夏季|秋季|冬季|[上下]学期|春|夏|秋|冬"
)
_RATE_HEADS = (
    "率",
    "比例",
    "占比",
    "比重",
    "满意度",
    "知晓度",
    "认可度",
    "参与度",
    "支持度",
    "信任度",
    "覆盖度",
    "完成度",
    "达成度",
)

_CAME_TO = Expression(rf"{any_of('values.change.rise', 'values.change.fall')}(?:至|到)$")
_SPEEDS = Expression(r"增速|[增降涨减跌]幅|(?:增长|下降)率")
_CHANGED = Expression(
    rf"(?:同比|环比|较|比|上年|去年)*(?:{any_of('values.change.rise', 'values.change.fall')})(?:率|幅|速|了|约)*$"
)
_RATE_END = f"(?:{'|'.join(_RATE_HEADS[:4])})"
_DENIED_STATE = Expression(rf"[不未](?P<state>[\u4e00-\u9fff]{{2}}){_RATE_END}$")
_TURNED = {
    Relation.AT_LEAST: Relation.AT_MOST,
    Relation.AT_MOST: Relation.AT_LEAST,
    Relation.ABOVE: Relation.BELOW,
    Relation.BELOW: Relation.ABOVE,
}


def answers(limit: Limit, reading: Statement, name: str) -> Answers:
    """The claims of a reading that speak of what a limit wants."""
    alike = [claim for claim in reading.claims if _fits(limit, claim, name)]
    foreign = [c for c in alike if c.measure.kind is QuantityKind.RATE and _other_rate(c, name)]
    rests = {c: rest for c in foreign if (rest := _the_rest(c, name))}
    alike = [c for c in alike if c not in foreign] or list(rests.values())
    foreign = [c for c in foreign if rests.get(c) not in alike]
    borne = tuple(c for c, rest in rests.items() if any(rest.measure.number == one.measure.number for one in alike))
    restated = [c for c in alike if _restates(limit, c)]
    alike = [c for c in alike if c not in restated] or alike
    moved = limit.change is not None
    short = [c for c in alike if c not in restated and _undone(c, moved)]
    rest = [c for c in alike if c not in short]
    pending = [c for c in rest if c.has(*NO_RESULT)]
    rest = [c for c in rest if c not in pending]
    other = [
        c
        for c in rest
        if c.base
        or _only_a_change(limit, c)
        or _only_a_level(limit, c)
        or c.size
        or (c.per and not _per_each(limit, name))
    ]
    rest = [c for c in rest if c not in other]
    summed = [c for c in rest if _of_the_sum(limit, c, rest)]
    for aside in (
        lambda c: bool(_LEFT.search(c.before)),
        lambda c: c.has(Role.WHOLE),
        lambda c: c.aside or c.has(Role.PART),
        lambda c: c.side and c not in summed,
    ):
        kept = [c for c in rest if not aside(c)]
        rest, other = (kept, other + [c for c in rest if c not in kept]) if kept else (rest, other)
    wholes = [c for c in rest if c.has(Role.WHOLE) and _stands_for_all(c) and c.measure.kind is not QuantityKind.RATE]
    if rest and len(wholes) == len(rest):
        rest, other = [], other + wholes
    rest, came = _of_the_outcome(rest, name)
    other += came
    strangers: list[Claim] = []
    parts = len(rest) > 1 and _listed(rest, name, plain(reading.text))
    if not parts:
        rest, strangers = _of_the_matter(rest, name)
        rest, parts = _without_parts(rest)
    return Answers(tuple(rest), tuple(short), tuple(pending), tuple(other + strangers + foreign), parts, borne)


_LEFT = Expression(r"[结节]余[\u4e00-\u9fff]{0,4}$")  # 支出258万元，结余1.6万元


def _of_the_sum(limit: Limit, claim: Claim, given: list[Claim]) -> bool:
    """Whether money from one side is part of what was to be raised: 财政补助180万元，居民自筹126万元."""
    raised = limit.measure.kind is QuantityKind.MONEY and limit.measure.relation in (Relation.AT_LEAST, Relation.ABOVE)
    return raised and any(_alike(claim, other) for other in given if not other.side)


def _undone(claim: Claim, moved: bool) -> bool:
    """Whether a claim tells what was not done; where a change is asked, 流失 and 减少 tell which way it went."""
    told = [sign.word for sign in claim.signs if sign.role is Role.UNDONE]
    return bool(told) and not (moved and claim.change and all(word in words("values.change.fall") for word in told))


def _fits(limit: Limit, claim: Claim, name: str) -> bool:
    if not comparable(limit.measure, claim.measure):
        return False
    noun = claim.measure.unit.removeprefix("个")
    counted = claim.measure.unit.startswith("个") and claim.measure.unit not in FACTORS
    if counted and noun and noun not in limit.measure.unit:  # 3个村 are no 户
        return noun in name or limit.measure.unit in ("个", "处")
    return True


def _restates(limit: Limit, claim: Claim) -> bool:
    """Whether a claim only tells the target again: 未达到90%, 目标90%."""
    return claim.measure.number == limit.written.number and (
        claim.measure.relation is Relation.BELOW or bool(claim.word(Role.PLANNED))
    )


def _only_a_change(limit: Limit, claim: Claim) -> bool:
    """Whether a claim tells how something changed where a target asks how much there is."""
    if limit.change is not None and (limit.firm or claim.measure.kind is not QuantityKind.RATE):
        return False
    return claim.change is not None and (claim.compared or claim.measure.kind is QuantityKind.RATE or not claim.deed)


def _only_a_level(limit: Limit, claim: Claim) -> bool:
    """Whether a claim tells how much there came to be where a target asks how it changed: 降至5% for 下降5%."""
    return (
        limit.change is not None
        and limit.told
        and bool(_CAME_TO.search(claim.before))
        and not _SPEEDS.search(claim.before)
    )


def _per_each(limit: Limit, name: str) -> bool:
    """Whether the target itself is one of each: 人均, 每户, 平均, 元/台."""
    return "/" in limit.measure.unit or any(word in name for word in words("values.side.per"))


def _stands_for_all(claim: Claim) -> bool:
    return claim.word(Role.WHOLE) in words("values.whole.all")


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    runs = _HAN.findall(text)
    return frozenset(run[i : i + 2] for run in runs for i in range(len(run) - 1))


_STATE = Expression(r"(?:合格|达标|通过|成活|及格|获证|取证|就业|成功|优良|录用|获奖|毕业)(?=[人户件个家台株数量面])")


def _of_the_outcome(claims: list[Claim], name: str) -> tuple[list[Claim], list[Claim]]:
    """Where a name asks what became of things (整改问题), the figures of that, and apart from them of how many came (发现45个)."""
    asked = set(OUTCOME.findall(name))
    done = [c for c in claims if asked & set(OUTCOME.findall(c.clause))]
    if state := _STATE.search(name):
        done = [c for c in claims if state[0] in c.clause]
        return (done, [c for c in claims if c not in done]) if done else (claims, [])
    came = [c for c in claims if c not in done and CAME.search(c.clause)]
    return ([c for c in claims if c not in came], came) if done and came else (claims, [])


def _of_the_matter(claims: list[Claim], name: str) -> tuple[list[Claim], list[Claim]]:
    """Where some figures stand beside the name's own words and others beside words of their own, the former answer.

    A figure without words of its own answers as well.
    """
    if len(claims) < 2:
        return claims, []
    labels = {id(c): _label(c) for c in claims}
    near = [c for c in claims if not labels[id(c)] or _grams(labels[id(c)] + _noun(c)) & _grams(name)]
    if near and len(near) < len(claims) and any(labels[id(c)] for c in near):
        strangers = [c for c in claims if c not in near]
        if not all(_alike(near[0], stranger) for stranger in strangers):
            return near, strangers
    return claims, []


def _other_rate(claim: Claim, name: str) -> bool:
    """Whether a rate is labelled as another one than the name's: 不合格率2% for 合格率, 回收率95% for 满意度."""
    label = _label(claim)
    if claim.change is not None:  # 破案率上升12% tells nothing of 发案数
        label = _CHANGED.sub("", label)
        return len(label) > 2 and label.endswith(_RATE_HEADS) and not _same_head(label, name)
    named = any(head in name for head in _RATE_HEADS)
    return named and label.endswith(_RATE_HEADS) and not _same_head(label, name)


def _the_rest(claim: Claim, name: str) -> Claim | None:
    """What a rate leaves of all where it is the denial of the name's: 合格率98.8% for 不合格率1.2%, and the reverse.

    Between 满意 and 不满意 there is a third, so that none says how large the other is.
    """
    label, measure = _label(claim), claim.measure
    if claim.change is not None:
        return None
    denied = _DENIED_STATE.search(label)
    state = denied["state"] if denied else label.removesuffix(next(h for h in _RATE_HEADS if label.endswith(h)))[-2:]
    wanted = state if denied else f"[不未]{state}"
    named = re.search(rf"{'(?<![不未非])' if denied else ''}{wanted}{_RATE_END}", name)
    if not named or state in ("满意", "") or not 0 <= measure.number <= 1 or measure.about:
        return None
    low = 1 - (measure.number if measure.upper is None else measure.upper)
    upper = None if measure.upper is None else 1 - measure.number
    relation = _TURNED.get(measure.relation, measure.relation)
    told = tuple(sign for sign in claim.signs if not (denied and sign.word.startswith(denied[0][:1])))
    return replace(claim, measure=replace(measure, number=low, upper=upper, relation=relation), before="", signs=told)


_SURVEYED = Expression(r"(?:调查|测评|评价|问卷|抽样|测评结果|调查结果)*(?:综合|总体|平均)?(?:得分|评分)?[率值]$")


def _label(claim: Claim) -> str:
    """The words of a clause that say what its figure is, without those that have another meaning."""
    text = pattern("values.label.noise").sub("", "".join(_HAN.findall(claim.before)))
    return text


def _noun(claim: Claim) -> str:
    return "".join(_HAN.findall(claim.after))


def _same_head(label: str, name: str) -> bool:
    """Whether a labelled rate is the name's: 满意率 is 满意度; 不合格率 is not 合格率, 投诉处理率 is not 投诉率."""
    ours, theirs = (
        text.replace("满意率", "满意度").replace("比例", "率").replace("占比", "率") for text in (label, name)
    )
    theirs = re.sub(r"\([^()]*\)|\d+", "", theirs)
    if "满意度" in ours:  # 满意度调查得分率
        ours = _SURVEYED.sub("", ours)
    head = ours[-3:]
    if ours in theirs or theirs in ours:
        before = ours.partition(theirs)[0][-1:] if theirs in ours else theirs.partition(ours)[0][-1:]
        return before not in ("不", "未", "非")
    if len(ours) < 3:
        return len(ours) > 0 and theirs.endswith(ours)
    return theirs.endswith(head) and (ours[-4:-3] in ("不", "未", "非")) == (theirs[-4:-3] in ("不", "未", "非"))


def _alike(one: Claim, other: Claim) -> bool:
    """Whether two figures are told as parts of one result: quarters, places, kinds that end alike or make a pair."""
    a, b = _label(one) or _noun(one), _label(other) or _noun(other)
    if _PERIODS.search(one.clause) and _PERIODS.search(other.clause):
        return True
    if not a or not b:
        return not a and not b
    if a != b and (a[-2:] == b[-2:] or (max(len(a), len(b)) <= 3 and a[-1] == b[-1] in words("values.pairs.kinds"))):
        return True
    return any(any(w in a for w in group) and any(w in b for w in group) for group in table("values.pairs.groups"))


def _without_parts(claims: list[Claim]) -> tuple[list[Claim], bool]:
    """A sum without its parts; otherwise the figures, and whether they are parts of one result."""
    if len(claims) > 2:
        together = sum(c.measure.number for c in claims)
        whole = next((c for c in (claims[0], *claims) if c.measure.number * 2 == together), None)
        if whole and (whole is claims[0] or is_total(whole)):
            return [whole], False
    if len(claims) < 2:
        return claims, False
    return claims, all(_alike(claims[0], other) for other in claims[1:])


def _listed(claims: list[Claim], name: str, text: str) -> bool:
    """Whether figures of one unit stand in a list, each behind the name of a kind and nothing else: 稻215份、麦48份.

    Where more than the first tells of an act, as in 到货500盏、安装300盏, they are no kinds of one thing.
    """
    kinds = [_label(claim) for claim in claims]
    return (
        len({claim.measure.unit for claim in claims}) == 1
        and len(acts().sub("", kinds[0])) > 1
        and all(1 < len(kind) <= _KIND for kind in kinds[1:])
        and not any(_noun(claim) or claim.signs for claim in claims[1:])
        and not any(_STAGES.search(kind) for kind in kinds)
        and not _SENTENCES.search(text)
        and all("," not in text and act in name for kind in kinds[1:] for act in acts().findall(kind))
    )


_KIND = 6
_SENTENCES, _STAGES = Expression("[。(]"), Expression(any_of("values.pairs.stages"))


_SUMS = Expression(any_of("values.side.total"))


def is_total(claim: Claim) -> bool:
    """Whether a claim tells of all together: 总价36万元, 共计12万元."""
    return bool(_SUMS.search(claim.before))
