"""``make bench-scan DATA=dir``: our scanner beside the decoders it is made of, on photographs, empty frames and clips.

DATA is any folder of pictures. Beside a picture, ``name.txt`` holds its text, or, after a line ``SETS``, the corners of
its codes (eight numbers a line), as in the public benchmark; without one, every reading counts. Without DATA, hard
pictures are generated. ``--soak N`` runs N generated frames and watches the memory instead.
"""

import argparse
import multiprocessing
import platform
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from inspector.scan.cascade import Scanner
from inspector.scan.frame import Frame
from inspector.scan.pictures import Image
from inspector.scan.webcam import KINDS, Conditions, clip, empty
from tests.bench.scan_hardset import payload, symbol
from tests.bench.scan_others import (
    WECHAT_MODELS,
    Code,
    Decoder,
    Picture,
    Score,
    TimeLimited,
    generated,
    pictures_in,
    with_opencv,
    with_pyzbar,
    with_wechat,
    with_zxing,
)

FRAMES_A_SECOND = 30


def measured(pictures: Sequence[Picture], read: Decoder, cpu: Callable[[], float] = time.thread_time) -> Score:
    score = Score()
    for picture in pictures:
        began = cpu()
        found = read(picture.image)
        score.ms.append((cpu() - began) * 1000)
        _count(score, picture, found)
    return score


def _count(score: Score, picture: Picture, found: Sequence[Code]) -> None:
    right, wrong = picture.right(found)
    score.codes += right
    score.photographs += right > 0
    score.kinds[picture.kind] += right > 0
    score.wrong += wrong


def our_still(pictures: Sequence[Picture]) -> Score:
    score = Score()
    with Scanner() as scanner:
        for picture in pictures:
            result = scanner.still(picture.image)
            score.ms.append(result.cpu_ms)
            _count(score, picture, [(r.data, r.text, list(r.corners)) for r in result.readings])
    return score


def our_live(pictures: Sequence[Picture]) -> Score:
    """Each picture is shown for a second; milliseconds are those of a frame."""
    score = Score()
    for picture in pictures:
        with Scanner() as scanner:
            scanner.warm()
            found: dict[bytes, Code] = {}
            spent = []
            for number in range(FRAMES_A_SECOND):
                result = scanner.live(Frame(picture.image, number, number / FRAMES_A_SECOND))
                spent.append(result.cpu_ms)
                found |= {r.data: (r.data, r.text, list(r.corners)) for r in result.readings}
                if found:
                    break
                scanner.wait(1 / FRAMES_A_SECOND)
            score.ms.append(statistics.fmean(spent))
            _count(score, picture, list(found.values()))
    return score


def photographs(pictures: Sequence[Picture], opencv: bool) -> None:
    print(f"\n{len(pictures)} photographs with {sum(p.codes for p in pictures)} codes\n")
    print("| decoder | photographs | codes | wrong | ms median | mean | p95 |\n|---|---|---|---|---|---|---|")
    print(measured(pictures, with_pyzbar).row("pyzbar (ZBar)"))
    print(measured(pictures, with_zxing).row("zxing-cpp"))
    print(measured(pictures, with_wechat).row("WeChatQRCode" + ("" if WECHAT_MODELS else " without models")))
    if opencv:
        limited = TimeLimited(with_opencv)
        print(measured(pictures, limited, time.perf_counter).row("cv2.QRCodeDetector (wall time)"))
        limited.close()
    print(our_live(pictures).row("ours, live, shown for a second (ms a frame)"))
    still = our_still(pictures)
    print(still.row("ours, still"))
    kinds = Counter(p.kind for p in pictures)
    print("\nours, still, photographs by kind: " + ", ".join(f"{k} {still.kinds[k]}/{n}" for k, n in kinds.items()))


