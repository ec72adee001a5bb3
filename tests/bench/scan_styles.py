"""Codes as designers and cup makers leave them: styled modules, odd colours, bent around a cylinder."""

import cv2
import numpy as np
from numpy.random import Generator

from inspector.scan.pictures import Image
from inspector.scan.qr.layout import Grid
from tests.bench.scan_hardset import symbol


def modules(data: bytes, level: str) -> Grid:
    """True where dark, without quiet zone."""
    return symbol(data, 1, level)[4:-4, 4:-4] < 128


def styled(rng: Generator, data: bytes, side: int) -> tuple[Image, Grid]:
    """A code of about ``side`` pixels that breaks one or two rules; blue-green-red, and its quad."""
    dark = modules(data, "QH"[int(rng.integers(2))])
    count = dark.shape[0]
    m = max(6, side // (count + 8))
    quiet = int(rng.choice([0, 1, 4]))
    mask = _drawn(dark, m, str(rng.choice(["square", "dots", "small", "rounded"])))
    mask = np.pad(mask, quiet * m)
    ink, paper = _colours(rng)
    code = (paper + (ink - paper) * mask[:, :, None]).astype(np.uint8)
    a, b = quiet * m, (quiet + count) * m
    if rng.random() < 0.4:  # a logo in the middle
        middle, reach = (a + b) // 2, int((b - a) * rng.uniform(0.08, 0.13))
        shade = tuple(int(v) for v in rng.integers(0, 255, 3))
        cv2.rectangle(code, (middle - reach, middle - reach), (middle + reach, middle + reach), (250, 250, 250), -1)
        cv2.circle(code, (middle, middle), int(reach * 0.8), shade, -1)
    quad = np.array([(a, a), (b, a), (b, b), (a, b)], np.float64)
    if rng.random() < 0.15:
        width = code.shape[1]
        code = np.ascontiguousarray(code[:, ::-1])
        quad = np.column_stack([width - quad[:, 0], quad[:, 1]])
    return code, quad


def _colours(rng: Generator) -> tuple[Grid, Grid]:
    way = int(rng.integers(4))
    if way == 0:  # inverted
        return np.array([235.0, 240, 240]), rng.uniform(0, 60, 3)
    if way == 1:  # coloured ink
        ink = rng.uniform(0, 60, 3)
        ink[int(rng.integers(3))] = rng.uniform(110, 200)
        return ink, np.array([250.0, 250, 250])
    if way == 2:  # pale
        return rng.uniform(120, 150, 3), rng.uniform(190, 230, 3)
    return np.array([15.0, 15, 15]), rng.uniform(150, 255, 3)


def _drawn(dark: Grid, m: int, way: str) -> Grid:
    """0 … 1; finder patterns stay square."""
    square = np.kron(dark, np.ones((m, m))).astype(np.float32)
    if way == "square":
        return square
    if way == "rounded":
        soft = cv2.GaussianBlur(square, (0, 0), m * 0.35)
        drawn = np.clip((soft - 0.45) * 10, 0, 1)
    else:
        reach = m * (0.5 if way == "dots" else 0.33)
        y, x = np.mgrid[0:m, 0:m] - (m - 1) / 2
        dot = np.clip(reach - np.hypot(x, y) + 0.5, 0, 1) if way == "dots" else (np.maximum(abs(x), abs(y)) <= reach)
        drawn = np.kron(dark, dot).astype(np.float32)
    eye = 7 * m
    for part in (
        (slice(0, eye), slice(0, eye)),
        (slice(0, eye), slice(-eye, None)),
        (slice(-eye, None), slice(0, eye)),
    ):
        drawn[part] = square[part]
    return drawn


def turned_left(points: Grid, image: Image) -> Grid:
    """Where points of ``image`` are in ``np.rot90(image)``."""
    return np.column_stack([points[:, 1], image.shape[1] - points[:, 0]])


def bent(code: Image, quad: Grid, rng: Generator) -> tuple[Image, Grid]:
    """The code as a label around a cylinder, seen from a little above: narrower and darker towards the sides."""
    height, width = code.shape[:2]
    half = rng.uniform(0.5, 1.25)
    sag = rng.uniform(0.0, 0.3) * width * rng.choice([-1, 1])
    radius = width / (2 * half)
    across = int(2 * radius * np.sin(half))
    extra = int(abs(sag) * (1 - np.cos(half))) + 1
    x = (np.arange(across) - across / 2) / radius
    angle = np.arcsin(np.clip(x, -np.sin(half), np.sin(half)))
    drop = sag * (1 - np.cos(angle))
    map_x = np.broadcast_to(angle * radius + width / 2, (height + 2 * extra, across)).astype(np.float32)
    map_y = (np.arange(height + 2 * extra)[:, None] - extra - drop[None, :]).astype(np.float32)
    label = cv2.remap(code, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=248)
    label = label * np.cos(angle * 0.8)[None, :]
    turned = (quad[:, 0] - width / 2) / radius
    moved = np.column_stack([across / 2 + radius * np.sin(turned), quad[:, 1] + extra + sag * (1 - np.cos(turned))])
    label = np.clip(label, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:  # a lying bottle
        label, moved = np.ascontiguousarray(np.rot90(label)), turned_left(moved, label)
    return label, moved
