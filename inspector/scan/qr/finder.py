"""Finder patterns and the triples of them that may belong to one symbol.

A line through the middle of a finder pattern crosses dark, light, dark, light, dark in the ratio 1:1:3:1:1 at any
angle; all rows and all columns are searched at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid, size_of

MAX_PATTERNS = 24
MAX_TRIPLES = 40
MAX_PAIRED = 5
MIN_SUPPORT = 0.4
MAX_CROSSINGS = 400
MIN_CONTRAST = 0.06


@dataclass(frozen=True, slots=True)
class Pattern:
    """Centre and width of a module along the picture's axes, in pixels; ``weight`` 1 is a perfect pattern."""

    x: float
    y: float
    module: float
    weight: float


@dataclass(frozen=True, slots=True)
class Triple:
    """Three patterns as top left, top right, bottom left, clockwise in the picture; ``misfit`` 0 is perfect."""

    points: Grid
    """3 × 2 pixels."""
    module: float
    version: float
    """Estimated from the distances; not whole."""
    misfit: float


def patterns(gray: Image) -> list[Pattern]:
    """Finder patterns in a gray picture at several sizes, the surest first; modules of 1.3 px and more."""
    found: list[Pattern] = []
    scale = 1.0
    while max(gray.shape) * scale > 150:
        small = gray if scale == 1 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for p in _patterns_at_one_size(small):
            grown = Pattern(p.x / scale, p.y / scale, p.module / scale, p.weight)
            if not any(abs(q.x - grown.x) + abs(q.y - grown.y) < 2 * q.module for q in found):
                found.append(grown)
        scale /= 2
    found.sort(key=lambda p: -p.weight)
    return found[:MAX_PATTERNS]


def _patterns_at_one_size(gray: Image) -> list[Pattern]:
    height, width = gray.shape
    dark = darkened(gray, 61)
    across, ax, ay = crossings(dark)
    down, dy, dx = crossings(np.ascontiguousarray(dark.T))
    if not len(across) or not len(down):
        return []
    rows = np.zeros((height, width), np.uint8)
    columns = np.zeros((height, width), np.uint8)
    rows[ay.astype(int), ax.astype(int)] = 1
    columns[dy.astype(int), dx.astype(int)] = 1
    near = np.ones((5, 5), np.uint8)
    both = cv2.bitwise_and(cv2.dilate(rows, near), cv2.dilate(columns, near))
    centres = cv2.connectedComponentsWithStats(both, connectivity=8)[3][1:]
    crossed = [_lines_through(x, y, (across, ax, ay), (down, dx, dy)) for x, y in centres[:MAX_CROSSINGS]]
    sure = [p for p in crossed if p.weight >= MIN_SUPPORT]
    contrast = _contrast(gray, *(np.array([getattr(p, of) for p in sure]) for of in ("x", "y", "module")))
    return [replace(p, weight=p.weight * c) for p, c in zip(sure, contrast.tolist(), strict=True) if c > MIN_CONTRAST]


def _lines_through(x: float, y: float, across: tuple[Grid, Grid, Grid], down: tuple[Grid, Grid, Grid]) -> Pattern:
    """The pattern around a place where rows and columns cross in the ratio; ``weight`` is the share of lines that do.

    The inner square of a perfect pattern is crossed by three modules of rows and as many columns.
    """
    near_a = np.maximum(abs(across[1] - x) / 1.2, abs(across[2] - y) / 2.2) < across[0]
    near_d = np.maximum(abs(down[1] - x) / 2.2, abs(down[2] - y) / 1.2) < down[0]
    if not near_a.any() or not near_d.any():
        return Pattern(x, y, 1.0, 0.0)
    module = float(np.median(np.concatenate([across[0][near_a], down[0][near_d]])))
    lines = min(np.count_nonzero(near_a), np.count_nonzero(near_d))
    middle_x, middle_y = float(across[1][near_a].mean()), float(down[2][near_d].mean())
    return Pattern(middle_x, middle_y, module, min(1.0, lines / (3 * module + 0.1)))


