"""What the UI thread wants of the camera thread: one box, guarded, that the camera thread looks into and waits at."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from inspector.scan.framing import FULL, Framing


@dataclass(frozen=True, slots=True)
class Wanted:
    """The state wished for; stills, shots and the end are asked for beside it."""

    on: bool = False
    source: str = ""
    reading: bool = True
    """Whether codes are looked for; photos of evidence need none."""
    frozen: bool = False
    framing: Framing = FULL
    light: bool = False
    """The camera's own lamp."""


class Wishes:
    """Changed by the UI thread, read by the camera thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted = Wanted()
        self._stills: deque[bytes] = deque()
        self._shots = 0
        self._ended = False

    @property
    def now(self) -> Wanted:
        return self._wanted

    def want(self, **changes: object) -> None:
        with self._changed:
            self._wanted = replace(self._wanted, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()

    def ask_still(self, picture: bytes) -> None:
        with self._changed:
            self._stills.append(picture)
            self._changed.notify_all()

    def ask_shot(self) -> None:
        with self._changed:
            self._shots += 1
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    # -- the camera thread's side

    def wait_for_work(self) -> bool:
        """Sleep until a camera or a still picture is wanted; False when it is over."""
        self._wait(lambda: self._ended or self._wanted.on or bool(self._stills))
        return not self._ended

    def still(self) -> bytes | None:
        """The next picture to read."""
        with self._changed:
            return self._stills.popleft() if self._stills else None

    def wants(self, source: str) -> bool:
        """Whether frames of this camera are wanted before anything else."""
        wanted = self._wanted
        return wanted.on and wanted.source == source and not self._ended and not self._stills

    def holds(self, source: str) -> bool:
        return self._wanted.frozen and self.wants(source)

    def shot(self) -> bool:
        """Whether a shot was asked for; it is no longer then."""
        with self._changed:
            asked = self._shots > 0
            self._shots -= asked
            return asked

    def rest(self, source: str, seconds: float | None = None) -> None:
        """Sleep until another thing is wanted than frames of ``source``, at most so long."""
        self._wait(lambda: not self.wants(source), seconds)

    def rest_for_frame(self, source: str, seconds: float) -> None:
        """As ``rest``; a shot is not kept waiting."""
        self._wait(lambda: not self.wants(source) or self._shots > 0, seconds)

    def rest_while_held(self, source: str, framing: Framing) -> None:
        """Sleep while the picture is held as it is."""
        self._wait(lambda: not self.holds(source) or self._wanted.framing != framing or self._shots > 0)

    def _wait(self, until: Callable[[], bool], seconds: float | None = None) -> None:
        with self._changed:
            self._changed.wait_for(until, None if seconds is None else max(0.0, seconds))
