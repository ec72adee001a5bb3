"""Before the laptop sleeps it is locked: told by a real message bus, and by Windows' message as it lies in memory."""

import ctypes
import subprocess
from collections.abc import Iterator
from ctypes import wintypes

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from pytestqt.qtbot import QtBot

from ui import sleep
from ui.sleep import Sleep


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a bus of our own."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        for name in ("ours", "theirs"):
            QDBusConnection.disconnectFromBus(name)
        daemon.terminate()


def test_the_login_manager_tells_it(qtbot: QtBot, bus: str) -> None:
    watcher = Sleep(QDBusConnection.connectToBus(bus, "ours"))
    theirs = QDBusConnection.connectToBus(bus, "theirs")
    assert theirs.registerService(sleep.LOGIN)
    came: list[bool] = []
    watcher.coming.connect(lambda: came.append(True))

    def prepare(going: bool) -> None:
        message = QDBusMessage.createSignal(sleep.LOGIN_PATH, sleep.LOGIN_INTERFACE, "PrepareForSleep")
        message.setArguments([going])
        assert theirs.send(message)

    with qtbot.waitSignal(watcher.coming, timeout=60_000):
        prepare(False)  # it woke up: nothing to do
        prepare(True)
    assert came == [True]
    watcher.close()
    prepare(True)
    other = Sleep(QDBusConnection.connectToBus(bus, "ours"))
    with qtbot.waitSignal(other.coming, timeout=60_000):
        prepare(True)
    other.close()
    assert came == [True]


@pytest.mark.parametrize(
    ("message", "what", "told"),
    [
        (sleep.WM_POWERBROADCAST, sleep.PBT_APMSUSPEND, True),
        (sleep.WM_POWERBROADCAST, 0x0012, False),  # PBT_APMRESUMEAUTOMATIC
        (0x0112, sleep.PBT_APMSUSPEND, False),
    ],
)
def test_windows_tells_it(qtbot: QtBot, message: int, what: int, told: bool) -> None:
    watcher = Sleep()
    came: list[bool] = []
    watcher.coming.connect(lambda: came.append(True))
    msg = wintypes.MSG(message=message, wParam=what)
    power = sleep._PowerFilter(watcher)
    assert power.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(msg)) == (False, 0)
    assert power.nativeEventFilter(b"xcb_generic_event_t", ctypes.addressof(msg)) == (False, 0)
    assert came == [True] * told
    watcher.close()
