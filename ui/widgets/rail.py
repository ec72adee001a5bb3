"""The rail on the left: where one can go, with the key for each place."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QToolButton

from ui import keys, words
from ui.keys import Key
from ui.style import look
from ui.theme import Gap
from ui.widgets.boxes import column
from ui.widgets.icon import pixmap

PLACES: tuple[tuple[str, Key, str], ...] = (
    ("today", keys.TODAY, "home"),
    ("scan", keys.SCAN, "scan_dash"),
    ("inspect", keys.INSPECT, "clipboard_task"),
    ("history", keys.HISTORY, "history"),
    ("sync", keys.SYNC, "cloud_sync"),
)
SETTINGS = ("settings", keys.SETTINGS, "settings")
BRIGHT = ("bright", keys.BRIGHT, "weather_sunny")
_ICON = 26


class _RailButton(QToolButton):
    def __init__(self, words_: str, key: Key, icon: str) -> None:
        super().__init__()
        self._icon_name = icon
        self.setText(words_)
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{key.words}（{key.label}）")
        self.draw()

    def draw(self) -> None:
        on = self.isChecked()
        size = look().px(_ICON)
        name = f"{self._icon_name}_{'filled' if on else 'regular'}"
        self.setIconSize(QSize(size, size))
        self.setIcon(QIcon(pixmap(name, look().colour("rail_on_ink" if on else "rail_ink"), size)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.draw()
        super().changeEvent(event)


class Rail(QFrame):
    """``chosen`` is the name of a place, or ``bright`` for the switch of the high-contrast theme."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        box = column(gap=Gap.SMALL, margins=(8, 12, 8, 12), owner=self)
        self._buttons: dict[str, _RailButton] = {}
        for name, key, icon in PLACES:
            box.addWidget(self._button(name, key, icon))
        box.addStretch(1)
        for name, key, icon in (BRIGHT, SETTINGS):
            box.addWidget(self._button(name, key, icon))

    def button(self, name: str) -> QToolButton:
        return self._buttons[name]

    def mark(self, name: str) -> None:
        """Show where the officer is."""
        for place, button in self._buttons.items():
            if place != BRIGHT[0]:
                button.setChecked(place == name)
                button.draw()

    def mark_bright(self, on: bool) -> None:
        self._buttons[BRIGHT[0]].setChecked(on)
        self._buttons[BRIGHT[0]].draw()

    def _button(self, name: str, key: Key, icon: str) -> _RailButton:
        button = _RailButton(words.RAIL[name].format(key=key.label), key, icon)
        button.clicked.connect(lambda: self._choose(name))
        self._buttons[name] = button
        return button

    def _choose(self, name: str) -> None:
        # A click checks the button; what is marked is decided by where the window really goes.
        for button in self._buttons.values():
            button.draw()
        self.chosen.emit(name)
