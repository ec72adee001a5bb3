"""A table top with codes on it: what the generated photographs of phones are taken of."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid
from tests.bench.scan_hardset import LEVELS, payload, symbol


@dataclass(slots=True)
class Table:
    """A table top under way: what lies on it, and where its codes are."""

    page: Image
    quads: list[Grid]

    def lay(self, patch: Image, quad: Grid, x: int, y: int) -> None:
        h, w = patch.shape[:2]
        self.page[y : y + h, x : x + w] = patch if patch.ndim == 3 else patch[:, :, None]
        self.quads.append(quad + np.array([x, y]))


def table_top(rng: Generator, width: int = 1600, height: int = 1200) -> Table:
    """Grain, print, and the edges of other things."""
    tone = rng.uniform(60, 220, 3) * 0.4 + rng.uniform(60, 220) * 0.6
    grain = cv2.resize(rng.normal(0, 1, (height // 4, width // 40)).astype(np.float32), (width, height))
    page = np.clip(tone + 10 * grain[:, :, None], 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(2, 9))):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = (int(v) for v in rng.integers(60, 600, 2))
        shade = tuple(int(v) for v in rng.integers(10, 245, 3))
        cv2.rectangle(page, (x, y), (x + w, y + h), shade, -1)
        for line in range(y + 16, min(height, y + h), 22):
            letters = "".join(chr(int(c)) for c in rng.integers(33, 123, w // 12))
            cv2.putText(page, letters, (x + 6, line), cv2.FONT_HERSHEY_PLAIN, 1.2, (20, 20, 20), 1)
    return Table(page, [])


def code(rng: Generator, side: int, least: int = 8, most: int = 70, level: str = "") -> tuple[Image, Grid]:
    """A code of about ``side`` pixels with its quiet zone, and its quad."""
    clean = symbol(payload(rng, least, most), 1, level or LEVELS[int(rng.integers(4))])
    return enlarged(clean, side)


def enlarged(clean: Image, side: int) -> tuple[Image, Grid]:
    count = clean.shape[0]
    module = max(1, round(side / count))
    code = np.kron(clean, np.ones((module, module), np.uint8))
    code = np.clip(code, 18, 248)
    a, b = 4 * module, (count - 4) * module
    return code, np.array([(a, a), (b, a), (b, b), (a, b)], np.float64)


def free_place(rng: Generator, table: Table, patch: Image) -> tuple[int, int] | None:
    height, width = table.page.shape[:2]
    h, w = patch.shape[:2]
    for _ in range(40):
        x = int(rng.integers(int(0.12 * width), max(int(0.12 * width) + 1, int(0.88 * width) - w)))
        y = int(rng.integers(int(0.12 * height), max(int(0.12 * height) + 1, int(0.88 * height) - h)))
        if all(
            q[:, 0].max() < x or q[:, 0].min() > x + w or q[:, 1].max() < y or q[:, 1].min() > y + h
            for q in table.quads
        ):
            return x, y
    return None
