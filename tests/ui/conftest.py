"""What every test of the screens needs: a worker, the house's style, and a way to wait for both."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.style import wear
from ui.theme import Look
from ui.work import Worker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of every window with a smallest size; no other warning passes."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    """The open worker; its threads are joined at the end."""
    wear(Look())
    with Worker() as open_worker:
        yield open_worker


@pytest.fixture
def settled(qtbot: QtBot, worker: Worker) -> Callable[[], None]:
    """Wait until all work is done and delivered."""

    def wait() -> None:
        qtbot.waitUntil(lambda: worker.idle, timeout=20_000)

    return wait
