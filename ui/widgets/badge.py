"""Four silhouettes for four verdicts: disc, triangle, octagon, dashed ring. They survive greyscale."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.verdict import Colour
from ui.style import look

TONES = {Colour.PASS: "ok", Colour.ATTENTION: "warn", Colour.FAIL: "bad", Colour.UNKNOWN: "unk"}
"""The tone of the theme for each colour of a verdict."""
_FLAT = Qt.PenStyle.NoPen
_ROUND = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def draw_badge(painter: QPainter, box: QRectF, colour: Colour, ink: QColor, paper: QColor) -> None:
    """Draw the silhouette in ``ink`` with its sign cut out in ``paper``, on a grid of 64 × 64 scaled into ``box``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 64, box.height() / 64)
    _SHAPES[colour](painter, ink, paper)
    painter.restore()


def _disc(painter: QPainter, ink: QColor, paper: QColor) -> None:
    painter.setPen(_FLAT)
    painter.setBrush(ink)
    painter.drawEllipse(QPointF(32, 32), 28, 28)
    painter.setPen(QPen(paper, 6, *_ROUND))
    painter.drawPolyline(QPolygonF([QPointF(19, 33), QPointF(28, 42), QPointF(45, 23)]))


def _triangle(painter: QPainter, ink: QColor, paper: QColor) -> None:
    painter.setPen(QPen(ink, 8, *_ROUND))
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(32, 9), QPointF(58, 54), QPointF(6, 54)]))
    painter.setPen(QPen(paper, 6, *_ROUND))
    painter.drawLine(QPointF(32, 24), QPointF(32, 38))
    painter.drawPoint(QPointF(32, 49))


def _octagon(painter: QPainter, ink: QColor, paper: QColor) -> None:
    near, far = 19, 45
    corners = ((near, 2), (far, 2), (62, near), (62, far), (far, 62), (near, 62), (2, far), (2, near))
    painter.setPen(_FLAT)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setPen(QPen(paper, 8, *_ROUND))
    painter.drawLine(QPointF(21, 21), QPointF(43, 43))
    painter.drawLine(QPointF(43, 21), QPointF(21, 43))


def _ring(painter: QPainter, ink: QColor, paper: QColor) -> None:
    dashes = QPen(ink, 5)
    dashes.setDashPattern([2.2, 1.3])
    painter.setPen(dashes)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(32, 32), 28, 28)
    font = painter.font()
    font.setPixelSize(38)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(QRectF(0, -1, 64, 64), Qt.AlignmentFlag.AlignCenter, "?")


_SHAPES = {Colour.PASS: _disc, Colour.ATTENTION: _triangle, Colour.FAIL: _octagon, Colour.UNKNOWN: _ring}


class Badge(QWidget):
    """The silhouette of a verdict beside a name in a list."""

    def __init__(self, colour: Colour, size: int = 22) -> None:
        super().__init__()
        self._colour, self._size = colour, size
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(colour.label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(look().px(self._size), look().px(self._size))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        ink = QColor(look().colour(f"{TONES[self._colour]}_ink"))
        draw_badge(QPainter(self), QRectF(self.rect()), self._colour, ink, QColor(look().colour("surface")))
