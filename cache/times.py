"""What time it is and how far that is believed: the wall clock against the service's word and the journal."""

from datetime import UTC, datetime, timedelta
from threading import Lock

from cache.clock import Clock
from cache.work import Work
from inspector import freshness
from inspector.verdict import ClockTrust


class Times:
    """Thread-safe. ``heard`` feeds it with times that the service signed."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock
        self._lock = Lock()
        self.last_signed = work.meta("time/signed", datetime)
        """Latest time signed by the service: also the last contact with it."""
        self._heard_at: float | None = None
        self._told: ClockTrust | None = None

    def wall(self) -> datetime:
        """The wall clock: a claim, kept as it was made."""
        return self._clock.now().astimezone(UTC)

    def heard(self, signed: datetime) -> None:
        """The service said that it is ``signed`` now. Older answers change nothing."""
        with self._lock:
            if self.last_signed is not None and signed <= self.last_signed:
                return
            self._work.set_meta("time/signed", signed)
            self.last_signed, self._heard_at = signed, self._clock.monotonic()

    def judge(self, lease_days: int) -> tuple[datetime, ClockTrust]:
        """The time to reckon with, and its trust."""
        floor = freshness.clock_floor(self.last_signed, self._work.newest_time(), lease_days)
        since = None if self._heard_at is None else timedelta(seconds=self._clock.monotonic() - self._heard_at)
        return freshness.judge_clock(self.wall(), floor, self.last_signed, since, lease_days)

    def jumped(self, trust: ClockTrust) -> bool:
        """Whether the clock has just become one that was set back: told once for each time."""
        with self._lock:
            jumped = trust is ClockTrust.SET_BACK and self._told is not ClockTrust.SET_BACK
            self._told = trust
            return jumped

    def out_of_lease(self, now: datetime, lease_days: int) -> bool:
        """Whether the last contact is longer ago than the centre allows."""
        return self.last_signed is None or now - self.last_signed > timedelta(days=lease_days)
