"""Read one symbol whose whereabouts are known, or search a picture for symbols."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr import decide, soft
from inspector.scan.qr.eyes import eyes
from inspector.scan.qr.grid import Placed, Surface, fitted, start
from inspector.scan.qr.layout import VERSIONS, Grid, size_of
from inspector.scan.qr.patterns import patterns
from inspector.scan.qr.triples import Supposed, pairs, triples, versions_near
from inspector.scan.reading import Reading
from inspector.scan.zxing import Quad

NAME = "grid"
CORNERS = (0, 1, 2, 3)
BOWED, WARPED = (4, 5, 2, 0, 1, 3), tuple(range(11))
SMALLEST = 1.2
"""Pixels a module below which nothing can be told."""
PROMISING = 0.72
"""Score of a first rough placing below which there is no symbol (noise stays below in 95 of 100)."""
WORTH_DECODING = 0.9
MAX_GUESSES = 16
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
    found = eyes(gray, [p for p in patterns(gray) if not _within(np.array([(p.x, p.y)]), out)])
    guesses = sorted(_guesses(gray, chain(triples(found), pairs(found)), enough), key=lambda g: -g.score)
    for guess in guesses[:MAX_GUESSES]:
        if enough():
            break
        if not _within(guess.seen, out) and (reading := _from_starts(guess)) is not None:
            out.append(reading)
    return out[len(taken) :]


def _guesses(gray: Image, supposed: Iterable[Supposed], enough: Enough) -> Iterator[_Guess]:
    for some in supposed:
        if enough():
            return
        versions = versions_near(some.version)
        if not versions or some.module < SMALLEST:
            continue
        flat = some.parallelogram(versions[0])
        surface = Surface(gray, flat, some.module)
        placed = [max(_placings(surface, some, v), key=lambda p: p.score) for v in versions]
        hidden = tuple(i for i, place in ((0, 0), (1, 1), (3, 2)) if place not in some.places)
        seen = np.array([eye.middle for eye in some.eyes])
        yield _Guess(surface, sorted(placed, key=lambda p: -p.score), (2, *hidden), seen)


def _placings(surface: Surface, some: Supposed, version: int) -> Iterator[Placed]:
    """In perspective, without, and bent."""
    flat = surface.here(some.parallelogram(version))
    yield surface.judged(start(version, flat))
    if (corners := some.corners(version)) is not None:
        yield surface.judged(start(version, surface.here(corners)))
    model, seen = some.marks(version)
    if len(model) > 4:
        yield surface.judged(fitted(version, flat, model, surface.here(seen), surface.module))


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
