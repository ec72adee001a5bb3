"""The program is closed in the midst of a round: what its thread said last harms nothing."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cache.session import Progress
from central.demo.load import AREA, UNIT, load_demo
from central.server import EmbeddedService
from tests.cache.officers import PASSWORD
from ui.app import Application, prepare
from ui.screens.sync import SyncScreen


def from_another_thread(say: Callable[[], object]) -> None:
    thread = Thread(target=say)
    thread.start()
    thread.join()


def test_closed_while_a_round_tells_its_progress(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    prepare(qapp)
    with EmbeddedService(tmp_path / "central") as centre:
        load_demo(centre.service, 20, areas=(AREA,))
        with Application(tmp_path / "data") as program:
            session = program.laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
            program.show()
            program._admit(session)
            qtbot.waitUntil(lambda: program.window.screen_named("sync") is not None, timeout=60_000)
            program.window.go("sync")
            assert isinstance(program.window.screen_named("sync"), SyncScreen)
            from_another_thread(lambda: program.syncing.progressed.emit(Progress("上传照片", 1, 2)))
            from_another_thread(program.syncing.finished.emit)
    qapp.processEvents()