def empty_frames(count: int) -> None:
    conditions = list(KINDS.values())
    frames = [cv2.cvtColor(empty(conditions[i % len(conditions)], i), cv2.COLOR_BGR2GRAY) for i in range(count)]
    print(f"\n{count} frames of 1280 × 720 without a code\n")
    print("| decoder | ms median | mean | p95 | wrong |\n|---|---|---|---|---|")
    for name, read in (("pyzbar (ZBar)", with_pyzbar), ("zxing-cpp", with_zxing)):
        _empty_row(name, *_timed(frames, read))
    ms, wrong = [], 0
    with Scanner() as scanner:
        scanner.warm()
        for number, frame in enumerate(frames):
            result = scanner.live(Frame(frame, number, 0.0))
            ms.append(result.cpu_ms)
            wrong += len(result.readings)
            scanner.wait(1 / FRAMES_A_SECOND)
    _empty_row("ours, live", ms, wrong)
    with Scanner() as scanner:
        results = [scanner.still(frame) for frame in frames[: max(1, count // 4)]]
    _empty_row("ours, still", [r.cpu_ms for r in results], sum(len(r.readings) for r in results))


def _timed(frames: Sequence[Image], read: Decoder) -> tuple[list[float], int]:
    ms, wrong = [], 0
    for frame in frames:
        began = time.thread_time()
        wrong += len(read(frame))
        ms.append((time.thread_time() - began) * 1000)
    return ms, wrong


def _empty_row(name: str, ms: list[float], wrong: int) -> None:
    ms = sorted(ms)
    p95 = ms[int(0.95 * (len(ms) - 1))]
    print(f"| {name} | {statistics.median(ms):.1f} | {statistics.fmean(ms):.1f} | {p95:.1f} | {wrong} |")


def moments(count: int) -> Iterator[list[Image]]:
    """Hand-held moments of ten frames: a code on a page, jittered, blurred, noisy, in twilight or worse."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        code = symbol(payload(rng, 20, 120), 8)
        page = cv2.copyMakeBorder(code, 200, 200, 200, 200, cv2.BORDER_CONSTANT, value=245)
        conditions = Conditions(
            share=rng.uniform(0.45, 0.95),
            tilt=rng.uniform(0, 35),
            pan=rng.uniform(0, 30),
            turn=rng.uniform(0, 40),
            defocus=rng.uniform(0.6, 2.6),
            motion=rng.uniform(0, 9),
            light=rng.uniform(0.15, 0.9),
            noise=rng.uniform(3, 12),
            shadow=rng.uniform(0, 0.6),
            jpeg=int(rng.integers(45, 90)),
        )
        yield [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in clip(page, 10, conditions, seed)]


def clips(count: int) -> None:
    shown = list(moments(count))
    print(f"\n{count} clips of ten frames\n")
    print("| decoder | read | frames to first reading | ms a frame |\n|---|---|---|---|")
    for name, read in (("pyzbar (ZBar)", with_pyzbar), ("zxing-cpp", with_zxing)):
        firsts, ms = [], []
        for frames in shown:
            for number, frame in enumerate(frames):
                began = time.thread_time()
                found = read(frame)
                ms.append((time.thread_time() - began) * 1000)
                if found:
                    firsts.append(number + 1)
                    break
        _clip_row(name, firsts, count, ms)
    firsts, ms = [], []
    for frames in shown:
        with Scanner() as scanner:
            scanner.warm()
            for number, frame in enumerate(frames):
                result = scanner.live(Frame(frame, number, 0.0))
                ms.append(result.cpu_ms)
                if result.readings:
                    firsts.append(number + 1)
                    break
                scanner.wait(1 / FRAMES_A_SECOND)
    _clip_row("ours, live", firsts, count, ms)
    with Scanner() as scanner:
        results = [scanner.burst([Frame(f, i, 0.0) for i, f in enumerate(frames)]) for frames in shown]
    _clip_row("ours, burst", [10] * sum(bool(r.readings) for r in results), count, [r.cpu_ms / 10 for r in results])


def _clip_row(name: str, firsts: list[int], count: int, ms: list[float]) -> None:
    mean = statistics.fmean(firsts) if firsts else float("nan")
    print(f"| {name} | {100 * len(firsts) / count:.0f} % | {mean:.1f} | {statistics.fmean(ms):.1f} |")


def soak(count: int) -> int:
    """Run ``count`` live frames; report the resident memory of the program and how it grew after warm-up."""
    conditions = list(KINDS.values())
    stock = [empty(conditions[i % len(conditions)], i) for i in range(60)]
    stock += [frame for i in range(6) for frame in clip(symbol(b"soak %d" % i, 6), 10, conditions[i], i)]
    random.Random(1).shuffle(stock)
    start, peak, read = 0, 0, 0
    with Scanner() as scanner:
        for number in range(count):
            read += len(scanner.live(Frame(stock[number % len(stock)], number, 0.0)).readings)
            if number == count // 10:
                start = resident()
            if number % 1000 == 0 and number > count // 10:
                peak = max(peak, resident())
                print(f"{number} frames, {resident() // 1024} MiB, {read} readings", flush=True)
    growth = 100 * (max(peak, resident()) - start) / start
    print(f"{count} frames, {read} readings, resident memory {start // 1024} MiB after warm-up, grew by {growth:.1f} %")
    return 0 if growth < 5 else 1


def resident() -> int:
    """Kibibytes of this process (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-scan")
    parser.add_argument("data", nargs="?", type=Path, help="folder of pictures; generated ones without it")
    parser.add_argument("--each", type=int, default=6, help="generated pictures of each kind")
    parser.add_argument("--opencv", action="store_true", help="OpenCV's own detector too, with a time limit")
    parser.add_argument("--wechat", type=Path, help="folder with WeChat's four models")
    parser.add_argument("--soak", type=int, help="only run so many frames and watch the memory")
    given = parser.parse_args()
    if given.soak:
        return soak(given.soak)
    cv2.setNumThreads(1)
    if given.wechat:
        names = ("detect.prototxt", "detect.caffemodel", "sr.prototxt", "sr.caffemodel")
        WECHAT_MODELS.extend(str(given.wechat / name) for name in names)
    print(f"{platform.machine()}, {multiprocessing.cpu_count()} cores, OpenCV {cv2.__version__}, one thread")
    photographs(list(pictures_in(given.data) if given.data else generated(given.each)), given.opencv)
    empty_frames(120)
    clips(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
