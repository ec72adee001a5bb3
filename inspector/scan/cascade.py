"""The scanner: a picture goes through cheap stages first and costly ones only while nothing has been read.

``still`` spends up to its budget on one picture; ``live`` spends a fixed little on every frame and lets the
costly stages take turns in the decoder process, so that the preview never waits.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from types import TracebackType

import cv2

from inspector.scan import stages, zxing
from inspector.scan.frame import Frame
from inspector.scan.hints import Hint, hint_for, thumbnail
from inspector.scan.isolated import Isolated
from inspector.scan.pictures import Image
from inspector.scan.reading import Reading

STILL_SECONDS = 1.5
"""CPU seconds that one still picture may take."""
JOB_SECONDS = 2.0
"""Seconds after which a job of the decoder process counts as hung."""


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
        self._worker = Isolated(stages.in_process)
        self._turns = cycle(stages.IN_TURN)
        self._before: Image | None = None
        self._hint: Hint | None = None
        cv2.setNumThreads(1)  # small pictures: threads cost more CPU than they save time

    def __enter__(self) -> "Scanner":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the decoder process. Harmless when done twice."""
        self._worker.close()

    def still(self, image: Image, seconds: float = STILL_SECONDS) -> Still:
        """All codes of one picture (gray or blue-green-red), within ``seconds`` of CPU time."""
        began, elsewhere = time.thread_time(), 0.0
        gray = _gray(image)
        readings: list[Reading] = []
        unread: list[zxing.Quad] = []
        if self._all_kinds:
            _add(readings, zxing.read(gray, all_kinds=True).readings)
        for stage in stages.HERE.values():
            seen = stage(gray)
            _add(readings, seen.readings)
            unread.extend(seen.unread)
            if readings or time.thread_time() - began > seconds:
                break
        for name in stages.ELSEWHERE:
            if readings or time.thread_time() - began + elsewhere / 1000 > seconds:
                break
            answer = self._worker.ask(name, gray, JOB_SECONDS)
            elsewhere += answer.cpu_ms
            _add(readings, [r for found in answer.found if (r := stages.reading_of(found))])
        hint = None if readings else hint_for(gray, thumbnail(gray), None, unread)
        return Still(tuple(readings), (time.thread_time() - began) * 1000 + elsewhere, hint)

    def live(self, frame: Frame) -> Live:
        """What can be read in this frame at once, and what the costly stages read in an earlier one."""
        began, elsewhere = time.thread_time(), 0.0
        gray = _gray(frame.image)
        readings: list[Reading] = []
        unread: list[zxing.Quad] = []
        for stage in (stages.halved, stages.plain):
            seen = stage(gray)
            _add(readings, seen.readings)
            unread.extend(seen.unread)
        if (answer := self._worker.collect()) is not None:
            elsewhere = answer.cpu_ms
            _add(readings, [r for found in answer.found if (r := stages.reading_of(found))])
        thumb = thumbnail(gray)
        if not readings:
            if not self._worker.busy:
                self._worker.submit(next(self._turns), gray, JOB_SECONDS)
            self._hint = hint_for(gray, thumb, self._before, unread)
        else:
            self._hint = None
        self._before = thumb
        return Live(tuple(readings), self._hint, (time.thread_time() - began) * 1000 + elsewhere)

    def burst(self, frames: Sequence[Frame], seconds: float = STILL_SECONDS) -> Still:
        """All codes of several frames of one hand-held moment: the sharpest frames first."""
        readings: list[Reading] = []
        spent, hint = 0.0, None
        for frame in sorted(frames, key=_sharpness, reverse=True):
            result = self.still(frame.image, seconds - spent / 1000)
            spent += result.cpu_ms
            hint = hint or result.hint
            _add(readings, result.readings)
            if readings or spent > seconds * 1000:
                break
        return Still(tuple(readings), spent, None if readings else hint)


def _gray(image: Image) -> Image:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def _sharpness(frame: Frame) -> float:
    return float(cv2.Laplacian(stages.resized(_gray(frame.image), 0.5), cv2.CV_32F).var())


def _add(readings: list[Reading], more: Sequence[Reading]) -> None:
    """Append what is new: the same bytes at the same place are the same symbol, whoever read it."""
    for reading in more:
        if not any(r.data == reading.data and _inside(_middle(reading), r) for r in readings):
            readings.append(reading)


def _middle(reading: Reading) -> tuple[float, float]:
    return sum(x for x, _ in reading.corners) / 4, sum(y for _, y in reading.corners) / 4


def _inside(point: tuple[float, float], reading: Reading) -> bool:
    xs, ys = [x for x, _ in reading.corners], [y for _, y in reading.corners]
    return min(xs) <= point[0] <= max(xs) and min(ys) <= point[1] <= max(ys)
