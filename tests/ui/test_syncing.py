"""The sync in the background: when it runs, and what it leaves for a better line."""

from collections.abc import Callable
from threading import Event as Flag

import pytest
from pytestqt.qtbot import QtBot

from cache.session import Progress, SyncStatus
from tests.ui.fake_session import MORNING, FakeSession
from ui.syncing import Syncing


class Line(FakeSession):
    """Remembers which rounds were to bring photographs."""

    def __init__(self, **settings: str) -> None:
        super().__init__()
        self.settings = {"sync_automatic": "on", "photos_automatic": "on", **settings}
        self.rounds: list[bool] = []

    def sync(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool = True) -> SyncStatus:
        self.rounds.append(photos)
        return super().sync(progress, cancel, photos)


@pytest.mark.parametrize(
    ("settings", "metered", "rounds"),
    [
        ({}, False, [True]),
        ({"photos_automatic": "off"}, False, [False]),
        ({"sync_automatic": "off"}, False, []),
        ({}, True, [False]),
    ],
)
def test_what_goes_up_by_itself(qtbot: QtBot, settings: dict[str, str], metered: bool, rounds: list[bool]) -> None:
    line = Line(**settings)
    syncing = Syncing(lambda: MORNING, lambda: metered, pause=3600, soon=0)
    with qtbot.waitSignal(syncing.finished, timeout=60_000):
        syncing.start(line)
    syncing.stop()
    assert line.rounds == rounds
