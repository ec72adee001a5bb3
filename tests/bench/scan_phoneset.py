"""Photographs as phones take them, kind by kind as in the public benchmark, written as a folder in its format.

``python -m tests.bench.scan_phoneset DIR --each 6 --seed 1`` writes ``kind/image001.jpg`` and beside each a ``.txt``
with a line ``SETS`` and eight numbers (four corners) for each code. Beyond ``scan_hardset`` these hold what webcams
seldom show: sixty codes on a sheet, twelve megapixels, cylinders, real moiré, hard shadows, styled codes.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from inspector.scan.pictures import Image, decode_picture, encode_jpeg
from inspector.scan.qr.layout import BLOCKS, ECC, Grid, layout
from inspector.scan.webcam import Conditions, shoot
from tests.bench.scan_hardset import payload, symbol
from tests.bench.scan_styles import bent, modules, styled, turned_left
from tests.bench.scan_table import Table, code, enlarged, free_place, table_top

SIZES = ((1200, 900), (1600, 1200), (1600, 1200), (2400, 1800), (4000, 3000))
PHONE = Conditions(share=1.15, tilt=8, pan=8, turn=6, noise=4, defocus=0.9, jpeg=85, light=0.85)


@dataclass(frozen=True, slots=True)
class Photograph:
    """``quads``: n × 4 × 2 pixels, clockwise from each code's own top left."""

    kind: str
    image: Image
    quads: Grid


def _some(rng: Generator, most: int, sides: tuple[int, int], make: Callable[[Generator, int], tuple[Image, Grid]]):
    table = table_top(rng)
    for _ in range(int(rng.integers(1, most + 1))):
        patch, quad = make(rng, int(rng.integers(*sides)))
        if (place := free_place(rng, table, patch)) is not None:
            table.lay(patch, quad, *place)
    return table


def _photographed(rng: Generator, kind: str, table: Table, **changes: object) -> Photograph:
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    if rng.random() < 0.4 and "share" not in changes:
        table = Table(np.ascontiguousarray(np.rot90(table.page)), [turned_left(q, table.page) for q in table.quads])
        width, height = height, width
    scale = max(width, height) / 1600  # lengths of blur are told for 1600 pixels
    view = {"tilt": rng.uniform(0, 18), "pan": rng.uniform(0, 18), "turn": rng.uniform(0, 12)} | changes
    conditions = replace(PHONE, width=width, height=height, **view)  # type: ignore[arg-type]
    conditions = replace(conditions, defocus=conditions.defocus * scale, motion=conditions.motion * scale)
    shot = shoot(table.page, conditions, int(rng.integers(1 << 31)))
    quads = cv2.perspectiveTransform(np.array(table.quads, np.float64), shot.homography)
    inside = [(q.mean(axis=0) > 0).all() and (q.mean(axis=0) < (width, height)).all() for q in quads]
    return Photograph(kind, shot.image, quads[np.array(inside)])


def _with(most: int = 3, sides: tuple[int, int] = (140, 420), **ranges: tuple[float, float]):
    def make(rng: Generator, kind: str) -> Photograph:
        table = _some(rng, most, sides, code)
        return _photographed(rng, kind, table, **{name: rng.uniform(*span) for name, span in ranges.items()})

    return make


