"""The network as the system tells it: what is heard, and what the program makes of it."""

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from ui.network import Network, system

Reach = QNetworkInformation.Reachability


class Told(QObject):
    """Stands in for the system; the real one is held to the same shape below."""

    reachabilityChanged = Signal(Reach)
    isMeteredChanged = Signal(bool)

    def __init__(self, reach: Reach = Reach.Online, metered: bool = False) -> None:
        super().__init__()
        self._reach, self._metered = reach, metered

    def reachability(self) -> Reach:
        return self._reach

    def isMetered(self) -> bool:
        return self._metered

    def become(self, reach: Reach, metered: bool) -> None:
        before = self._reach, self._metered
        self._reach, self._metered = reach, metered
        if reach is not before[0]:
            self.reachabilityChanged.emit(reach)
        if metered is not before[1]:
            self.isMeteredChanged.emit(metered)


def test_the_real_one_has_this_shape(qtbot: QtBot) -> None:
    real = system()
    if real is None:
        pytest.skip("this system does not tell of its network")
    assert isinstance(real.reachability(), Reach)
    assert isinstance(real.isMetered(), bool)
    network = Network()
    assert network.metered is real.isMetered()
    network.close()
    network.close()


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        ((Reach.Disconnected, False), (Reach.Online, False), True),
        ((Reach.Disconnected, False), (Reach.Local, True), True),
        ((Reach.Online, True), (Reach.Online, False), True),
        ((Reach.Online, False), (Reach.Online, True), False),
        ((Reach.Online, False), (Reach.Disconnected, False), False),
        ((Reach.Online, True), (Reach.Disconnected, False), False),
        ((Reach.Online, False), (Reach.Site, False), False),
    ],
)
def test_what_is_better(qtbot: QtBot, before: tuple[Reach, bool], after: tuple[Reach, bool], better: bool) -> None:
    told = Told(*before)
    network, heard = Network(told), list[bool]()
    network.better.connect(lambda: heard.append(True))
    assert network.metered is before[1]
    told.become(*after)
    assert network.metered is after[1]
    assert bool(heard) is better
    network.close()
    told.become(*before)
    assert network.metered is after[1], "closed"
