"""Read one symbol whose whereabouts are known, or search a picture for symbols."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.qr import decide, soft
from inspector.scan.qr.finder import Triple, patterns, triples, versions_near
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


def search(gray: Image, enough: Enough, taken: Sequence[Reading] = ()) -> list[Reading]:
    """Symbols found by their finder patterns, the likeliest first, until ``enough`` says that the time is up."""
    out: list[Reading] = list(taken)
    guesses = []
    for triple in triples(patterns(gray)):
        if enough():
            break
        if not _within(triple.points, out):
            guesses.append(_guess(gray, triple))
    guesses.sort(key=lambda g: -g[0])
    for _, surface, starts, points in guesses:
        if enough():
            break
        if not _within(points, out) and (found := _from_starts(surface, starts)) is not None:
            out.append(found)
    return out[len(taken) :]


def _guess(gray: Image, triple: Triple) -> tuple[float, Surface, list[Placed], Grid]:
    tl, tr, bl = triple.points
    corners = np.vstack([tl, tr, tr + bl - tl, bl])
    surface = Surface(gray, corners, triple.module)
    here = surface.here(corners)
    starts = [surface.judged(start(v, here)) for v in versions_near(triple.version)]
    starts.sort(key=lambda p: -p.score)
    return starts[0].score, surface, starts, triple.points


def _from_starts(surface: Surface, starts: Sequence[Placed]) -> Reading | None:
    rough = sorted((surface.settled(p, FOURTH, (2.0, 1.0, 0.5)) for p in starts[:4]), key=lambda p: -p.score)
    for placed in rough[:2]:
        if placed.score < PROMISING:
            return None
        if (found := _read(surface, placed)) is not None:
            return found
    return None


def _read(surface: Surface, placed: Placed) -> Reading | None:
    """Settle the corners, then, if that is not enough, the bend of the paper."""
    for moves, steps in ((CORNERS, (0.35, 0.15, 0.07)), (BOWED, (0.8, 0.4, 0.2, 0.1)), (WARPED, (0.5, 0.25, 0.12))):
        placed = surface.settled(placed, moves, steps)
        if placed.score < WORTH_DECODING:
            continue
        for way in decide.ways(surface.sampled(placed), placed.version):
            if (found := soft.decode(way, placed.version)) is not None:
                tl, tr, br, bl = ((float(x), float(y)) for x, y in surface.there(placed.corners()))
                return Reading(*found, (tl, tr, br, bl), NAME)
    return None


def _within(points: Grid, readings: Sequence[Reading]) -> bool:
    """Whether two of the points lie in a symbol that has been read."""
    for reading in readings:
        outline = np.array(reading.corners, np.float32)
        if sum(cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 for x, y in points) >= 2:
            return True
    return False
