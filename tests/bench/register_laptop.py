"""The laptop's side of ``register_bench``, in a process of its own that knows nothing of the centre."""

import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from cache.packs import Packs, folder_fetch
from cache.register import Register, file_sha256
from cache.register_reader import CACHE_KIB
from cache.register_store import Fetched, RegisterStore
from inspector.register_file import BodyCodec
from tests.bench.register_data import entities
from tests.keeper import FileKeeper

LOOKUPS = 20_000
SEARCHES = 300
Line = tuple[str, str, str]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def peak_mb() -> float:
    """Highest resident size of this process; Linux only, unlike ``getrusage`` it knows nothing of the parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def bare_copy(source: Path, folder: Path) -> None:
    """What installing cannot do without: copy the bytes, hash them, make them durable."""
    target = folder / "copy"
    with source.open("rb") as file, target.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    file_sha256(target)
    target.unlink()


def client(folder: Path) -> tuple[Packs, RegisterStore]:
    repository = folder / "service" / "tuf"
    root = (repository / "metadata" / "1.root.json").read_bytes()
    packs = Packs(folder / "data", root, folder_fetch(repository))
    return packs, RegisterStore(folder / "data", FileKeeper(folder / "row"))


def install(folder: Path) -> tuple[Register, list[Line]]:
    """Fetch from a folder and install."""
    packs, store = client(folder)
    key = (folder / "key").read_bytes()
    pack = packs.refresh(datetime.now(UTC))[-1]
    opened: list[Register] = []
    fetched: list[Path] = []
    download = seconds(lambda: fetched.append(packs.download(pack)))
    bare = seconds(lambda: bare_copy(fetched[0], folder))
    taken = seconds(lambda: opened.append(store.install(Fetched(fetched[0], pack.sha256, pack.manifest), key)))
    check = seconds(opened[0].check_file)
    both = download + taken
    return opened[0], [
        (
            "fetch from a folder and install",
            f"{both:.2f} s = {both / bare:.2f} × copy + hash + fsync ({bare:.2f} s)",
            "≤ 2 ×",
        ),
        ("of which install (download checked)", f"{taken:.2f} s", ""),
        ("background check (hash, every row)", f"{check:.1f} s", ""),
    ]


def extend(folder: Path) -> tuple[Register, list[Line]]:
    """Fetch the layer of one per cent and lay it on."""
    packs, store = client(folder)
    start = time.perf_counter()
    pack = packs.refresh(datetime.now(UTC))[-1]
    register = store.extend([Fetched(packs.download(pack), pack.sha256, pack.manifest)], proved=True)
    taken = time.perf_counter() - start
    return register, [("1 % delta: fetch, check every changed row, install", f"{taken:.1f} s", "≤ 5 s")]


def lookups(register: Register, folder: Path, codes: list[str]) -> list[Line]:
    """Whole codes in random order against the plain twin, each with a warm-up of its own."""
    address = (folder / "plain.db").as_uri() + "?mode=ro&immutable=1"
    plain = sqlcipher.connect(address, uri=True, isolation_level=None)
    plain.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    for file in (folder / "plain.db", *(folder / "data").glob("register-*.db")):
        file_sha256(file)  # both from the system's memory, not one of them from the disk
    codec = BodyCodec(plain.execute("SELECT value FROM meta WHERE name = 'dictionary'").fetchone()[0])

    def bare(code: str) -> None:
        row = plain.execute("SELECT body FROM code JOIN entity USING (id) WHERE code = ?", (code,)).fetchone()
        codec.unpack(row[0])

    ours, theirs = [], []
    for number, code in enumerate(codes[:1000] + codes):  # by turns, so that both meet the same noise
        pair = seconds(lambda code=code: register.entity(code)), seconds(lambda code=code: bare(code))
        if number >= 1000:
            ours.append(pair[0] * 1000)
            theirs.append(pair[1] * 1000)
    plain.close()
    mean = sum(ours) / sum(theirs)
    p99 = percentile(ours, 0.99)
    return [
        ("lookup by code, p50", f"{percentile(ours, 0.5):.3f} ms", ""),
        (
            "lookup by code, p99",
            f"{p99:.3f} ms = {p99 / percentile(theirs, 0.99):.2f} × plain (mean {mean:.2f} ×)",
            "≤ 0.3 ms, ≤ 2 ×",
        ),
    ]


def searches(register: Register, count: int) -> list[Line]:
    """Every kind of query, made from entities of the register."""
    rng = random.Random(7)
    sample = [e for e in entities(min(count, 20_000)) if rng.random() < SEARCHES / min(count, 20_000)]
    names = [e.licence.name for e in sample]
    kinds = {
        "whole name": names,
        "part of a name": [n[2:7] for n in names],
        "two characters": [n[at : at + 2] for n in names for at in (0, 3)],
        "a character missing": [n[:4] + n[5:] for n in names],
        "two words": [f"{n[:2]} {n[-2:]}" for n in names],
        "person": [e.licence.representative for e in sample],
        "address": [e.licence.premises[-10:] for e in sample],
        "whole address": [e.licence.premises for e in sample],
        "pinyin": ["hongxing", "aihuiqu", "shipinchaoshi", "fud", "longsheng"],
        "initials": ["hx", "ahq", "spcs", "fdfd", "lslf", "cs"],
        "beginning of a code": [e.code[:n] for e in sample for n in (3, 8, 13)],
        "part of a code": [e.code[at : at + 4] for e in sample for at in (6, 10, 13)],
        "organisation code": [e.code[8:17] for e in sample],
        "mistyped code": [e.code[:12] + e.code[13] + e.code[12] + e.code[14:] for e in sample],
        "registration number": [e.registration_number for e in sample],
        "permit number": [p.number for e in sample for p in e.permits],
    }
    lines = []
    for kind, texts in kinds.items():
        taken = [seconds(lambda text=text: register.search(text, 20, area="231102")) * 1000 for text in texts]
        lines.append(
            (
                f"search: {kind}",
                f"p50 {percentile(taken, 0.5):.1f}, p95 {percentile(taken, 0.95):.1f} ms",
                "p95 ≤ 50 ms",
            )
        )
    return lines


def read(folder: Path, count: int, work: Callable[[Path], tuple[Register, list[Line]]]) -> None:
    """The laptop's side, in a process of its own so that its memory can be told."""
    register, lines = work(folder)
    rng = random.Random(3)
    codes = [e.code for e in entities(count) if rng.random() < LOOKUPS / count]
    rng.shuffle(codes)
    show([*lines, *searches(register, count)])
    for code in codes:
        register.entity(code)
    show([("memory while installing, looking up and searching", f"{peak_mb():.0f} MB", "≤ 250 MB")])
    show(lookups(register, folder, codes))  # last: the plain twin has memory of its own
    register.close()


def show(lines: list[Line]) -> None:
    for what, value, goal in lines:
        print(f"| {what} | {value} | {goal} |", flush=True)


if __name__ == "__main__":
    read(Path(sys.argv[2]), int(sys.argv[1]), {"install": install, "extend": extend}[sys.argv[3]])
