"""Measures what trust costs: ``make bench-trust`` prints each part beside the plain thing it stands on, in one run.

Every pair is measured in turns, so that what else the machine does falls on both alike.
"""

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlcipher3 import dbapi2 as sqlcipher

from cache.clock import SystemClock
from cache.db import CACHE_KIB, connect
from cache.vault import Vault, new_keys
from inspector.trust import code, device, status
from inspector.trust.code import Claims
from inspector.trust.keys import IssuingKey, KeyRing
from inspector.trust.signing import Ed25519Signer
from inspector.trust.status import State
from inspector.verdict import TokenState

TURNS = 9
VERIFIES = 300
LOOKUPS = 4000
CODES = 1_000_000
CODE = "92231102MA1Y000189"
Line = tuple[str, str, str]


def each(work: Callable[[], object], times: int) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def in_turns(ours: Callable[[], object], plain: Callable[[], object], times: int) -> tuple[float, float]:
    """Median seconds of one call of each."""
    pairs = [(each(ours, times), each(plain, times)) for _ in range(TURNS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def tokens() -> list[Line]:
    now = datetime.now(UTC)
    private = secrets.token_bytes(32)
    public = device.signing_public(private)
    ring = KeyRing((IssuingKey(b"231100-1", public, "231100", now - timedelta(days=1), now + timedelta(days=700)),))
    states = [State.REVOKED if n % 100 == 7 else State.GOOD for n in range(CODES)]
    listed = status.make("heihe-1", 1, now, states)
    claims = Claims(
        CODE, "黑河市爱辉区好邻居生鲜便利超市中央街店", "黑河市爱辉区中央街1号", "", "个体工商户", "00000042",
        "231100", now, now + timedelta(days=365), "heihe-1", 42,
    )  # fmt: skip
    token = code.mint(claims, b"231100-1", Ed25519Signer(private))
    statuses = {listed.name: listed}
    assert code.verify(token, CODE, ring, statuses, now).state is TokenState.GENUINE
    message = secrets.token_bytes(228)
    signature = device.sign(private, message)
    ours, bare = in_turns(
        lambda: code.verify(token, CODE, ring, statuses, now),
        lambda: Ed25519PublicKey.from_public_bytes(public).verify(signature, message),
        VERIFIES,
    )
    look_up = statistics.median(each(lambda: listed.look_up(123_457, now), 20_000) for _ in range(TURNS))
    size = f"list of {CODES:,} codes in {len(listed.bits):,} bytes"
    return [
        ("bare Ed25519 verify", f"{bare * 1000:.3f} ms", ""),
        ("verify a signed code", f"{ours * 1000:.3f} ms = {ours / bare:.2f} × bare", "≤ 1.5 ×"),
        ("status of a code", f"{look_up * 1e6:.2f} µs, {size}", "< 5 µs"),
    ]


def store(folder: Path, rows: int) -> list[Line]:
    """An encrypted database as the laptop opens it, and the same without a key."""
    key = secrets.token_bytes(32)
    opened = connect(folder / "encrypted.db", key).conn
    plain = sqlcipher.connect(str(folder / "plain.db"), isolation_level=None)
    plain.execute("PRAGMA journal_mode = WAL")
    plain.execute("PRAGMA synchronous = FULL")
    plain.execute("PRAGMA foreign_keys = ON")
    plain.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    data = [(n, f"{n:018d}", f"第{n % 977}街{n}号商店 {n * 7919 % 10007}", secrets.token_hex(40)) for n in range(rows)]
    loads: list[list[float]] = [[], []]
    both = (opened, plain)
    for turn in range(3):
        for which, db in enumerate(both):
            start = time.perf_counter()
            db.execute("BEGIN")
            db.execute(f"CREATE TABLE t{turn}(id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT, body TEXT)")
            db.executemany(f"INSERT INTO t{turn} VALUES (?, ?, ?, ?)", data)
            db.execute("COMMIT")
            loads[which].append(time.perf_counter() - start)
    for db in both:
        db.execute("CREATE VIRTUAL TABLE words USING fts5(name, content='')")
        db.execute("BEGIN")
        db.executemany("INSERT INTO words(rowid, name) VALUES (?, ?)", [(n, name) for n, _, name, _ in data])
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sizes = [(folder / f"{name}.db").stat().st_size for name in ("encrypted", "plain")]
    wanted = [f"{secrets.randbelow(rows):018d}" for _ in range(LOOKUPS)]
    spots = iter(range(1 << 60))

    def look_up(db: object) -> Callable[[], object]:
        return lambda: db.execute("SELECT body FROM t0 WHERE code = ?", (wanted[next(spots) % LOOKUPS],)).fetchone()  # type: ignore[attr-defined]

    def search(db: object) -> Callable[[], object]:
        return lambda: db.execute(  # type: ignore[attr-defined]
            "SELECT rowid FROM words WHERE words MATCH ? LIMIT 20", (f'"{next(spots) % 10007}"',)
        ).fetchall()

    found, found_plain = in_turns(look_up(opened), look_up(plain), LOOKUPS)
    text, text_plain = in_turns(search(opened), search(plain), 300)
    load, load_plain = (statistics.median(taken) for taken in loads)
    for db in both:
        db.close()
    return [
        (f"lookup by code in {rows:,} rows", f"{found * 1e6:.1f} µs = {found / found_plain:.2f} × plain", "≤ 2 ×"),
        ("full-text search", f"{text * 1e6:.0f} µs = {text / text_plain:.2f} × plain", "≤ 2.5 ×"),
        ("bulk load", f"{load:.2f} s = {load / load_plain:.2f} × plain", "≤ 1.3 ×"),
        ("size on disk", f"{sizes[0] / sizes[1]:.3f} × plain", "≤ 1.05 ×"),
    ]


def password(folder: Path) -> list[Line]:
    """Changing a password rewraps one key: the store beside it does not matter."""
    lines = []
    for megabytes in (1, 200):
        place = folder / f"vault-{megabytes}"
        place.mkdir()
        keys = new_keys()
        with (place / "store").open("wb") as store:
            for _ in range(megabytes):
                store.write(secrets.token_bytes(1 << 20))
        vault = Vault(place / "slots.json", SystemClock())
        vault.create(keys, "d" * 32, "HH0001", "heihe-snow-ferry-lamp", device.box_public(secrets.token_bytes(32)))
        taken = each(lambda v=vault, k=keys: v.put(k, "HH0001", "birch-ice-border-lantern"), 3)  # type: ignore[misc]
        lines.append((f"password change beside {megabytes} MB", f"{taken * 1000:.0f} ms", "the same"))
    return lines


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [*tokens(), *store(folder, rows), *password(folder)]
    print("| what | measured | goal |\n|---|---|---|")
    for line in lines:
        print(f"| {' | '.join(line)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
