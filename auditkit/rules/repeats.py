"""DES: indicators that say the same."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from auditkit.assess.names import quoted_clauses, without_number
from auditkit.model import Form, Indicator
from auditkit.rulebooks.loader import Rulebook
from auditkit.rules.rule import ERROR, NOTE, rule
from auditkit.vocabulary.terms import Expression, any_of, pattern

_NO_WORD = Expression(r"[^\w%‰≥≤<>=+]|_")


@lru_cache(maxsize=8192)
def _bare(name: str) -> str:
    """A name without blanks, punctuation and differences of width."""
    return _NO_WORD.sub("", without_number(name)).casefold()


@rule(
    "DES001",
    zh="指标重复",
    en="Duplicate indicator",
    severity=ERROR,
    basis="distinct",
    flags=[
        {"indicators.3.name": "改造供水管网长度"},
        {"indicators.12.name": "出厂水质 检测合格率。"},
        {"indicators.5.name": "（出厂水质）检测合格率"},
    ],
    passes=[
        {"indicators.3.name": "改造供水管网数量"},
        {"indicators.12.name": "末梢水质检测合格率"},
        {"indicators.3.name": "", "indicators.4.name": ""},
    ],
    fault_zh="同一张表里三级指标名称重复（空格、标点、全半角不计）。",
    why_zh="同一件事在两行各得一次分，总分虚高，其他内容的考核相应减少。",
    doubt_zh="名称相同而对象不同（写在指标值里）的两行会被报出，例如两批任务各列一行、名称都写“完成数量”。",
    ask_zh="请说明两行是否为同一事项；是的，请合并并重新分配分值。",
    verify_zh="对照两行的指标值和佐证材料，看是否为同一事项；是则合并，并重新分配分值。",
)
def duplicate_indicator(form: Form, book: Rulebook):
    """Two indicators of one form have the same name, blanks, punctuation and width aside.

    One matter earns points twice. Rows that share one merged name cell are one indicator in parts (1).
    """
    seen: dict[str, Indicator] = {}
    for item in form.indicators:
        bare = _bare(item.name.text)
        first = seen.setdefault(bare, item) if bare else item
        if first is not item and first.name.at != item.name.at:  # (1)
            yield f"第{item.row}项与第{first.row}项同名：“{item.name.one_line}”", item.name, first.name, item


@rule(
    "DES011",
    zh="指标内容重叠",
    en="Overlapping indicators",
    severity=NOTE,
    basis="distinct",
    flags=[
        {"indicators.3.name": "完成供水管网改造长度", "indicators.0.name": "供水管网改造长度"},
        {"indicators.4.name": "农村管网工程验收合格率"},
    ],
    passes=[
        {"indicators.3.name": "改造供水管网时间"},
        {"indicators.5.name": "出厂水压检测合格率"},
        {"indicators.3.name": "改造排水管网长度"},
    ],
    fault_zh="两项指标名称高度相似，考核内容重叠。",
    why_zh="几行说的几乎是同一件事，等于同一成绩重复计分。",
    doubt_zh="名称相近而对象有大小、先后之分的（如全市与县城）也可能被报出。",
    ask_zh="请说明两项指标的区别和各自的数据来源；考核内容相同的，请合并。",
    verify_zh="对照两行的指标值和数据来源；数据相同或一项包含另一项的，建议合并。",
)
def overlapping_indicators(form: Form, book: Rulebook):
    """Two indicator names, or two clauses of them, say nearly the same without being equal (DES001).

    One matter earns points twice. Names that differ by one word put for another (小学, 中学) speak of different things
    (1), and those that differ by what is measured (长度, 时间, 合格率) of different sides of one thing (2).
    """
    least = float(book.thresholds.similar) * 100
    named = [(item, _matters(item.name.text)) for item in form.indicators if not item.name.is_blank]
    for (one, ones), (other, others) in combinations(named, 2):
        if _bare(one.name.text) == _bare(other.name.text):
            continue
        if any(_likeness(a, b, least) for a in ones for b in others):
            yield (
                f"第{other.row}项“{other.name.one_line}”与第{one.row}项“{one.name.one_line}”说的几乎是同一件事",
                other.name,
                one.name,
                other,
            )


_FILLER = Expression(any_of("design.alike.filler"))
_ASPECT = pattern("design.alike.aspects")


@lru_cache(maxsize=8192)
def _matters(name: str) -> tuple[str, ...]:
    """What a name speaks of: all of it, and each clause, without the words that say nothing of it."""
    whole = [without_number(name), *(own for _, own in quoted_clauses(name))]
    cores = (_bare(_FILLER.sub("", part)) for part in whole)
    return tuple(dict.fromkeys(core for core in cores if len(core) >= 5)) or (_bare(name),)


@lru_cache(maxsize=65536)
def _likeness(one: str, other: str, least: float) -> float:
    """How alike two names are, of 100; 0 below `least`, or where what differs makes them different matters."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Levenshtein

    likeness = fuzz.ratio(one, other, score_cutoff=least)
    if not likeness:
        return 0.0
    for edit in Levenshtein.opcodes(one, other):
        differing = one[edit.src_start : edit.src_end] + other[edit.dest_start : edit.dest_end]
        if edit.tag == "replace" or (edit.tag != "equal" and _ASPECT.search(differing)):  # (1) (2)
            return 0.0
    return likeness
