"""What the system says of the network: whether there is one, and whether its owner pays by the byte."""

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation

Feature = QNetworkInformation.Feature


def system() -> QNetworkInformation | None:
    """NetworkManager or GLib on Linux, the network list manager on Windows; None where nobody can tell."""
    if QNetworkInformation.instance() is None:
        wanted = Feature.Reachability | Feature.Metered
        if not QNetworkInformation.loadBackendByFeatures(wanted):
            QNetworkInformation.loadDefaultBackend()
    return QNetworkInformation.instance()


class Network(QObject):
    """``better`` when a connection came back or costs nothing any more. Lives on the UI thread; anybody may ask."""

    better = Signal()

    def __init__(self, told: Any = None) -> None:
        """``told`` for another source than the system."""
        super().__init__()
        self._told: Any = system() if told is None else told
        self.metered = False
        self._there = True
        if self._told is not None:
            self._look()
            self._told.reachabilityChanged.connect(self._changed)
            self._told.isMeteredChanged.connect(self._changed)

    def close(self) -> None:
        """Hear no more."""
        if self._told is not None:
            self._told.reachabilityChanged.disconnect(self._changed)
            self._told.isMeteredChanged.disconnect(self._changed)
            self._told = None

    def _look(self) -> None:
        # Only "disconnected" is sure: a system that sees no internet may well see the centre.
        self._there = self._told.reachability() is not QNetworkInformation.Reachability.Disconnected
        self.metered = bool(self._told.isMetered())

    def _changed(self, _: object) -> None:
        before = self._there, self.metered
        self._look()
        came_back, cheaper = self._there and not before[0], before[1] and not self.metered
        if came_back or (cheaper and self._there):
            self.better.emit()
