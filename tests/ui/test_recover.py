"""忘记密码 on screen: every step with its sentence, and what a wiped laptop says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cache.session import Session
from inspector import wire
from inspector.errors import Problem, RecoveryRefused, WeakPassword
from inspector.orders import RecoveryRequest
from tests.ui.fake_session import MORNING, PASSWORD, FakeSession
from tests.ui.test_doors import Lock, says, shown
from ui.screens.recover import RecoverScreen
from ui.screens.unlock import UnlockScreen
from ui.screens.wiped import WipedScreen

REQUEST = RecoveryRequest("d-1", "HH0001", bytes(32), bytes(80), MORNING)
GRANT = b"the grant"


class Office:
    """Answers as a laptop does."""

    def __init__(self) -> None:
        self.problem: Problem | None = None
        self.used: list[tuple[bytes, str]] = []

    def ask(self, number: str) -> RecoveryRequest:
        return REQUEST

    def recover(self, grant: bytes, password: str) -> Session:
        self.used.append((grant, password))
        if self.problem is not None:
            raise self.problem
        return FakeSession()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def door(qtbot: QtBot, worker: object, settled: Callable[[], None], office: Office) -> RecoverScreen:
    screen = RecoverScreen("HH0001", office.ask, office.recover)
    shown(qtbot, screen)
    return screen


def fill(door: RecoverScreen, grant: Path, password: str = PASSWORD, again: str = PASSWORD) -> None:
    door.grant.edit.setText(str(grant))
    door.password.edit.setText(password)
    door.repeat.edit.setText(again)


def test_the_request_is_written_and_its_mark_shown(
    door: RecoverScreen, settled: Callable[[], None], tmp_path: Path
) -> None:
    path = tmp_path / "新建" / "申请.json"
    door.to.edit.setText(str(path))
    door.make.click()
    settled()
    assert wire.decode(path.read_bytes(), RecoveryRequest) == REQUEST
    assert REQUEST.mark in says(door)
    (tmp_path / "file").write_text("")
    door.to.edit.setText(str(tmp_path / "file" / "below.json"))
    door.make.click()
    settled()
    assert "没有写入" in says(door)


def test_the_grant_sets_the_new_password(
    qtbot: QtBot, door: RecoverScreen, office: Office, settled: Callable[[], None], tmp_path: Path
) -> None:
    grant = tmp_path / "授权.json"
    grant.write_bytes(GRANT)
    fill(door, grant)
    with qtbot.waitSignal(door.recovered) as recovered:
        qtbot.keyClick(door.repeat.edit, Qt.Key.Key_Return)
    assert isinstance(recovered.args[0], FakeSession)
    assert office.used == [(GRANT, PASSWORD)]
    assert door.password.value == door.repeat.value == ""


@pytest.mark.parametrize(
    ("problem", "said"), [(RecoveryRefused("这份授权已过期。"), "这份授权已过期"), (WeakPassword(), "密码")]
)
def test_what_is_refused_is_said_at_its_field(
    door: RecoverScreen, office: Office, settled: Callable[[], None], tmp_path: Path, problem: Problem, said: str
) -> None:
    grant = tmp_path / "授权.json"
    grant.write_bytes(GRANT)
    office.problem = problem
    fill(door, grant)
    door.recover()
    settled()
    assert said in says(door)
    assert door.go.isEnabled()


def test_nothing_is_tried_with_what_is_missing_or_differs(
    door: RecoverScreen, office: Office, settled: Callable[[], None], tmp_path: Path
) -> None:
    door.recover()
    assert "请填写这一项。" in says(door)
    fill(door, tmp_path / "none.json", again=PASSWORD + "!")
    door.recover()
    assert "两次" in says(door)
    fill(door, tmp_path / "none.json")
    door.recover()
    settled()
    assert "读不到授权文件" in says(door)
    assert office.used == []


def test_the_lock_leads_there_and_escape_leads_back(
    qtbot: QtBot, worker: object, settled: Callable[[], None], office: Office
) -> None:
    lock = Lock()
    unlock = UnlockScreen(["HH0001", "HH0002"], lock.tries, lock.unlock)
    shown(qtbot, unlock)
    settled()
    with qtbot.waitSignal(unlock.forgot) as forgot:
        unlock.forgotten.click()
    assert forgot.args == ["HH0001"]
    screen = RecoverScreen("HH0001", office.ask, office.recover)
    shown(qtbot, screen)
    with qtbot.waitSignal(screen.back):
        qtbot.keyClick(screen, Qt.Key.Key_Escape)


@pytest.mark.parametrize("package", ["", "/data/handed-in/d-1.up"])
def test_a_wiped_laptop_says_what_is_left(
    qtbot: QtBot, worker: object, settled: Callable[[], None], package: str
) -> None:
    door = WipedScreen(package)
    shown(qtbot, door)
    assert (package in says(door)) if package else ("没有未上传的记录" in says(door))
    with qtbot.waitSignal(door.anew):
        door.enrol.click()
