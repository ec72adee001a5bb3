"""U 盘 on the sync screen, with a real laptop and a real service."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Session
from central import stick
from central.demo.load import AREA, UNIT, load_demo
from central.server import EmbeddedService
from inspector.errors import StickUnusable
from tests.cache.officers import PASSWORD, HeldClock
from ui.screens.sync import SyncScreen


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "central") as running:
        load_demo(running.service, 20, areas=(AREA,))
        yield running


@pytest.fixture
def session(tmp_path: Path, centre: EmbeddedService) -> Iterator[Session]:
    laptop = Laptop(tmp_path / "data", HeldClock(SystemClock().now()))
    yield laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    laptop.close()


def test_copy_carry_and_take_back(
    qtbot: QtBot, settled: Callable[[], None], session: Session, centre: EmbeddedService, tmp_path: Path
) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    session.lead(None, "门前有未登记的摊点")
    screen = SyncScreen(session, session._opened.clock.now)
    qtbot.addWidget(screen)
    screen.resize(1100, 600)
    screen.show()
    screen.enter()
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_U)
    panel = screen.stick
    assert panel.isVisible()
    panel.path.edit.setText("relative")
    panel.copy.click()
    assert not screen.running, "a folder that is none is told beside the field"
    panel.path.edit.setText(str(usb))
    with qtbot.waitSignal(screen.said, timeout=20_000) as said:
        panel.copy.click()
    assert "已复制" in said.args[0]
    assert "仍在本机等待确认" in said.args[0]
    settled()
    with qtbot.waitSignal(screen.said, timeout=20_000) as said:
        panel.take.click()
    assert "没有给这台电脑的回执" in said.args[0]
    settled()
    stick.exchange(centre.service, usb, lambda _: None)
    with qtbot.waitSignal(screen.said, timeout=20_000) as said:
        panel.take.click()
    assert "条回执" in said.args[0]
    assert "更新了主体数据" in said.args[0]
    settled()
    with qtbot.waitSignal(screen.troubled, timeout=20_000) as told:
        panel.path.edit.setText(str(tmp_path / "not there"))
        session.lead(None, "又一条")
        panel.copy.click()
    assert isinstance(told.args[0], StickUnusable)
    settled()
    qtbot.keyClick(screen, Qt.Key.Key_U)
    assert not panel.isVisible()
