"""The sync in the background: when it runs, and what it leaves for a better line."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event as Flag

import pytest
from pytestqt.qtbot import QtBot

from cache.session import Progress, SyncStatus
from inspector.errors import Cancelled
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


def test_what_failed_or_waits_is_tried_when_its_time_has_come(qtbot: QtBot) -> None:
    class Waits(Line):
        def sync_status(self) -> SyncStatus:
            at = MORNING if len(self.rounds) < 3 else None
            return replace(super().sync_status(), next_try=at)

    line = Waits()
    syncing = Syncing(lambda: MORNING, pause=3600, soon=0)
    syncing.start(line)
    qtbot.waitUntil(lambda: len(line.rounds) == 3, timeout=60_000)
    syncing.stop()


def test_paused_nothing_is_tried_by_itself(qtbot: QtBot) -> None:
    class Paused(Line):
        def sync_status(self) -> SyncStatus:
            return replace(super().sync_status(), next_try=MORNING)

    line = Paused(sync_automatic="off")
    syncing = Syncing(lambda: MORNING, pause=3600, soon=0)
    with qtbot.waitSignal(syncing.finished, timeout=60_000):
        syncing.start(line)
    with qtbot.assertNotEmitted(syncing.finished, wait=1500):
        pass
    syncing.stop()
    assert line.rounds == []


def test_a_round_tells_its_progress_and_can_be_stopped_alone(qtbot: QtBot) -> None:
    class Long(Line):
        def sync(self, progress: Callable[[Progress], None], cancel: Flag, photos: bool = True) -> SyncStatus:
            super().sync(progress, cancel, photos)
            assert cancel.wait(60)
            raise Cancelled

    line = Long()
    syncing = Syncing(lambda: MORNING, pause=3600, soon=0)
    with qtbot.waitSignal(syncing.progressed, timeout=60_000) as told:
        syncing.start(line)
    assert told.args == [Progress("上传记录", 1, 1)]
    with qtbot.waitSignal(syncing.finished, timeout=60_000):
        syncing.stop_round()
    with qtbot.waitSignal(syncing.progressed, timeout=60_000):
        syncing.ask()
    syncing.stop()
    assert len(line.rounds) == 2


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
