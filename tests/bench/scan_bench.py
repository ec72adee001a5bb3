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
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import cv2
import numpy as np

from inspector.scan.cascade import Scanner
from inspector.scan.frame import Frame
from inspector.scan.pictures import Image
from inspector.scan.webcam import KINDS, Conditions, clip, empty
from tests.bench.scan_hardset import payload, symbol
from tests.bench.scan_others import (
    Code,
    Decoder,
    Picture,
    Score,
    TimeLimited,
    find_wechat,
    generated,
    pictures_in,
    with_opencv,
    with_pyzbar,
    with_wechat,
    with_zxing,
)

FRAMES_A_SECOND = 30


Timed = Callable[[Image], tuple[list[Code], float]]
"""From a gray picture to what was read and the CPU milliseconds of all processes."""


def in_process(read: Decoder) -> Timed:
    def timed(gray: Image) -> tuple[list[Code], float]:
        began = time.thread_time()
        found = read(gray)
        return found, (time.thread_time() - began) * 1000

    return timed


def our_still(scanner: Scanner) -> Timed:
    def timed(gray: Image) -> tuple[list[Code], float]:
        result = scanner.still(gray)
        return [(r.data, r.text, list(r.corners)) for r in result.readings], result.cpu_ms

    return timed


def our_live(gray: Image) -> tuple[list[Code], float]:
    """The picture is shown for a second, or until something is read; milliseconds are the mean of the frames."""
    with Scanner() as scanner:
        scanner.warm()
        spent = []
        for number in range(FRAMES_A_SECOND):
            result = scanner.live(Frame(gray, number, number / FRAMES_A_SECOND))
            spent.append(result.cpu_ms)
            if result.readings:
                break
            scanner.wait(1 / FRAMES_A_SECOND)
    return [(r.data, r.text, list(r.corners)) for r in result.readings], statistics.fmean(spent)


def decoders(stack: ExitStack, wechat: Path | None, opencv: bool) -> Iterator[tuple[str, Timed]]:
    """Everybody, by name; their processes end with the stack."""
    yield "pyzbar (ZBar)", in_process(with_pyzbar)
    yield "zxing-cpp", in_process(with_zxing)
    if find_wechat(wechat):
        yield "WeChatQRCode", stack.enter_context(closing(TimeLimited(with_wechat)))
    else:
        print("WeChatQRCode's models were not found: it is left out")
    if opencv:
        yield "cv2.QRCodeDetector", stack.enter_context(closing(TimeLimited(with_opencv)))
    yield "ours, live, shown for a second (ms a frame)", our_live
    scanner = stack.enter_context(Scanner())
    scanner.warm()
    yield "ours, still", our_still(scanner)


def photographs(pictures: Iterable[Picture], beside: Mapping[str, Timed]) -> dict[str, Score]:
    """Every picture by every decoder, one picture in memory at a time; prints the table."""
    scores = {name: Score() for name in beside}
    kinds: Counter[str] = Counter()
    codes = 0
    for number, picture in enumerate(pictures, 1):
        kinds[picture.kind] += 1
        codes += picture.codes
        for name, read in beside.items():
            scores[name].count(picture, *read(picture.image))
        if number % 20 == 0:
            print(f"{number} photographs", file=sys.stderr, flush=True)
    if not kinds:
        print("no pictures")
        return scores
    print(f"\n{kinds.total()} photographs with {codes} codes\n")
    print("| decoder | photographs | codes | wrong | ms median | mean | p95 |\n|---|---|---|---|---|---|---|")
    for name, score in scores.items():
        print(score.row(name))
    for name, score in list(scores.items())[-2:]:
        print(f"\n{name}: " + ", ".join(f"{k} {score.kinds[k]}/{n}" for k, n in kinds.items()))
    return scores


