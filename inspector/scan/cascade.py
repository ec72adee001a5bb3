"""The scanner: a picture goes through cheap stages first, and through costly ones only while nothing has been read.

``still`` spends up to its budget on one picture; ``live`` spends a fixed little on every frame and lets the
costly stages take turns in the decoder process, so that the preview never waits.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import cv2

from inspector.scan import stages, thorough, zxing
from inspector.scan.frame import Frame
from inspector.scan.hints import Hint, hint_for, thumbnail
from inspector.scan.isolated import Isolated
from inspector.scan.look import Look
from inspector.scan.pictures import Image
from inspector.scan.planner import Planner
from inspector.scan.reading import Reading
from inspector.scan.search import JOB_SECONDS, Search

STILL_SECONDS = 1.5
"""CPU seconds that one still picture may take."""
SMALLEST_SIDE = 10
"""Pixels: no symbol is smaller than 21 modules of half a pixel."""


@dataclass(frozen=True, slots=True)
class Still:
    """What was read in one picture, the CPU milliseconds it took (all processes), and what to do if nothing was."""

    readings: tuple[Reading, ...]
    cpu_ms: float
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """What one live frame brought. Readings of a costly stage belong to a frame some tenths of a second ago."""

    readings: tuple[Reading, ...]
    hint: Hint | None
    cpu_ms: float


class Scanner:
    """Reads codes in pictures and frames. Use as a context manager, from one thread."""

    def __init__(self, all_kinds: bool = False) -> None:
        """``all_kinds`` also reads Code 128, EAN, Data Matrix and PDF417, at ten times the cost a frame."""
        self._all_kinds = all_kinds
        self._worker = Isolated(thorough.work)
        self._planner = Planner({stage.__name__: cost for stage, cost in stages.IN_TURN.items()})
        self._before: Image | None = None
        self._glimpse: Image | None = None
        self._planned = False
        self._thorough_from: float | None = None
        cv2.setNumThreads(1)  # small pictures: threads cost more CPU than they save time

    def __enter__(self) -> "Scanner":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the decoder process. Harmless when done twice."""
        self._worker.close()

    @property
    def decoder_pid(self) -> int | None:
        """The decoder process, while there is one."""
        return self._worker.pid

    def warm(self) -> None:
        """Start the decoder process and wait until it can work; else it is started when first needed."""
        self._worker.warm()

    def begin_anew(self) -> None:
        """The camera looks at something else now: what a costly stage still finds in an earlier frame is not there."""
        self._worker.disown()
        self._before, self._glimpse, self._thorough_from = None, None, None

    def wait(self, seconds: float) -> None:
        """Wait for the costly stage under way, at most ``seconds``: for sources that are faster than a camera."""
        self._worker.wait(seconds)

    def still(self, image: Image, seconds: float = STILL_SECONDS) -> Still:
        """All codes of one picture (gray or blue-green-red), within about ``seconds`` of CPU time."""
        look = Look(_gray(image), time.thread_time())
        if min(look.gray.shape) < SMALLEST_SIDE:
            return Still((), look.spent * 1000)
        if self._all_kinds:
            look.add(zxing.read(look.gray, all_kinds=True))
        Search(look, self._worker, seconds).run()
        hint = None if look.readings else hint_for(look.gray, thumbnail(look.gray), None, look.unread)
        return Still(tuple(look.readings), look.spent * 1000, hint)

    def live(self, frame: Frame) -> Live:
        """What can be read in this frame at once, and what the costly stages read in an earlier one."""
        look = Look(_gray(frame.image), time.thread_time())
        if min(look.gray.shape) < SMALLEST_SIDE:
            return Live((), None, look.spent * 1000)
        if self._all_kinds:
            look.add(zxing.read(look.gray, all_kinds=True))
        look.add(stages.first_look(look.gray))
        look.add(stages.EVERY_FRAME[frame.number % len(stages.EVERY_FRAME)](look.gray))
        here = look.spent
        if (answer := self._worker.collect()) is not None:
            look.elsewhere = answer.cpu_ms / 1000
            look.add(answer.seen)
            if self._planned:
                self._planner.done(answer.cpu_ms)
        self._planner.frame(here * 1000, look.gray.size)
        thumb, hint = thumbnail(look.gray), None
        if not look.readings:
            self._begin_costly(look, frame.at)
            hint = hint_for(look.gray, thumb, self._before, look.unread)
        self._before = thumb
        return Live(tuple(look.readings), hint, look.spent * 1000)

    def _begin_costly(self, look: Look, at: float) -> None:
        """A thorough look at the newest glimpse of a symbol; else the stage whose turn it is, when it is paid for."""
        if self._thorough_from is None:
            self._thorough_from = at + thorough.FIRST
        if look.unread:
            self._glimpse = look.gray
        if self._worker.busy:
            return
        if self._glimpse is not None and at >= self._thorough_from:
            if self._worker.submit(thorough.THOROUGH, self._glimpse, JOB_SECONDS):
                self._glimpse, self._thorough_from, self._planned = None, at + thorough.EVERY, False
            return
        stage = self._planner.next(bool(look.unread))
        if stage is not None and self._worker.submit(stage, look.gray, JOB_SECONDS):
            self._planner.begun(stage)
            self._planned = True

    def burst(self, frames: Sequence[Frame], seconds: float = STILL_SECONDS) -> Still:
        """All codes of several frames of one hand-held moment, the sharpest first, within ``seconds`` of CPU time."""
        readings: list[Reading] = []
        spent, hint = 0.0, None
        for frame in sorted(frames, key=_sharpness, reverse=True):
            result = self.still(frame.image, seconds - spent)
            spent += result.cpu_ms / 1000
            hint = hint or result.hint
            readings.extend(result.readings)
            if readings or spent > seconds:
                break
        return Still(tuple(readings), spent * 1000, None if readings else hint)


def _gray(image: Image) -> Image:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def _sharpness(frame: Frame) -> float:
    return float(cv2.Laplacian(stages.resized(_gray(frame.image), 0.5), cv2.CV_32F).var())
