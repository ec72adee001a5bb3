"""The camera thread: pulls frames, reads codes, and hands both to the UI thread one at a time.

OpenCV is imported on this thread, so that the window is up before it. The camera is open only while somebody wants
it; when it is lost it is tried again until it is back or no longer wanted.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QImage

from inspector.errors import Problem

if TYPE_CHECKING:
    from inspector.scan.cascade import Scanner, Still
    from inspector.scan.frame import Frame
    from inspector.scan.frames import FrameSource, Image

log = logging.getLogger(__name__)

PACE = 1 / 25
"""Seconds between frames at most: enough for the eye, and half the work of a fast camera."""
BURST, BURST_EVERY = 8, 0.25
"""Frames of the last two seconds that freezing can fall back on, and the seconds between them."""
RETRY = 1.0
"""Seconds until a camera that is gone or taken is tried again."""

MakeSource = Callable[[str], "FrameSource"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the UI thread wants of the camera thread."""

    on: bool = False
    source: str = ""
    reading: bool = True
    """Whether codes are looked for; photos of evidence need none."""
    frozen: bool = False
    turns: int = 0
    """Quarter turns to the left."""


class Camera(QObject):
    """Lives on the UI thread; its thread is born here and joined by ``close``."""

    framed = Signal(QImage)
    """A new picture to show. The next one comes only after this one was delivered."""
    decoded = Signal(object)
    """``list[Reading]`` believed by the validator, or read in a still picture; corners are in the last frame."""
    hinted = Signal(str)
    """What keeps codes from being read, or an empty string."""
    failed = Signal(object)
    """A ``Problem``; said once until the camera works again."""
    shot = Signal(bytes)
    """The JPEG of the frame that ``shoot`` asked for."""
    opened = Signal(str)
    """The camera works; its name."""
    nothing = Signal(str)
    """A still picture had no code; the hint, or an empty string."""

    _frame = Signal(QImage, bool)
    _told = Signal(object, object)
    """A public signal and its value, on the way to the UI thread: receivers come and go there, so it is sent there."""

    def __init__(
        self,
        make_source: MakeSource | None = None,
        is_signed: Callable[[bytes], bool] = lambda _: False,
        pace: float = PACE,
        retry: float = RETRY,
    ) -> None:
        """``make_source`` opens a camera by its id (empty: the first); tests and the tour give a clip instead."""
        super().__init__()
        self._make_source = make_source or _system_camera
        self._is_signed = is_signed
        self._pace, self._retry = pace, retry
        self._changed = threading.Condition()
        self._wanted = Wanted()
        self._closed = False
        self._shots = 0
        self._stills: deque[bytes] = deque()
        self._taken = threading.Event()
        self._taken.set()
        self._frame.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="camera")
        self._thread.start()

    @property
    def on(self) -> bool:
        return self._wanted.on

    def start(self, source: str = "", reading: bool = True) -> None:
        """Open a camera (empty: the first) and deliver its frames."""
        self._want(on=True, source=source, reading=reading, frozen=False)

    def stop(self) -> None:
        """Switch the camera off; the last picture stays with whoever shows it."""
        self._want(on=False, frozen=False)

    def freeze(self, on: bool) -> None:
        """Hold the picture and read it as a still, with more effort."""
        self._want(frozen=on)

    def turn(self, quarters: int) -> None:
        """Turn the picture by this many quarters to the left."""
        self._want(turns=quarters % 4)

    def read_picture(self, data: bytes) -> None:
        """Read the codes of a picture file or of the clipboard."""
        with self._changed:
            self._stills.append(data)
            self._changed.notify_all()

    def shoot(self) -> None:
        """Keep the next frame: ``shot`` brings it as JPEG."""
        with self._changed:
            self._shots += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Switch off and join the thread. Harmless when done twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _want(self, **changes: object) -> None:
        with self._changed:
            self._wanted = replace(self._wanted, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()

    @Slot(object, object)
    def _tell(self, signal: SignalInstance, value: object) -> None:
        signal.emit(value)

    @Slot(QImage, bool)
    def _show(self, image: QImage, still: bool) -> None:
        """A frame that was on its way when the camera was switched off is not shown: outlines belong to the last."""
        self._taken.set()
        if still or self._wanted.on:
            self.framed.emit(image)

    # -- on the camera thread

    def _run(self) -> None:
        scanner: Scanner | None = None
        try:
            while self._wait_for_work():
                scanner = scanner or _new_scanner()
                if self._stills:
                    self._read_still(scanner, self._stills.popleft())
                else:
                    self._serve(scanner)
        except Exception:
            log.exception("the camera thread ended")
            self._told.emit(self.failed, Problem())
        finally:
            if scanner is not None:
                scanner.close()

    def _wait_for_work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._wanted.on or self._stills)
            return not self._closed

    def _serve(self, scanner: "Scanner") -> None:
        """Deliver frames of the wanted camera until something else is wanted; come back after a loss."""
        told = False
        source = self._wanted.source
        while self._still_wants(source):
            device = self._make_source(source)
            try:
                device.open()
                told = False
                self._told.emit(self.opened, device.name)
                self._pump(scanner, device, source)
            except Problem as problem:
                if not told:
                    self._told.emit(self.failed, problem)
                told = True
                with self._changed:
                    self._changed.wait_for(lambda: not self._still_wants(source), self._retry)
            finally:
                device.close()

    def _still_wants(self, source: str) -> bool:
        return self._wanted.on and self._wanted.source == source and not self._closed and not self._stills

    def _pump(self, scanner: "Scanner", device: "FrameSource", source: str) -> None:
        from inspector.scan.frame import Frame
        from inspector.scan.validator import Validator

        validator = Validator(self._is_signed)
        recent: deque[Frame] = deque(maxlen=BURST)
        cold = True
        while self._still_wants(source):
            began = time.monotonic()
            frame = device.read()
            if frame is None:  # the end of a clip: its last picture stays
                with self._changed:
                    self._changed.wait_for(lambda: not self._still_wants(source))
                return
            image = _turned(frame.image, self._wanted.turns)
            self._deliver(image)
            if cold:  # only now: the officer sees the picture before the decoders are up
                scanner.warm()
                cold = False
            if self._shots:
                self._shots -= 1
                self._send_shot(image)
            if self._wanted.frozen:
                self._hold(scanner, image, recent, source)
            elif self._wanted.reading:
                now = Frame(image, frame.number, frame.at)
                if not recent or now.at - recent[-1].at >= BURST_EVERY:
                    recent.append(now)
                live = scanner.live(now)
                self._told.emit(self.hinted, live.hint.label if live.hint else "")
                if believed := validator.offer(live.readings):
                    self._told.emit(self.decoded, list(believed))
            with self._changed:
                rest = self._pace - (time.monotonic() - began)
                self._changed.wait_for(lambda: not self._still_wants(source) or self._shots, max(0.0, rest))

    def _hold(self, scanner: "Scanner", image: "Image", recent: "Sequence[Frame]", source: str) -> None:
        """Read the frozen frame as a still, else the sharpest of the moment before it; then wait until it is thawed."""
        if self._wanted.reading:
            still = scanner.still(image)
            self._tell_still(still if still.readings or not recent else scanner.burst(recent))
        while self._wanted.frozen and self._still_wants(source):
            with self._changed:
                self._changed.wait_for(lambda: not self._wanted.frozen or self._shots or not self._still_wants(source))
            if self._shots:
                self._shots -= 1
                self._send_shot(image)

    def _read_still(self, scanner: "Scanner", data: bytes) -> None:
        from inspector.scan.pictures import decode_picture

        try:
            image = decode_picture(data)
        except Problem as problem:
            self._told.emit(self.failed, problem)
            return
        self._frame.emit(_to_qimage(image), True)
        self._tell_still(scanner.still(image))

    def _tell_still(self, still: "Still") -> None:
        if still.readings:
            self._told.emit(self.decoded, list(still.readings))
        else:
            self._told.emit(self.nothing, still.hint.label if still.hint else "")

    def _deliver(self, image: "Image") -> None:
        if self._taken.is_set():
            self._taken.clear()
            self._frame.emit(_to_qimage(image), False)

    def _send_shot(self, image: "Image") -> None:
        from inspector.scan.pictures import encode_jpeg

        self._told.emit(self.shot, encode_jpeg(image))


def _new_scanner() -> "Scanner":
    from inspector.scan.cascade import Scanner

    return Scanner()


def _system_camera(source: str) -> "FrameSource":
    from inspector.scan.frames import Camera as Webcam

    return Webcam(source or 0)


def _turned(image: "Image", quarters: int) -> "Image":
    import numpy as np

    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image


def _to_qimage(image: "Image") -> QImage:
    height, width = image.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if image.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(image.data, width, height, image.strides[0], kind).copy()
