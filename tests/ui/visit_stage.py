"""A visit in the real window, offscreen: real screens and threads, a session in memory, real keys."""

from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from inspector import inspection as rules
from inspector.inspection import (
    Comparison,
    Comparisons,
    Inspection,
    ItemFinding,
    Notice,
    Signature,
    SignerRole,
    Stroke,
)
from inspector.papers import record
from inspector.scan.frames import Still
from tests.ui.fake_session import MORNING, FakeClock, FakeSession, inspection
from tests.ui.shops import ready
from ui.camera import Camera
from ui.desk import Desk
from ui.looking import MakeSource
from ui.pictures import PictureBox
from ui.screens.evidence import EvidenceScreen
from ui.screens.history import HistoryScreen
from ui.screens.inspect import InspectScreen
from ui.screens.notice import NoticeScreen
from ui.screens.review import ReviewScreen
from ui.screens.screen import Screen
from ui.screens.sign import SignScreen
from ui.screens.start import StartScreen
from ui.sound import Sound
from ui.window import Window
from ui.work import Worker

PATIENCE = 20_000
"""Milliseconds until something that must come counts as missing, on a loaded machine."""


class Today(Screen):
    """Where the other screens go back to."""

    name = "today"


def grey_picture(_: str = "") -> Still:
    """A camera that sees a grey wall."""
    return Still(np.full((240, 320, 3), 128, np.uint8))


class VisitStage:
    """Use as a context manager: everything is joined and closed at its end."""

    def __init__(self, qtbot: QtBot, make_source: MakeSource = grey_picture) -> None:
        self.qtbot = qtbot
        self.clock, self.session = FakeClock(), FakeSession()
        self.worker = Worker()
        self.worker.__enter__()
        self.camera = Camera(make_source)
        self.desk = Desk(self.session, self.clock)
        pictures = PictureBox(self.session)
        self.start, self.notice = StartScreen(self.desk), NoticeScreen(self.desk)
        self.inspect = InspectScreen(self.desk, pictures)
        self.evidence = EvidenceScreen(self.desk, pictures, self.camera)
        self.sign, self.review = SignScreen(self.desk), ReviewScreen(self.desk)
        self.history = HistoryScreen(self.session)
        self.window = Window(Sound(), self.clock.now)
        screens = [self.start, self.notice, self.inspect, self.evidence, self.sign, self.review, self.history]
        self.window.resize(1366, 768)
        self.window.admit(self.session, ready(Today(), *screens), 60)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE)

    def __enter__(self) -> "VisitStage":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.settle()
        self.camera.close()
        self.desk.timer.stop()
        self.window.close()
        self.worker.close()
        self.window.deleteLater()
        self.desk.deleteLater()

    @property
    def visit(self) -> Inspection:
        return self.desk.inspection

    def open(self, visit: Inspection) -> None:
        """Have an inspection on the desk, as after ``begin``."""
        self.session.stored[visit.event_id] = visit
        self.desk.open(visit, self.session.template(visit.template))

    def ready(self) -> Inspection:
        """An inspection that can be sealed, signed on the present words."""
        visit = inspection()
        for item in rules.items_of(visit, self.session.template(visit.template)):
            visit = rules.answer(visit, item.id, ItemFinding.CONFORMS)
        visit = replace(
            visit,
            notice=Notice(certificates_shown=True, rights_told=True),
            comparisons=Comparisons(*[Comparison.SAME] * 5),
            outcomes=("no_problem",),
            ended_at=MORNING + timedelta(minutes=20),
        )
        self.clock.at = MORNING + timedelta(minutes=20)
        mark = record.text_hash(record.words(visit, self.session.template(visit.template)))
        line = Stroke(tuple((0.2 + n / 20, 0.1 + n % 3 / 20, 0.5, n * 20) for n in range(12)))
        for role in (SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B):
            visit = rules.sign(visit, Signature(role, role.label, (line,), self.clock.at, mark))
        return visit

    def go(self, name: str, **arguments: Any) -> None:
        self.window.go(name, **arguments)
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys such as ``1`` or ``Ctrl+Return`` where the focus is."""
        for key in keys:
            combination = QKeySequence(key)[0]
            target = QApplication.focusWidget() or self.window
            QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
            self.settle()

    def write(self, text: str) -> None:
        """Type text where the focus is; Chinese comes as an input method commits it."""
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            field.insert(text)
            field.textEdited.emit(field.text())
        else:
            assert isinstance(field, QPlainTextEdit), field
            field.insertPlainText(text)
        self.settle()

    def tab_to(self, widget: QWidget) -> None:
        """Reach a widget with the Tab key alone."""
        for _ in range(100):
            focused = QApplication.focusWidget()
            if focused is widget or (focused is not None and widget.focusProxy() is focused):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {widget.accessibleName() or widget}")

    def scribble(self, role: SignerRole, strokes: int = 3) -> None:
        """Write something like a name on a pad with the mouse."""
        pad = self.sign.boxes[role].pad
        step = QPoint(pad.width() // 24, pad.height() // 14)
        for stroke in range(strokes):
            at = QPoint(pad.width() // 4 + stroke * pad.width() // 6, pad.height() // 5)
            QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=at)
            for point in range(1, 8):
                QTest.mouseMove(pad, at + QPoint(step.x() * (point % 3), step.y() * point))
            QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=at + QPoint(0, step.y() * 8))
        self.settle()

    def save(self) -> None:
        """Let the autosave happen now instead of waiting for its timer."""
        if self.desk.timer.isActive():
            self.desk.timer.stop()
            self.desk.timer.timeout.emit()
        self.settle()

    def settle(self) -> None:
        """Let everything that is queued happen: keys held back for a scanner gun, work off the UI thread."""

        def calm() -> bool:
            return self.worker.idle and not self.window.wedge.waiting

        QApplication.processEvents()
        self.qtbot.waitUntil(calm, timeout=PATIENCE)
        QApplication.processEvents()