def empty_frames(count: int) -> None:
    """What a frame without a code costs, and how often it costs more than three times zxing-cpp's default."""
    conditions = list(KINDS.values())
    frames = [cv2.cvtColor(empty(conditions[i % len(conditions)], i), cv2.COLOR_BGR2GRAY) for i in range(count)]
    print(f"\n{count} frames of 1280 × 720 without a code\n")
    print("| decoder | ms median | mean | p95 | over 3 × zxing-cpp | wrong |\n|---|---|---|---|---|---|")
    zxing = [in_process(with_zxing)(frame) for frame in frames]
    yardstick = [ms for _, ms in zxing]
    _empty_row("pyzbar (ZBar)", [in_process(with_pyzbar)(frame) for frame in frames], yardstick)
    _empty_row("zxing-cpp", zxing, yardstick)
    whole, here = [], []
    with Scanner() as scanner:
        scanner.warm()
        for number, frame in enumerate(frames):
            began = time.thread_time()
            result = scanner.live(Frame(frame, number, 0.0))
            here.append((list(result.readings), (time.thread_time() - began) * 1000))
            whole.append((list(result.readings), result.cpu_ms))
            scanner.wait(1 / FRAMES_A_SECOND)
    _empty_row("ours, live", whole, yardstick)
    _empty_row("ours, live, in the program alone", here, yardstick)
    with Scanner() as scanner:
        read = our_still(scanner)
        _empty_row("ours, still", [read(frame) for frame in frames[: max(1, count // 4)]], yardstick)


def _empty_row(name: str, results: Sequence[tuple[Sequence[object], float]], yardstick: Sequence[float]) -> None:
    ms = sorted(spent for _, spent in results)
    over = sum(spent > 3 * zxing for (_, spent), zxing in zip(results, yardstick, strict=False))
    wrong = sum(len(found) for found, _ in results)
    print(
        f"| {name} | {statistics.median(ms):.1f} | {statistics.fmean(ms):.1f} | {ms[int(0.95 * (len(ms) - 1))]:.1f} | "
        f"{100 * over / len(ms):.0f} % | {wrong} |"
    )


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
    """Run ``count`` live frames; report the resident memory of the program and of its decoder process after warm-up.

    The decoder process is given the time of a frame now and then, so that the costly stages take part.
    """
    conditions = list(KINDS.values())
    stock = [empty(conditions[i % len(conditions)], i) for i in range(60)]
    stock += [frame for i in range(6) for frame in clip(symbol(b"soak %d" % i, 6), 10, conditions[i], i)]
    random.Random(1).shuffle(stock)
    start, peak, read, pids = [0, 0], [0, 0], 0, set[int | None]()
    with Scanner() as scanner:
        scanner.warm()
        for number in range(count):
            read += len(scanner.live(Frame(stock[number % len(stock)], number, 0.0)).readings)
            scanner.wait(1 / FRAMES_A_SECOND)
            if number == count // 10:
                start = [resident("self"), resident(scanner.decoder_pid)]
            if number % 1000 == 0 and number > count // 10:
                pids.add(scanner.decoder_pid)
                peak = [max(a, b) for a, b in zip(peak, (resident("self"), resident(scanner.decoder_pid)), strict=True)]
                print(f"{number} frames, {peak[0] // 1024} + {peak[1] // 1024} MiB, {read} readings", flush=True)
    growth = [100 * (late - early) / early for late, early in zip(peak, start, strict=True)]
    print(
        f"{count} frames, {read} readings, {len(pids)} decoder process(es), {threading.active_count()} thread(s) left; "
        f"resident after warm-up {start[0] // 1024} + {start[1] // 1024} MiB, grew by {growth[0]:.1f} % "
        f"and {growth[1]:.1f} %"
    )
    return 0 if max(growth) < 5 else 1


def resident(process: object) -> int:
    """Kibibytes of a process (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-scan")
    parser.add_argument("data", nargs="?", type=Path, help="folder of pictures; generated ones without it")
    parser.add_argument("--each", type=int, default=6, help="generated pictures of each kind")
    parser.add_argument("--no-opencv", dest="opencv", action="store_false", help="leave out OpenCV's own detector")
    parser.add_argument("--wechat", type=Path, help="folder with WeChat's four models")
    parser.add_argument("--photographs", action="store_true", help="only photographs: no empty frames, no clips")
    parser.add_argument("--soak", type=int, help="only run so many frames and watch the memory")
    given = parser.parse_args()
    if given.soak:
        return soak(given.soak)
    cv2.setNumThreads(1)
    if given.data is not None and not given.data.is_dir():
        print(f"{given.data}: no such folder", file=sys.stderr)
        return 2
    print(f"{platform.machine()}, {multiprocessing.cpu_count()} cores, OpenCV {cv2.__version__}, one thread")
    with ExitStack() as stack:
        beside = dict(decoders(stack, given.wechat, given.opencv))
        photographs(pictures_in(given.data) if given.data else generated(given.each), beside)
    if not given.photographs:
        empty_frames(120)
        clips(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
