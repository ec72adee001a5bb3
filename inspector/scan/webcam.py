"""Pictures as a laptop's webcam takes them, made from a clean page: for tests, measurements and the guided tour.

Everything follows from the seed. The order is that of light: page (dirt, fold), paper's shape, perspective, wall,
light (shadow, glare, fog), lens (frost, focus), shutter (motion), sensor (exposure, noise), JPEG.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from inspector.scan.pictures import Image, decode_picture, encode_jpeg

Homography = NDArray[Any]
Field = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the picture is taken. Lengths in pixels of the frame, angles in degrees, strengths 0 (none) … 1 (severe)."""

    width: int = 1280
    height: int = 720
    share: float = 0.9
    """Part of the frame's height (or width, whichever is reached first) that the page fills; above 1 it is cut off."""
    tilt: float = 8.0
    pan: float = 6.0
    turn: float = 3.0
    off_centre: float = 0.0
    curve: float = 0.0
    """Bend of the paper around an upright cylinder."""
    defocus: float = 0.6
    """Radius of the blur disc's Gaussian."""
    motion: float = 0.0
    """Way that the page moves while the shutter is open."""
    light: float = 0.8
    """Exposure: 1 is full daylight, 0.1 a dim corridor."""
    fog: float = 0.0
    shadow: float = 0.0
    glare: float = 0.0
    spots: float = 0.0
    """Small bright reflections, as of a lamp on foil."""
    frost: float = 0.0
    fold: float = 0.0
    dirt: float = 0.0
    moire: float = 0.0
    """The page is shown on a screen."""
    noise: float = 3.0
    """Standard deviation of the sensor's noise in gray levels."""
    coarse: float = 1.0
    """The sensor really has this many times fewer pixels a side."""
    jpeg: int = 85


KINDS: Mapping[str, Conditions] = {
    "good": Conditions(),
    "perspective": Conditions(tilt=38, pan=30, turn=20),
    "defocus": Conditions(defocus=2.4),
    "motion": Conditions(motion=9, defocus=0.8),
    "dark": Conditions(light=0.09, noise=7),
    "noisy": Conditions(light=0.35, noise=16, jpeg=55),
    "glare": Conditions(glare=0.8),
    "bright spots": Conditions(spots=0.8, light=0.95),
    "fog": Conditions(fog=0.8, noise=2),
    "shadow": Conditions(shadow=0.9),
    "frost": Conditions(frost=0.7),
    "fold": Conditions(fold=0.9),
    "dirt": Conditions(dirt=0.7),
    "screen": Conditions(moire=0.8),
    "coarse": Conditions(coarse=2.0),
    "curved": Conditions(curve=0.7),
    "poor": Conditions(tilt=18, pan=15, defocus=1.4, light=0.4, noise=8, shadow=0.5, jpeg=45),
}
"""One trouble each, and ``poor``, which is a little of several."""


class Shot(NamedTuple):
    """A picture taken, and the homography from the page's pixels to the picture's (for flat paper)."""

    image: Image
    homography: Homography


def degrade(page: Image, conditions: Conditions, seed: int) -> Image:
    """The page on a wall, photographed; blue-green-red. ``page`` is gray or blue-green-red, of any size."""
    return shoot(page, conditions, seed).image


def shoot(page: Image, conditions: Conditions, seed: int) -> Shot:
    """As ``degrade``, with the homography."""
    rng = np.random.default_rng(seed)
    c = conditions
    page = _worn(_colour(page), c, rng)
    wall = _wall(c, rng)
    homography = _view(page.shape[1], page.shape[0], c, rng)
    scene = _hung(page, wall, homography, c)
    return Shot(_seen(scene, c, rng), homography)


def clip(page: Image, frames: int, conditions: Conditions, seed: int) -> list[Image]:
    """A hand-held second: the view wanders, focus and light hunt, each frame has its own noise."""
    rng = np.random.default_rng(seed)
    c = conditions
    wander = np.cumsum(rng.normal(0, 1, (frames, 4)), axis=0) * (0.8, 0.8, 0.6, 0.006)
    shots = []
    for tilt, pan, turn, nearer in wander:
        moved = replace(
            c,
            tilt=c.tilt + tilt,
            pan=c.pan + pan,
            turn=c.turn + turn,
            share=c.share * (1 + nearer),
            defocus=c.defocus * rng.uniform(0.7, 1.6),
            motion=c.motion * rng.uniform(0.2, 1.5),
            light=c.light * rng.uniform(0.9, 1.1),
        )
        shots.append(degrade(page, moved, int(rng.integers(1 << 31)) if c.spots else seed))
    return shots


