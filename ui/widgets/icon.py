"""Icons: Fluent System Icons as they are, tinted with a token of the theme when they are drawn."""

import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from ui.style import look

FOLDER = Path(__file__).parent.parent / "assets" / "icons"
_TINT = re.compile(r"<(path|circle|rect|ellipse) ")
_DENSITY = 2.0
"""Drawn at twice the size, so that scaled screens stay sharp."""


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """An icon (``home_regular``; without a style it is ``_regular``) in ``#RRGGBB``, ``size`` pixels wide."""
    path = FOLDER / f"{name}.svg"
    if not path.exists():
        path = FOLDER / f"{name}_regular.svg"
    svg = _TINT.sub(rf'<\1 fill="{colour}" ', path.read_text(encoding="utf-8"))
    picture = QPixmap(round(size * _DENSITY), round(size * _DENSITY))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    picture.setDevicePixelRatio(_DENSITY)
    return picture


class Icon(QLabel):
    """A picture in a token's colour, ``size`` pixels wide at the standard size. Says nothing to screen readers."""

    def __init__(self, name: str, tint: str = "ink2", size: int = 20) -> None:
        super().__init__()
        self._name, self._tint, self._size = name, tint, size
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._draw()

    def show_icon(self, name: str, tint: str) -> None:
        self._name, self._tint = name, tint
        self._draw()

    def _draw(self) -> None:
        size = look().px(self._size)
        self.setFixedSize(size, size)
        self.setPixmap(pixmap(self._name, look().colour(self._tint), size))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._draw()
        super().changeEvent(event)


class _ButtonIcon(QWidget):
    """Sits unseen in a button and tints the button's icon anew when the look changes."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self.hide()
        self.name, self.tint, self.size_ = "", "ink", 20

    def draw(self) -> None:
        button = self.parentWidget()
        assert isinstance(button, QAbstractButton)
        size = look().px(self.size_)
        button.setIconSize(QSize(size, size))
        button.setIcon(QIcon(pixmap(self.name, look().colour(self.tint), size)) if self.name else QIcon())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.draw()
        super().changeEvent(event)


def set_icon(button: QAbstractButton, name: str, tint: str = "ink", size: int = 20) -> None:
    """Give a button a tinted icon (or none, for an empty name) that follows the look."""
    holder = button.findChild(_ButtonIcon, options=Qt.FindChildOption.FindDirectChildrenOnly) or _ButtonIcon(button)
    holder.name, holder.tint, holder.size_ = name, tint, size
    holder.draw()
