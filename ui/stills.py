"""Pictures that come from elsewhere than the camera: a file, the clipboard."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from inspector.errors import InputProblem, UnreadablePicture
from ui import words
from ui.style import application
from ui.work import run


class Stills(QObject):
    """``came`` brings the bytes of a picture, ``written`` a text in place of one."""

    came = Signal(bytes)
    written = Signal(str)
    failed = Signal(object)

    def open_picture(self, over: QWidget) -> None:
        """Ask for a picture file and read it."""
        dialog = QFileDialog(over, words.OPEN_PICTURE, str(Path.home()), words.PICTURES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    def read_file(self, path: str) -> None:
        run(_bytes_of, path, done=self.came.emit, failed=self.failed.emit)

    def paste(self) -> None:
        """A picture or a text from the clipboard."""
        clipboard = application().clipboard()
        image, text = clipboard.image(), clipboard.text().strip()
        if not image.isNull():
            run(_png, image, done=self.came.emit)
        elif text:
            self.written.emit(text)
        else:
            self.failed.emit(InputProblem(words.NOTHING_TO_PASTE, words.COPY_FIRST))


def _bytes_of(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UnreadablePicture from error


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
