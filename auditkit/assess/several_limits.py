"""Several limits of one target against those of another: which is which, by what they are told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from auditkit.assess.claims import Claim, read_claims
from auditkit.assess.several import label_of, noun_of
from auditkit.assess.target import Limit
from auditkit.model import Indicator

Told = Sequence[tuple[str, Limit]]


def told_of(item: Indicator, limits: Sequence[Limit]) -> Told:
    """Each limit of a target with what it is told of: 电脑 and 打印机 of 电脑10台、打印机5台; blank where nothing tells.

    Where no words do, it is the figure before it of another unit: 一类 of 一类≥95%，二类≥90%.
    """
    claims = read_claims(item.target.text, item.name.text).claims
    if len(claims) != len(limits):
        return [("", limit) for limit in limits]
    subjects = [label_of(claim) or noun_of(claim) or _figure(claims[:at]) for at, claim in enumerate(claims)]
    return list(zip(subjects, limits, strict=True))


def _figure(before: Sequence[Claim]) -> str:
    last = before[-1].measure if before else None
    return f"{last.number:f}{last.unit}" if last else ""


def pair_limits(ours: Told, theirs: Told, same: Callable[[Limit, Limit], bool]) -> Iterator[tuple[Limit, Limit]]:
    """As many limits on either side, one to one: those of one subject, then those that are the same, then as they follow.

    Two that are told of different things which both targets name never count as the same.
    """
    left, rest = list(theirs), list[tuple[str, Limit]]()
    named = {subject for subject, _ in ours} & {subject for subject, _ in theirs} - {""}
    for subject, limit in ours:
        near = [one for one in left if one[0] == subject or not {one[0], subject} & named]
        found = next((one for one in near if same(limit, one[1])), None)
        if found is None:
            rest.append((subject, limit))
        else:
            left.remove(found)
            yield limit, found[1]
    for subject, limit in list(rest):
        if found := next((one for one in left if one[0] == subject), None):
            left.remove(found)
            rest.remove((subject, limit))
            yield limit, found[1]
    yield from ((limit, one) for (_, limit), (_, one) in zip(rest, left, strict=True))
