"""Picture files into pixels: only JPEG, PNG and WebP, and never more pixels than announced and allowed.

The size is read from the header before any decoder runs, so a small file cannot claim all memory.
"""

import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.errors import UnreadablePicture

Image = NDArray[Any]
"""Pixels of 8 bits: height × width (gray) or height × width × 3 (blue, green, red)."""

MAX_PIXELS = 64_000_000
"""More than the sensors of laptops and common phones give; 192 MB when decoded in colour."""
MAX_SIDE = 32_000
MAX_BYTES = 64 * 1024 * 1024
MAX_JPEG_SCANS = 100
"""A progressive JPEG may repeat its scans to cost hours; real ones have about ten."""

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG start-of-frame markers (ITU-T T.81 table B.1)."""


def load_picture(path: Path | str, gray: bool = False) -> Image:
    """Read a picture file, upright as its EXIF orientation says; ``gray`` is enough for scanning, and cheaper.

    Raises UnreadablePicture with the reason when it is missing, too large, or not a picture.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise UnreadablePicture(f"找不到文件 {path.name}。", "请检查文件是否还在原来的位置。")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadablePicture(f"文件 {path.name} 打不开。", "请检查文件的权限，或换一张图片。") from error
    return decode_picture(data, gray)


def decode_picture(data: bytes, gray: bool = False) -> Image:
    """Decode JPEG, PNG or WebP bytes to blue-green-red (or gray) pixels, upright; transparency becomes white paper.

    Raises UnreadablePicture.
    """
    if len(data) > MAX_BYTES:
        raise UnreadablePicture("图片文件太大。", f"请换用小于 {MAX_BYTES // 1024 // 1024} MB 的图片。")
    width, height = picture_size(data)
    if width < 1 or height < 1 or max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise UnreadablePicture("图片的尺寸不能处理。", f"请换用不超过 {MAX_PIXELS // 10_000} 万像素的图片。")
    if data[:2] == b"\xff\xd8" and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise UnreadablePicture()
    transparent = _may_be_transparent(data)
    flags = cv2.IMREAD_UNCHANGED if transparent else cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError) as error:
        raise UnreadablePicture() from error
    if pixels is None or pixels.size == 0:
        raise UnreadablePicture("图片文件已损坏。", "请重新拍摄或换一张图片，也可以直接输入代码。")
    if not transparent:
        return pixels
    return cv2.cvtColor(_opaque(pixels), cv2.COLOR_BGR2GRAY) if gray else _opaque(pixels)


def encode_jpeg(image: Image, quality: int = 85) -> bytes:
    """JPEG bytes of a gray or blue-green-red picture; ``quality`` 1 … 100."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:  # pragma: no cover - encoding to memory fails only without memory
        raise MemoryError("JPEG encoding")
    return data.tobytes()


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height that the header announces. Raises UnreadablePicture for any other kind of file."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
            return struct.unpack(">II", data[16:24])
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg_size(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (struct.error, IndexError) as error:
        raise UnreadablePicture("图片文件不完整。", "请重新拍摄或换一张图片，也可以直接输入代码。") from error
    raise UnreadablePicture()


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while data[at] != 0xFF:
            at += 1
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker in _SOF:
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            return width, height
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue
        if marker in (0xD9, 0xDA):
            raise UnreadablePicture()
        at += struct.unpack(">H", data[at : at + 2])[0]


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise UnreadablePicture()


def _may_be_transparent(data: bytes) -> bool:
    """Codes saved with a transparent ground are black on black once the transparency is dropped."""
    if data[:4] == b"\x89PNG":
        return data[25:26] in (b"\x04", b"\x06") or b"tRNS" in data[:4096]
    if data[:4] != b"RIFF":
        return False
    return data[12:16] == b"VP8L" or (data[12:16] == b"VP8X" and bool(int.from_bytes(data[20:21]) & 0x10))


def _opaque(pixels: Image) -> Image:
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise UnreadablePicture()
    image = np.ascontiguousarray(pixels, np.uint8)
    if image.ndim == 2:
        return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    if image.shape[2] == 3:
        return image
    alpha = image[:, :, 3]
    colour = np.ascontiguousarray(image[:, :, :3])
    if alpha.min() == 255:
        return colour
    white = cv2.merge([255 - alpha] * 3)
    return cv2.add(cv2.multiply(colour, cv2.merge([alpha] * 3), scale=1 / 255), white)
