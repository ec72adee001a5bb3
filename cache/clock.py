"""Time as a value handed in: the wall clock, a monotonic clock, and the zone of the law."""

import time
from datetime import UTC, datetime
from typing import Protocol

from inspector.freshness import CHINA as CHINA


class Clock(Protocol):
    """What the program asks for the time."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards within one boot."""


class SystemClock:
    """The laptop's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
