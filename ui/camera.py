"""The camera as the screens know it: wishes go in, pictures and codes come out as signals, one picture at a time."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QImage

from inspector.errors import Problem
from inspector.scan.framing import WHOLE, Framing, Part
from ui.looking import Looking, MakeSource
from ui.wishes import Wishes

if TYPE_CHECKING:
    from inspector.scan.frames import FrameSource
    from inspector.scan.pictures import Image
    from inspector.scan.reading import Reading

log = logging.getLogger(__name__)

PACE = 1 / 25
"""Seconds between frames at most: enough for the eye, and half the work of a fast camera."""
RETRY = 1.0
"""Seconds until a camera that is gone or taken is tried again."""


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
    lit = Signal(bool)
    """Whether the camera's own lamp is on, after ``light``."""
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
        self._wishes = Wishes()
        self._taken = threading.Event()
        self._taken.set()
        self._frame.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        looking = Looking(self._wishes, _Post(self), make_source or _system_camera, is_signed, pace, retry)
        self._thread = threading.Thread(target=self._look, args=(looking,), name="camera")
        self._thread.start()

    @property
    def on(self) -> bool:
        return self._wishes.now.on

    def start(self, source: str = "", reading: bool = True) -> None:
        """Open a camera (empty: the first) and deliver its whole frames."""
        whole = Framing(self._wishes.now.framing.turns)
        self._wishes.want(on=True, source=source, reading=reading, frozen=False, framing=whole)

    def stop(self) -> None:
        """Switch the camera off, and its lamp with it; the last picture stays with whoever shows it."""
        self._wishes.want(on=False, frozen=False, light=False)

    def freeze(self, on: bool) -> None:
        """Hold the picture and read it as a still, with more effort."""
        self._wishes.want(frozen=on)

    def turn(self, quarters: int) -> None:
        """Turn the picture by this many quarters to the left."""
        self._wishes.want(framing=self._wishes.now.framing.turned(quarters))

    @property
    def zoomed(self) -> bool:
        return self._wishes.now.framing.part != WHOLE

    def zoom(self, part: Part | None) -> None:
        """Show and read only this part of what is shown now; None: the whole frame again."""
        framing = self._wishes.now.framing
        self._wishes.want(framing=framing.within(part) if part else Framing(framing.turns))

    def light(self, on: bool) -> None:
        """Switch the camera's own lamp; ``lit`` tells whether it has one."""
        self._wishes.want(light=on)

    def read_picture(self, data: bytes) -> None:
        """Read the codes of a picture file or of the clipboard."""
        self._wishes.ask_still(data)

    def shoot(self) -> None:
        """Keep the next frame: ``shot`` brings it as JPEG."""
        self._wishes.ask_shot()

    def close(self) -> None:
        """Switch off and join the thread. Harmless when done twice."""
        self._wishes.end()
        self._thread.join()

    @Slot(object, object)
    def _tell(self, signal: SignalInstance, value: object) -> None:
        signal.emit(value)

    @Slot(QImage, bool)
    def _show(self, image: QImage, still: bool) -> None:
        """A frame that was on its way when the camera was switched off is not shown: outlines belong to the last."""
        self._taken.set()
        if still or self.on:
            self.framed.emit(image)

    def _look(self, looking: Looking) -> None:
        try:
            looking.run()
        except Exception:
            log.exception("the camera thread ended")
            self._told.emit(self.failed, Problem())


class _Post:
    """Carries what the camera thread tells to the UI thread."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    def _send(self, signal: SignalInstance, value: object) -> None:
        self._camera._told.emit(signal, value)

    def opened(self, name: str) -> None:
        self._send(self._camera.opened, name)

    def seen(self, image: "Image") -> None:
        if self._camera._taken.is_set():
            self._camera._taken.clear()
            self.held(image, False)

    def held(self, image: "Image", still: bool) -> None:
        self._camera._frame.emit(_to_qimage(image), still)

    def read(self, readings: "Sequence[Reading]") -> None:
        self._send(self._camera.decoded, list(readings))

    def hint(self, hint: str) -> None:
        self._send(self._camera.hinted, hint)

    def nothing(self, hint: str) -> None:
        self._send(self._camera.nothing, hint)

    def shot(self, jpeg: bytes) -> None:
        self._send(self._camera.shot, jpeg)

    def lit(self, on: bool) -> None:
        self._send(self._camera.lit, on)

    def failed(self, problem: Problem) -> None:
        self._send(self._camera.failed, problem)


def _system_camera(source: str) -> "FrameSource":
    from inspector.scan.frames import Camera as Webcam

    return Webcam(source)


def _to_qimage(image: "Image") -> QImage:
    height, width = image.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if image.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(image.data, width, height, image.strides[0], kind).copy()
