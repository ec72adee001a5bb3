"""The stages of the cascade: each makes one kind of trouble readable and hands the picture to one decoder.

A stage is a function from a gray picture to what was seen in it, in the picture's own pixels. What each gains and
costs is measured by ``make bench-scan`` and written down in docs/scanning.md.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from inspector.scan import zbar, zxing
from inspector.scan.pictures import Image
from inspector.scan.qr import read as own
from inspector.scan.reading import Reading
from inspector.scan.text import text_of
from inspector.scan.zxing import Quad, Seen

Stage = Callable[[Image], Seen]

SMALL_SIDE = 1000
"""Pixels of the longer side at which the first look is taken; most codes are large enough for it."""
MAX_UNREAD = 8
LIVE_SECONDS = 0.08
"""What our own sampling may take on a live frame, in the decoder process."""
_GAMMA = np.array([round((i / 255) ** 0.5 * 255) for i in range(256)], np.uint8)


def small(gray: Image) -> tuple[Image, float]:
    """The picture for the first look, at half the size or less, and what to multiply its pixels by."""
    factor = 0.5
    while max(gray.shape) * factor > SMALL_SIDE:
        factor /= 2
    return resized(gray, factor), 1 / factor


def resized(gray: Image, factor: float) -> Image:
    return cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def first_look(gray: Image) -> Seen:
    """Reduced, one threshold for all of it: reads half of all that can be read, at a fifth of the cost of ``plain``."""
    reduced, scale = small(gray)
    return zxing.read(reduced, binarizer=zxing.GLOBAL, scale=scale)


def second_look(gray: Image) -> Seen:
    """Reduced, threshold by neighbourhood: shadows; and the codes that the first look left over."""
    reduced, scale = small(gray)
    return zxing.read(reduced, scale=scale)


def plain(gray: Image) -> Seen:
    """The picture as it is: small codes, and most of the rest."""
    return zxing.read(gray)


def brightened(gray: Image) -> Seen:
    """Lifts the shadows."""
    return zxing.read(cv2.LUT(gray, _GAMMA))


def one_threshold(gray: Image) -> Seen:
    """Full size, one threshold for all of it, shadows lifted: coloured and patterned codes."""
    return zxing.read(cv2.LUT(gray, _GAMMA), binarizer=zxing.GLOBAL)


def inverted(gray: Image) -> Seen:
    """Light modules on dark ground."""
    return zxing.read(gray, invert=True)


def doubled(gray: Image) -> Seen:
    """Codes of less than about 2.5 px a module."""
    factor = 2.0 if max(gray.shape) <= 2000 else 1.5
    return zxing.read(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), scale=1 / factor)


def sharpened(gray: Image) -> Seen:
    """Defocus: strong unsharp masking."""
    soft = cv2.GaussianBlur(gray, (0, 0), 3)
    return zxing.read(cv2.addWeighted(gray, 3, soft, -2, 0))


def tiled_contrast(gray: Image) -> Seen:
    """Contrast per tile: fog, and light across a code."""
    return zxing.read(cv2.createCLAHE(2.0, (8, 8)).apply(gray))


def tiled_contrast_halved(gray: Image) -> Seen:
    """The same on codes that are large, blurred or on a screen."""
    return zxing.read(cv2.createCLAHE(2.0, (8, 8)).apply(resized(gray, 0.5)), scale=2)


def tiled_contrast_third(gray: Image) -> Seen:
    return zxing.read(cv2.createCLAHE(2.0, (8, 8)).apply(resized(gray, 1 / 3)), scale=3)


def thresholded_halved(gray: Image) -> Seen:
    """Bright spots: every pixel against its neighbourhood, at half the size."""
    return zxing.read(_thresholded(resized(gray, 0.5)), scale=2)


def despeckled(gray: Image) -> Seen:
    """Noise, moiré, dot print."""
    return zxing.read(cv2.medianBlur(gray, 3))


def despeckled_doubled(gray: Image) -> Seen:
    """Small codes in noise: despeckled, then twice the size."""
    return doubled(cv2.medianBlur(gray, 3))


def zbar_plain(gray: Image) -> Seen:
    """The second opinion: some pathological codes, slanted ones."""
    return _zbar(gray, 1)


def zbar_third(gray: Image) -> Seen:
    """Very close codes, and moiré of screens."""
    return _zbar(resized(gray, 1 / 3), 3)


def zbar_thresholded(gray: Image) -> Seen:
    """Bright spots: threshold against the neighbourhood."""
    return _zbar(_thresholded(cv2.GaussianBlur(gray, (5, 5), 0)), 1)


def _thresholded(gray: Image) -> Image:
    return cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 5)


def unread_symbols(gray: Image) -> Seen:
    """Symbols that zxing-cpp found but could not correct: own sampling, and erasures where glare or dirt is."""
    seen = zxing.read(gray)
    return Seen((*seen.readings, *own_readings(gray, seen.unread, seen.readings, LIVE_SECONDS)), seen.unread)


def own_readings(gray: Image, unread: Sequence[Quad], taken: Sequence[Reading], seconds: float) -> tuple[Reading, ...]:
    """What our own sampling reads of the symbols with these corners, for about ``seconds``."""
    end = time.thread_time() + seconds
    found: list[Reading] = []
    for quad in unread[:MAX_UNREAD]:
        if time.thread_time() > end:
            break
        if not covered(quad, (*taken, *found)) and (reading := own.from_quad(gray, quad)) is not None:
            found.append(reading)
    return tuple(found)


def finder_patterns(gray: Image, taken: Sequence[Reading] = (), seconds: float = LIVE_SECONDS) -> Seen:
    """Symbols by their finder patterns alone: bent paper, glare and damage that hide the rest."""
    end = time.thread_time() + seconds
    return Seen(tuple(own.search(gray, lambda: time.thread_time() > end, taken)))


def covered(quad: Quad, readings: Sequence[Reading]) -> bool:
    """Whether the middle of ``quad`` lies within a symbol that has been read."""
    x, y = (sum(p[i] for p in quad) / 4 for i in (0, 1))
    for reading in readings:
        xs, ys = [p[0] for p in reading.corners], [p[1] for p in reading.corners]
        if min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys):
            return True
    return False


def _zbar(gray: Image, scale: float) -> Seen:
    readings = []
    for data, _exact, corners in zbar.decode(gray):
        if len(corners) == 4:
            tl, bl, br, tr = ((x * scale, y * scale) for x, y in corners)
            readings.append(Reading(data, text_of(data), (tl, tr, br, bl), zbar.NAME))
    return Seen(tuple(readings))


QUICK: Sequence[Stage] = (plain, brightened, one_threshold, inverted)
"""Still pictures, while nothing is read: cheap ones first."""
COSTLY: Sequence[Stage] = (
    thresholded_halved,
    tiled_contrast_halved,
    tiled_contrast_third,
    despeckled,
    zbar_third,
    sharpened,
    tiled_contrast,
    doubled,
    despeckled_doubled,
    zbar_thresholded,
    zbar_plain,
)
"""Still pictures, while nothing is read: in the order of what they cost."""
REST: Sequence[Stage] = (
    plain,
    brightened,
    finder_patterns,
    tiled_contrast_halved,
    tiled_contrast,
    sharpened,
    doubled,
    zbar_plain,
)
"""Still pictures, after a first reading, on the regions where more is suspected."""
ISOLATED = frozenset({"zbar_plain", "zbar_third", "zbar_thresholded"})
"""Stages whose decoder may crash or hang: never in the program's own process."""
EVERY_FRAME: Sequence[Stage] = (despeckled, plain, despeckled)
"""Live, after the first look: one of these, in turn. Despeckling reads most of what webcams hide in twilight."""
IN_TURN: Mapping[Stage, float] = {
    despeckled_doubled: 11,
    zbar_third: 4,
    second_look: 1,
    unread_symbols: 8,
    inverted: 3,
    brightened: 3,
    finder_patterns: 40,
    tiled_contrast: 6,
    sharpened: 6,
    zbar_thresholded: 14,
    doubled: 11,
}
"""Live: one at a time in the decoder process, with the milliseconds that each costs on 1280 × 720."""
BY_NAME: Mapping[str, Stage] = {stage.__name__: stage for stage in (*QUICK, *COSTLY, *IN_TURN)}


def in_process(name: str, gray: Image) -> Seen:
    """What the decoder process does."""
    return BY_NAME[name](gray)
