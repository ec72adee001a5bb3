"""A pad to sign on with mouse, finger or stylus: draws the ink and hands it out as strokes."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.inspection import Stroke
from ui.style import look
from ui.widgets.ink import MOUSE_PRESSURE, Ink

EDGE, ROUND = 2, 10
LOWEST = 60
"""Pixels of height below which nobody can write a name."""
THIN, SWELL = 1.6, 2.4
"""Width of ink without pressure, and what full pressure adds."""
ROUND_PEN = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


class SignaturePad(QWidget):
    """Shows strokes of a draft opened again just as those drawn now."""

    began = Signal()
    """A stroke is about to begin."""
    signed = Signal()
    """A stroke is finished."""

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self.ink = Ink()
        self.hint = hint
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, look().px(LOWEST))

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        return self.ink.strokes

    def show_strokes(self, strokes: tuple[Stroke, ...]) -> None:
        self.ink.clear()
        self.ink.strokes = strokes
        self.update()

    def clear(self) -> None:
        self.show_strokes(())

    def _press(self, at: QPointF, pressure: float, time: int) -> None:
        self.began.emit()
        self.ink.press(at.x(), at.y(), pressure, time, self.width())
        self.update()

    def _drag(self, at: QPointF, pressure: float, time: int) -> None:
        self.ink.drag(at.x(), at.y(), pressure, time, self.width())
        self.update()

    def _lift(self) -> None:
        if self.ink.lift():
            self.signed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(event.position(), MOUSE_PRESSURE, event.timestamp())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag(event.position(), MOUSE_PRESSURE, event.timestamp())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._press(event.position(), event.pressure(), event.timestamp())
        elif kind == QEvent.Type.TabletMove:
            self._drag(event.position(), event.pressure(), event.timestamp())
        elif kind == QEvent.Type.TabletRelease:
            self._lift()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """One finger writes; a palm that comes later does not."""
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel) or not event.points():
            self._lift()
            return
        point = event.points()[0]
        step = self._press if event.type() == QEvent.Type.TouchBegin else self._drag
        step(point.position(), point.pressure() or MOUSE_PRESSURE, event.timestamp())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(QColor(now.colour("brand" if self.hasFocus() else "line")), EDGE)
        painter.setPen(edge)
        painter.setBrush(QColor(now.colour("paper")))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), ROUND, ROUND)
        if not self.ink.all:
            painter.setPen(QColor(now.colour("unk")))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.hint)
        width = self.width()
        pen = QPen(QColor(now.colour("on_paper")), 1, *ROUND_PEN)
        for stroke in self.ink.all:
            points = [(QPointF(x * width, y * width), pressure) for x, y, pressure, _ in stroke.points]
            for (start, _), (end, pressure) in zip(points[:1] + points, points, strict=False):
                pen.setWidthF(THIN + pressure * SWELL)
                painter.setPen(pen)
                painter.drawLine(start, end)
