"""A photo as a button: cut to fill, with its time and short hash across the foot."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui.style import look

WIDTH, HEIGHT, FOOT, TEXT, ROUND = 138, 104, 26, 13, 10


class Thumbnail(QAbstractButton):
    """Checked when it is the one at hand. Shows a grey field until ``show_image``."""

    def __init__(self, caption: str, name: str) -> None:
        super().__init__()
        self._caption = caption
        self._image: QImage | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(look().px(WIDTH), look().px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(WIDTH) // 2, look().px(HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = look()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        whole = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(whole, ROUND, ROUND)
        painter.setClipPath(shape)
        painter.fillRect(whole, QColor(now.colour("sunken")))
        if self._image is not None and not self._image.isNull():
            scale = max(whole.width() / self._image.width(), whole.height() / self._image.height())
            size = QRectF(0, 0, self._image.width() * scale, self._image.height() * scale)
            size.moveCenter(whole.center())
            painter.drawImage(size, self._image)
        foot = QRectF(0, whole.height() - now.px(FOOT), whole.width(), now.px(FOOT))
        scrim = QColor(now.colour("scrim"))
        scrim.setAlphaF(0.78)
        painter.fillRect(foot, scrim)
        font = painter.font()
        font.setPixelSize(now.px(TEXT))
        painter.setFont(font)
        painter.setPen(QColor(now.colour("on_scrim")))
        words = painter.fontMetrics().elidedText(
            self._caption, Qt.TextElideMode.ElideRight, int(foot.width()) - 2 * ROUND
        )
        painter.drawText(foot.adjusted(ROUND, 0, -ROUND, 0), Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus() or self.isChecked():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.colour("focus" if self.hasFocus() else "brand")), 6))
            painter.drawPath(shape)
