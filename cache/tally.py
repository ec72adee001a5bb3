"""Counts bytes that several threads move, for one progress."""

from collections.abc import Callable
from threading import Lock

from cache.session_types import Progress


class Tally:
    def __init__(self, what: str, total: int, progress: Callable[[Progress], None]) -> None:
        self._what, self._total, self._progress = what, total, progress
        self._done = 0
        self._lock = Lock()
        progress(Progress(what, 0, total))

    def add(self, count: int) -> None:
        """Tell that so many bytes more are done; told in order."""
        with self._lock:
            self._done += count
            self._progress(Progress(self._what, self._done, self._total))
