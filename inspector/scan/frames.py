"""Where frames come from: cameras, video files, folders of pictures, one picture; all alike to the scanner.

Tests and the demonstration use a clip or a folder where an officer has a camera.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2

from inspector.errors import UnreadablePicture
from inspector.scan.cameras import Camera, CameraInfo, list_cameras
from inspector.scan.frame import Frame
from inspector.scan.pictures import Image, decode_picture, encode_jpeg, load_picture

__all__ = [
    "Camera",
    "CameraInfo",
    "Frame",
    "FrameSource",
    "Image",
    "Pictures",
    "Still",
    "VideoFile",
    "decode_picture",
    "encode_jpeg",
    "list_cameras",
    "load_picture",
]

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


class FrameSource(Protocol):
    """Opened once, read until it ends, closed; may be opened again after that. Used from one thread."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    def open(self) -> None:
        """Take the device or file. Raises a ScanProblem leaf."""

    def read(self) -> Frame | None:
        """The next frame; None when there are no more. Raises a ScanProblem leaf when the source is lost."""

    def light(self, on: bool) -> bool:
        """Switch the source's own lamp; False when it has none."""

    def close(self) -> None:
        """Give the device or file back; harmless when not open."""


class _Lampless:
    """Films and pictures have no lamp."""

    def light(self, on: bool) -> bool:
        return False


class VideoFile(_Lampless):
    """A film as a camera, at the speed it is read."""

    def __init__(self, path: Path | str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = Path(path)
        self._clock = clock
        self._capture: cv2.VideoCapture | None = None
        self._number = 0

    @property
    def name(self) -> str:
        return self._path.name

    def open(self) -> None:
        self.close()
        if not self._path.is_file():
            raise UnreadablePicture(f"找不到文件 {self.name}。", "请检查文件是否还在原来的位置。")
        capture = cv2.VideoCapture(str(self._path))
        if not capture.isOpened():
            capture.release()
            raise UnreadablePicture(f"视频 {self.name} 打不开。", "请换用 MP4 或 AVI 视频。")
        self._capture, self._number = capture, 0

    def read(self) -> Frame | None:
        if self._capture is None:
            return None
        there, image = self._capture.read()
        if not there or image is None:
            return None
        frame = Frame(image, self._number, self._clock())
        self._number += 1
        return frame

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class Pictures(_Lampless):
    """Picture files, or all pictures of a folder in the order of their names, each shown ``repeat`` times.

    ``repeat`` 0 shows them in turn for ever.
    """

    def __init__(
        self,
        paths: Sequence[Path | str] | Path | str,
        repeat: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._given = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(p) for p in paths]
        self._repeat = repeat
        self._clock = clock
        self._frames: Iterator[Image] | None = None
        self._number = 0

    @property
    def name(self) -> str:
        return self._given[0].name if self._given else ""

    def open(self) -> None:
        paths = [p for given in self._given for p in _pictures_in(given)]
        if not paths:
            raise UnreadablePicture("没有找到图片。", "请选择含有 JPEG、PNG 或 WebP 图片的文件夹。")
        self._frames, self._number = self._run(paths), 0

    def _run(self, paths: list[Path]) -> Iterator[Image]:
        while True:
            for path in paths:
                image = load_picture(path)
                for _ in range(max(1, self._repeat)):
                    yield image
            if self._repeat:
                return

    def read(self) -> Frame | None:
        image = next(self._frames, None) if self._frames is not None else None
        if image is None:
            return None
        frame = Frame(image, self._number, self._clock())
        self._number += 1
        return frame

    def close(self) -> None:
        self._frames = None


@dataclass
class Still(_Lampless):
    """One picture held before the scanner for ever: a frozen frame, the clipboard, an opened file."""

    image: Image
    name: str = "图片"
    clock: Callable[[], float] = time.monotonic
    _number: int = -1

    def open(self) -> None:
        self._number = 0

    def read(self) -> Frame | None:
        if self._number < 0:
            return None
        frame = Frame(self.image, self._number, self.clock())
        self._number += 1
        return frame

    def close(self) -> None:
        self._number = -1


def _pictures_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        return sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
    except OSError as error:
        raise UnreadablePicture(f"文件夹 {path.name} 打不开。", "请检查文件夹的权限。") from error
