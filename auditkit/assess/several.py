"""Several figures of one unit: which are of the matter itself, and which are parts of one result that may be added up."""

from __future__ import annotations

from functools import lru_cache

from auditkit.assess.claims import Claim
from auditkit.assess.strange import CAME, OUTCOME, acts
from auditkit.vocabulary.terms import Expression, any_of, pattern, table, words

_HAN = Expression(r"[\u4e00-\u9fff]+")
_PERIODS = Expression(
    r"季度|上半年|下半年|\d{1,2}月|[一二三四五六七八九十]月|第[一二三四五六七八九十]+[批期轮次阶]|春季|夏季|秋季|冬季|[上下]学期|春|夏|秋|冬"
)


def label_of(claim: Claim) -> str:
    """The words of a clause that say what its figure is, without those that have another meaning."""
    return pattern("values.label.noise").sub("", "".join(_HAN.findall(claim.before)))


def noun_of(claim: Claim) -> str:
    """The words that stand behind a figure in its clause."""
    return "".join(_HAN.findall(claim.after))


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    runs = _HAN.findall(text)
    return frozenset(run[i : i + 2] for run in runs for i in range(len(run) - 1))


_STATE = Expression(r"(?:合格|达标|通过|成活|及格|获证|取证|就业|成功|优良|录用|获奖|毕业)(?=[人户件个家台株数量面])")


_PASSED = Expression("合格|优秀|取证|获证|就业|结业|录用")


def of_the_outcome(claims: list[Claim], name: str) -> tuple[list[Claim], list[Claim]]:
    """Where a name asks what became of things (整改问题), the figures of that, and apart from them of how many came (发现45个)."""
    asked = set(OUTCOME.findall(name))
    done = [c for c in claims if asked & set(OUTCOME.findall(c.clause))]
    if state := _STATE.search(name):
        done = [c for c in claims if state[0] in c.clause]
        return (done, [c for c in claims if c not in done]) if done else (claims, [])
    passed = [c for c in claims if c.measure.unit in ("人", "名") and _PASSED.search(c.clause)]
    if passed and len(passed) < len(claims) and not _PASSED.search(name):  # 121人参训，考核合格109人
        return [c for c in claims if c not in passed], passed
    came = [c for c in claims if c not in done and CAME.search(c.clause)]
    return ([c for c in claims if c not in came], came) if done and came else (claims, [])


def of_the_matter(claims: list[Claim], name: str) -> tuple[list[Claim], list[Claim]]:
    """Where some figures stand beside the name's own words and others beside words of their own, the former answer.

    A figure without words of its own answers as well.
    """
    if len(claims) < 2:
        return claims, []
    labels = {id(c): label_of(c) for c in claims}
    near = [c for c in claims if not labels[id(c)] or _grams(labels[id(c)] + noun_of(c)) & _grams(name)]
    if near and len(near) < len(claims) and any(labels[id(c)] for c in near):
        strangers = [c for c in claims if c not in near]
        if not all(are_alike(near[0], stranger) for stranger in strangers):
            return near, strangers
    return claims, []


def are_alike(one: Claim, other: Claim) -> bool:
    """Whether two figures are told as parts of one result: quarters, places, kinds that end alike or make a pair."""
    a, b = label_of(one) or noun_of(one), label_of(other) or noun_of(other)
    if _PERIODS.search(one.clause) and _PERIODS.search(other.clause):
        return True
    if not a or not b:
        return not a and not b
    if a != b and (a[-2:] == b[-2:] or (max(len(a), len(b)) <= 3 and a[-1] == b[-1] in words("values.pairs.kinds"))):
        return True
    return any(any(w in a for w in group) and any(w in b for w in group) for group in table("values.pairs.groups"))


def without_parts(claims: list[Claim]) -> tuple[list[Claim], bool]:
    """A sum without its parts; otherwise the figures, and whether they are parts of one result."""
    if len(claims) > 2:
        together = sum(c.measure.number for c in claims)
        whole = next((c for c in (claims[0], *claims) if c.measure.number * 2 == together), None)
        if whole and (whole is claims[0] or is_total(whole)):
            return [whole], False
    if len(claims) < 2:
        return claims, False
    return claims, all(are_alike(claims[0], other) for other in claims[1:])


def are_kinds(claims: list[Claim], name: str, text: str) -> bool:
    """Whether figures of one unit stand in a list, each behind the name of a kind and nothing else: 稻215份、麦48份.

    Where more than the first tells of an act, as in 到货500盏、安装300盏, they are no kinds of one thing.
    """
    kinds = [label_of(claim) for claim in claims]
    return (
        len({claim.measure.unit for claim in claims}) == 1
        and len(acts().sub("", kinds[0])) > 1
        and all(1 < len(kind) <= _KIND for kind in kinds[1:])
        and not any(noun_of(claim) or claim.signs for claim in claims[1:])
        and not any(_STAGES.search(kind) for kind in kinds)
        and not _SENTENCES.search(text)
        and ("," not in text or len(kinds) > 2 or all(len(kind) > 2 for kind in kinds))
        and all("," not in text and act in name for kind in kinds[1:] for act in acts().findall(kind))
    )


_KIND = 6
_SENTENCES, _STAGES = Expression("[。(]"), Expression(any_of("values.pairs.stages"))


_SUMS = Expression(any_of("values.side.total"))


def is_total(claim: Claim) -> bool:
    """Whether a claim tells of all together: 总价36万元, 共计12万元."""
    return bool(_SUMS.search(claim.before))
