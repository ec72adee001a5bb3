"""Time as a value handed in: the wall clock, a monotonic clock, and the zone of the law."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one zone without summer time since 1991, so a fixed offset is exact."""


class Clock(Protocol):
    """What the program asks for the time."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards within one boot."""


@dataclass(frozen=True)
class SystemClock:
    """The laptop's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
