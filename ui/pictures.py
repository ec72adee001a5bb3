"""Photos of the inspection as small pictures: fetched and decoded off the UI thread, the last ones kept."""

from collections import OrderedDict

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from cache.session import Session
from inspector.errors import Problem
from ui.work import run

SIDE = 640
"""Pixels of the longer side: sharp on the largest screen, 1 MB in memory."""
KEPT = 60


class PictureBox(QObject):
    """``get`` answers at once with what is there, and ``loaded`` tells when more is."""

    loaded = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._coming: set[str] = set()

    def get(self, sha256: str) -> QImage | None:
        """The small picture, or None while it is fetched; a null image when it cannot be read."""
        if sha256 in self._kept:
            self._kept.move_to_end(sha256)
            return self._kept[sha256]
        if sha256 not in self._coming:
            self._coming.add(sha256)
            run(_fetch, self._session, sha256, done=self._came)
        return None

    def _came(self, came: tuple[str, QImage]) -> None:
        sha256, image = came
        self._coming.discard(sha256)
        self._kept[sha256] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.loaded.emit()


def small(data: bytes) -> QImage:
    """Decode a photo no larger than is shown, upright; a null image when it is none."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > SIDE:
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def _fetch(session: Session, sha256: str) -> tuple[str, QImage]:
    try:
        return sha256, small(session.picture(sha256))
    except Problem:  # shown as an empty frame; the seal says what is wrong with the photo
        return sha256, QImage()
