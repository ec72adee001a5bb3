"""zxing-cpp: the first decoder, in process.

It is asked for QR Model 2 alone unless other symbologies are wanted: all formats cost ten times as much, and
plain ``QRCode`` also means Micro QR and rMQR, which gave readings out of nothing. Its bytes are exact.
"""

from dataclasses import dataclass, replace

import zxingcpp

from inspector.scan.pictures import Image
from inspector.scan.reading import Corner, Reading
from inspector.scan.text import text_of

NAME = "zxing-cpp"
Quad = tuple[Corner, Corner, Corner, Corner]

_MODEL_2 = zxingcpp.BarcodeFormat.QRCodeModel2
QR = zxingcpp.BarcodeFormats(_MODEL_2)
ON_GOODS_AND_PERMITS = zxingcpp.BarcodeFormats(
    [
        _MODEL_2,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
    ]
)
LOCAL = zxingcpp.Binarizer.LocalAverage
GLOBAL = zxingcpp.Binarizer.GlobalHistogram


@dataclass(frozen=True, slots=True)
class Seen:
    """What one call found: codes read, and corners of symbols that were found but could not be read."""

    readings: tuple[Reading, ...]
    unread: tuple[Quad, ...] = ()


def read(
    image: Image,
    *,
    binarizer: zxingcpp.Binarizer = LOCAL,
    invert: bool = False,
    all_kinds: bool = False,
    scale: float = 1.0,
    decoder: str = NAME,
) -> Seen:
    """Codes in a gray or blue-green-red picture; ``scale`` is what to multiply its corners by."""
    found = zxingcpp.read_barcodes(
        image,
        formats=ON_GOODS_AND_PERMITS if all_kinds else QR,
        binarizer=binarizer,
        try_invert=invert,
        return_errors=True,
    )
    readings, unread = [], []
    for symbol in found:
        corners = _corners(symbol.position, scale)
        if symbol.valid and symbol.bytes:
            data = bytes(symbol.bytes)
            readings.append(Reading(data, text_of(data, symbol.text), corners, decoder, symbology(symbol.format)))
        elif not symbol.valid:
            unread.append(corners)
    return Seen(tuple(readings), tuple(unread))


def read_grid(modules: Image) -> tuple[bytes, str] | None:
    """Bytes and text of a clean, upright symbol (0 dark, 255 light) with its quiet zone."""
    symbol = zxingcpp.read_barcode(modules, formats=QR, try_invert=False, binarizer=zxingcpp.Binarizer.FixedThreshold)
    if symbol is None or not symbol.valid or not symbol.bytes:
        return None
    data = bytes(symbol.bytes)
    return data, text_of(data, symbol.text)


def symbology(kind: zxingcpp.BarcodeFormat) -> str:
    return "QRCode" if kind == _MODEL_2 else str(kind)


def _corners(position: zxingcpp.Position, scale: float) -> Quad:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    tl, tr, br, bl = ((p.x * scale, p.y * scale) for p in points)
    return tl, tr, br, bl


def scaled(seen: Seen, scale: float) -> Seen:
    """The same with all corners multiplied."""
    return _moved(seen, scale, 0, 0)


def shifted(seen: Seen, left: float, top: float) -> Seen:
    """The same in the pixels of the picture that the part was cut from at ``left``, ``top``."""
    return _moved(seen, 1, left, top)


def _moved(seen: Seen, scale: float, left: float, top: float) -> Seen:
    def move(quad: Quad) -> Quad:
        a, b, c, d = ((x * scale + left, y * scale + top) for x, y in quad)
        return a, b, c, d

    return Seen(tuple(replace(r, corners=move(r.corners)) for r in seen.readings), tuple(map(move, seen.unread)))
