"""From gray values of modules to soft decisions, in several ways: each way undoes another kind of trouble."""

from collections.abc import Iterator

import cv2
import numpy as np

from inspector.scan.qr.layout import Grid, layout

WINDOW = 7
"""Modules: the widest patch of one colour that a masked symbol commonly has."""


def ways(gray: Grid, version: int) -> Iterator[Grid]:
    """Soft grids (+1 dark … -1 light) of the (size + 2)² gray values, the most promising first."""
    linear = _against_neighbours(gray)
    inner = (slice(1, -1), slice(1, -1))
    yield np.clip(linear[inner], -1, 1)
    equal = _equalised(linear, version)
    yield np.clip(equal, -1, 1)
    yield np.clip(linear[inner] * _trust(gray)[inner], -1, 1)
    again = _equalised(linear, version, equal)
    yield np.clip(again, -1, 1)
    yield np.clip(again * _trust(gray)[inner], -1, 1)
    yield np.clip(_against_mean(gray)[inner], -1, 1)


def _against_neighbours(gray: Grid) -> Grid:
    """Middle between the darkest and lightest module around; where these hardly differ there is no decision."""
    around = np.ones((WINDOW, WINDOW), np.uint8)
    high = cv2.blur(cv2.dilate(gray, around), (WINDOW, WINDOW))
    low = cv2.blur(cv2.erode(gray, around), (WINDOW, WINDOW))
    half = (high - low) / 2
    return ((high + low) / 2 - gray) / np.maximum(half, max(3.0, 0.3 * float(np.median(half))))


def _against_mean(gray: Grid) -> Grid:
    mean = cv2.blur(gray, (9, 9))
    spread = np.sqrt(np.maximum(cv2.blur((gray - mean) ** 2, (9, 9)), 9.0))
    return (mean - gray) / spread


def _trust(gray: Grid) -> Grid:
    """Lighter than the paper is a reflection, darker than the ink is dirt: nothing is known there."""
    dark, light = np.percentile(gray, [20, 80])
    contrast = max(6.0, light - dark)
    beyond = np.maximum(gray - light, dark - gray) / contrast
    return np.where(beyond > 0.25, np.exp(-(((beyond - 0.25) / 0.15) ** 2)), 1.0)


def _equalised(linear: Grid, version: int, decided: Grid | None = None) -> Grid:
    """Undo blur between modules: the 3 × 3 filter that turns the neighbourhoods of known modules into what they are.

    With ``decided`` (an earlier result) the surely decided modules count as known too, and the filter learns 5 × 5.
    """
    size = layout(version).size
    target = layout(version).known
    reach = 1
    if decided is not None:
        target = np.where(target != 0, target, np.where(np.abs(decided) > 0.45, np.sign(decided), 0))
        reach = 2
        linear = np.pad(linear, 1, mode="edge")
    taps = [
        linear[1 + dy + reach - 1 : 1 + dy + reach - 1 + size, 1 + dx + reach - 1 : 1 + dx + reach - 1 + size]
        for dy in range(-reach, reach + 1)
        for dx in range(-reach, reach + 1)
    ]
    features = np.stack([*taps, np.ones_like(taps[0])], axis=-1)
    use = target != 0
    a, b = features[use], target[use]
    start = np.zeros(a.shape[1])
    start[len(taps) // 2] = 1
    ridge = 0.04 * len(b)
    weights = start + np.linalg.solve(a.T @ a + ridge * np.eye(len(start)), a.T @ (b - a @ start))
    return np.asarray(features @ weights)
