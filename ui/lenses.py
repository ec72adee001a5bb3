"""The switches of the viewfinder that change how the camera is seen: light, turn, mirror, zoom, freeze.

Turn and mirror are kept for the next time.
"""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cache.session import Session
from inspector.scan.framing import MIDDLE, Part
from ui import keys
from ui.camera import Camera
from ui.widgets.finder import Finder
from ui.work import run


class Lenses(QObject):
    """Between a viewfinder's buttons and the camera. ``white``: the screen should shine, or no longer."""

    white = Signal(bool)

    def __init__(self, session: Session, camera: Camera, finder: Finder, screen: QWidget) -> None:
        """The keys of the switches work on ``screen``."""
        super().__init__(finder)
        self._session, self._camera, self._finder = session, camera, finder
        self._turns = 0
        finder.pressed.connect(self._pressed)
        finder.zoomed.connect(self._zoom)
        camera.lit.connect(self._lit)
        for key, name in ((keys.FREEZE, "freeze"), (keys.LIGHT, "light"), (keys.ZOOM, "zoom")):
            keys.bind(key, screen, partial(self._press, name))

    def recall(self) -> None:
        """Set camera and viewfinder as the officer left them."""
        run(self._read, done=self._set_up)

    def reset(self) -> None:
        """Back to the moving, whole picture: the camera begins anew."""
        self._finder.set_lens("freeze", False)
        self._finder.set_lens("zoom", False)

    def darken(self) -> None:
        """The light is off: nobody scans."""
        self._finder.set_lens("light", False)

    def _read(self) -> tuple[bool, int]:
        return self._session.setting("camera_mirror") == "on", int(self._session.setting("camera_turns"))

    def _set_up(self, kept: tuple[bool, int]) -> None:
        mirrored, self._turns = kept
        self._finder.mirror(mirrored)
        self._finder.set_lens("mirror", mirrored)
        self._camera.turn(self._turns)

    def _press(self, name: str) -> None:
        if self._finder.isVisible():
            self._finder.lens(name).click()

    def _pressed(self, name: str, on: bool) -> None:
        if name == "freeze":
            self._camera.freeze(on)
        elif name == "light":
            self._light(on)
        elif name == "zoom":
            self._zoom(MIDDLE if on else None)
        elif name == "mirror":
            self._finder.mirror(on)
            self._keep("camera_mirror", "on" if on else "off")
        elif name == "turn":
            self._turns = (self._turns + 1) % 4
            self._camera.turn(self._turns)
            self._finder.set_lens("zoom", False)
            self._keep("camera_turns", str(self._turns))

    def _light(self, on: bool) -> None:
        """The screen shines at once; a lamp of the camera, where there is one, takes over."""
        self._camera.light(on)
        self.white.emit(on)

    def _lit(self, on: bool) -> None:
        if on:
            self.white.emit(False)

    def _zoom(self, part: Part | None) -> None:
        """Only what the camera shows: outlines over a picture belong to what was read in it."""
        if self._camera.on:
            self._camera.zoom(part)
        self._finder.set_lens("zoom", self._camera.on and self._camera.zoomed)

    def _keep(self, name: str, value: str) -> None:
        run(self._session.set_setting, name, value)
