"""One read-only connection to a register file: the only place that runs SQL on it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
from sqlcipher3 import dbapi2 as sqlcipher

from cache.db import unlock
from inspector import wire
from inspector.entity import Entity
from inspector.errors import Problem, RegisterDamaged
from inspector.register_file import (
    FIRST_GONE,
    FORMAT,
    HMACS,
    BodyCodec,
    Ids,
    LayerManifest,
    Manifest,
    read_manifest,
    read_whole_lists,
)

CACHE_KIB = 96 * 1024
"""Pages kept decrypted: holds the whole register of a prefecture; a second reader at once is rare."""
END = "\U0010ffff"
"""Sorts behind every character of an identifier."""


class Reader:
    """Reads one register file. Not thread-safe: ``cache.register.Register`` lends one to each caller.

    Opening raises RegisterDamaged when ``key`` does not open ``path`` or what it opens is no register.
    Any method may raise RegisterDamaged.
    """

    def __init__(self, path: Path, key: bytes, form: str = FORMAT) -> None:
        """``form``: the format that the signed manifest names."""
        # Immutable: no locks, no journal, no write can happen through this connection.
        address = path.absolute().as_uri() + "?mode=ro&immutable=1"
        try:
            self._db = sqlcipher.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        except sqlcipher.Error:
            raise RegisterDamaged from None
        try:
            self._open(key, HMACS[form])
        except (KeyError, ValueError, sqlcipher.Error, msgspec.MsgspecError):
            self._db.close()
            raise RegisterDamaged from None
        except Problem:
            self._db.close()
            raise

    def _open(self, key: bytes, hmac: str) -> None:
        unlock(self._db, key)
        self._db.execute(f"PRAGMA cipher_hmac_algorithm = {hmac}")
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        meta = dict(self._db.execute("SELECT name, value FROM meta"))
        self._codec = BodyCodec(meta["dictionary"])
        self.manifest: Manifest = read_manifest(meta["manifest"])
        self.common = frozenset(wire.decode(meta["common"], list[str]))
        self.syllables = frozenset(wire.decode(meta["syllables"], list[str]))
        # A register that was made before there were any has none.
        self.whole_lists = read_whole_lists(meta.get("whole_lists", b"[]"))
        self.prefixes = tuple(prefix for (prefix,) in self._db.execute("SELECT prefix FROM prefix"))
        layer = isinstance(self.manifest, LayerManifest)
        self.takes_out = Ids(number for (number,) in self._rows("SELECT id FROM gone")) if layer else Ids()
        """Ids of rows in the files below that are no longer to be seen."""
        self.gone = Ids()
        """Ids that are no longer to be seen, of this file and others: set by whoever lays files above it."""

    def _rows(self, sql: str, *values: object) -> Iterator[tuple]:  # type: ignore[type-arg]
        try:
            yield from self._db.execute(sql, values)
        except sqlcipher.Error:
            raise RegisterDamaged from None

    def _ids(self, sql: str, *values: object) -> list[int]:
        return [number for (number,) in self._rows(sql, *values)]

    def _seen(self, limit: int, sql: str, *values: object) -> list[int]:
        if not self.gone:
            return self._ids(sql + " LIMIT ?", *values, limit)
        return list(islice((n for (n,) in self._rows(sql, *values) if n not in self.gone), limit))

    def find(self, code: str) -> tuple[int, Entity] | None:
        """Id and entity of a whole code."""
        found = self._rows("SELECT id, body FROM code JOIN entity USING (id) WHERE code = ?", code)
        return next(((n, self._codec.unpack(body)) for n, body in found if n not in self.gone), None)

    def entity(self, code: str) -> Entity | None:
        """The entity of a whole code."""
        found = self.find(code)
        return found[1] if found else None

    def entities(self, ids: Iterable[int]) -> Iterator[tuple[int, Entity]]:
        """The entities with these ids that this file holds."""
        for number in ids:
            for (body,) in self._rows("SELECT body FROM entity WHERE id = ?", number):
                yield number, self._codec.unpack(body)

    def codes_starting(self, text: str, limit: int) -> list[int]:
        """Ids of codes that begin with ``text``, in order of the code."""
        return self._seen(limit, "SELECT id FROM code WHERE code >= ? AND code < ?", text, text + END)

    def numbers_starting(self, text: str, limit: int) -> list[int]:
        """Ids of registration and permit numbers that begin with ``text``."""
        return self._seen(limit, "SELECT id FROM number WHERE number >= ? AND number < ?", text, text + END)

    def number(self, text: str) -> list[int]:
        """Ids of entities with exactly this registration or permit number."""
        return [n for n in self._ids("SELECT id FROM number WHERE number = ?", text) if n not in self.gone]

    def match(self, expression: str, limit: int) -> list[int]:
        """Ids that a full-text expression finds, in order of id: those in force first."""
        return self._seen(limit, "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", expression)

    def count(self) -> int:
        """Number of entities in this file, seen or not."""
        return self._ids("SELECT count(*) FROM code")[0]

    def spans(self) -> list[range]:
        """Which ids this file may hold: in force, and no longer."""
        edges = "SELECT min(id), max(id) FROM entity WHERE id"
        found = [*self._rows(f"{edges} < ?", FIRST_GONE), *self._rows(f"{edges} >= ?", FIRST_GONE)]
        return [range(low, high + 1) for low, high in found if low is not None]

    def plain(self, number: int) -> bytes | None:
        """The canonical bytes of an entity, seen or not."""
        found = self._rows("SELECT body FROM entity WHERE id = ?", number)
        return next((self._codec.plain(body) for (body,) in found), None)

    def plains(self) -> Iterator[bytes]:
        """The canonical bytes of every entity that is to be seen."""
        for number, body in self._rows("SELECT id, body FROM entity"):
            if number not in self.gone:
                yield self._codec.plain(body)

    def close(self) -> None:
        self._db.close()
