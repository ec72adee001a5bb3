"""Finder patterns outside the symbols that have been read: whether to go on looking, told in about a millisecond.

Texture and print hold the ratio 1:1:3:1:1 often, the whole figure seldom: in every direction from its middle it is
dark, then light, then dark, and as contrasty as the symbols that were read in the same light.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid
from inspector.scan.qr.patterns import crossings
from inspector.scan.zxing import Quad

ROW_STEP = 5
WINDOW = 13
"""Eighths of a pixel: the neighbourhood that says what is dark."""
LEAST_DARKER = 0.12
MOST = 250
"""Crossings looked at, spread over the picture."""
LEAST_CONTRAST = 0.35
"""Of the contrast of the symbols read."""
LEAST_MODULE, MOST_MODULE = 1.8, 28.0
DIRECTIONS = 8
_COSINES, _SINES = (f(np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)) for f in (np.cos, np.sin))
_RADII = np.arange(0.5, 5.0, 0.25)
_INNER, _RING, _FRAME = _RADII <= 1.0, (_RADII >= 1.5) & (_RADII <= 2.75), (_RADII >= 2.5) & (_RADII <= 4.75)


def masked(gray: Image, read: Sequence[Quad]) -> Image:
    """The picture with the symbols that have been read painted over with their paper's gray."""
    out = gray.copy()
    for quad in read:
        outline = np.array(quad, np.float32)
        middle = outline.mean(axis=0)
        outline = (middle + (outline - middle) * 1.06).astype(np.int32)
        x, y, w, h = cv2.boundingRect(outline)
        part = gray[max(0, y) : y + h, max(0, x) : x + w]
        if part.size:
            cv2.fillConvexPoly(out, outline, int(_tones(part)[1]))
    return out


def remaining(gray: Image, read: Sequence[Quad]) -> Grid:
    """Middle of finder patterns outside the symbols ``read`` (n × 2 pixels); the same one may come up repeatedly."""
    contrast = _contrast(gray, read)
    module, x, row = crossings(_darker(gray, contrast))
    keep = (module > LEAST_MODULE) & (module < MOST_MODULE)
    for quad in read:
        keep &= ~_inside(quad, x, row * ROW_STEP)
    places = np.flatnonzero(keep)
    places = places[:: 1 + len(places) // MOST]
    if not len(places):
        return np.empty((0, 2))
    module, x, y = module[places], x[places], row[places] * ROW_STEP
    along = _profiles(gray, module, x, y)
    ring = along[:, :, _RING].max(axis=2)
    dark = np.maximum(along[:, :, _INNER].max(axis=2), along[:, :, _FRAME].min(axis=2))
    good = (ring - dark > LEAST_CONTRAST * contrast).sum(axis=1) >= DIRECTIONS - 1
    return np.column_stack([x[good], y[good]])


def _profiles(gray: Image, module: Grid, x: Grid, y: Grid) -> Grid:
    """Gray values from each place outwards, places × directions × radii."""
    reach = module[:, None] * _RADII
    px = (x[:, None, None] + reach[:, None, :] * _COSINES[:, None]).astype(np.float32)
    py = (y[:, None, None] + reach[:, None, :] * _SINES[:, None]).astype(np.float32)
    flat = (len(x) * DIRECTIONS, len(_RADII))
    values = cv2.remap(gray, px.reshape(flat), py.reshape(flat), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return values.reshape(px.shape).astype(np.int16)


def _darker(gray: Image, contrast: float) -> Grid:
    """1 where clearly darker than the neighbourhood, for every ``ROW_STEP``-th row."""
    rows = np.ascontiguousarray(gray[::ROW_STEP])
    mean = cv2.blur(np.ascontiguousarray(gray[::8, ::8]), (WINDOW, WINDOW))
    limit = cv2.resize(mean, rows.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return cv2.threshold(cv2.subtract(limit, rows), LEAST_DARKER * contrast, 1, cv2.THRESH_BINARY)[1]


def _inside(quad: Quad, x: Grid, y: Grid) -> Grid:
    """Whether within the symbol or its quiet zone."""
    middle = [sum(p[i] for p in quad) / 4 for i in (0, 1)]
    corners = [[middle[i] + (p[i] - middle[i]) * 1.12 for i in (0, 1)] for p in quad]
    sides = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    least, most = np.minimum.reduce(sides), np.maximum.reduce(sides)
    return np.asarray((least >= 0) | (most <= 0))


def _contrast(gray: Image, read: Sequence[Quad]) -> float:
    """Of the faintest symbol read: from its dark to its light."""
    least = 255.0
    for quad in read:
        x, y, w, h = cv2.boundingRect(np.array(quad, np.float32).astype(np.int32))
        part = gray[max(0, y) : y + h, max(0, x) : x + w]
        if part.size:
            dark, light = _tones(part)
            least = min(least, light - dark)
    return max(12.0, least)


def _tones(part: Image) -> tuple[float, float]:
    """Gray of the ink and of the paper."""
    step = max(1, min(part.shape) // 24)
    values = np.sort(part[::step, ::step], axis=None)
    return float(values[len(values) * 15 // 100]), float(values[len(values) * 85 // 100])