def _lots(rng: Generator, kind: str) -> Photograph:
    """A sheet with up to a hundred codes."""
    columns, rows = ((6, 10), (7, 9), (10, 10), (5, 8))[int(rng.integers(4))]
    cell = 190
    table = table_top(rng, columns * cell + 200, rows * cell + 200)
    table.page[60:-60, 60:-60] = 245
    for i in range(columns * rows):
        patch, quad = code(rng, int(cell * rng.uniform(0.75, 0.95)), 4, 30)
        table.lay(patch, quad, 100 + i % columns * cell, 100 + i // columns * cell)
    return _photographed(rng, kind, table, share=1.0, tilt=rng.uniform(0, 14), pan=rng.uniform(0, 10))


def _close(rng: Generator, kind: str) -> Photograph:
    """The code fills the frame and a little more; the lens cannot focus so near."""
    patch, quad = code(rng, 1100, 8, 90)
    table = Table(cv2.cvtColor(patch, cv2.COLOR_GRAY2BGR), [quad])
    share = rng.uniform(0.95, 1.25)
    return _photographed(rng, kind, table, share=share, defocus=rng.uniform(1, 9), off_centre=rng.uniform(0, 0.12))


def _curved(rng: Generator, kind: str) -> Photograph:
    """Labels of cups and bottles, upright or lying, and curling paper."""

    def label(rng: Generator, side: int) -> tuple[Image, Grid]:
        return bent(*code(rng, side), rng)

    return _photographed(rng, kind, _some(rng, 1, (320, 700), label), share=1.25)


def _damaged(rng: Generator, kind: str) -> Photograph:
    """Torn, scratched, scribbled on, stained."""

    def worn(rng: Generator, side: int) -> tuple[Image, Grid]:
        patch, quad = code(rng, side, 5, 50, "MQH"[int(rng.integers(3))])
        size = patch.shape[0]
        for _ in range(int(rng.integers(2, 8))):
            a, b = (tuple(int(v) for v in rng.integers(0, size, 2)) for _ in range(2))
            tone = int(rng.choice([20, 90, 200, 250]))
            if rng.random() < 0.6:
                middle = tuple(int(v) for v in rng.integers(0, size, 2))
                cv2.polylines(patch, [np.array([a, middle, b])], False, tone, int(rng.integers(2, max(3, size // 30))))
            else:
                cv2.ellipse(patch, a, (size // 14, size // 20), float(rng.uniform(0, 180)), 0, 360, tone, -1)
        if rng.random() < 0.4:  # a corner torn off
            x, y = (size * rng.uniform(0.12, 0.3, 2)).astype(int)
            corner = np.array([(0, 0), (x, 0), (0, y)])
            cv2.fillPoly(patch, [corner if rng.random() < 0.5 else size - corner], 120)
        return patch, quad

    return _photographed(rng, kind, _some(rng, 1, (260, 600), worn), share=1.2)


def _high_version(rng: Generator, kind: str) -> Photograph:
    version, level = int(rng.integers(20, 41)), "LM"[int(rng.integers(2))]
    bits, checks = len(layout(version).rows), BLOCKS[level][version - 1] * ECC[level][version - 1]
    most = bits // 8 - checks - 22  # bytes, less the header and what payload() puts before
    clean = symbol(payload(rng, most - 60, most), 1, level, version)
    table = table_top(rng)
    patch, quad = enlarged(clean, 1000)
    table.lay(patch, quad, 300, 60)
    return _photographed(rng, kind, table, share=rng.uniform(0.85, 1.05), defocus=rng.uniform(0.4, 1.1))


def _monitor(rng: Generator, kind: str) -> Photograph:
    """A screen: stripes of red, green and blue with black between, which beat with the sensor's pixels."""
    table = _some(rng, 2, (240, 520), code)
    page = cv2.resize(table.page, None, fx=1.8, fy=1.8, interpolation=cv2.INTER_NEAREST).astype(np.float32)
    pitch = int(rng.integers(3, 7))
    x, y = np.arange(page.shape[1]) % pitch, np.arange(page.shape[0]) % pitch
    for channel in range(3):
        page[:, :, channel] *= np.where(x * 3 // pitch == channel, 1.9, 0.55)[None, :]
    page *= np.where(y == 0, 0.35, 1.05)[:, None, None]
    table = Table(np.clip(page, 0, 255).astype(np.uint8), [q * 1.8 for q in table.quads])
    return _photographed(
        rng, kind, table, defocus=rng.uniform(0.2, 0.7), moire=rng.uniform(0, 0.7), glare=rng.uniform(0, 0.4)
    )


def _noncompliant(rng: Generator, kind: str) -> Photograph:
    def odd(rng: Generator, side: int) -> tuple[Image, Grid]:
        return styled(rng, payload(rng, 5, 50), side)

    return _photographed(rng, kind, _some(rng, 1, (260, 560), odd), share=1.2)


def _pathological(rng: Generator, kind: str) -> Photograph:
    """Finder patterns, parts of codes and chequers around the real one."""
    table = table_top(rng)
    for _ in range(int(rng.integers(15, 70))):
        part = modules(payload(rng, 5, 20), "M")
        part = part[:7, :7] if rng.random() < 0.6 else part[: int(rng.integers(8, 20)), : int(rng.integers(8, 20))]
        patch = np.kron(np.pad(part, 1), np.ones((int(rng.integers(3, 11)),) * 2, bool))
        h, w = patch.shape
        x, y = int(rng.integers(0, 1600 - w)), int(rng.integers(0, 1200 - h))
        table.page[y : y + h, x : x + w] = np.where(patch, 15, 245)[:, :, None]
    patch, quad = code(rng, int(rng.integers(180, 420)), 5, 50)
    table.lay(patch, quad, int(rng.integers(200, 1000)), int(rng.integers(200, 700)))
    return _photographed(rng, kind, table)


def _shadows(rng: Generator, kind: str) -> Photograph:
    """Hands and window bars: edges across the codes, up to eight times darker."""
    taken = _photographed(rng, kind, _some(rng, 3, (160, 420), code))
    height, width = taken.image.shape[:2]
    light = np.ones((height, width), np.float32)
    for quad in taken.quads:
        at = quad.mean(axis=0) + rng.normal(0, 0.2, 2) * np.ptp(quad, axis=0)
        shape = at + rng.normal(0, 1, (int(rng.integers(3, 7)), 2)) * np.ptp(quad, axis=0).max()
        cv2.fillPoly(light, [cv2.convexHull(shape.astype(np.int32))], float(rng.uniform(0.12, 0.45)))
    light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.8, 6) * width / 1600)
    return Photograph(kind, _again(taken.image * light[:, :, None]), taken.quads)


def _glare(rng: Generator, kind: str) -> Photograph:
    """A lamp in laminated paper, or a burnt-out stripe, over up to half of the code."""
    taken = _photographed(rng, kind, _some(rng, 2, (220, 520), code), light=rng.uniform(0.5, 0.9))
    height, width = taken.image.shape[:2]
    light = np.zeros((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for quad in taken.quads:
        side = float(np.ptp(quad, axis=0).max())
        cx, cy = quad.mean(axis=0) + rng.uniform(-0.55, 0.55, 2) * side
        a = rng.uniform(0, np.pi)
        along, across = (x - cx) * np.cos(a) + (y - cy) * np.sin(a), (y - cy) * np.cos(a) - (x - cx) * np.sin(a)
        long, wide = side * rng.uniform(0.15, 0.9), side * rng.uniform(0.08, 0.25)
        light += 300 * np.exp(-(((along / long) ** 2 + (across / wide) ** 2) ** rng.uniform(0.7, 1.5)))
    return Photograph(kind, _again(taken.image + light[:, :, None]), taken.quads)


def _bright_spots(rng: Generator, kind: str) -> Photograph:
    """Small lamps mirrored in foil, some of them in the middle of a code."""
    taken = _photographed(rng, kind, _some(rng, 4, (160, 400), code), light=rng.uniform(0.6, 1.0))
    height, width = taken.image.shape[:2]
    light = np.zeros((height, width), np.float32)
    for quad in taken.quads:
        side = np.ptp(quad, axis=0).max()
        for _ in range(int(rng.integers(1, 4))):
            x, y = (int(v) for v in quad.mean(axis=0) + rng.uniform(-0.5, 0.5, 2) * side)
            axes = tuple(int(v) for v in rng.uniform(0.03, 0.13, 2) * side + 1)
            cv2.ellipse(light, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, 260, -1)
    light = cv2.GaussianBlur(light, (0, 0), rng.uniform(1, 8) * width / 1600)
    return Photograph(kind, _again(taken.image + light[:, :, None]), taken.quads)


def _again(light: Grid) -> Image:
    return decode_picture(encode_jpeg(np.clip(light, 0, 255).astype(np.uint8), 88))


MAKERS: Mapping[str, Callable[[Generator, str], Photograph]] = {
    "blurred": _with(2, (200, 450), defocus=(1, 4.5), motion=(0, 14)),
    "bright_spots": _bright_spots,
    "brightness": _with(3, light=(0.05, 0.25), noise=(3, 10)),
    "close": _close,
    "curved": _curved,
    "damaged": _damaged,
    "glare": _glare,
    "high_version": _high_version,
    "lots": _lots,
    "monitor": _monitor,
    "nominal": _with(4, (90, 420)),
    "noncompliant": _noncompliant,
    "pathological": _pathological,
    "perspective": _with(2, (260, 480), tilt=(35, 62), pan=(10, 40)),
    "rotations": _with(2, turn=(0, 180)),
    "shadows": _shadows,
}


def phone_photographs(each: int, first_seed: int) -> Iterator[Photograph]:
    """``each`` photographs of every kind; those without a code in view are left out."""
    for number, (kind, make) in enumerate(MAKERS.items()):
        for i in range(each):
            taken = make(np.random.default_rng((first_seed, number, i)), kind)
            if len(taken.quads):
                yield taken


def write(folder: Path, each: int, first_seed: int) -> int:
    """Write them in the public benchmark's format; the number of photographs."""
    count = 0
    for count, taken in enumerate(phone_photographs(each, first_seed), 1):
        path = folder / taken.kind / f"image{count:03}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_jpeg(taken.image, 88))
        rows = "\n".join(" ".join(f"{v:.1f}" for v in quad.ravel()) for quad in taken.quads)
        path.with_suffix(".txt").write_text(f"# corners\nSETS\n{rows}\n")
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scan_phoneset")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(write(given.folder, given.each, given.seed), "photographs")
