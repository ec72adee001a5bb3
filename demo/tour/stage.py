"""What a tour stands on: printed steps, checked claims, screenshots, and patience instead of sleep."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

PATIENCE = 120.0
"""Seconds that the tour waits for something on a loaded machine before it calls it a failure."""


HUMAN_PACE = 90
"""Milliseconds between two keys."""


class TourFailed(Exception):
    """A step did not turn out as it must be."""


class Stage:
    """Drives a window as a user would, and keeps the protocol of what was seen."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._say = say
        self._number = 0
        self._shots = 0
        self.window: QWidget | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step of the day: named, timed, and failed with its name if anything in it fails."""
        self._number += 1
        self._say(f"{self._number:2d}. {title}")
        started = time.monotonic()
        try:
            yield
        except TourFailed as failure:
            self.shot("failed")
            raise TourFailed(f"步骤 {self._number}（{title}）：{failure}") from failure
        self._say(f"      {time.monotonic() - started:.1f} s")

    def verify(self, claim: str, holds: object) -> None:
        """Print a claim that holds; raise when it does not."""
        if not holds:
            raise TourFailed(f"不成立：{claim}")
        self._say(f"    ✓ {claim}")

    def until(self, what: str, condition: Callable[[], object]) -> None:
        """Let the program run until ``condition`` holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TourFailed(f"等待超时：{what}")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            QTest.qWait(5)

    def press(self, keys: str, on: QWidget | None = None) -> None:
        """Press a key or shortcut such as ``Ctrl+Return``, as the keyboard would send it."""
        target = on or QApplication.focusWidget() or self.top()
        combination = QKeySequence(keys)[0]  # type: ignore[index]
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
        # Keys that follow each other faster than hands can type are taken for a scanner gun's.
        QTest.qWait(HUMAN_PACE)

    def type(self, text: str, into: QWidget | None = None) -> None:
        """Put text into a field as an input method commits it: at once."""
        target = into or QApplication.focusWidget()
        if isinstance(target, QLineEdit):
            target.insert(text)
            target.textEdited.emit(target.text())
        elif isinstance(target, QPlainTextEdit):
            target.insertPlainText(text)
        else:
            raise TourFailed(f"这里不能输入文字：{type(target).__name__}")
        self.settle()

    def click(self, target: QWidget, at: QPoint | None = None) -> None:
        """Click a widget that the user can see and use."""
        if not (target.isVisible() and target.isEnabled()):
            raise TourFailed(f"控件不可用：{target.objectName() or target.accessibleName() or type(target).__name__}")
        QTest.mouseClick(
            target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or target.rect().center()
        )
        self.settle()

    def settle(self) -> None:
        """Let everything that is queued happen."""
        for _ in range(3):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def top(self) -> QWidget:
        if self.window is None:
            raise TourFailed("窗口还没有打开")
        return self.window

    def shot(self, name: str) -> Path | None:
        """Leave a screenshot of the window; verified to be a picture that is not blank."""
        if self.window is None:
            return None
        self.settle()
        self._shots += 1
        path = self.folder / f"{self._shots:02d}-{name}.png"
        picture = self.window.grab()
        if picture.isNull() or not picture.save(str(path)):
            raise TourFailed(f"截图没有保存：{path.name}")
        return path
