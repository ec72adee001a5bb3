"""A symbol's modules laid over the picture: where each module is, and how dark it is there.

The place of the grid is a homography through the centres of the four corners' patterns plus the bends of the paper
(around a bottle, a curling page). It is found by moving each of these until what must be dark is dark, what must be
light is light, and the unknown modules are as far from gray as possible.
"""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid, layout, size_of

UNKNOWN_WEIGHT = 0.5
BENDS = 7
FIT_ROUNDS = 3
SQUARE = 0.1
"""Weight of the wish that the four corners be a parallelogram, beside one for each pixel of a pattern's outline."""
RIDGE = np.array([0.003, 0.003, 0.05, 0.05, 0.05, 0.05, 0.5])
"""How little each bend is believed."""
NEAREST, FAR_AWAY = 1e-9, 1e6
FINEST = 5.0
"""Pixels a module that are enough: larger symbols are scaled down to this."""


@dataclass(frozen=True, slots=True)
class Placed:
    """``points``: 11 × 2 pixels: centres of the finder patterns top left, top right, (virtual) bottom right, bottom
    left, then how far the seven ways to bend (``_bends``) carry away. ``score``: 1.5 is perfect, 0.4 … 0.7 is noise."""

    version: int
    points: Grid
    score: float = -1.0

    def at(self, modules: Grid) -> Grid:
        """Pixels of places given in modules (x, y), n × 2."""
        size = size_of(self.version)
        return _place(self.points, size, np.column_stack([modules, np.ones(len(modules))]), _bends(modules, size))

    def corners(self) -> Grid:
        size = size_of(self.version)
        return self.at(np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float64))


def start(version: int, corners: Grid) -> Placed:
    """A flat placing by the centres of the four corners' patterns (4 × 2 pixels)."""
    return Placed(version, np.vstack([corners, np.zeros((BENDS, 2))]))


