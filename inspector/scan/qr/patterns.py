"""Finder patterns: squares of dark, light and dark.

A line through the middle of one crosses dark, light, dark, light, dark in the ratio 1:1:3:1:1 at any angle, however
slanted. All rows and columns are searched at several sizes; what crosses in the ratio is looked at in all directions.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid

MAX_PATTERNS = 24
LARGEST, SMALLEST = 2000, 150
"""Pixels of the longer side between which the picture is searched."""
WINDOWS = (61, 23)
"""Pixels: wide neighbourhoods for even light, narrow ones for blur and hard shadows."""
LEAST_MODULE, MOST_MODULE = 1.3, 12.0
SMALL = 700
"""Pictures and regions up to this are searched at twice their size too, for modules of less than 1.3 px."""
LEAST_SIDE = 14
MOST = 1200
"""Crossings looked at, for one size and window."""
DIRECTIONS = 12
LEAST_SHARE = 0.6
LEAST_CONTRAST = 6.0
_COSINES, _SINES = (f(np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)) for f in (np.cos, np.sin))
_RADII = np.arange(0.5, 5.0, 0.25)
_INNER, _RING, _FRAME = _RADII <= 1.0, (_RADII >= 1.5) & (_RADII <= 2.75), (_RADII >= 2.5) & (_RADII <= 4.75)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Centre and width of a module along the picture's axes, in pixels; ``weight`` 1 is a perfect pattern."""

    x: float
    y: float
    module: float
    weight: float


def patterns(gray: Image) -> list[Pattern]:
    """Finder patterns in a gray picture at several sizes, the surest first."""
    found: list[Pattern] = []
    scale = 2.0 if max(gray.shape) <= SMALL else min(1.0, LARGEST / max(gray.shape))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = gray if scale == 1 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=way)
    while max(small.shape) > SMALLEST and min(small.shape) > LEAST_SIDE:
        for p in _at_one_size(small):
            found.append(Pattern(p.x / scale, p.y / scale, p.module / scale, p.weight))
        scale /= 2
        small = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _apart(found)[:MAX_PATTERNS]


def _apart(found: list[Pattern]) -> list[Pattern]:
    """The surest of those at one place."""
    out: list[Pattern] = []
    for p in sorted(found, key=lambda p: -p.weight):
        if not any(abs(q.x - p.x) + abs(q.y - p.y) < 2 * max(q.module, p.module) for q in out):
            out.append(p)
    return out


def _at_one_size(gray: Image) -> list[Pattern]:
    step = 2 if gray.size > 1_000_000 else 1
    out: list[Pattern] = []
    for window in WINDOWS:
        dark = darkened(gray, window)
        am, ax, ay = crossings(np.ascontiguousarray(dark[::step]))
        dm, dy, dx = crossings(np.ascontiguousarray(dark.T[::step]))
        module, x, y = np.concatenate([am, dm]), np.concatenate([ax, dx * step]), np.concatenate([ay * step, dy])
        module, x, y = _gathered(module, x, y)
        if not len(x):
            continue
        contrast, share = looked_at(gray, module, x, y)
        weight = share**2 * np.clip(contrast / 120, 0, 1) ** 0.5
        good = (share >= LEAST_SHARE) & (contrast > LEAST_CONTRAST)
        rows = zip(x[good].tolist(), y[good].tolist(), module[good].tolist(), weight[good].tolist(), strict=True)
        out.extend(Pattern(*row) for row in rows)
    return _apart(out)


def _gathered(module: Grid, x: Grid, y: Grid) -> tuple[Grid, Grid, Grid]:
    """Crossings of one pattern lie together: their mean, for places with several of them."""
    fits = (module > LEAST_MODULE) & (module < MOST_MODULE)
    module, x, y = module[fits], x[fits], y[fits]
    cell = np.exp2(np.round(np.log2(np.maximum(module, 1)) * 2) / 2) * 2
    key = (
        (np.round(cell * 8).astype(np.int64) << 40)
        + (np.round(y / cell).astype(np.int64) << 20)
        + np.round(x / cell).astype(np.int64)
    )
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    sums = [np.bincount(inverse, v) / count for v in (module, x, y)]
    often = np.flatnonzero(count >= 2)
    often = often[np.argsort(-count[often], kind="stable")][:MOST]
    return sums[0][often], sums[1][often], sums[2][often]


def looked_at(gray: Image, module: Grid, x: Grid, y: Grid) -> tuple[Grid, Grid]:
    """Contrast of the light ring with what is inside and outside, and the share of directions in which there is one."""
    reach = module[:, None] * _RADII
    px = (x[:, None, None] + reach[:, None, :] * _COSINES[:, None]).astype(np.float32)
    py = (y[:, None, None] + reach[:, None, :] * _SINES[:, None]).astype(np.float32)
    flat = (len(x) * DIRECTIONS, len(_RADII))
    values = cv2.remap(gray, px.reshape(flat), py.reshape(flat), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    along = values.reshape(px.shape).astype(np.int16)
    lighter = along[:, :, _RING].max(axis=2) - np.maximum(
        along[:, :, _INNER].max(axis=2), along[:, :, _FRAME].min(axis=2)
    )
    contrast = np.median(lighter, axis=1)
    return contrast, (lighter > np.maximum(LEAST_CONTRAST, 0.4 * contrast)[:, None]).mean(axis=1)


def crossings(dark: Grid) -> tuple[Grid, Grid, Grid]:
    """Width of a module, place along the row, row: for every 1:1:3:1:1 along the rows."""
    height, width = dark.shape
    padded = np.full((height, width + 1), 2, np.uint8)
    padded[:, :width] = dark
    flat = padded.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]])
    value, length = flat[starts[:-1]], np.diff(starts).astype(np.float32)
    if len(value) < 5:
        return (np.empty(0),) * 3
    first = np.flatnonzero((value[:-4] == 1) & (value[1:-3] == 0) & (value[3:-1] == 0) & (value[4:] == 1))
    runs = np.stack([length[first + i] for i in range(5)])
    module = runs.sum(axis=0) / 7
    slack = module * 0.55 + 0.5
    fits = (np.abs(runs[[0, 1, 3, 4]] - module) < slack).all(axis=0) & (np.abs(runs[2] - 3 * module) < 1.6 * slack)
    first, module, runs = first[fits], module[fits], runs[:, fits]
    middle = starts[first + 2] + runs[2] / 2
    row = starts[first] // (width + 1)
    return module, np.minimum(middle - row * (width + 1), width - 1), row.astype(np.float32)


def darkened(gray: Image, window: int) -> Grid:
    """1 where darker than the neighbourhood of ``window`` pixels (odd)."""
    return cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 4)
