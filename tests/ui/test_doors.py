"""Unlocking and the first start, by keyboard, with every refusal as a sentence."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cache.session import Session
from inspector.errors import EnrolmentRefused, LockedOut, Problem, ServiceDown, WeakPassword, WrongPassword
from tests.ui.fake_session import PASSWORD, FakeSession
from ui.screens.enrol import EnrolScreen
from ui.screens.unlock import UnlockScreen

LINK = "mashangcha://127.0.0.1:8443/ABCD#XYZ"


@dataclass
class Left:
    left: int = 5
    locked_seconds: int = 0


class Lock:
    """A laptop's lock: counts wrong passwords, locks out at none left."""

    def __init__(self) -> None:
        self.state = Left()
        self.asked: list[str] = []

    def tries(self, number: str) -> Left:
        self.asked.append(number)
        return self.state

    def unlock(self, number: str, password: str) -> Session:
        if self.state.locked_seconds:
            raise LockedOut(self.state.locked_seconds)
        if password != PASSWORD:
            self.state = Left(self.state.left - 1)
            if not self.state.left:
                self.state = Left(0, 90)
                raise LockedOut(90)
            raise WrongPassword(self.state.left)
        return FakeSession()


def shown(qtbot: QtBot, door: QWidget) -> None:
    qtbot.addWidget(door)
    door.resize(1366, 697)
    with qtbot.waitActive(door):
        door.show()
        door.activateWindow()
    door.setFocus()


def says(door: QWidget) -> str:
    return "\n".join(label.text() for label in door.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def lock() -> Lock:
    return Lock()


@pytest.fixture
def unlock(qtbot: QtBot, worker: object, settled: Callable[[], None], lock: Lock) -> UnlockScreen:
    door = UnlockScreen(["HH0001", "HH0002"], lock.tries, lock.unlock)
    shown(qtbot, door)
    settled()
    return door


def test_a_password_and_enter_unlock(qtbot: QtBot, unlock: UnlockScreen) -> None:
    assert unlock.password.edit.hasFocus()
    unlock.password.edit.setText(PASSWORD)
    with qtbot.waitSignal(unlock.unlocked) as unlocked:
        qtbot.keyClick(unlock.password.edit, Qt.Key.Key_Return)
    assert isinstance(unlocked.args[0], FakeSession)
    assert unlock.password.value == ""


def test_a_wrong_password_says_how_many_tries_are_left(
    qtbot: QtBot, unlock: UnlockScreen, settled: Callable[[], None]
) -> None:
    unlock.password.edit.setText("falsch")
    qtbot.keyClick(unlock.password.edit, Qt.Key.Key_Return)
    settled()
    assert "工号或密码不正确。还可以再试 4 次" in says(unlock)
    assert unlock.password.value == ""
    assert unlock.password.edit.hasFocus()


def test_an_empty_password_is_no_try(qtbot: QtBot, unlock: UnlockScreen, lock: Lock) -> None:
    qtbot.keyClick(unlock.password.edit, Qt.Key.Key_Return)
    assert "请填写这一项。" in says(unlock)
    assert lock.state.left == 5


def test_too_many_tries_count_down_and_open_again(
    qtbot: QtBot, unlock: UnlockScreen, lock: Lock, settled: Callable[[], None]
) -> None:
    for _ in range(5):
        unlock.password.edit.setText("falsch")
        unlock.unlock()
        settled()
    assert "请在 1 分 30 秒后再试" in says(unlock)
    assert not unlock.go.isEnabled()
    for _ in range(89):
        unlock._second.timeout.emit()
    assert "请在 0 分 01 秒后再试" in says(unlock)
    lock.state = Left(1)
    unlock._second.timeout.emit()
    settled()
    assert unlock.go.isEnabled()
    assert "还可以再试 1 次" in says(unlock)


def test_another_officer_is_chosen_from_the_keyboard(
    qtbot: QtBot, unlock: UnlockScreen, lock: Lock, settled: Callable[[], None]
) -> None:
    button = unlock.officers.button("HH0002")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    settled()
    assert unlock.officers.value == "HH0002"
    assert lock.asked[-1] == "HH0002"
    assert unlock.password.edit.hasFocus()


def enrol_door(qtbot: QtBot, problem: Problem | None = None) -> EnrolScreen:
    def enrol(link: str, number: str, password: str, step: Callable[[str], None]) -> Session:
        step("正在核对中心服务的证书")
        if problem is not None:
            raise problem
        return FakeSession()

    door = EnrolScreen(enrol)
    shown(qtbot, door)
    return door


def fill(door: EnrolScreen, repeat: str = PASSWORD) -> None:
    for field, value in zip(door._fields, (LINK, "HH0001", PASSWORD, repeat), strict=True):
        field.edit.setText(value)


def test_the_first_start(qtbot: QtBot, worker: object) -> None:
    door = enrol_door(qtbot)
    assert door.link.edit.hasFocus()
    fill(door)
    with qtbot.waitSignal(door.enrolled):
        qtbot.keyClick(door.repeat.edit, Qt.Key.Key_Return)
    assert not any(field.value for field in door._fields), "no password stays in a field"


def test_what_is_missing_is_pointed_at(qtbot: QtBot, worker: object) -> None:
    door = enrol_door(qtbot)
    door.enrol()
    assert "请填写这一项。" in says(door)
    fill(door, repeat="etwas anderes")
    door.enrol()
    assert "两次输入的密码不一样。" in says(door)
    assert door.repeat.edit.hasFocus()


@pytest.mark.parametrize("problem", [EnrolmentRefused(), WeakPassword(), ServiceDown()], ids=lambda p: p.code)
def test_every_refusal_is_a_sentence_and_can_be_repaired(
    qtbot: QtBot, worker: object, settled: Callable[[], None], problem: Problem
) -> None:
    door = enrol_door(qtbot, problem)
    fill(door)
    with qtbot.assertNotEmitted(door.enrolled):
        door.enrol()
        settled()
    assert problem.sentence in says(door)
    assert problem.advice in says(door)
    assert door.go.isEnabled()
    assert door.link.edit.isEnabled()
