"""The window: rail, top bar, strip, and the screen at hand. It knows no rules and opens nothing.

Screens are made one at a time between two events, or when somebody goes there first: all at once would hold the window
for half a second.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from cache.session import Session
from inspector.errors import Problem
from ui import keys, words
from ui.idle import Idle
from ui.problem import show_problem
from ui.screens.screen import Screen
from ui.sound import Sound
from ui.style import application, look, wear
from ui.theme import DAY, SUN, THEMES, Look, Scale, Theme
from ui.wedge import Wedge
from ui.widgets.boxes import column, row
from ui.widgets.keysheet import KeySheet
from ui.widgets.rail import BRIGHT, Rail
from ui.widgets.strip import Strip
from ui.widgets.topbar import TopBar
from ui.work import run

MakeScreen = Callable[[], Screen]

TOP_HEIGHT = 56
REFRESH = 30_000
"""Milliseconds between two looks at the age of the data and the connection."""


def preferred(session: Session) -> tuple[Look, bool]:
    """The officer's look, and whether there is sound; off the UI thread."""
    look_ = Look(THEMES[session.setting("theme")], Scale(session.setting("size")))
    return look_, session.setting("sound") == "on"


class Window(QMainWindow):
    """Shows one door (unlock, enrolment) or, after ``admit``, the screens of a session."""

    locking = Signal()
    """The officer pressed F12, or was idle: forget the keys."""
    closing = Signal()

    def __init__(self, sound: Sound, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setWindowTitle(words.APP)
        self.sound = sound
        self._now = now
        self._session: Session | None = None
        self._screens: dict[str, Screen] = {}
        self._makers: dict[str, MakeScreen] = {}
        self._current: Screen | None = None
        self._other_theme: Theme = DAY
        self.rail, self.top, self.strip, self.stack = Rail(), TopBar(), Strip(), QStackedWidget()
        self.sheet = KeySheet(self)
        self.idle, self.wedge = Idle(self), Wedge(self)
        self._refresher = QTimer(self)
        self._refresher.setInterval(REFRESH)
        self._refresher.timeout.connect(self.refresh)
        self._maker = QTimer(self)
        self._maker.timeout.connect(self._make_next)
        self._build()
        self._bind()
        self._watch(True)
        self.top.setFixedHeight(look().px(TOP_HEIGHT))

    @property
    def current(self) -> str:
        """Name of the screen that is shown; empty at the door."""
        return self._current.name if self._current else ""

    def screen_named(self, name: str) -> Screen:
        """Made now, if it was not yet. Raises KeyError."""
        if name in self._makers:
            self._add(self._makers.pop(name)())
        return self._screens[name]

    def show_door(self, door: QWidget) -> None:
        """Nobody is unlocked: show only this, and drop the screens of the last session."""
        self._refresher.stop()
        self._maker.stop()
        self._makers = {}
        self.idle.stop()
        self.wedge.enabled = False
        if self._current:
            self._current.leave()
        self._current, self._session = None, None
        self._show_only(door)
        self._screens = {}
        self._frame(False)
        door.setFocus()

    def admit(self, session: Session, screens: Mapping[str, MakeScreen], minutes: float) -> None:
        """An officer is unlocked; ``minutes`` without a touch lock again. ``screens`` are made when needed."""
        self._session = session
        self._makers = dict(screens)
        self._show_only(self.screen_named(next(iter(screens))))
        self.top.officer.setText(session.officer.name)
        self._frame(True)
        self.strip.dismiss()
        self.wedge.enabled = True
        self.idle.start(minutes)
        self._refresher.start()
        run(preferred, session, done=self._prefer)
        self.refresh()
        self.go("today")
        self._maker.start()

    def go(self, name: str, **arguments: Any) -> None:
        """Leave the screen at hand and enter another, or the same anew."""
        if name not in self._screens and name not in self._makers:
            return
        screen = self.screen_named(name)
        if self._current is not None and self._current is not screen:
            self._current.leave()
            self.strip.move_on()
        self._current = screen
        self.sheet.hide()
        self.stack.setCurrentWidget(screen)
        self.top.title.setText(screen.title)
        self.top.crumb.show_text("")
        self.rail.mark(name)
        screen.setFocus(Qt.FocusReason.OtherFocusReason)
        screen.enter(**arguments)

    def trouble(self, problem: Problem) -> None:
        show_problem(self.strip, problem)

    def say(self, sentence: str) -> None:
        self.strip.say(sentence)

    def refresh(self) -> None:
        """Look at the age of the data and at the connection anew."""
        if self._session is not None:
            run(self._session.register, done=self._show_register)
            run(self._session.sync_status, done=self._show_sync)

    def lock(self) -> None:
        if self._session is not None:
            self.locking.emit()

    def dress(self, new: Look) -> None:
        """Wear another theme or size."""
        wear(new)
        self.top.setFixedHeight(new.px(TOP_HEIGHT))
        self.rail.mark_bright(new.theme is SUN)

    def toggle_bright(self) -> None:
        """F9: the high-contrast theme and back."""
        now = look()
        if now.theme is SUN:
            self.dress(Look(self._other_theme, now.scale))
        else:
            self._other_theme = now.theme
            self.dress(Look(SUN, now.scale))

    def toggle_sound(self) -> None:
        """F8."""
        self.sound.on = not self.sound.on
        self.top.muted.setVisible(not self.sound.on)
        self.say(words.SOUND_ON if self.sound.on else words.SOUND_OFF)

    def toggle_full_screen(self) -> None:
        """F11."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def scan_text(self, code: str) -> None:
        """A scanner gun has read a code."""
        self.go("scan", data=code.encode())

    def _build(self) -> None:
        root = QWidget()
        root.setObjectName("root")
        right = column(self.top, self.strip, self.stack, gap=0)
        right.setStretch(2, 1)
        box = row(self.rail, gap=0, owner=root)
        box.addLayout(right, 1)
        self.setCentralWidget(root)
        self.rail.chosen.connect(self._rail_chosen)
        self.top.asked.connect(lambda: self.go("sync"))
        self.wedge.scanned.connect(self.scan_text)
        self.idle.passed.connect(self.lock)

    def _bind(self) -> None:
        for key, name in (
            (keys.TODAY, "today"),
            (keys.SCAN, "scan"),
            (keys.INSPECT, "inspect"),
            (keys.HISTORY, "history"),
            (keys.SYNC, "sync"),
            (keys.SETTINGS, "settings"),
        ):
            keys.bind(key, self, partial(self.go, name))
        keys.bind(keys.TYPE_CODE, self, lambda: self.go("scan", typing=True))
        keys.bind(keys.MUTE, self, self.toggle_sound)
        keys.bind(keys.BRIGHT, self, self.toggle_bright)
        keys.bind(keys.FULL_SCREEN, self, self.toggle_full_screen)
        keys.bind(keys.LOCK, self, self.lock)
        keys.bind(keys.SHEET, self, lambda: self.sheet.toggle(self.current))

    def _make_next(self) -> None:
        if self._makers:
            self.screen_named(next(iter(self._makers)))
        else:
            self._maker.stop()

    def _add(self, screen: Screen) -> None:
        self._screens[screen.name] = screen
        self.stack.addWidget(screen)
        screen.going.connect(self._went)
        screen.troubled.connect(self.trouble)
        screen.said.connect(self.say)
        screen.crumbed.connect(self.top.crumb.show_text)

    def _watch(self, on: bool) -> None:
        for watcher in (self.idle, self.wedge):
            if on:
                application().installEventFilter(watcher)
            else:
                application().removeEventFilter(watcher)

    def _went(self, name: str, arguments: dict[str, Any]) -> None:
        self.go(name, **arguments)

    def _rail_chosen(self, name: str) -> None:
        if name == BRIGHT[0]:
            self.toggle_bright()
        else:
            self.go(name)
        self.rail.mark(self.current)
        self.rail.mark_bright(look().theme is SUN)

    def _prefer(self, preference: tuple[Look, bool]) -> None:
        new, self.sound.on = preference
        self.top.muted.setVisible(not self.sound.on)
        self.dress(new)

    def _show_register(self, state: Any) -> None:
        self.top.show_register(state, self._now())

    def _show_sync(self, status: Any) -> None:
        self.top.show_sync(status, self._now())

    def _frame(self, on: bool) -> None:
        """Rail and top bar belong to an unlocked session."""
        self.rail.setVisible(on)
        self.top.setVisible(on)

    def _show_only(self, page: QWidget) -> None:
        """First the page, then the others go: each would be laid out as the current one when the one before it goes."""
        self.stack.setCurrentIndex(self.stack.addWidget(page))
        while (other := self.stack.widget(0)) is not page and other is not None:
            self.stack.removeWidget(other)
            other.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._refresher.stop()
        self._maker.stop()
        self.idle.stop()
        self.wedge.flush()
        self._watch(False)
        if self._current:
            self._current.leave()
        self.closing.emit()
        super().closeEvent(event)
