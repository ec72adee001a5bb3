"""Where everything is in a QR Model 2 symbol (ISO/IEC 18004:2015): function patterns, bit order, masks, blocks."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[Any]

LEVELS = "LMQH"
_LEVEL_BITS = {"L": 1, "M": 0, "Q": 3, "H": 2}
_ECC = {  # error correction codewords per block, versions 1 … 40 (table 9)
    "L": (
        "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 "
        "28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
    "M": (
        "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 "
        "26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28"
    ),
    "Q": (
        "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 "
        "28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
    "H": (
        "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 "
        "30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
    ),
}
_BLOCKS = {  # blocks, versions 1 … 40 (table 9)
    "L": ("1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25"),
    "M": ("1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49"),
    "Q": (
        "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68"
    ),
    "H": (
        "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81"
    ),
}
ECC = {level: tuple(map(int, row.split())) for level, row in _ECC.items()}
BLOCKS = {level: tuple(map(int, row.split())) for level, row in _BLOCKS.items()}
VERSIONS = range(1, 41)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One version. Grids are size × size, row first; positions are (rows, columns)."""

    version: int
    size: int
    known: Grid
    """+1 dark, -1 light, 0 unknown: finders, separators, timing, alignment, dark module."""
    rows: Grid
    columns: Grid
    """Modules of the data bits in their order."""
    format_rows: Grid
    format_columns: Grid
    """2 × 15 modules of the format information, least significant bit first."""


def size_of(version: int) -> int:
    return 17 + 4 * version


def alignment_centres(version: int) -> list[int]:
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *reversed([size_of(version) - 7 - i * step for i in range(count - 1)])]


@cache
def layout(version: int) -> Layout:
    size = size_of(version)
    known = np.zeros((size, size), np.float32)
    taken = np.zeros((size, size), bool)
    known[6, 8:-8] = known[8:-8, 6] = np.where(np.arange(8, size - 8) % 2 == 0, 1, -1)
    finder = -np.ones((8, 8), np.float32)
    finder[:7, :7] = 1
    finder[1:6, 1:6] = -1
    finder[2:5, 2:5] = 1
    known[:8, :8], known[:8, -8:], known[-8:, :8] = finder, finder[:, ::-1], finder[::-1]
    centres = alignment_centres(version)
    for y in centres:
        for x in centres:
            if (y, x) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                known[y - 2 : y + 3, x - 2 : x + 3] = 1
                known[y - 1 : y + 2, x - 1 : x + 2] = -1
                known[y, x] = 1
    known[size - 8, 8] = 1
    taken |= known != 0
    a, b = _format_places(size)
    taken[a, b] = True
    if version >= 7:
        taken[size - 11 : size - 8, :6] = taken[:6, size - 11 : size - 8] = True
    rows, columns = _data_places(size, taken)
    return Layout(version, size, known, rows, columns, a, b)


def _format_places(size: int) -> tuple[Grid, Grid]:
    first = [(i, 8) for i in range(6)] + [(7, 8), (8, 8), (8, 7)] + [(8, 14 - i) for i in range(9, 15)]
    second = [(8, size - 1 - i) for i in range(8)] + [(size - 15 + i, 8) for i in range(8, 15)]
    places = np.array([first, second])
    return places[:, :, 0], places[:, :, 1]


def _data_places(size: int, taken: Grid) -> tuple[Grid, Grid]:
    rows, columns = [], []
    upward = True
    for right in (x if x > 6 else x - 1 for x in range(size - 1, 0, -2)):
        for row in range(size - 1, -1, -1) if upward else range(size):
            for column in (right, right - 1):
                if not taken[row, column]:
                    rows.append(row)
                    columns.append(column)
        upward = not upward
    return np.array(rows), np.array(columns)


@cache
def mask(number: int, size: int) -> Grid:
    """True where the data are inverted (table 10)."""
    i, j = np.mgrid[0:size, 0:size]
    pattern: Grid = (
        lambda: (i + j) % 2,
        lambda: i % 2,
        lambda: j % 3,
        lambda: (i + j) % 3,
        lambda: (i // 2 + j // 3) % 2,
        lambda: i * j % 2 + i * j % 3,
        lambda: (i * j % 2 + i * j % 3) % 2,
        lambda: ((i + j) % 2 + i * j % 3) % 2,
    )[number]()
    return np.asarray(pattern == 0)


@cache
def format_words() -> tuple[list[tuple[str, int]], Grid]:
    """All 32 (level, mask) with their 15 bits as +1/-1, least significant first (annex C)."""
    names, words = [], []
    for level in LEVELS:
        for number in range(8):
            data = _LEVEL_BITS[level] << 3 | number
            rest = data
            for _ in range(10):
                rest = (rest << 1) ^ ((rest >> 9) * 0x537)
            word = (data << 10 | rest) ^ 0x5412
            names.append((level, number))
            words.append([1 if word >> i & 1 else -1 for i in range(15)])
    return names, np.array(words, np.float32)


@cache
def blocks(version: int, level: str) -> tuple[tuple[Grid, ...], int]:
    """Places of each block's codewords in the symbol's stream (data, then correction), and correction per block."""
    total = len(layout(version).rows) // 8
    count, ecc = BLOCKS[level][version - 1], ECC[level][version - 1]
    short_blocks, short = count - total % count, total // count
    data_lengths = [short - ecc + (i >= short_blocks) for i in range(count)]
    places: list[list[int]] = [[] for _ in range(count)]
    at = 0
    for k in range(max(data_lengths)):
        for i in range(count):
            if k < data_lengths[i]:
                places[i].append(at)
                at += 1
    for _ in range(ecc):
        for i in range(count):
            places[i].append(at)
            at += 1
    return tuple(np.array(p) for p in places), ecc
