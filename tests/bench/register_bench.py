"""Measures the register at any size: ``make bench-register N=300000`` prints a table of values, goals and ratios.

Brings N made-up entities into a service, publishes them, fetches and installs them, looks them up and searches, and
does the same lookups on plain SQLite (same driver, same rows, no key) and the same bytes as a bare copy, in one run.
Then one per cent changes, is published and laid on, and all is measured again.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from central import desk
from central.models import Publication
from central.publish.builder import unlock
from central.publishing import publish
from central.service import Service, open_service
from central.settings import Settings
from inspector.entity import Entity
from inspector.register_file import LayerManifest, target_path
from inspector.wire import SnapshotManifest
from tests.bench.register_data import entities
from tests.bench.register_laptop import Line, peak_mb, seconds, show

REGION = "23"
"""The whole province."""


def load(service: Service, count: int) -> None:
    """Bring the made-up entities into the service's database."""
    desk.put_entities(service, entities(count))


def publish_first(service: Service, folder: Path, count: int) -> tuple[float, list[Line]]:
    """Publish the snapshot, and write a plain twin of it; how long the first took."""
    start = time.perf_counter()
    manifest = publish(service, REGION)
    taken = time.perf_counter() - start
    assert isinstance(manifest, SnapshotManifest)
    peak = peak_mb()
    with service.publishing() as (repository, session):
        key = session.get_one(Publication, REGION).key
        path = repository.target_file(repository.targets()[target_path(manifest)])
    (folder / "key").write_bytes(key)
    db = sqlcipher.connect(str(path), isolation_level=None)
    unlock(db, key)
    db.execute("ATTACH ? AS plain KEY ''", (str(folder / "plain.db"),))
    db.execute("SELECT sqlcipher_export('plain')")
    db.close()
    size, twin = path.stat().st_size, (folder / "plain.db").stat().st_size
    return taken, [
        ("publish", f"{taken:.1f} s, {count / taken:,.0f} rows/s", ""),
        ("memory while loading and publishing", f"{peak:.0f} MB", ""),
        ("register on disk", f"{size / count:.0f} bytes an entity, {size / twin:.2f} × plain SQLite", "≤ 500"),
    ]


def publish_changes(service: Service, count: int, first: float) -> list[Line]:
    """Change one entity in a hundred, all over the register, and publish that."""
    rng = random.Random(5)
    changed = (renamed(e) for e in entities(count) if rng.random() < 0.01)
    desk.put_entities(service, changed)
    start = time.perf_counter()
    manifest = publish(service, REGION)
    taken = time.perf_counter() - start
    assert isinstance(manifest, LayerManifest)
    with service.publishing() as (repository, _):
        size = repository.targets()[target_path(manifest)].length
    return [
        ("publish after 1 % changed", f"{taken:.1f} s = {taken / first:.1%} of the first", "≤ 10 %"),
        ("layer of 1 %", f"{size / 1e6:.1f} MB, {size / manifest.changes:.0f} bytes a change", ""),
    ]


def renamed(entity: Entity) -> Entity:
    licence = replace(entity.licence, name=entity.licence.name + "（新）", former_name=entity.licence.name)
    return replace(entity, licence=licence)


def laptop(count: int, folder: Path, work: str) -> None:
    subprocess.run([sys.executable, "-m", "tests.bench.register_laptop", str(count), str(folder), work], check=True)


def main() -> None:
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="register-bench-") as name:
        folder = Path(name)
        print(f"| {count:,} entities, {os.cpu_count()} cores | measured | goal |\n|---|---|---|", flush=True)
        settings = Settings(folder / "service", f"sqlite:///{folder / 'centre.db'}", "127.0.0.1", 0, "127.0.0.1")
        service = open_service(settings)
        loaded = seconds(lambda: load(service, count))
        show([("load into the service's SQLite (made and written)", f"{loaded:.0f} s", "")])
        first, lines = publish_first(service, folder, count)
        show(lines)
        laptop(count, folder, "install")
        show(publish_changes(service, count, first))
        print("| **with the layer of 1 %** | | |", flush=True)
        laptop(count, folder, "extend")
        service.close()


if __name__ == "__main__":
    main()
