"""What the camera thread does: opens the camera that is wanted, reads its frames, and tells what it saw.

OpenCV is imported on this thread, so that the window is up before it. The camera is open only while somebody wants
it; when it is lost it is tried again until it is back or no longer wanted.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from inspector.errors import Problem
from inspector.scan.framing import Framing
from ui.wishes import Wishes

if TYPE_CHECKING:
    from inspector.scan.cascade import Scanner, Still
    from inspector.scan.frame import Frame
    from inspector.scan.frames import FrameSource
    from inspector.scan.pictures import Image
    from inspector.scan.reading import Reading

BURST, BURST_EVERY = 8, 0.25
"""Frames of the last two seconds that freezing can fall back on, and the seconds between them."""

MakeSource = Callable[[str], "FrameSource"]


class Told(Protocol):
    """Who hears of it; called on the camera thread."""

    def opened(self, name: str) -> None:
        """The camera works."""

    def seen(self, image: "Image") -> None:
        """A live picture; it may be skipped."""

    def held(self, image: "Image", still: bool) -> None:
        """A picture that stays: frozen, or (``still``) one that came without a camera."""

    def read(self, readings: Sequence["Reading"]) -> None:
        """Codes that are believed."""

    def hint(self, hint: str) -> None:
        """What keeps live codes from being read, or an empty string."""

    def nothing(self, hint: str) -> None:
        """A still picture had no code."""

    def shot(self, jpeg: bytes) -> None:
        """The frame that was asked for."""

    def lit(self, on: bool) -> None:
        """Whether the camera's lamp is on."""

    def failed(self, problem: Problem) -> None:
        """Told once until the camera works again."""


class Looking:
    """``run`` is the thread's whole life."""

    def __init__(
        self,
        wishes: Wishes,
        told: Told,
        make_source: MakeSource,
        is_signed: Callable[[bytes], bool],
        pace: float,
        retry: float,
    ) -> None:
        """``pace``: seconds between frames at least. ``retry``: until a camera that failed is tried again."""
        self._wishes, self._told = wishes, told
        self._make_source, self._is_signed = make_source, is_signed
        self._pace, self._retry = pace, retry

    def run(self) -> None:
        scanner: Scanner | None = None
        try:
            while self._wishes.wait_for_work():
                scanner = scanner or _new_scanner()
                if (picture := self._wishes.still()) is not None:
                    self._read_still(scanner, picture)
                else:
                    self._serve(scanner)
        finally:
            if scanner is not None:
                scanner.close()

    def _serve(self, scanner: "Scanner") -> None:
        """Deliver frames of the wanted camera until something else is wanted; come back after a loss."""
        told = False
        source = self._wishes.now.source
        while self._wishes.wants(source):
            device = self._make_source(source)
            try:
                device.open()
                told = False
                self._told.opened(device.name)
                self._pump(scanner, device, source)
            except Problem as problem:
                if not told:
                    self._told.failed(problem)
                told = True
                self._wishes.rest(source, self._retry)
            finally:
                device.close()

    def _pump(self, scanner: "Scanner", device: "FrameSource", source: str) -> None:
        from inspector.scan.validator import Validator

        validator = Validator(self._is_signed)
        recent: deque[Frame] = deque(maxlen=BURST)
        cold, lit, framing = True, False, None
        while self._wishes.wants(source):
            began = time.monotonic()
            frame = device.read()
            if frame is None:  # the end of a clip: its last picture stays
                self._wishes.rest(source)
                return
            if self._wishes.now.light != lit:
                lit = not lit
                self._told.lit(device.light(lit) and lit)
            if self._wishes.now.framing != framing:  # another part of the picture, or another scan altogether
                framing = self._wishes.now.framing
                scanner.begin_anew()
            now = framing.frame(frame)
            self._told.seen(now.image)
            if cold:  # only now: the officer sees the picture before the decoders are up
                scanner.warm()
                cold = False
            self._shoot(now.image)
            if self._wishes.now.frozen:
                self._hold(scanner, frame, recent, source)
            elif self._wishes.now.reading:
                if not recent or now.at - recent[-1].at >= BURST_EVERY:
                    recent.append(now)
                live = scanner.live(now)
                self._told.hint(live.hint.label if live.hint else "")
                if believed := validator.offer(live.readings):
                    self._told.read(believed)
            self._wishes.rest_for_frame(source, self._pace - (time.monotonic() - began))

    def _hold(self, scanner: "Scanner", frame: "Frame", recent: "Sequence[Frame]", source: str) -> None:
        """Read the frozen frame as a still, else the sharpest of the moment before it, until it is thawed.

        Another part of the frozen frame is read anew.
        """
        shown: Framing | None = None
        while self._wishes.holds(source):
            framing = self._wishes.now.framing
            image = framing.of(frame.image)
            if framing != shown:
                self._told.held(image, False)
                if self._wishes.now.reading:
                    found = scanner.still(image)
                    self._tell(scanner.burst(recent) if recent and shown is None and not found.readings else found)
                shown = framing
            self._shoot(image)
            self._wishes.rest_while_held(source, framing)

    def _shoot(self, image: "Image") -> None:
        from inspector.scan.pictures import encode_jpeg

        while self._wishes.shot():
            self._told.shot(encode_jpeg(image))

    def _read_still(self, scanner: "Scanner", data: bytes) -> None:
        from inspector.scan.pictures import decode_picture

        try:
            image = decode_picture(data)
        except Problem as problem:
            self._told.failed(problem)
            return
        self._told.held(image, True)
        self._tell(scanner.still(image))

    def _tell(self, found: "Still") -> None:
        if found.readings:
            self._told.read(found.readings)
        else:
            self._told.nothing(found.hint.label if found.hint else "")


def _new_scanner() -> "Scanner":
    from inspector.scan.cascade import Scanner

    return Scanner()
