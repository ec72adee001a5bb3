"""The shape of finder patterns: how a module lies in the picture at each of them.

Three centres alone say nothing of perspective. Each pattern is a square of its own, though: rays from its middle find
its outline, and a parallelogram through that gives the two directions of modules there, with their lengths. Seen in
perspective the modules shrink along a line such that the geometric mean of both ends divides the distance exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid
from inspector.scan.qr.patterns import Pattern

RAYS = 40
_ANGLES = np.arange(RAYS) * (2 * np.pi / RAYS)
_DIRECTIONS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_REACH = np.arange(0.25, 7.5, 0.125)
ROUNDS = 5
LEAST_RAYS = 24
SURE_WITHOUT_OUTLINE = 8
"""Of the surest patterns, those that are kept even when blur or damage hides their outline."""
WORST_FIT = 0.09
"""Mean distance of the outline from the parallelogram, in halves of its side."""


@dataclass(frozen=True, slots=True)
class Eye:
    """``middle`` in pixels, ``axes``: two vectors (rows) of one module each."""

    middle: Grid
    axes: Grid

    sure: bool
    """Whether the axes were seen; else they are one of a few guesses."""
    origin: int
    """Number of the pattern."""

    def toward(self, way: Grid) -> Grid:
        """The module vector that points most nearly ``way``."""
        lengths = np.hypot(self.axes[:, 0], self.axes[:, 1])
        cosines = self.axes @ way / (lengths + 1e-9)
        i = int(np.argmax(np.abs(cosines)))
        return np.asarray(self.axes[i] * np.sign(cosines[i]))


CORNERS = np.array([(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)])
"""Of a finder pattern, in modules from its middle."""


def eyes(gray: Image, found: Sequence[Pattern]) -> list[Eye]:
    """The patterns with their shapes; the surest of those whose outline is no square come with guessed axes."""
    if not found:
        return []
    places = np.array([(p.x, p.y) for p in found])
    modules = np.array([p.module for p in found])
    reach = modules[:, None, None] * _REACH
    px = (places[:, 0, None, None] + reach * np.cos(_ANGLES)[:, None]).astype(np.float32)
    py = (places[:, 1, None, None] + reach * np.sin(_ANGLES)[:, None]).astype(np.float32)
    flat = (px.shape[0] * RAYS, px.shape[2])
    along = cv2.remap(gray, px.reshape(flat), py.reshape(flat), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outline, known = _outlines(along.reshape(px.shape).astype(np.float32))
    out: list[Eye] = []
    for number, (place, module) in enumerate(zip(places, modules, strict=True)):
        points = (outline[number][:, None] * _DIRECTIONS)[known[number]] * module
        fitted = _fitted(place, points) if len(points) >= LEAST_RAYS else None
        if fitted is not None:
            out.append(Eye(*fitted, True, number))
        elif number < SURE_WITHOUT_OUTLINE:
            out.extend(Eye(place, _turned(module, angle), False, number) for angle in (-30, 0, 30))
    return out


def _turned(crossing: float, degrees: float) -> Grid:
    """Axes of a square pattern that rows cross in five runs of this mean length."""
    a = np.radians(degrees)
    return crossing * float(np.cos(a)) * np.array([(np.cos(a), np.sin(a)), (-np.sin(a), np.cos(a))])


def _outlines(along: Grid) -> tuple[Grid, Grid]:
    """Distance of the outline on each ray, in modules, and where it is known (patterns × rays)."""
    dark = along[:, :, :6].min(axis=2)
    light = along[:, :, 6:28].max(axis=2)
    bright = along > ((dark + light) / 2)[:, :, None]
    index = np.arange(along.shape[2])
    first = bright.argmax(axis=2)
    ring = ~bright & (index > first[:, :, None])
    second = ring.argmax(axis=2)
    beyond = bright & (index > second[:, :, None])
    third = beyond.argmax(axis=2)
    a, b, c = (_REACH[i] - 0.06 for i in (first, second, third))
    outer = beyond.any(axis=2) & ring.any(axis=2) & (np.abs(c / np.maximum(a, 0.1) / (7 / 3) - 1) < 0.4)
    inner = ring.any(axis=2) & (np.abs(b / np.maximum(a, 0.1) / (5 / 3) - 1) < 0.4)
    return np.where(outer, c, b * 7 / 5), (outer | inner) & (light - dark > 8)


def _fitted(place: Grid, points: Grid) -> tuple[Grid, Grid] | None:
    """The parallelogram whose outline the points are, by turns: which side is each on, where are the sides."""
    best, fit = None, WORST_FIT
    size = float(np.median(np.hypot(points[:, 0], points[:, 1]))) / 1.12
    homogeneous = np.column_stack([points, np.ones(len(points))])
    for angle in (0.0, np.pi / 6, np.pi / 3):
        turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))]) / size
        sides = np.column_stack([turn, np.zeros(2)])
        worst = 1.0
        for _ in range(ROUNDS):
            at = homogeneous @ sides.T
            which = np.abs(at).argmax(axis=1)
            value = at[np.arange(len(at)), which]
            off = np.abs(np.abs(value) - 1)
            worst = float(np.minimum(off, 0.5).mean())
            near = off < max(0.15, 2.0 * float(np.median(off)))
            moved = []
            for side in (0, 1):
                use = near & (which == side)
                if np.count_nonzero(use) < 6:
                    break
                a = homogeneous[use]
                moved.append(np.linalg.solve(a.T @ a + 1e-6 * np.eye(3), a.T @ np.sign(value[use])))
            if len(moved) < 2:
                worst = 1.0
                break
            sides = np.array(moved)
        if worst < fit and abs(np.linalg.det(sides[:, :2])) > 1e-9:
            inverse = np.linalg.inv(sides[:, :2])
            best, fit = (place - inverse @ sides[:, 2], inverse.T / 3.5), worst
    return best
