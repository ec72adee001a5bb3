"""Pictures with what is known about them, and the other decoders that the scanner is measured beside."""

import multiprocessing
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
OPENCV_SECONDS = 5.0


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
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES):
        try:
            image = load_picture(path, gray=True)
        except UnreadablePicture as problem:
            print(f"{path.name}: {problem.sentence}", file=sys.stderr)
            continue
        picture = Picture(path.name, path.parent.name, image)
        beside = path.with_suffix(".txt")
        if beside.exists():
            truth = beside.read_bytes()
            text = truth.decode("utf-8", errors="replace")
            if "SETS" in (lines := text.splitlines()):
                numbers = [
                    [float(n) for n in line.split()] for line in lines[lines.index("SETS") + 1 :] if line.strip()
                ]
                picture.corners = [list(zip(row[0::2], row[1::2], strict=True)) for row in numbers if len(row) == 8]
            else:
                picture.text = text
        yield picture


def generated(each: int) -> Iterator[Picture]:
    for number, hard in enumerate(hard_pictures(each)):
        gray = cv2.cvtColor(hard.image, cv2.COLOR_BGR2GRAY)
        yield Picture(str(number), hard.kind, gray, truths=hard.truths)


def with_zxing(gray: Image) -> list[Code]:
    return [(r.data, r.text, list(r.corners)) for r in zxing.read(gray, invert=True).readings]


def with_pyzbar(gray: Image) -> list[Code]:
    return [(data, text_of(data), corners) for data, _, corners in zbar.decode(gray)]


def with_wechat(gray: Image) -> list[Code]:
    try:
        texts, corners = cv2.wechat_qrcode_WeChatQRCode(*WECHAT_MODELS).detectAndDecode(gray)
    except UnicodeDecodeError:
        return []
    return [(t.encode(), t, [(float(x), float(y)) for x, y in c]) for t, c in zip(texts, corners, strict=True) if t]


WECHAT_MODELS: list[str] = []
"""Without its models WeChat reads without its detector and its enlarging net."""


def with_opencv(gray: Image) -> list[Code]:
    done, texts, corners, _ = cv2.QRCodeDetector().detectAndDecodeMulti(gray)
    if not done:
        return []
    return [(t.encode(), t, [(float(x), float(y)) for x, y in c]) for t, c in zip(texts, corners, strict=True) if t]


class TimeLimited:
    """OpenCV's detector hangs for minutes on hostile pictures: in a process, killed when it overruns."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._pool = multiprocessing.get_context("spawn").Pool(1)

    def __call__(self, gray: Image) -> list[Code]:
        try:
            return self._pool.apply_async(self._decoder, (gray,)).get(OPENCV_SECONDS)
        except multiprocessing.TimeoutError:
            self.close()
            self._pool = multiprocessing.get_context("spawn").Pool(1)
        except UnicodeDecodeError:
            pass
        return []

    def close(self) -> None:
        self._pool.terminate()
        self._pool.join()
