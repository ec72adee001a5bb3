"""Zooming with the hand: draw a frame around a code, turn the wheel on it, or double-click for the whole picture."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QRubberBand

from inspector.scan.framing import Part
from ui.widgets.viewfinder import Viewfinder

LEAST = 24
"""Pixels: a shorter stroke is a click."""
STEP = 0.7
"""What one step of the wheel leaves of width and height."""


class Lasso(QObject):
    """``chosen`` is the part of the picture shown that was drawn around, or None for the whole."""

    chosen = Signal(object)

    def __init__(self, finder: Viewfinder) -> None:
        super().__init__(finder)
        self._finder = finder
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, finder)
        self._from: QPoint | None = None
        finder.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.button() | event.buttons() == Qt.MouseButton.LeftButton:
            return self._mouse(event)
        if isinstance(event, QWheelEvent) and event.angleDelta().y():
            self._wheel(event)
            return True
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        here = event.position().toPoint()
        if event.type() is QEvent.Type.MouseButtonDblClick:
            self.chosen.emit(None)
            return True
        if event.type() is QEvent.Type.MouseButtonPress:
            self._from = here
        elif event.type() is QEvent.Type.MouseMove and self._from is not None:
            self._band.setGeometry(QRect(self._from, here).normalized())
            self._band.show()
        elif event.type() is QEvent.Type.MouseButtonRelease and self._from is not None:
            drawn, self._from = QRect(self._from, here).normalized(), None
            self._band.hide()
            if min(drawn.width(), drawn.height()) >= LEAST:
                self._choose(QRectF(drawn))
                return True
        return False

    def _wheel(self, event: QWheelEvent) -> None:
        """Forward: nearer, around the pointer. Back: the whole picture."""
        if event.angleDelta().y() < 0:
            self.chosen.emit(None)
            return
        at, finder = event.position(), self._finder
        near = QSizeF(finder.width() * STEP, finder.height() * STEP)
        self._choose(QRectF(at * (1 - STEP), near))

    def _choose(self, drawn: QRectF) -> None:
        part: Part | None = self._finder.part_under(drawn)
        if part is not None:
            self.chosen.emit(part)
