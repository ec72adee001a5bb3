"""What a decoder found in a picture."""

from dataclasses import dataclass

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """One code that was read.

    ``data`` are the exact bytes in the code; ``text`` is their reading as UTF-8, else GB18030.
    ``corners`` are in pixels of the picture given, clockwise from the code's own top left.
    """

    data: bytes
    text: str
    corners: tuple[Corner, Corner, Corner, Corner]
    decoder: str
    symbology: str = "QRCode"
