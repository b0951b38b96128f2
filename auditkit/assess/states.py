"""A state or an act that was promised in words, such as 按时足额 or 建立并执行: whether an answer says that it is so."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from auditkit.vocabulary.terms import Expression, table, words

_ALREADY = Expression(
    r"^(?:已经?|均已?|都已?|全部|已全部|经[^,;]{0,4}|按要求|实现了?|达到了?|保持|为|结果|评定为|抽查|抽检|检查|检测|检验|验收|现已|目前|总体|整体|全年)+"
)
DENIED = Expression(r"未|不|没有|没|非|无|尚未|未能|并未")
_TIMELY = ("按期", "按时", "如期", "准时", "及时")
_SOFT = Expression(table("states.soft"))
_GRADE_NAME = Expression(r"等次|等级|评级|定级|星级|评定|考核|级别|档次|结论|获奖|奖项|资质|信用")
_PART = Expression(r"[,;。:()]")
# 建立并执行 asks for two, 按时足额 for two as well, and so does 制定和印发.
_JOINED = Expression(r"并且?|且|和(?!谐)|及(?![时格其])|与(?!会)|[、,]")
_BEFORE = Expression(
    r"(?:[未不没无非勿难]|没有|尚未|未能|未曾|并未|不能|不够|有待|拒绝|停止|影响)[\u4e00-\u9fff]{0,2}$"
)
# 完成率, 建立情况: the name of something, not that it was done.
_NAMES = Expression(r"^(?:率|度|比例|比|情况|时间|日期|中(?!心)|前|之前|阶段|方案|计划|问题|难|难度)")
_OBJECT = Expression(r"[\u4e00-\u9fff]{2,16}")


def stripped(text: str) -> str:
    """A text without the words that only say that something is so already: 已全部, 经验收, 总体."""
    return _ALREADY.sub("", text) or text


@lru_cache(maxsize=4096)
def is_soft(promise: str, name: str = "") -> bool:
    """Whether a word of quality says only how well, and nothing that could be checked: 明显改善, 较高, 长期."""
    if promise in ("良好", "较好", "一般", "满意") and _GRADE_NAME.search(name):
        return False
    if promise in words("states.soft_alone"):
        return True
    return len(promise) > 2 and promise not in table("qualitative.done") and bool(_SOFT.fullmatch(promise))


def is_state(promise: str) -> bool:
    """Whether a promise is a state that can be checked: 合格, 已建立."""
    return any(
        text in table("qualitative.done") or text in words("states.checked") for text in (promise, stripped(promise))
    )


@lru_cache(maxsize=4096)
def affirms(promise: str, answer: str) -> bool:
    """Whether an answer says that what was promised is so, where that can be checked; each part of it has to be told."""
    if is_state(promise) and any(_is_so(promise, part) for part in _PART.split(answer) if part):
        return True
    wanted = _wanted(stripped(promise))
    return bool(wanted) and all(_told(one, answer) for one in wanted)


def _is_so(promise: str, part: str) -> bool:
    told, plainly = stripped(part), stripped(promise)
    if promise in _TIMELY and part.startswith(_TIMELY):
        return True
    if told in (promise, plainly) or part == promise:
        return True
    if any(promise == first and told in others for first, *others in table("states.same")):
        return True
    return told.endswith(promise) and len(told) - len(promise) <= 6 and not DENIED.search(told[: -len(promise)])


def _wanted(promise: str) -> tuple[str, ...]:
    """The states and acts that a promise consists of, with their objects; none where a part of it cannot be checked."""
    found: list[str] = []
    for part in _JOINED.split(promise):
        pieces = _pieces(part)
        if not pieces:
            return ()
        found += pieces
    return tuple(found)


def _pieces(part: str) -> list[str]:
    """The known states that a part is made up of; an act may have its object behind it (制定管理办法)."""
    found, at = [], 0
    while at < len(part):
        piece = _known().match(part, at)
        if not piece:
            break
        found.append(piece[0])
        at = piece.end()
    rest = part[at:]
    if rest and (not found or not _OBJECT.fullmatch(rest) or found[-1] not in words("states.acts")):
        return []
    return [*found, rest] if rest else found


@cache
def _known() -> re.Pattern[str]:
    listed = {w for w in (*table("qualitative.done"), *words("states.checked"), *words("states.acts")) if len(w) > 1}
    listed -= set(words("states.soft_alone"))
    return re.compile("|".join(sorted(map(re.escape, listed), key=lambda word: -len(word))))


@cache
def _spelt(state: str) -> re.Pattern[str]:
    """A state in all the words that say as much."""
    same = {state, *(word for first, *others in table("states.same") if first == state for word in others)}
    listed = [re.escape(word) for word in sorted(same, key=lambda word: -len(word))]
    return re.compile("|".join([*table("states.told").get(state, ()), *listed]))


def _told(state: str, answer: str) -> bool:
    """Whether an answer tells a state, or the object of an act, without a denial in front of it."""
    if not _known().fullmatch(state):
        return any(state[i : i + 2] in answer for i in range(len(state) - 1))
    for part in _PART.split(answer):
        for found in _spelt(state).finditer(part):
            if not _BEFORE.search(part[: found.start()]) and not _NAMES.match(part[found.end() :]):
                return True
    return False


_LIMIT = Expression(r"预算|概算|批复|限额|定额|标准|计划|核定|控制价|上年|去年")
_FILL = r"(?:年初|批复|总|成本|项目|财政|核定)*"
_KIND = r"(?:批复|总额|金额|范围|数|额度|资金|指标|标准|成本|价)*"
_KEPT = Expression(
    rf"(?:(?:不|未|没有|不得|无|零)(?:发生|出现)?(?:超支|(?:突破|超过?出?){_FILL}(?:{_LIMIT.pattern}){_KIND})"
    rf"|(?:控制)?(?:在|于)?{_FILL}(?:{_LIMIT.pattern}){_KIND}(?:之|以)?内)"
)
_EXCEEDED = Expression(
    rf"(?<![不未没无零])(?<!没有)(?<!不得)(?<!发生)超(?:支|过?出?{_FILL}(?:{_LIMIT.pattern}))|未能?控制在|突破了"
)


def kept_within(promise: str, answer: str) -> bool | None:
    """Whether a limit that is told in words (不超预算, 控制在概算内) was kept; None where that is not asked, or not told."""
    if not _KEPT.fullmatch(promise):
        return None
    if _EXCEEDED.search(answer):
        return False
    found = _KEPT.search(answer)
    limits = [set(_LIMIT.findall(text)) for text in (promise, found[0] if found else "")]
    return True if found and (limits[0] == limits[1] or not all(limits)) else None