def _contrast(gray: Image, x: Grid, y: Grid, module: Grid) -> Grid:
    """How much lighter the light ring is than the middle, over the whole range of gray; 0 when it is darker."""
    if not len(x):
        return np.empty(0)
    angle = np.arange(8) * (np.pi / 4)
    picture = gray.astype(np.float32)

    def ring(radius: float) -> Grid:
        px = (x[:, None] + radius * module[:, None] * np.cos(angle)).astype(np.float32)
        py = (y[:, None] + radius * module[:, None] * np.sin(angle)).astype(np.float32)
        return np.asarray(cv2.remap(picture, px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    inner, light = ring(0.7), ring(2.15)
    return np.asarray(np.maximum(0, (np.median(light, axis=1) - np.median(inner, axis=1)) / 255))


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


def triples(found: Sequence[Pattern]) -> list[Triple]:
    """Triples that may be the corners of one symbol, the best first."""
    out = []
    for three in combinations(found, 3):
        modules = [p.module for p in three]
        if max(modules) > 2.2 * min(modules):
            continue
        at = np.array([(p.x, p.y) for p in three])
        best = min((_corner(at, i, modules) for i in range(3)), key=lambda t: t.misfit)
        if best.misfit < 1.4 and 0.4 < best.version < 41:
            out.append(best)
    out.sort(key=lambda t: t.misfit)
    return out[:MAX_TRIPLES]


def _corner(at: Grid, corner: int, modules: list[float]) -> Triple:
    others = [i for i in range(3) if i != corner]
    a, b = at[others[0]] - at[corner], at[others[1]] - at[corner]
    if a[0] * b[1] - a[1] * b[0] < 0:
        others.reverse()
        a, b = b, a
    la, lb = float(np.hypot(*a)) + 1e-6, float(np.hypot(*b)) + 1e-6
    module, version = measured(np.vstack([at[corner], at[others[0]], at[others[0]], at[others[1]]]), modules)
    cosine = abs(float(a @ b)) / (la * lb)
    unequal = abs(float(np.log(la / lb)))
    spread = float(np.log(max(modules) / min(modules)))
    misfit = cosine * 1.2 + unequal + spread * 0.6 + 0.01 * max(0.0, version)
    return Triple(at[[corner, *others]], module, version, misfit)


def _true_module(modules: Sequence[float], a: Grid, b: Grid) -> float:
    """Lines along the picture's axes cross a turned symbol slantwise: by up to the square root of two too long."""
    slant = (max(abs(a[0]), abs(a[1])) + max(abs(b[0]), abs(b[1]))) / 2
    return float(np.mean(modules)) * float(slant)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two patterns that may belong to one symbol whose third is hidden."""

    points: Grid
    """2 × 2 pixels."""
    modules: tuple[float, float]

    def squares(self) -> Iterator[tuple[Grid, int]]:
        """Squares that rest on the two, as corners (top left, top right, bottom right, bottom left), each with the
        index of its hidden pattern. The two are a side of it or its rising diagonal, either way round."""
        a, b = self.points
        for p, q in ((a, b), (b, a)):
            aside = np.array([p[1] - q[1], q[0] - p[0]])  # a quarter turn clockwise
            yield np.vstack([p, q, q + aside, p + aside]), 3
            yield np.vstack([q, q + aside, p + aside, p]), 1
            middle, half = (p + q) / 2, aside / 2
            yield np.vstack([middle - half, q, middle + half, p]), 0


def pairs(found: Sequence[Pattern]) -> list[Pair]:
    """Pairs of alike patterns, the surest first."""
    out = []
    for p, q in combinations(found[:MAX_PAIRED], 2):
        if max(p.module, q.module) > 1.6 * min(p.module, q.module):
            continue
        points = np.array([(p.x, p.y), (q.x, q.y)])
        out.append((p.weight + q.weight, Pair(points, (p.module, q.module))))
    return [pair for _, pair in sorted(out, key=lambda o: -o[0])]


def measured(corners: Grid, modules: Sequence[float]) -> tuple[float, float]:
    """Module in pixels and version (not whole) of a square of four corners' centres."""
    a, b = corners[1] - corners[0], corners[3] - corners[0]
    la, lb = float(np.hypot(*a)) + 1e-6, float(np.hypot(*b)) + 1e-6
    module = _true_module(modules, a / la, b / lb)
    return module, ((la + lb) / 2 / module + 7 - 17) / 4


def versions_near(estimate: float) -> list[int]:
    """Versions to try for an estimate, the nearest first."""
    reach = 1 + int(estimate / 8)
    middle = round(estimate)
    near = [v for v in range(middle - reach, middle + reach + 1) if 1 <= v <= 40]
    return sorted(near, key=lambda v: abs(v - estimate))


def span(version: int) -> float:
    """Modules between the centres of two finder patterns."""
    return size_of(version) - 7.0


def darkened(gray: Image, window: int) -> Grid:
    """1 where darker than the neighbourhood of ``window`` pixels (odd)."""
    return cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 4)
