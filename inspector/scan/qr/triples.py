"""Which finder patterns may belong to one symbol, and where its corners are then, in any perspective."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.scan.qr.eyes import CORNERS, Eye
from inspector.scan.qr.layout import Grid, size_of

MAX_TRIPLES = 40
MAX_PAIRS = 12
SLANT = 0.4
"""Tangent of the angle by which a line between two patterns may miss the direction of their modules."""
MOST_UNEQUAL = 0.5
"""Natural logarithm of the two sides' lengths in modules."""
MOST_PERSPECTIVE = 1.3
"""Natural logarithm of the lengths of a module at both ends of a side."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """Patterns that may be those of one symbol, with their places in it: 0 top left, 1 top right, 2 bottom left."""

    eyes: tuple[Eye, ...]
    places: tuple[int, ...]
    right: Grid
    down: Grid
    """Vectors of a module at the first pattern."""
    version: float
    """Estimated from the distances; not whole."""
    misfit: float
    """0 is perfect."""

    @property
    def module(self) -> float:
        """Pixels."""
        return float(np.sqrt(abs(self.right[0] * self.down[1] - self.right[1] * self.down[0])))

    def marks(self, version: int) -> tuple[Grid, Grid]:
        """Modules (n × 2) and where they were seen (n × 2 pixels): corners of the patterns, or middles without any."""
        span = size_of(version) - 7.0
        at = 3.5 + np.array([(0, 0), (span, 0), (0, span)])
        model, seen = [], []
        for eye, place in zip(self.eyes, self.places, strict=True):
            model.append(at[place : place + 1])
            seen.append(eye.middle[None])
            if eye.sure:
                axes = np.vstack([eye.toward(self.right), eye.toward(self.down)])
                model.append(CORNERS + at[place])
                seen.append(eye.middle + CORNERS @ axes)
        return np.vstack(model), np.vstack(seen)

    def parallelogram(self, version: int) -> Grid:
        """Centres of the four corners' patterns (the fourth virtual), 4 × 2 pixels, without any perspective."""
        span = size_of(version) - 7.0
        if len(self.eyes) == 3:
            a, b, c = (eye.middle for eye in self.eyes)
            return np.vstack([a, b, b + c - a, c])
        first, second = self.eyes
        way = second.middle - first.middle
        right, down = span * self.right, span * self.down
        if self.places == (0, 1):
            right = way
        elif self.places == (0, 2):
            down = way
        top_left = first.middle - (down if self.places[0] == 2 else 0)
        return np.vstack([top_left, top_left + right, top_left + right + down, top_left + down])

    def corners(self, version: int) -> Grid | None:
        """The same in perspective; None where that cannot be."""
        model, seen = self.marks(version)
        if len(model) < 4:
            return None
        turned, _ = cv2.findHomography(model, seen, 0)
        if turned is None:
            return None
        a, b = 3.5, size_of(version) - 3.5
        corners = cv2.perspectiveTransform(np.array([[(a, a), (b, a), (b, b), (a, b)]], np.float64), turned)[0]
        return corners if cv2.isContourConvex(corners.astype(np.float32)) else None


def _relations(eyes: Sequence[Eye]) -> tuple[Grid, Grid, Grid]:
    """For each two patterns: direction of the second in modules of the first (n × n × 2), modules between them."""
    middle = np.array([eye.middle for eye in eyes])
    inverse = np.array([np.linalg.inv(eye.axes) for eye in eyes])
    ways = np.einsum("ijk,ikl->ijl", middle[None, :, :] - middle[:, None, :], inverse)
    length = np.abs(ways).max(axis=2) + 1e-9
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = np.log(length / length.T)
    count = np.sqrt(length * length.T)
    return ways, count, skew


