"""Tells when the laptop is about to sleep: it is locked then, and the camera is off.

Linux: the signal ``PrepareForSleep`` of systemd's login manager on the system bus. Windows: the message
WM_POWERBROADCAST with PBT_APMSUSPEND. Elsewhere Qt's own state ``ApplicationSuspended`` must do.
"""

import sys
from ctypes import wintypes

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

LOGIN, LOGIN_PATH, LOGIN_INTERFACE = (
    "org.freedesktop.login1",
    "/org/freedesktop/login1",
    "org.freedesktop.login1.Manager",
)
WM_POWERBROADCAST, PBT_APMSUSPEND = 0x0218, 0x0004
_WINDOWS_MESSAGE = b"windows_generic_MSG"


class Sleep(QObject):
    """``coming`` a moment before the machine sleeps."""

    coming = Signal()

    def __init__(self, bus: QDBusConnection | None = None) -> None:
        """``bus`` for others than the system's."""
        super().__init__()
        self._bus = bus
        self._filter: _PowerFilter | None = None
        if sys.platform == "linux" or bus is not None:
            self._bus = bus or QDBusConnection.systemBus()
            self._on_bus(self._bus.connect)
        elif sys.platform == "win32":
            self._filter = _PowerFilter(self)
            _application().installNativeEventFilter(self._filter)

    def close(self) -> None:
        """Hear no more."""
        if self._bus is not None:
            self._on_bus(self._bus.disconnect)
        if self._filter is not None:
            _application().removeNativeEventFilter(self._filter)
            self._filter = None

    def _on_bus(self, act: object) -> None:
        act(LOGIN, LOGIN_PATH, LOGIN_INTERFACE, "PrepareForSleep", self, SLOT("prepare(bool)"))  # type: ignore[operator]

    @Slot(bool)
    def prepare(self, going: bool) -> None:
        """``going`` is False when it wakes up."""
        if going:
            self.coming.emit()


class _PowerFilter(QAbstractNativeEventFilter):
    def __init__(self, sleep: Sleep) -> None:
        super().__init__()
        self._sleep = sleep

    def nativeEventFilter(
        self, kind: "QByteArray | bytes | bytearray | memoryview[int]", message: int
    ) -> tuple[bool, int]:
        data = kind.data() if isinstance(kind, QByteArray) else kind
        if bytes(data) == _WINDOWS_MESSAGE:
            what = wintypes.MSG.from_address(int(message))
            if what.message == WM_POWERBROADCAST and what.wParam == PBT_APMSUSPEND:
                self._sleep.coming.emit()
        return False, 0


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application
