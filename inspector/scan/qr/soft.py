"""From gray values of modules to the bytes of a symbol: format, codewords with their doubt, correction.

Soft grids hold +1 for surely dark … -1 for surely light; 0 is no idea.
"""

import numpy as np

from inspector.scan import zxing
from inspector.scan.qr.layout import Grid, Layout, blocks, format_words, layout, mask
from inspector.scan.qr.solomon import correct

FORMATS_TRIED = 2
MIN_FORMAT = 0.35
"""Least agreement (1 is perfect) of the format information; noise reaches 0.35 in one of fifty pictures."""


def decode(soft: Grid, version: int) -> tuple[bytes, str] | None:
    """Bytes and text of the symbol whose modules are given, upright or mirrored; None when it cannot be corrected."""
    shape = layout(version)
    straight, mirrored = _formats(soft, shape), _formats(soft.T, shape)
    if mirrored[0][0] > straight[0][0]:
        soft, straight = soft.T, mirrored
    for agreement, level, number in straight[:FORMATS_TRIED]:
        if agreement < MIN_FORMAT:
            break
        if (stream := _corrected(soft, shape, level, number)) is not None:
            return zxing.read_grid(_drawn(stream, shape, level, number))
    return None


def _formats(soft: Grid, shape: Layout) -> list[tuple[float, str, int]]:
    names, words = format_words()
    seen = soft[shape.format_rows, shape.format_columns]
    agreement = (words @ seen.T).sum(axis=1) / (np.abs(seen).sum() + 1e-6)
    best = np.argsort(-agreement)[: FORMATS_TRIED + 1]
    return [(float(agreement[i]), *names[i]) for i in best]


def _corrected(soft: Grid, shape: Layout, level: str, number: int) -> Grid | None:
    places, checks = blocks(shape.version, level)
    values = soft[shape.rows, shape.columns]
    values = np.where(mask(number, shape.size)[shape.rows, shape.columns], -values, values)
    whole = len(values) // 8 * 8
    bits = values[:whole].reshape(-1, 8)
    stream = np.packbits(bits > 0, axis=1)[:, 0]
    doubt = np.log1p(np.exp(-6 * np.abs(bits))).sum(axis=1)
    out = stream.copy()
    for place in places:
        word = [int(v) for v in stream[place]]
        order = [int(i) for i in np.argsort(-doubt[place], kind="stable")]
        fixed = _with_erasures(word, checks, order)
        if fixed is None:
            return None
        out[place] = fixed
    return out


def _with_erasures(word: list[int], checks: int, doubtful: list[int]) -> list[int] | None:
    """Generalised minimum distance decoding (Forney 1966): erase ever more of the most doubtful codewords."""
    for erasures in range(0, checks - 2, 2):
        if (fixed := correct(word, checks, doubtful[:erasures])) is not None:
            return fixed
    return None


def _drawn(stream: Grid, shape: Layout, level: str, number: int) -> Grid:
    """The clean symbol, 2 px a module, with its quiet zone: what zxing-cpp is given to read."""
    dark = shape.known > 0
    bits = np.unpackbits(stream)
    dark[shape.rows[: len(bits)], shape.columns[: len(bits)]] = bits > 0
    dark[shape.rows, shape.columns] ^= mask(number, shape.size)[shape.rows, shape.columns]
    names, words = format_words()
    dark[shape.format_rows, shape.format_columns] = words[names.index((level, number))] > 0
    dark[shape.size - 8, 8] = True
    if shape.version >= 7:
        _draw_version(dark, shape)
    picture = np.where(np.pad(dark, 4), 0, 255).astype(np.uint8)
    return np.kron(picture, np.ones((2, 2), np.uint8))


def _draw_version(dark: Grid, shape: Layout) -> None:
    """Version information (annex D)."""
    rest = shape.version
    for _ in range(12):
        rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
    word = shape.version << 12 | rest
    for i in range(18):
        a, b = shape.size - 11 + i % 3, i // 3
        dark[a, b] = dark[b, a] = word >> i & 1
