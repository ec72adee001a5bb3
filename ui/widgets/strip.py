"""A line under the top bar that says what happened and what to do next. It never takes the focus or blocks."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ui import words
from ui.style import restyle
from ui.theme import Gap
from ui.widgets.boxes import row
from ui.widgets.icon import Icon, set_icon
from ui.widgets.text import text

GONE_AFTER = 6000
"""Milliseconds after which good news goes away by itself; troubles stay until they are dismissed or replaced."""
_ICONS = {"ok": "checkmark_circle", "warn": "warning", "bad": "dismiss_circle"}


class Strip(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._icon, self._words = Icon("info", "ink2", 22), text("", "vb", wrap=True)
        self._action = QPushButton()
        self._action.setObjectName("link")
        self._action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action.clicked.connect(self._act)
        self._close = QPushButton()
        self._close.setObjectName("link")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.setAccessibleName(words.DISMISS)
        set_icon(self._close, "dismiss", "ink")
        self._close.clicked.connect(self.dismiss)
        box = row(self._icon, gap=Gap.MEDIUM, margins=(Gap.LARGE, 2, Gap.SMALL, 2), owner=self)
        box.addWidget(self._words, 1)
        box.addWidget(self._action)
        box.addWidget(self._close)
        self._then: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def words(self) -> str:
        """What it says; empty when hidden."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, sentence: str, tone: str = "ok", action: str = "", then: Callable[[], object] | None = None) -> None:
        """Show a sentence; with ``action`` also a button that calls ``then``."""
        self._timer.stop()
        self._words.setText(sentence)
        self._icon.show_icon(_ICONS[tone], f"{tone}_ink")
        self.setProperty("tone", tone)
        self.setAccessibleName(sentence)
        self._then = then
        self._action.setText(action)
        self._action.setVisible(bool(action))
        restyle(self, self._words)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if tone == "ok":
            self._timer.start(GONE_AFTER)

    def move_on(self) -> None:
        """The officer has gone to another screen: good news is old news there, troubles stay."""
        if self.property("tone") == "ok":
            self.dismiss()

    def dismiss(self) -> None:
        self._timer.stop()
        self._then = None
        self.hide()

    def _act(self) -> None:
        then = self._then
        self.dismiss()
        if then:
            then()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()
