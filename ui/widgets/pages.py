"""The pages of a paper, one under the other, as wide as there is room: what is seen is what is printed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget


class Page(QWidget):
    """One page, scaled to the width that it is given; the scaled picture is kept until the width changes."""

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(name)
        self._image = image
        self._scaled = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * self._image.height() / max(1, self._image.width()))

    def sizeHint(self) -> QSize:
        return self._image.size()

    def minimumSizeHint(self) -> QSize:
        return QSize(1, self.heightForWidth(max(1, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        width = round(self.width() * ratio)
        if self._scaled.width() != width:
            scaled = self._image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
            self._scaled = QPixmap.fromImage(scaled)
            self._scaled.setDevicePixelRatio(ratio)
        QPainter(self).drawPixmap(0, 0, self._scaled)


class Pages(QScrollArea):
    """Scrolls with the wheel, a finger, and the page keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_pages(())

    @property
    def count(self) -> int:
        return len(self.widget().findChildren(Page))

    def show_pages(self, images: tuple[QImage, ...]) -> None:
        """Put these pages in place of what was there, keeping the place when their number is the same."""
        place = self.verticalScrollBar().value()
        desk = QWidget()
        desk.setObjectName("pagesDesk")
        column = QVBoxLayout(desk)
        for number, image in enumerate(images, 1):
            column.addWidget(Page(image, f"第 {number} 页，共 {len(images)} 页"))
        column.addStretch(1)
        self.setWidget(desk)
        self.verticalScrollBar().setValue(place)


def decode_pages(pages: tuple[bytes, ...]) -> tuple[QImage, ...]:
    """PNG bytes to pictures; slow enough to be called off the UI thread."""
    return tuple(QImage.fromData(page) for page in pages)
