"""Hard pictures with their truths, kind by kind, made from seeds: so that no one set of photographs is tuned to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import zxingcpp
from numpy.random import Generator

from inspector.scan.pictures import Image
from inspector.scan.webcam import Conditions, degrade

PHOTO = Conditions(width=1600, height=1200, share=0.75, noise=4, jpeg=80, defocus=0.8)
LEVELS = "LMQH"


@dataclass(frozen=True, slots=True)
class Hard:
    """A picture and the bytes of the codes in it."""

    kind: str
    image: Image
    truths: tuple[bytes, ...]


def symbol(data: bytes | str, module: int = 8, level: str = "M", version: int = 0) -> Image:
    """A clean code, gray, with its quiet zone."""
    options = {"ec_level": level} | ({"version": version} if version else {})
    text = data.decode("ascii") if isinstance(data, bytes) else data  # bytes would get an ECI, which WeChat cannot read
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCodeModel2, **options)
    return np.array(barcode.to_image(scale=module, add_quiet_zones=True))


def payload(rng: Generator, least: int = 15, most: int = 110) -> bytes:
    letters = rng.integers(0, 36, int(rng.integers(least, most)))
    return b"https://example.cn/" + bytes(b"0123456789abcdefghijklmnopqrstuvwxyz"[i] for i in letters)


def _page(rng: Generator, count: int = 1, ground: int = 245, **made: object) -> tuple[Image, tuple[bytes, ...]]:
    """A page of 1200 × 900 with ``count`` codes and some print."""
    page = np.full((900, 1200), ground, np.uint8)
    truths = []
    columns = int(np.ceil(np.sqrt(count * 1.3)))
    rows = int(np.ceil(count / columns))
    cell = min(1160 // columns, 860 // rows)
    for i in range(count):
        data = payload(rng, 10 if count > 1 else 15, 40 if count > 1 else 110)
        code = symbol(data, level=LEVELS[int(rng.integers(4))])
        size = int(cell * (rng.uniform(0.5, 0.8) if count == 1 else 0.95))
        code = cv2.resize(
            code, (size, size), interpolation=cv2.INTER_AREA if size < code.shape[0] else cv2.INTER_NEAREST
        )
        x = 20 + (i % columns) * cell + (int(rng.integers(0, 1160 - size)) if count == 1 else 0)
        y = 20 + (i // columns) * cell + (int(rng.integers(0, 860 - size)) if count == 1 else 0)
        page[y : y + size, x : x + size] = np.minimum(page[y : y + size, x : x + size], code)
        truths.append(data)
    return page, tuple(truths)


def _conditions(rng: Generator, **changes: object) -> Conditions:
    base = replace(
        PHOTO,
        tilt=rng.uniform(0, 20),
        pan=rng.uniform(0, 20),
        turn=rng.uniform(0, 25),
        light=rng.uniform(0.5, 0.95),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


Maker = Callable[[Generator, int], tuple[Image, tuple[bytes, ...]]]


def _with(**ranges: tuple[float, float]) -> Maker:
    def make(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
        page, truths = _page(rng, 1 if rng.random() < 0.7 else int(rng.integers(2, 4)))
        changes = {name: rng.uniform(*span) for name, span in ranges.items()}
        return degrade(page, _conditions(rng, **changes), seed), truths

    return make


def _lots(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
    page, truths = _page(rng, int(rng.integers(12, 50)))
    page = cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return degrade(page, _conditions(rng, width=2400, height=1800, tilt=8, pan=8, turn=6, defocus=0.7), seed), truths


def _high_version(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
    data = payload(rng, 300, 1400)
    code = symbol(data, 4, "LM"[int(rng.integers(2))])
    page = cv2.copyMakeBorder(code, 30, 30, 120, 120, cv2.BORDER_CONSTANT, value=245)
    return degrade(page, _conditions(rng, tilt=8, pan=8, turn=rng.uniform(0, 30), share=0.85), seed), (data,)


def _damaged(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
    data = payload(rng, 10, 60)
    code = cv2.cvtColor(symbol(data, 10, "MQH"[int(rng.integers(3))]), cv2.COLOR_GRAY2BGR)
    size = code.shape[0]
    for _ in range(int(rng.integers(3, 9))):
        a, b = rng.integers(0, size, 2), rng.integers(0, size, 2)
        tone = int(rng.choice([20, 90, 200, 250]))
        if rng.random() < 0.5:
            cv2.line(code, tuple(map(int, a)), tuple(map(int, b)), (tone,) * 3, int(rng.integers(2, 9)))
        else:
            cv2.ellipse(code, tuple(map(int, a)), (int(rng.integers(5, 26)),) * 2, 0, 0, 360, (tone,) * 3, -1)
    page = cv2.copyMakeBorder(code, 100, 100, 200, 200, cv2.BORDER_CONSTANT, value=(245,) * 3)
    return degrade(page, _conditions(rng, share=0.8), seed), (data,)


def _close(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
    data = payload(rng, 5, 60)
    changes = {"share": rng.uniform(1.0, 1.25), "defocus": rng.uniform(1, 9), "light": rng.uniform(0.4, 0.9)}
    return degrade(symbol(data, 14), _conditions(rng, tilt=10, pan=10, turn=5, **changes), seed), (data,)


def _noncompliant(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
    data = payload(rng)
    code = symbol(data, 12)
    way = int(rng.integers(5))
    if way == 0:
        code = 255 - code
    elif way == 1:  # dots
        code = cv2.morphologyEx(code, cv2.MORPH_DILATE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    elif way == 2:  # no quiet zone, on black
        code = cv2.copyMakeBorder(code[46:-46, 46:-46], 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=15)
    elif way == 3:  # mirrored
        code = cv2.flip(code, 1)
    else:  # pale on pale
        code = (150 + code * 0.25).astype(np.uint8)
    page = cv2.copyMakeBorder(code, 100, 100, 200, 200, cv2.BORDER_CONSTANT, value=int(code[0, 0]))
    return degrade(page, _conditions(rng, share=0.8), seed), (data,)


def _pathological(rng: Generator, seed: int) -> tuple[Image, tuple[bytes, ...]]:
    """Finder patterns everywhere around the one real code."""
    data = payload(rng, 5, 40)
    code = symbol(data, 8)
    page = np.full((900, 1200), 245, np.uint8)
    for _ in range(int(rng.integers(10, 60))):
        x, y, m = int(rng.integers(0, 1140)), int(rng.integers(0, 840)), int(rng.integers(4, 10))
        for reach, tone in ((7, 15), (5, 245), (3, 15)):
            inset = (7 - reach) * m // 2
            cv2.rectangle(page, (x + inset, y + inset), (x + inset + reach * m, y + inset + reach * m), tone, -1)
    x, y = int(rng.integers(0, 1190 - code.shape[1])), int(rng.integers(0, 890 - code.shape[0]))
    page[y : y + code.shape[0], x : x + code.shape[1]] = code
    return degrade(page, _conditions(rng, tilt=6, pan=6), seed), (data,)


MAKERS: Mapping[str, Maker] = {
    "blurred": _with(defocus=(1.5, 6), motion=(0, 14)),
    "brightness": _with(light=(0.06, 0.2), noise=(4, 9)),
    "bright spots": _with(spots=(0.4, 1.0), light=(0.85, 1.0)),
    "close": _close,
    "curved": _with(curve=(0.4, 1.0)),
    "damaged": _damaged,
    "glare": _with(glare=(0.5, 1.2), light=(0.7, 1.0)),
    "high version": _high_version,
    "lots": _lots,
    "screen": _with(moire=(0.5, 1.0), coarse=(1, 2)),
    "nominal": _with(),
    "noncompliant": _noncompliant,
    "pathological": _pathological,
    "perspective": _with(tilt=(35, 60), pan=(10, 45)),
    "rotations": _with(turn=(0, 180)),
    "shadows": _with(shadow=(0.6, 1.1)),
    "fold and frost": _with(fold=(0.4, 1.0), frost=(0.2, 0.8)),
}


def hard_pictures(each: int, first_seed: int = 1) -> Iterator[Hard]:
    """``each`` pictures of every kind."""
    for number, (kind, make) in enumerate(MAKERS.items()):
        for i in range(each):
            seed = first_seed + 1000 * number + i
            image, truths = make(np.random.default_rng(seed), seed)
            yield Hard(kind, image, truths)
