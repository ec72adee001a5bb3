"""How old data may be, which records still count, and how far the clock is believed.

Ages come from signed times, never from file times. Calendar days are those of Asia/Shanghai.
"""

from datetime import date, datetime, timedelta, timezone
from enum import IntEnum

from inspector.entity import CreditRecord, Permit
from inspector.terms import Term

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One zone without summer time since 1991, so a fixed offset is exact."""
SET_BACK = timedelta(minutes=5)
"""How far the wall clock may lie before the floor before it counts as set back."""
GOOD_FOR = timedelta(hours=24)
NO_END = date(2099, 12, 31)
"""How sources write a permit without end (公共信用信息报告)."""


class ClockTrust(Term):
    """How far the laptop's clock is believed."""

    GOOD = "good", "可信"
    FAIR = "fair", "基本可信"
    UNKNOWN = "unknown", "不可信"
    SET_BACK = "set_back", "时钟被调回"


class Unsent(IntEnum):
    """How long the oldest record has waited for the centre: told from a day on, a second copy asked for from three."""

    FRESH = 0
    DAY = 1
    THREE_DAYS = 3
    WEEK = 7


def unsent(oldest: datetime | None, now: datetime) -> Unsent:
    """The stage of the oldest record that has no receipt; a time that lies ahead (the clock was set back) is fresh."""
    days = (now - oldest).days if oldest else 0
    return max(stage for stage in Unsent if stage <= max(0, days))


def china_day(moment: datetime) -> date:
    """The calendar day of the law: in Asia/Shanghai."""
    return moment.astimezone(CHINA).date()


def is_current(record: CreditRecord, today: date) -> bool:
    """Whether a credit record may be shown and used: not repaired, not closed, still within its publication.

    信用修复管理办法 (2026-04-01): a repaired record must stop being shown, whatever day it is here. The last day of
    publication counts.
    """
    ended = record.repaired is not None or (record.closed is not None and record.closed <= today)
    return not ended and (record.publish_until is None or record.publish_until >= today)


def days_left(permit: Permit, today: date) -> int | None:
    """Days until a permit ends: 0 on its last day, negative after it, None when it has no end."""
    if permit.valid_to is None or permit.valid_to >= NO_END:
        return None
    return (permit.valid_to - today).days


def holds(permit: Permit, today: date) -> bool:
    """Whether a permit is in force today, by its own state and its period."""
    left = days_left(permit, today)
    begun = permit.valid_from is None or permit.valid_from <= today
    return permit.state == "有效" and begun and (left is None or left >= 0)


def age_days(as_of: datetime, now: datetime) -> float:
    """Age of data in days; negative when it is dated in the future."""
    return (now - as_of) / timedelta(days=1)


def clock_floor(last_signed: datetime | None, highest_journal: datetime | None, lease_days: int) -> datetime | None:
    """The moment before which "now" cannot be.

    Highest of the last time signed by the service and the journal's newest entry, where the journal counts at most
    one day past the lease: a clock once set far ahead must not poison the floor for ever.
    """
    if last_signed is None:
        return highest_journal
    if highest_journal is None:
        return last_signed
    return max(last_signed, min(highest_journal, last_signed + timedelta(days=lease_days + 1)))


def judge_clock(
    wall: datetime,
    floor: datetime | None,
    last_signed: datetime | None,
    since_signed: timedelta | None,
    lease_days: int,
) -> tuple[datetime, ClockTrust]:
    """The time to reckon with, and how far to trust it.

    ``since_signed`` is how long ago, by a clock that never runs back, the service's time was seen in this boot. After
    a restart the wall clock is believed only within the lease: one that lies further ahead proves nothing ended.
    """
    if floor is not None and wall < floor - SET_BACK:
        return floor, ClockTrust.SET_BACK
    now = wall if floor is None else max(wall, floor)
    if last_signed is None:
        return now, ClockTrust.UNKNOWN
    if since_signed is not None:
        drift = abs((now - last_signed) - since_signed)
        if drift > SET_BACK:
            return now, ClockTrust.UNKNOWN
        if since_signed < GOOD_FOR:
            return now, ClockTrust.GOOD
    elif now - last_signed > timedelta(days=lease_days + 1):
        return now, ClockTrust.UNKNOWN
    return now, ClockTrust.FAIR
