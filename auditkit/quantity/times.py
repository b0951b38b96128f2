"""Points in time as figures: dates, times of the day, days of the month."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal

from auditkit.quantity.measure import Measure, QuantityKind, Relation
from auditkit.quantity.numbers import NUMERAL, count
from auditkit.vocabulary.terms import Expression

_UNTIL, _FROM = r"之前|以前|前|内", r"之后|以后|后(?![续期备勤])|起(?![火草])"
_DATE = Expression(
    r"(?:(?P<year>(?:19|20)\d{2})年)?(?:"
    r"(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号]|(?P<part>初|上旬|中旬|中(?![心小学期])|下旬|底|末|份))?"
    r"|第?(?P<quarter>[一二三四1-4])季度(?:底|末|内)?|(?P<half>[上下])半年|(?P<end>年[底末终内]))"
    rf"(?P<before>{_UNTIL})?(?P<after>{_FROM})?"
    r"|(?P<whole>(?:19|20)\d{2})年(?:[底末内](?:之前|以前|前)?|之前|以前|前)"
    r"|(?P<y>(?:19|20)\d{2})(?P<sep>[-./])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)(?P<ante>之前|以前|前)?(?P<post>之后|以后|后)?"
)
_DAYTIME = r"凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|夜里|早|晚"
_CLOCK = Expression(
    rf"(?P<next>次日|翌日|第二天)?(?P<part>{_DAYTIME})?(?:(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?::\d{{2}})?(?![\d.:])"
    rf"|(?P<at>\d{{1,2}}|{NUMERAL})(?:(?P<sign>[点时])(?:(?P<past>[0-5]?\d|{NUMERAL})分?(?!钟)|(?P<half>半)|(?P<quarter>[一三])刻|(?P<sharp>整|钟))?)"
    rf"(?![位数多余效间限段长代期常刻名]))(?P<before>之前|以前|前)?(?P<after>{_FROM})?"
)
_MONTHDAY = Expression(
    rf"(?:每个?(?P<every>月)|(?P<which>当月|本月|次月|下月))(?:(?P<day>\d{{1,2}})[日号]|(?P<part>上旬|中旬|初|中|底|末))(?P<before>{_UNTIL})?(?P<after>{_FROM})?"
)
WITHIN_MONTH = "月"  # the unit of 5月前, which may mean before May begins or before it ends
_PARTS = {"初": 10, "上旬": 10, "中旬": 20, "中": 20}


def date_at(bare: str, at: int, end: int, before: Relation | None) -> tuple[Measure, int] | None:
    """The date that stands at `end`, as yyyymmdd with year 0 where none is stated; `before` is its comparator at `at`.

    One that no calendar has is told as impossible.
    """
    found = _DATE.match(bare, end)
    if not found or bare[max(at - 1, 0) : at] == "每" or bare[at - 1 : at].isdigit():
        return None
    year = int(found["year"] or found["y"] or found["whole"] or 0)
    month = int(found["month"] or found["m"] or 12)
    told = found["day"] or found["d"]
    if found["month"] and not 1 <= month <= 12 and not (year or told):
        return None
    if found["quarter"]:
        month = 3 * int(count(found["quarter"]) or 0)
    if found["half"] == "上":
        month = 6
    last = monthrange(year or 2000, month)[1] if 1 <= month <= 12 else 0
    day = int(told or _PARTS.get(found["part"] or "", last))
    relation = Relation.BARE
    if found["before"] or found["ante"] or found["end"] == "年内" or found["whole"]:
        relation = Relation.AT_MOST
    elif found["after"] or found["post"]:
        relation = Relation.AT_LEAST
    elif before:
        relation = before
    number = Decimal(year * 10_000 + month * 100 + day)
    possible = 1 <= day <= last
    whole = found["month"] and (found["before"] or "").endswith("前") and not (told or found["part"])
    return Measure(
        relation,
        number,
        QuantityKind.DATE,
        WITHIN_MONTH if whole else "",
        context=bare[max(at - 6, 0) : at],
        possible=possible,
    ), found.end()


def clock_at(bare: str, at: int, end: int, before: Relation | None) -> tuple[Measure, int] | None:
    """The time of the day that stands at `end`, in minutes; 8:30 alone may be a ratio and is left to the name."""
    found = _CLOCK.match(bare, end)
    if not found or bare[max(end - 1, 0) : end].isdigit():
        return None
    colon = found["hour"] is not None
    sure = found["part"] or found["before"] or found["after"] or found["next"] or before
    sure = sure or found["minute"] == "00"  # 20:00 is no ratio
    if colon and not sure and not bare[:at].endswith(("每日", "每天", "当日", "当天", "日")):
        return None
    written = any(found[name] for name in ("past", "half", "quarter", "sharp"))
    if not colon and not (written or (sure and not before)):
        return None
    hour = Decimal(found["hour"]) if colon else count(found["at"])
    minutes = found["minute"] or (
        30 if found["half"] else {"一": 15, "三": 45}.get(found["quarter"], found["past"] or 0)
    )
    minute = count(str(minutes))
    if hour is None or minute is None:
        return None
    later = found["part"] in ("下午", "傍晚", "晚上", "晚间", "夜间", "夜里", "晚") and hour < 12
    total = (hour + (12 if later else 0) + (24 if found["next"] else 0)) * 60 + minute
    relation = Relation.AT_MOST if found["before"] else Relation.AT_LEAST if found["after"] else before or Relation.BARE
    possible = hour <= 24 and minute < 60
    return Measure(
        relation, total, QuantityKind.CLOCK, context=bare[max(at - 6, 0) : at], possible=possible
    ), found.end()


def monthday_at(bare: str, at: int, end: int, before: Relation | None) -> tuple[Measure, int] | None:
    """The day of every month that stands at `end`; a day of the month after counts on from 31."""
    found = _MONTHDAY.match(bare, end)
    if not found:
        return None
    day = int(found["day"] or _PARTS.get(found["part"], 31))
    relation = Relation.AT_MOST if found["before"] else Relation.AT_LEAST if found["after"] else before or Relation.BARE
    number = Decimal(day + (31 if found["which"] in ("次月", "下月") else 0))
    return Measure(
        relation, number, QuantityKind.MONTHDAY, context=bare[max(at - 6, 0) : at], possible=1 <= day <= 31
    ), found.end()
