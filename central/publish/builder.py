"""Writes one file of a register, a snapshot or a layer: rows, indexes, full-text, digest."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from central.publish.pinyin import is_syllable, readings
from inspector import wire
from inspector.entity import Entity
from inspector.provenance import WholeLists
from inspector.register_file import (
    FIRST_GONE,
    FORMAT,
    HMACS,
    PREFIX,
    BodyCodec,
    Digest,
    Manifest,
    in_force,
    numbers,
    pack_whole_lists,
    schema,
    words,
)

COMMON = 5
"""A word that more than one in so many entities has says too little to search by alone."""


def unlock(db: sqlcipher.Connection, key: bytes) -> None:
    """Give a fresh connection the key of a register file of the newest format."""
    db.execute("PRAGMA cipher_log_level = NONE")
    db.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    if not db.execute("PRAGMA cipher_version").fetchone():
        raise RuntimeError("this SQLite driver does not encrypt")
    db.execute(f"PRAGMA cipher_hmac_algorithm = {HMACS[FORMAT]}")


class Builder:
    """One file in the making. ``digest`` and ``rows`` are of the register that it completes."""

    def __init__(
        self,
        work: Path,
        packed: Path,
        key: bytes,
        dictionary: bytes,
        *,
        last_ids: tuple[int, int] = (0, FIRST_GONE - 1),
        digest: str = "0" * 64,
        rows: int = 0,
    ) -> None:
        """``last_ids``: the highest id in force and no longer in force that files below have used."""
        self._packed, self._key = packed, key
        self.db = sqlcipher.connect(str(work), isolation_level=None)
        unlock(self.db, key)
        # A file that is thrown away when anything fails needs no journal; its cache holds the two
        # indexes that are filled in no order.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -131072", "temp_store = MEMORY"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(schema())
        # Full-text pages as long as fit a page of the file; merged once at the end, not on the way.
        for name, value in (("pgsz", 3960), ("automerge", 0), ("crisismerge", 1000), ("hashsize", 32 << 20)):
            self.db.execute("INSERT INTO words (words, rank) VALUES (?, ?)", (name, value))
        self.digest = Digest(digest)
        self.rows = rows
        self._written = 0
        self._codec = BodyCodec(dictionary)
        self._put("dictionary", dictionary)
        self._ids = {True: last_ids[0], False: last_ids[1]}
        self._prefixes: set[str] = set()
        self._syllables: set[str] = set()
        self.db.execute("BEGIN")

    def add(self, entity: Entity, plain: bytes) -> None:
        """Write a row; ``plain`` are its canonical bytes."""
        now = in_force(entity)
        self._ids[now] += 1
        number = self._ids[now]
        self.db.execute("INSERT INTO entity VALUES (?, ?)", (number, self._codec.pack(plain)))
        self.db.execute("INSERT INTO code VALUES (?, ?)", (entity.code, number))
        self.db.executemany("INSERT INTO number VALUES (?, ?)", ((n, number) for n in numbers(entity)))
        if now:
            self._words(number, entity)
        self._prefixes.add(entity.code[:PREFIX])
        self.digest.add(plain)
        self.rows += 1
        self._written += 1

    def take_out(self, number: int, reason: str, plain: bytes) -> None:
        """Note that a row of a file below is no longer to be seen."""
        self.db.execute("INSERT INTO gone VALUES (?, ?)", (number, reason))
        self.digest.remove(plain)
        self.rows -= 1

    def _words(self, number: int, entity: Entity) -> None:
        self.db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, words(entity, self._readings)))

    def _readings(self, text: str) -> list[list[str]]:
        found = list(readings(text))
        self._syllables.update(*found)
        return found

    def _put(self, name: str, value: bytes) -> None:
        self.db.execute("INSERT INTO meta VALUES (?, ?)", (name, value))

    def _common(self) -> Iterator[str]:
        self.db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab ('main', 'words', 'row')")
        found = self.db.execute("SELECT term FROM temp.vocabulary WHERE doc > ?", (self._written // COMMON,))
        yield from (term for (term,) in found)
        self.db.execute("DROP TABLE temp.vocabulary")

    def finish(self, manifest: Manifest, whole_lists: WholeLists) -> None:
        """Complete and merge the index, note the common words, write the file anew without gaps."""
        # Full-text wants its rows in order: those no longer in force get their words in a second pass.
        for number, body in self.db.execute("SELECT id, body FROM entity WHERE id >= ?", (FIRST_GONE,)):
            self._words(number, self._codec.unpack(body))
        self.db.executemany("INSERT INTO prefix VALUES (?)", ((p,) for p in self._prefixes))
        self.db.execute("COMMIT")
        self.db.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._put("syllables", wire.encode(sorted(filter(is_syllable, self._syllables))))
        self._put("common", wire.encode(sorted(self._common())))
        self._put("whole_lists", pack_whole_lists(whole_lists))
        self._put("manifest", wire.encode(manifest))
        # Packing reads once and in order. "VACUUM INTO" would prove the pages in the driver's own way.
        self.db.execute("PRAGMA cache_size = -8192")
        self.db.execute("PRAGMA shrink_memory")
        self.db.execute(f"ATTACH ? AS packed KEY \"x'{self._key.hex()}'\"", (str(self._packed),))
        self.db.execute(f"PRAGMA packed.cipher_hmac_algorithm = {HMACS[FORMAT]}")
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            self.db.execute(f"PRAGMA packed.{pragma}")
        self.db.execute("SELECT sqlcipher_export('packed')").fetchone()
        self.db.execute("DETACH packed")


@contextmanager
def written(path: Path, key: bytes, dictionary: bytes, **below: object) -> Iterator[Builder]:
    """A builder whose file stands at ``path`` when the block ends well, and nowhere when it does not.

    ``below``: what the register holds already, for a layer; see ``Builder``.
    """
    if len(key) != 32:
        raise ValueError("a register key has 32 bytes")
    work, packed = path.with_name(path.name + ".work"), path.with_name(path.name + ".part")
    for old in (work, packed):
        old.unlink(missing_ok=True)
    builder = Builder(work, packed, key, dictionary, **below)  # type: ignore[arg-type]
    try:
        yield builder
        builder.db.close()
        with packed.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(packed, path)
    finally:
        builder.db.close()
        for old in (work, packed):
            old.unlink(missing_ok=True)
