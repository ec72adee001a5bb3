"""The switches of the viewfinder that change how the camera is seen: turn, mirror, freeze. The first two are kept."""

from PySide6.QtCore import QObject

from cache.session import Session
from ui.camera import Camera
from ui.widgets.finder import Finder
from ui.work import run


class Lenses(QObject):
    """Between a viewfinder's buttons and the camera."""

    def __init__(self, session: Session, camera: Camera, finder: Finder) -> None:
        super().__init__(finder)
        self._session, self._camera, self._finder = session, camera, finder
        self._turns = 0
        finder.pressed.connect(self._pressed)

    def recall(self) -> None:
        """Set camera and viewfinder as the officer left them."""
        run(self._read, done=self._set_up)

    def _read(self) -> tuple[bool, int]:
        return self._session.setting("camera_mirror") == "on", int(self._session.setting("camera_turns"))

    def _set_up(self, kept: tuple[bool, int]) -> None:
        mirrored, self._turns = kept
        self._finder.mirror(mirrored)
        self._finder.set_lens("mirror", mirrored)
        self._camera.turn(self._turns)

    def _pressed(self, name: str, on: bool) -> None:
        if name == "freeze":
            self._camera.freeze(on)
        elif name == "mirror":
            self._finder.mirror(on)
            self._keep("camera_mirror", "on" if on else "off")
        elif name == "turn":
            self._turns = (self._turns + 1) % 4
            self._camera.turn(self._turns)
            self._keep("camera_turns", str(self._turns))

    def _keep(self, name: str, value: str) -> None:
        run(self._session.set_setting, name, value)
