"""Read one symbol whose whereabouts are known, or search a picture for symbols."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr import decide, soft
from inspector.scan.qr.finder import Pattern, measured, pairs, patterns, triples, versions_near
from inspector.scan.qr.grid import Placed, Surface, start
from inspector.scan.qr.layout import VERSIONS, Grid, size_of
from inspector.scan.reading import Reading
from inspector.scan.zxing import Quad

NAME = "grid"
CORNERS, FOURTH = (0, 1, 2, 3), (2,)
BOWED, WARPED = (4, 5, 2, 0, 1, 3), tuple(range(11))
SMALLEST = 1.2
"""Pixels a module below which nothing can be told."""
PROMISING = 0.72
"""Score of a first rough placing below which there is no symbol (noise stays below in 95 of 100)."""
WORTH_DECODING = 0.9
MAX_GUESSES = 12
Enough = Callable[[], bool]


def from_quad(gray: Image, quad: Quad) -> Reading | None:
    """Read the symbol with these corners, which another decoder found but could not read."""
    corners = np.array(quad, np.float32)
    side = float(np.sqrt(abs(cv2.contourArea(corners))))
    versions = [v for v in VERSIONS if side / size_of(v) > SMALLEST]
    if not versions:
        return None
    surface = Surface(gray, corners, side / 35)
    starts = []
    for version in versions:
        size = size_of(version)
        a, b = 3.5, size - 3.5
        square = np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float32)
        turn = cv2.getPerspectiveTransform(square, surface.here(corners).astype(np.float32))
        inner = cv2.perspectiveTransform(np.array([[(a, a), (b, a), (b, b), (a, b)]], np.float32), turn)[0]
        starts.append(surface.judged(start(version, inner)))
    starts.sort(key=lambda p: -p.score)
    for placed in starts[:2]:
        exact = Surface(gray, corners, side / size_of(placed.version))
        moved = exact.judged(start(placed.version, exact.here(surface.there(placed.points[:4]))))
        if (found := _read(exact, exact.settled(moved, CORNERS, (0.7,)))) is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Guess:
    """A supposed symbol: where its patterns are, which versions fit, which of its corners are free to move far."""

    surface: Surface
    starts: list[Placed]
    free: tuple[int, ...]
    seen: Grid
    """The patterns that it rests on, n × 2 pixels."""

    @property
    def score(self) -> float:
        return self.starts[0].score


def search(gray: Image, enough: Enough, taken: Sequence[Reading] = ()) -> list[Reading]:
    """Symbols found by their finder patterns, the likeliest first, until ``enough`` says that the time is up."""
    out: list[Reading] = list(taken)
    found = [p for p in patterns(gray) if not _within(np.array([(p.x, p.y)]), out)]
    for supposed in (_from_triples, _from_pairs):
        guesses = sorted(supposed(gray, found, enough), key=lambda g: -g.score)
        for guess in guesses[:MAX_GUESSES]:
            if enough():
                return out[len(taken) :]
            if not _within(guess.seen, out) and (reading := _from_starts(guess)) is not None:
                out.append(reading)
    return out[len(taken) :]


def _from_triples(gray: Image, found: Sequence[Pattern], enough: Enough) -> Iterator[_Guess]:
    for triple in triples(found):
        if enough():
            return
        tl, tr, bl = triple.points
        corners = np.vstack([tl, tr, tr + bl - tl, bl])
        yield _guess(gray, corners, triple.module, versions_near(triple.version), FOURTH, triple.points)


def _from_pairs(gray: Image, found: Sequence[Pattern], enough: Enough) -> Iterator[_Guess]:
    """Where glare or damage hides one finder pattern, the other two still say where it must be, one way or another."""
    for pair in pairs(found):
        for corners, hidden in pair.squares():
            if enough():
                return
            module, version = measured(corners, pair.modules)
            if versions := versions_near(version):
                yield _guess(gray, corners, module, versions, (2, hidden), pair.points)


def _guess(
    gray: Image, corners: Grid, module: float, versions: Sequence[int], free: tuple[int, ...], seen: Grid
) -> _Guess:
    surface = Surface(gray, corners, module)
    here = surface.here(corners)
    starts = [surface.judged(start(v, here)) for v in versions]
    return _Guess(surface, sorted(starts, key=lambda p: -p.score), free, seen)


def _from_starts(guess: _Guess) -> Reading | None:
    surface = guess.surface
    rough = [surface.settled(p, guess.free, (2.0, 1.0, 0.5)) for p in guess.starts[:4]]
    for placed in sorted(rough, key=lambda p: -p.score)[:2]:
        if placed.score < PROMISING:
            return None
        if (found := _read(surface, placed)) is not None:
            return found
    return None


def _read(surface: Surface, placed: Placed) -> Reading | None:
    """Settle the corners, then, if that is not enough, the bend of the paper."""
    for moves, steps in ((CORNERS, (0.35, 0.15, 0.07)), (BOWED, (0.8, 0.4, 0.2, 0.1)), (WARPED, (0.5, 0.25, 0.12))):
        if moves is BOWED:
            placed = surface.best_bowed(placed)
        placed = surface.settled(placed, moves, steps)
        if placed.score < WORTH_DECODING:
            continue
        for way in decide.ways(surface.sampled(placed), placed.version):
            if (found := soft.decode(way, placed.version)) is not None:
                tl, tr, br, bl = ((float(x), float(y)) for x, y in surface.there(placed.corners()))
                return Reading(*found, (tl, tr, br, bl), NAME)
    return None


def _within(points: Grid, readings: Sequence[Reading]) -> bool:
    """Whether most of the points lie in a symbol that has been read."""
    for reading in readings:
        outline = np.array(reading.corners, np.float32)
        if 2 * sum(cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0 for x, y in points) > len(points):
            return True
    return False
