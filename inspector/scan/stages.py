"""The stages of the cascade: each makes one kind of trouble readable and hands the picture to one decoder.

A stage is a function from a gray picture to what was seen in it, in the picture's own pixels.
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from inspector.scan import zbar, zxing
from inspector.scan.isolated import Found
from inspector.scan.pictures import Image
from inspector.scan.reading import Reading
from inspector.scan.text import text_of
from inspector.scan.zxing import Seen

Stage = Callable[[Image], Seen]

_GAMMA = np.array([round((i / 255) ** 0.5 * 255) for i in range(256)], np.uint8)


def halved(gray: Image) -> Seen:
    """A1: half the size, one threshold: reads more than half of all that can be read, at a quarter of the cost."""
    return zxing.read(resized(gray, 0.5), binarizer=zxing.GLOBAL, scale=2)


def plain(gray: Image) -> Seen:
    """A2: the picture as it is."""
    return zxing.read(gray)


def inverted(gray: Image) -> Seen:
    """Light modules on dark ground."""
    return zxing.read(gray, invert=True)


def brightened(gray: Image) -> Seen:
    """A3: lifts the shadows."""
    return zxing.read(cv2.LUT(gray, _GAMMA))


def brightened_global(gray: Image) -> Seen:
    return zxing.read(cv2.LUT(gray, _GAMMA), binarizer=zxing.GLOBAL)


def doubled(gray: Image) -> Seen:
    """Small codes: below about 2.5 px a module."""
    factor = 2.0 if max(gray.shape) <= 2000 else 1.5
    return zxing.read(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), scale=1 / factor)


def sharpened(gray: Image) -> Seen:
    """Defocus: strong unsharp masking."""
    soft = cv2.GaussianBlur(gray, (0, 0), 3)
    return zxing.read(cv2.addWeighted(gray, 3, soft, -2, 0))


def tiled_contrast(gray: Image) -> Seen:
    """Contrast per tile: shadows and glare across a code."""
    return zxing.read(cv2.createCLAHE(2.0, (8, 8)).apply(gray))


def despeckled(gray: Image) -> Seen:
    """Noise, moiré, dot print."""
    return zxing.read(cv2.medianBlur(gray, 3))


def halved_local(gray: Image) -> Seen:
    return zxing.read(resized(gray, 0.5), scale=2)


HERE: Mapping[str, Stage] = {
    stage.__name__: stage
    for stage in (
        halved,
        plain,
        brightened,
        inverted,
        doubled,
        sharpened,
        tiled_contrast,
        despeckled,
        brightened_global,
        halved_local,
    )
}


def resized(gray: Image, factor: float) -> Image:
    return cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def in_process(kind: str, gray: Image) -> list[Found]:
    """What the decoder process does: ZBar's stages."""
    return _ZBAR[kind](gray)


def _zbar(gray: Image, scale: float = 1.0) -> list[Found]:
    return [
        (data, exact, [(x * scale, y * scale) for x, y in corners], "pyzbar")
        for data, exact, corners in zbar.decode(gray)
    ]


def _zbar_third(gray: Image) -> list[Found]:
    """Very close codes, and moiré of screens."""
    return _zbar(resized(gray, 1 / 3), 3)


def _zbar_thresholded(gray: Image) -> list[Found]:
    """Bright spots: threshold against the neighbourhood."""
    soft = cv2.GaussianBlur(gray, (5, 5), 0)
    return _zbar(cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 5))


_ZBAR: Mapping[str, Callable[[Image], list[Found]]] = {
    "zbar": _zbar,
    "zbar_third": _zbar_third,
    "zbar_thresholded": _zbar_thresholded,
}


def reading_of(found: Found) -> Reading | None:
    """A reading out of what the decoder process sent; None when its corners make no quadrilateral."""
    data, _exact, corners, decoder = found
    if len(corners) != 4:
        return None
    tl, bl, br, tr = corners
    return Reading(data, text_of(data), (tl, tr, br, bl), decoder)


ELSEWHERE = tuple(_ZBAR)
"""Stages of the decoder process, in the order of the still mode."""
IN_TURN = ELSEWHERE
"""Stages that take turns in live mode."""