def triples(eyes: Sequence[Eye]) -> list[Supposed]:
    """Three patterns of one symbol, the likeliest first. ``places`` run clockwise in the picture."""
    if len(eyes) < 3:
        return []
    ways, count, skew = _relations(eyes)
    small, large = np.abs(ways).min(axis=2), np.abs(ways).max(axis=2)
    slant = small / np.maximum(large, 1e-9)
    axis = np.abs(ways).argmax(axis=2)
    beside = (slant < SLANT) & (slant.T < SLANT) & (count > 11) & (count < 190) & (np.abs(skew) < MOST_PERSPECTIVE)
    out = []
    for corner in range(len(eyes)):
        first = np.flatnonzero(beside[corner] & (axis[corner] == 0)).tolist()
        second = np.flatnonzero(beside[corner] & (axis[corner] == 1)).tolist()
        for i in first:
            for j in second:
                unequal = abs(float(np.log(count[corner, i] / count[corner, j])))
                if unequal > MOST_UNEQUAL or eyes[i].origin == eyes[j].origin:
                    continue
                slants = [slant[a, b] for a, b in ((corner, i), (i, corner), (corner, j), (j, corner))]
                misfit = 2 * unequal + float(sum(slants)) + 0.2 * (abs(skew[corner, i]) + abs(skew[corner, j]))
                misfit += sum(0.2 for k in (corner, i, j) if not eyes[k].sure)
                version = ((count[corner, i] + count[corner, j]) / 2 - 10) / 4
                out.append(_oriented(eyes[corner], eyes[i], eyes[j], float(version), misfit))
    out.sort(key=lambda s: s.misfit)
    return _once(out)[:MAX_TRIPLES]


def _oriented(corner: Eye, one: Eye, other: Eye, version: float, misfit: float) -> Supposed:
    a, b = one.middle - corner.middle, other.middle - corner.middle
    if a[0] * b[1] - a[1] * b[0] < 0:
        one, other, a, b = other, one, b, a
    return Supposed((corner, one, other), (0, 1, 2), corner.toward(a), corner.toward(b), version, misfit)


def _once(found: list[Supposed]) -> list[Supposed]:
    """Patterns without axes were tried at several angles: the best of each three patterns."""
    seen, out = set(), []
    for supposed in found:
        key = tuple(eye.origin for eye in supposed.eyes)
        if key not in seen:
            seen.add(key)
            out.append(supposed)
    return out


def pairs(eyes: Sequence[Eye]) -> Iterator[Supposed]:
    """Two patterns of one symbol whose third is hidden: beside each other on a side, or across the diagonal."""
    sure = [eye for eye in eyes if eye.sure]
    if len(sure) < 2:
        return
    ways, count, skew = _relations(sure)
    size = np.abs(ways)
    slant = size.min(axis=2) / np.maximum(size.max(axis=2), 1e-9)
    found = []
    for i, j in zip(*np.triu_indices(len(sure), 1), strict=True):
        if abs(skew[i, j]) > MOST_PERSPECTIVE or not 11 < count[i, j] < 190:
            continue
        straight, across = max(slant[i, j], slant[j, i]), min(slant[i, j], slant[j, i])
        if straight < SLANT:
            found.append((float(straight), sure[i], sure[j], float(count[i, j]), False))
        elif across > 0.55:
            found.append((float(1 - across), sure[i], sure[j], float(count[i, j]), True))
    found.sort(key=lambda f: f[0])
    for misfit, a, b, modules, diagonal in found[:MAX_PAIRS]:
        yield from (_diagonal if diagonal else _side)(a, b, (modules - 10) / 4, misfit)


def _side(a: Eye, b: Eye, version: float, misfit: float) -> Iterator[Supposed]:
    """Top left and top right, or bottom left and top left: either way round, so on either side of the line."""
    for one, other in ((a, b), (b, a)):
        right = one.toward(other.middle - one.middle)
        down = one.toward(np.array([-right[1], right[0]]))
        yield Supposed((one, other), (0, 1), right, down, version, misfit)
        # the same line as left side: the first is top left, the other bottom left
        yield Supposed((one, other), (0, 2), one.toward(np.array([right[1], -right[0]])), right, version, misfit)


def _diagonal(a: Eye, b: Eye, version: float, misfit: float) -> Iterator[Supposed]:
    """Bottom left and top right."""
    for one, other in ((a, b), (b, a)):
        way = other.middle - one.middle
        right = one.toward(np.array([way[0] - way[1], way[1] + way[0]]))
        down = one.toward(np.array([-way[0] - way[1], way[0] - way[1]]))
        yield Supposed((one, other), (2, 1), right, down, version, misfit)


def versions_near(estimate: float) -> list[int]:
    """Versions to try for an estimate, the nearest first."""
    reach = 1 + int(estimate / 8)
    middle = round(estimate)
    near = [v for v in range(middle - reach, middle + reach + 1) if 1 <= v <= 40]
    return sorted(near, key=lambda v: abs(v - estimate))
