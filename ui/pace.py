"""How fast a running sync moves and how long it will still take, told from what it has done lately."""

from collections import deque

from cache.session import Progress

WINDOW = 15.0
"""Seconds that count: long enough to be calm, short enough to notice a better place for the antenna."""
SETTLED = 2.0
"""Seconds before anything is said: the first pieces come in bursts."""


class Pace:
    """One stage after the other; each begins anew."""

    def __init__(self) -> None:
        self._what = ""
        self._seen: deque[tuple[float, int]] = deque()

    def tell(self, progress: Progress, now: float) -> tuple[float, float] | None:
        """Bytes a second and seconds left; None while neither can be told. ``now``: seconds of any steady clock."""
        if progress.what != self._what or (self._seen and progress.done < self._seen[-1][1]):
            self._what = progress.what
            self._seen.clear()
        self._seen.append((now, progress.done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW:
            self._seen.popleft()
        since, done = self._seen[0]
        if progress.total <= 0 or now - since < SETTLED or progress.done == done:
            return None
        speed = (progress.done - done) / (now - since)
        return speed, max(0, progress.total - progress.done) / speed