def empty(conditions: Conditions, seed: int) -> Image:
    """A frame without any code: wall, furniture edges, printed lines, hands; what the camera sees most of the time."""
    rng = np.random.default_rng(seed)
    scene = _wall(conditions, rng)
    height, width = scene.shape[:2]
    for _ in range(int(rng.integers(3, 12))):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = int(rng.integers(20, width // 2)), int(rng.integers(20, height // 2))
        shade = tuple(int(v) for v in rng.integers(10, 245, 3))
        cv2.rectangle(scene, (x, y), (x + w, y + h), shade, -1)
        for line in range(y + 10, y + h, 14):  # print
            if rng.random() < 0.7:
                cv2.putText(scene, _letters(rng, w // 9), (x + 4, line), cv2.FONT_HERSHEY_PLAIN, 0.9, (20, 20, 20), 1)
    return _seen(scene, conditions, rng)


def _letters(rng: Generator, count: int) -> str:
    return "".join(chr(int(c)) for c in rng.integers(33, 123, max(1, count)))


def _colour(image: Image) -> Image:
    return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image.copy()


def _worn(page: Image, c: Conditions, rng: Generator) -> Image:
    height, width = page.shape[:2]
    if c.dirt:
        for _ in range(int(40 * c.dirt)):
            centre = (int(rng.integers(width)), int(rng.integers(height)))
            size = max(1, int(rng.uniform(0.002, 0.018) * width))
            tone = int(rng.integers(30, 120))
            cv2.ellipse(page, centre, (size, max(1, size // 2)), float(rng.uniform(0, 180)), 0, 360, (tone,) * 3, -1)
    if c.fold:
        x = width * rng.uniform(0.3, 0.7)
        away = np.abs(np.arange(width, dtype=np.float32) - x) / width
        crease = 1 + c.fold * (0.5 * np.exp(-((away / 0.006) ** 2)) - 0.35 * np.exp(-((away / 0.05) ** 2)))
        page = np.clip(page * crease[None, :, None], 0, 255).astype(np.uint8)
    if c.curve:
        page = _bent(page, c.curve)
    return page


def _bent(page: Image, curve: float) -> Image:
    """Seen straight on, a page around a cylinder is compressed towards its edges, and its lines sag."""
    height, width = page.shape[:2]
    half = 0.2 + 1.1 * curve  # half the arc in radians
    x = np.linspace(-1, 1, width, dtype=np.float32)
    arc = np.arcsin(x * np.sin(half)) / half
    sag = (1 - np.cos(arc * half)) * 0.12 * width
    map_x = np.broadcast_to((arc + 1) / 2 * (width - 1), (height, width)).astype(np.float32)
    map_y = (np.arange(height, dtype=np.float32)[:, None] + sag[None, :] - sag.max() / 2).astype(np.float32)
    return cv2.remap(page, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(235,) * 3)


def _wall(c: Conditions, rng: Generator) -> Image:
    tone = rng.uniform(90, 215)
    tint = tone + rng.uniform(-14, 14, 3)
    texture = 9 * _cloud(c.height, c.width, 24, rng) + 4 * _cloud(c.height, c.width, 3, rng)
    return np.asarray(np.clip(tint[None, None, :] + texture[:, :, None], 0, 255).astype(np.uint8))


def _cloud(height: int, width: int, grain: int, rng: Generator) -> Field:
    """Smooth noise of about unit spread; ``grain`` is the size of its lumps."""
    small = rng.normal(0, 1, (height // grain + 2, width // grain + 2)).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _view(page_width: int, page_height: int, c: Conditions, rng: Generator) -> Homography:
    """Pinhole camera: the page turned about its middle, then as far away as its share of the frame asks."""
    tilt, pan, turn = np.radians([c.tilt, c.pan, c.turn]) * rng.choice([-1.0, 1.0], 3)
    rx = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    ry = np.array([[np.cos(pan), 0, np.sin(pan)], [0, 1, 0], [-np.sin(pan), 0, np.cos(pan)]])
    rz = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    focal = 1.1 * c.width
    size = max(page_width / c.width, page_height / c.height) / c.share
    shift = rng.uniform(-1, 1, 2) * c.off_centre * (c.width / 2, c.height / 2)
    turned = (rz @ ry @ rx)[:, :2] @ np.array([[1, 0, -page_width / 2], [0, 1, -page_height / 2]])
    distance = focal * size
    turned[2] += np.array([0, 0, distance])
    camera = np.array([[focal, 0, c.width / 2 + shift[0]], [0, focal, c.height / 2 + shift[1]], [0, 0, 1]])
    view: Homography = camera @ turned
    return np.asarray(view / view[2, 2])


def _hung(page: Image, wall: Image, homography: Homography, c: Conditions) -> Image:
    """The page on the wall, without aliasing: too large pages are averaged down first, then drawn at twice the size."""
    step = c.share * min(c.width / page.shape[1], c.height / page.shape[0])
    factor = min(1.0, 2.5 * step)
    if factor < 1:
        small = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        homography = homography @ np.diag([page.shape[1] / small.shape[1], page.shape[0] / small.shape[0], 1.0])
        page = small
    twice = np.diag([2.0, 2.0, 1.0]) @ homography
    size = (2 * c.width, 2 * c.height)
    drawn = cv2.warpPerspective(page, twice, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), twice, size)
    drawn = cv2.resize(drawn, (c.width, c.height), interpolation=cv2.INTER_AREA)
    part = cv2.resize(mask, (c.width, c.height), interpolation=cv2.INTER_AREA)[:, :, None].astype(np.float32) / 255
    shadow = cv2.GaussianBlur(part[:, :, 0], (0, 0), 8)[:, :, None]
    return np.asarray(np.clip(drawn * 1.0 + wall * (1 - part) * (1 - 0.25 * shadow), 0, 255).astype(np.uint8))


def _seen(scene: Image, c: Conditions, rng: Generator) -> Image:
    """Light, lens, shutter, sensor and JPEG."""
    height, width = scene.shape[:2]
    light: Field = scene.astype(np.float32) * c.light
    if c.moire:
        light *= _moire(height, width, c.moire, rng)[:, :, None]
    if c.shadow:
        angle = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        across = ((x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)) / 14
        light *= (1 - 0.75 * c.shadow / (1 + np.exp(-across)))[:, :, None]
    light += _reflections(height, width, c, rng)[:, :, None]
    if c.fog:
        light = light * (1 - 0.85 * c.fog) + 165 * 0.85 * c.fog
    if c.frost:
        light = _frosted(light, c.frost, rng)
    if c.defocus > 0.15:
        light = cv2.GaussianBlur(light, (0, 0), c.defocus)
    if c.motion > 1:
        light = cv2.filter2D(light, -1, _smear(c.motion, rng.uniform(0, np.pi)))
    if c.coarse > 1:
        light = cv2.resize(light, None, fx=1 / c.coarse, fy=1 / c.coarse, interpolation=cv2.INTER_AREA)
        light = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    grain = rng.standard_normal((height, width, 1), np.float32) + 0.4 * rng.standard_normal(light.shape, np.float32)
    light = light + c.noise * grain
    frame = np.clip(light, 0, 255).astype(np.uint8)
    return decode_picture(encode_jpeg(frame, c.jpeg))


def _reflections(height: int, width: int, c: Conditions, rng: Generator) -> Field:
    light = np.zeros((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sizes = [rng.uniform(0.10, 0.22) * c.glare] if c.glare else []
    sizes += [rng.uniform(0.012, 0.035) for _ in range(int(18 * c.spots))]
    for size in sizes:
        cx, cy = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.25, 0.75)
        stretch = rng.uniform(0.5, 2)
        away = ((x - cx) / (size * width * stretch)) ** 2 + ((y - cy) / (size * width / stretch)) ** 2
        light += 330 * np.exp(-(away**1.5))
    return light


def _frosted(light: Field, frost: float, rng: Generator) -> Field:
    """Ice crystals on the lens scatter in patches: there the picture is soft and white."""
    height, width = light.shape[:2]
    patch = np.clip(_cloud(height, width, 60, rng) + _cloud(height, width, 12, rng) * 0.5 + frost * 1.6 - 1, 0, 1)
    patch = patch[:, :, None] * frost
    soft = cv2.GaussianBlur(light, (0, 0), 5)
    return np.asarray(light * (1 - patch) + (soft * 0.6 + 85) * patch, np.float32)


def _moire(height: int, width: int, strength: float, rng: Generator) -> Field:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    field = np.ones((height, width), np.float32)
    for _ in range(2):
        angle, period = rng.uniform(0, np.pi), rng.uniform(4, 30)
        field += 0.22 * strength * np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    return field


def _smear(length: float, angle: float) -> Field:
    """A shaky line, not a straight one: hands turn while they move."""
    size = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((size, size), np.float32)
    along = np.linspace(-length / 2, length / 2, 9)
    bend = 0.12 * length * np.cos(along / length * np.pi)
    xs = size / 2 + along * np.cos(angle) - bend * np.sin(angle)
    ys = size / 2 + along * np.sin(angle) + bend * np.cos(angle)
    points = [(round(float(x) * 16 - 8), round(float(y) * 16 - 8)) for x, y in zip(xs, ys, strict=True)]
    for a, b in pairwise(points):
        cv2.line(kernel, a, b, (1.0,), 1, cv2.LINE_AA, 4)
    return np.asarray(kernel / kernel.sum())
