"""The camera's picture, cut to fill, with each code outlined and one line that tells what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.payload import decode_text
from inspector.scan.framing import Part
from inspector.scan.reading import Reading
from ui.style import look
from ui.theme import Gap
from ui.widgets.icon import pixmap

_ROUND, _TAG, _MARGIN = 12, 30, 10
_LONGEST_LABEL = 24
_AROUND = 1.16
"""The outline stands a little off the code, so that the code stays visible."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A code in the picture: four corners in its pixels, and what it is."""

    corners: tuple[tuple[float, float], ...]
    label: str


def label_of(reading: Reading) -> str:
    """What a code says, short enough for the picture."""
    text = " ".join(decode_text(reading.data).split())
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


class Viewfinder(QWidget):
    """Shows the last frame until the next. ``picked`` is the number of the outline that was touched."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self._image = QImage()
        self._outlines: tuple[Outline, ...] = ()
        self._hint = ""
        self._mirrored = False

    @property
    def image(self) -> QImage:
        """The frame shown."""
        return self._image

    @property
    def outlines(self) -> tuple[Outline, ...]:
        return self._outlines

    @property
    def hint(self) -> str:
        return self._hint

    def show_frame(self, image: QImage) -> None:
        self._image = image
        self.update()

    def show_outlines(self, outlines: Sequence[Outline]) -> None:
        self._outlines = tuple(outlines)
        self.setAccessibleDescription("；".join(o.label for o in outlines))
        self.update()

    def show_hint(self, hint: str) -> None:
        """One short sentence at the top; empty takes it away."""
        if hint != self._hint:
            self._hint = hint
            self.setAccessibleDescription(hint)
            self.update()

    def mirror(self, on: bool) -> None:
        """Show left and right exchanged, for cameras that face the officer. Reading is not affected."""
        self._mirrored = on
        self.update()

    def part_under(self, area: QRectF) -> Part | None:
        """Which part of the picture lies under ``area`` of the widget; None without a picture."""
        if self._image.isNull():
            return None
        place = self._place()
        seen = area.intersected(QRectF(self.rect()))
        left = (seen.x() - place.x()) / place.width()
        width, height = seen.width() / place.width(), seen.height() / place.height()
        return (1 - left - width if self._mirrored else left, (seen.y() - place.y()) / place.height(), width, height)

    def _place(self) -> QRectF:
        """Where the picture lies: it fills the widget, what is too much is cut off evenly."""
        scale = max(self.width() / self._image.width(), self.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _polygon(self, outline: Outline) -> QPolygonF:
        place = self._place()
        scale = place.width() / self._image.width()
        count = len(outline.corners)
        middle_x = sum(x for x, _ in outline.corners) / count
        middle_y = sum(y for _, y in outline.corners) / count
        points = []
        for x, y in outline.corners:
            across = (middle_x + (x - middle_x) * _AROUND) * scale
            across = place.width() - across if self._mirrored else across
            points.append(QPointF(place.x() + across, place.y() + (middle_y + (y - middle_y) * _AROUND) * scale))
        return QPolygonF(points)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._image.isNull():
            return
        for number, outline in enumerate(self._outlines):
            if self._polygon(outline).boundingRect().contains(event.position()):
                self.picked.emit(number)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(area, _ROUND, _ROUND)
        painter.setClipPath(shape)
        painter.fillRect(area, QColor(look().colour("scrim")))
        if not self._image.isNull():
            painter.save()
            if self._mirrored:
                painter.translate(self.width(), 0)
                painter.scale(-1, 1)
            painter.drawImage(self._place(), self._image)
            painter.restore()
            polygons = [self._polygon(o) for o in self._outlines]
            if polygons:
                self._paint_shade(painter, area, polygons)
            for polygon, outline in zip(polygons, self._outlines, strict=True):
                self._paint_brackets(painter, polygon)
                self._paint_tag(painter, polygon.boundingRect(), outline.label)
        if self._hint:
            self._paint_hint(painter)

    def _paint_shade(self, painter: QPainter, area: QRectF, polygons: list[QPolygonF]) -> None:
        shade = QPainterPath()
        shade.addRect(area)
        for polygon in polygons:
            hole = QPainterPath()
            hole.addPolygon(polygon)
            hole.closeSubpath()
            shade = shade.subtracted(hole)
        painter.fillPath(shade, self._scrim(0.38))

    def _paint_brackets(self, painter: QPainter, polygon: QPolygonF) -> None:
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(QColor(look().colour("found")), 4, Qt.PenStyle.SolidLine, cap, join))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        count = polygon.size()
        for i in range(count):
            corner, after, before = polygon.at(i), polygon.at((i + 1) % count), polygon.at((i - 1) % count)
            arms = [corner + (after - corner) * 0.28, corner, corner + (before - corner) * 0.28]
            painter.drawPolyline(QPolygonF(arms))

    def _paint_tag(self, painter: QPainter, code: QRectF, label: str) -> None:
        self._letter(painter)
        height = look().px(_TAG)
        width = min(painter.fontMetrics().horizontalAdvance(label) + height + _MARGIN, self.width() - 2 * _MARGIN)
        left = min(max(code.center().x() - width / 2, _MARGIN), self.width() - width - _MARGIN)
        tag = QRectF(left, code.bottom() + _ROUND, width, height)
        if tag.bottom() > self.height() - _LENSES:
            tag.moveBottom(max(code.top() - _ROUND, height + _MARGIN))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look().colour("found")))
        painter.drawRoundedRect(tag, height / 2, height / 2)
        ink, icon = look().colour("on_found"), look().px(18)
        painter.drawPixmap(QPointF(tag.x() + 9, tag.center().y() - icon / 2), pixmap("checkmark_filled", ink, icon))
        painter.setPen(QColor(ink))
        words = tag.adjusted(height, 0, -8, 0)
        elided = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_hint(self, painter: QPainter) -> None:
        self._letter(painter)
        height = look().px(_TAG) + 6
        room = self.width() - 2 * _MARGIN
        width = min(painter.fontMetrics().horizontalAdvance(self._hint) + 2 * Gap.HUGE, room)
        box = QRectF((self.width() - width) / 2, _ROUND, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._scrim(0.82))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(QColor(look().colour("on_scrim")))
        elided = painter.fontMetrics().elidedText(self._hint, Qt.TextElideMode.ElideRight, int(width - Gap.HUGE))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, elided)

    def _letter(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(look().px(14))
        font.setBold(True)
        painter.setFont(font)

    def _scrim(self, alpha: float) -> QColor:
        colour = QColor(look().colour("scrim"))
        colour.setAlphaF(alpha)
        return colour


_LENSES = 76
"""Height of the row of buttons at the foot: tags stay off it."""