def fitted(version: int, corners: Grid, modules: Grid, seen: Grid, module: float) -> Placed:
    """The placing, flat or bent, under which ``modules`` (n × 2) lie where they were ``seen`` (n × 2 pixels).

    The outlines of three finder patterns tell how the paper bends between them: gently at best, says the ridge.
    """
    points = np.vstack([corners, np.zeros((BENDS, 2))])
    size = size_of(version)
    homogeneous, bends = np.column_stack([modules, np.ones(len(modules))]), _bends(modules, size)
    count = 2 * len(points)
    for _ in range(FIT_ROUNDS):
        base = _place(points, size, homogeneous, bends)
        slopes = np.zeros((2 * len(modules), count))
        for i in range(8):
            moved = points.copy()
            moved[i // 2, i % 2] += 0.5 * module
            slopes[:, i] = (_place(moved, size, homogeneous, bends) - base).ravel() * 2 / module
        for axis in (0, 1):
            slopes[axis::2, 8 + axis :: 2] = bends
        off = (seen - base).ravel()
        tl, tr, br, bl = points[:4]
        square = np.zeros((2, count))  # the fourth corner of a parallelogram
        for axis in (0, 1):
            square[axis, axis:8:2] = (1, -1, 1, -1)
        a = np.vstack([slopes, SQUARE * square])
        b = np.concatenate([off, -SQUARE * (tl - tr + br - bl)])
        ridge = np.repeat(np.concatenate([np.full(4, 1e-4), RIDGE]), 2)
        pull = ridge * points.ravel()
        pull[:8] = 0
        points = points + np.linalg.solve(a.T @ a + np.diag(ridge), a.T @ b - pull).reshape(-1, 2)
    return Placed(version, points)


def _bends(modules: Grid, size: int) -> Grid:
    """Seven smooth shapes, n × 7, that leave the four corner centres in place: bows along both axes first."""
    u, v = ((modules - size / 2) / (size / 2 - 3.5)).T
    bow, sag = 1 - u**2, 1 - v**2
    return np.column_stack([bow, sag, bow * v, sag * u, bow * u, sag * v, bow * sag])


def _place(points: Grid, size: int, homogeneous: Grid, bends: Grid) -> Grid:
    a, b = 3.5, size - 3.5
    square = np.array([(a, a), (b, a), (b, b), (a, b)], np.float32)
    turned = homogeneous @ cv2.getPerspectiveTransform(square, points[:4].astype(np.float32)).T
    depth = turned[:, 2:]
    depth = np.where(np.abs(depth) < NEAREST, NEAREST, depth)  # a wild guess may put a module on the horizon
    return np.asarray(np.clip(turned[:, :2] / depth, -FAR_AWAY, FAR_AWAY) + bends @ points[4:])


@cache
def _judged(version: int) -> tuple[Grid, Grid, Grid, int]:
    """Module centres (homogeneous) by which a placing is judged, their bends, and what the first n must be (±1)."""
    shape = layout(version)
    y, x = np.nonzero(shape.known)
    centres = np.column_stack([x, y]) + 0.5
    must = shape.known[y, x].astype(np.float32)
    step = max(1, shape.size // 20)
    uy, ux = np.mgrid[0 : shape.size : step, 0 : shape.size : step]
    free = shape.known[uy, ux] == 0
    every = np.vstack([centres, np.column_stack([ux[free], uy[free]]) + 0.5])
    return (
        np.column_stack([every, np.ones(len(every))]),
        _bends(every, shape.size),
        must / np.linalg.norm(must),
        len(must),
    )


class Surface:
    """A region of a gray picture around one supposed symbol, scaled down to what its modules need."""

    def __init__(self, gray: Image, around: Grid, module: float) -> None:
        """``around``: n × 2 pixels that are inside or near the symbol; ``module`` in pixels."""
        margin = 7 * module
        left, top = np.maximum(0, np.floor(around.min(axis=0) - margin)).astype(int)
        right, bottom = np.ceil(around.max(axis=0) + margin).astype(int)
        region = gray[top : max(top + 8, bottom), left : max(left + 8, right)]
        self.scale = min(1.0, FINEST / module)
        if self.scale < 1:
            region = cv2.resize(region, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.module = module * self.scale
        self.origin = np.array([left, top], np.float64)
        self.gray = region.astype(np.float32)
        self.flat = -self._flattened()

    def here(self, points: Grid) -> Grid:
        """Pixels of the picture as pixels of the region."""
        return np.asarray((points - self.origin) * self.scale)

    def there(self, points: Grid) -> Grid:
        """Pixels of the region as pixels of the picture."""
        return np.asarray(points / self.scale + self.origin)

    def _flattened(self) -> Grid:
        """The picture less its surroundings, over their spread: light from one side, shadows and fog fall away."""
        window = int(9 * self.module) | 1
        soft = cv2.blur(self.gray, (2, 2)) if self.module > 3 else self.gray
        mean = cv2.blur(soft, (window, window))
        spread = np.sqrt(np.maximum(cv2.blur((soft - mean) ** 2, (window, window)), 9.0))
        return np.asarray(np.clip((soft - mean) / spread, -2, 2))

    def score(self, version: int, points: Grid) -> float:
        homogeneous, bends, must, count = _judged(version)
        value = _values(self.flat, _place(points, size_of(version), homogeneous, bends))
        known, rest = value[:count], value[count:]
        fit = float(must @ known) / (float(np.linalg.norm(known)) + 1e-6)
        clear: float = float(np.abs(rest).mean()) / (float(np.linalg.norm(rest)) / max(1, len(rest)) ** 0.5 + 1e-6)
        return fit + UNKNOWN_WEIGHT * clear

    def judged(self, placed: Placed) -> Placed:
        return replace(placed, score=self.score(placed.version, placed.points))

    def settled(self, placed: Placed, moves: tuple[int, ...], steps: tuple[float, ...]) -> Placed:
        """Move each of the points ``moves`` to where the score is best, by ever smaller steps of modules."""
        points, best = placed.points.copy(), self.score(placed.version, placed.points)
        for step in steps:
            for _ in range(4):
                before = best
                for i in moves:
                    for way in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                        while True:
                            tried = points.copy()
                            tried[i] += np.array(way) * (step * self.module)
                            score = self.score(placed.version, tried)
                            if score <= best + 1e-4:
                                break
                            points, best = tried, score
                if best - before < 0.01:
                    break
        return Placed(placed.version, points, best)

    def best_bowed(self, placed: Placed) -> Placed:
        """Paper bends across one of its axes: the bow that fits best, out of a few on either side of flat."""
        tl, tr, _, bl = placed.points[:4]
        tried = [placed]
        for axis, along in ((4, tr - tl), (5, bl - tl)):
            across = np.array([-along[1], along[0]]) / (float(np.hypot(*along)) + 1e-6) * self.module
            for bow in (-5.0, -3.0, -1.5, 1.5, 3.0, 5.0):
                points = placed.points.copy()
                points[axis] += bow * across
                tried.append(self.judged(Placed(placed.version, points)))
        return max(tried, key=lambda p: p.score)

    def sampled(self, placed: Placed) -> Grid:
        """Gray values of the modules and one ring around them, (size + 2)²; each the mean of five places."""
        size = size_of(placed.version)
        y, x = np.mgrid[-1 : size + 1, -1 : size + 1]
        centres = np.column_stack([x.ravel(), y.ravel()]) + 0.5
        total = np.zeros(len(centres), np.float32)
        for shift in ((0, 0), (0.2, 0.2), (-0.2, 0.2), (0.2, -0.2), (-0.2, -0.2)):
            total += _values(self.gray, placed.at(centres + shift))
        return (total / 5).reshape(size + 2, size + 2)


def _values(picture: Grid, places: Grid) -> Grid:
    """Bilinear samples; beyond the edge the edge goes on."""
    at = (places - 0.5).astype(np.float32)[None]
    return np.asarray(cv2.remap(picture, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0])  # type: ignore[call-overload]
