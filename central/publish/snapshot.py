"""Builds a register snapshot: one ready, encrypted SQLite file with its indexes and full-text inside."""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from central.publish.pinyin import is_syllable, reading
from inspector import wire
from inspector.entity import Entity
from inspector.register_file import (
    FIRST_GONE,
    PREFIX,
    SAMPLES,
    BodyCodec,
    Digest,
    canonical,
    in_force,
    make_dictionary,
    numbers,
    schema,
    words,
)
from inspector.wire import SnapshotManifest

COMMON = 5
"""A word that more than one in so many entities has says too little to search by alone."""
BATCH = 2000
Row = tuple[int, str]


class Builder:
    """One snapshot in the making; see ``build``."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.db = sqlcipher.connect(str(path), isolation_level=None)
        self.db.execute("PRAGMA cipher_log_level = NONE")
        self.db.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if not self.db.execute("PRAGMA cipher_version").fetchone():
            raise RuntimeError("this SQLite driver does not encrypt")
        # A file that is thrown away when anything fails needs no journal; its cache holds the two
        # indexes that are filled in no order.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -131072", "temp_store = MEMORY"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(schema())
        # Full-text pages as long as fit a page of the file; merged once at the end, not on the way.
        for name, value in (("pgsz", 3960), ("automerge", 0), ("crisismerge", 1000), ("hashsize", 32 << 20)):
            self.db.execute("INSERT INTO words (words, rank) VALUES (?, ?)", (name, value))
        self.digest = Digest()
        self.rows = 0
        self.syllables: set[str] = set()

    def fill(self, entities: Iterable[Entity], progress: Callable[[int], None]) -> None:
        """Write every row once; those no longer in force get their words in a second pass."""
        stream = iter(entities)
        first = list(islice(stream, SAMPLES))
        dictionary = make_dictionary([canonical(e) for e in first])
        self.put("dictionary", dictionary)
        codec = BodyCodec(dictionary)
        self.db.execute("BEGIN")
        prefixes: set[str] = set()
        ids = {True: 0, False: FIRST_GONE - 1}
        for entity in chain(first, stream):
            plain = canonical(entity)
            now = in_force(entity)
            ids[now] += 1
            self._row(ids[now], entity, codec.pack(plain))
            if now:
                self._words(ids[now], entity)
            self.digest.add(plain)
            prefixes.add(entity.code[:PREFIX])
            self.rows += 1
            if self.rows % BATCH == 0:
                progress(self.rows)
        for number, body in self.db.execute("SELECT id, body FROM entity WHERE id >= ?", (FIRST_GONE,)):
            self._words(number, codec.unpack(body))
        self.db.executemany("INSERT INTO prefix VALUES (?)", ((p,) for p in prefixes))
        self.db.execute("COMMIT")
        progress(self.rows)

    def _row(self, number: int, entity: Entity, body: bytes) -> None:
        self.db.execute("INSERT INTO entity VALUES (?, ?)", (number, body))
        self.db.execute("INSERT INTO code VALUES (?, ?)", (entity.code, number))
        self.db.executemany("INSERT INTO number VALUES (?, ?)", ((n, number) for n in numbers(entity)))

    def _words(self, number: int, entity: Entity) -> None:
        self.db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, words(entity, self._reading)))

    def _reading(self, text: str) -> list[str]:
        found = reading(text)
        self.syllables.update(found)
        return found

    def put(self, name: str, value: bytes) -> None:
        self.db.execute("INSERT INTO meta VALUES (?, ?)", (name, value))

    def _common(self) -> Iterator[str]:
        self.db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab ('main', 'words', 'row')")
        found = self.db.execute("SELECT term FROM temp.vocabulary WHERE doc > ?", (self.rows // COMMON,))
        yield from (term for (term,) in found)
        self.db.execute("DROP TABLE temp.vocabulary")

    def finish(self, manifest: SnapshotManifest, target: Path) -> None:
        """Merge the index, note the common words, write the file anew without gaps."""
        self.db.execute("INSERT INTO words (words) VALUES ('optimize')")
        self.put("syllables", wire.encode(sorted(filter(is_syllable, self.syllables))))
        self.put("common", wire.encode(sorted(self._common())))
        self.put("manifest", wire.encode(manifest))
        # Packing reads once and in order, and takes a second cache as large as the first.
        self.db.execute("PRAGMA cache_size = -8192")
        self.db.execute("PRAGMA shrink_memory")
        self.db.execute("VACUUM INTO ?", (str(target),))

    def close(self) -> None:
        self.db.close()


def build(
    path: Path,
    key: bytes,
    entities: Iterable[Entity],
    *,
    area: str,
    epoch: int,
    row_version: int,
    made_at: datetime,
    progress: Callable[[int], None] | None = None,
) -> SnapshotManifest:
    """Write the snapshot of ``entities`` to ``path``, encrypted under the 32-byte ``key``.

    Memory stays flat however many entities come. ``path`` appears whole or not at all; two work
    files beside it, both encrypted, are removed. ``progress`` is told the rows written so far.
    Raises ``sqlcipher3.dbapi2.IntegrityError`` when a code comes twice.
    """
    if len(key) != 32:
        raise ValueError("a register key has 32 bytes")
    work, packed = path.with_name(path.name + ".work"), path.with_name(path.name + ".part")
    for old in (work, packed):
        old.unlink(missing_ok=True)
    builder = Builder(work, key)
    try:
        builder.fill(entities, progress or (lambda rows: None))
        manifest = SnapshotManifest(area, epoch, row_version, builder.rows, builder.digest.hex(), made_at)
        builder.finish(manifest, packed)
        builder.close()
        with packed.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(packed, path)
    finally:
        builder.close()
        for old in (work, packed):
            old.unlink(missing_ok=True)
    return manifest
