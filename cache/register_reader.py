"""One read-only connection to a register file: the only place that runs SQL on it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from sqlcipher3 import dbapi2 as sqlcipher

from cache.db import unlock
from inspector import wire
from inspector.entity import Entity
from inspector.errors import Problem, RegisterDamaged
from inspector.register_file import BodyCodec
from inspector.wire import SnapshotManifest

CACHE_KIB = 48 * 1024
"""Pages kept decrypted: holds the whole register of a prefecture; a second reader at once is rare."""
END = "\U0010ffff"
"""Sorts behind every character of an identifier."""


class Reader:
    """Reads one register file. Not thread-safe: ``cache.register.Register`` lends one to each caller.

    Opening raises RegisterDamaged when ``key`` does not open ``path`` or what it opens is no register.
    Any method may raise RegisterDamaged.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        # Immutable: no locks, no journal, no write can happen through this connection.
        address = path.absolute().as_uri() + "?mode=ro&immutable=1"
        try:
            self._db = sqlcipher.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        except sqlcipher.Error:
            raise RegisterDamaged from None
        try:
            self._open(key)
        except (KeyError, ValueError, sqlcipher.Error, msgspec.MsgspecError):
            self._db.close()
            raise RegisterDamaged from None
        except Problem:
            self._db.close()
            raise

    def _open(self, key: bytes) -> None:
        unlock(self._db, key)
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        meta = dict(self._db.execute("SELECT name, value FROM meta"))
        self._codec = BodyCodec(meta["dictionary"])
        self.manifest = wire.decode(meta["manifest"], SnapshotManifest)
        self.common = frozenset(wire.decode(meta["common"], list[str]))
        self.syllables = frozenset(wire.decode(meta["syllables"], list[str]))
        self.prefixes = tuple(prefix for (prefix,) in self._db.execute("SELECT prefix FROM prefix"))

    def _rows(self, sql: str, *values: object) -> Iterator[tuple]:  # type: ignore[type-arg]
        try:
            yield from self._db.execute(sql, values)
        except sqlcipher.Error:
            raise RegisterDamaged from None

    def _ids(self, sql: str, *values: object) -> list[int]:
        return [number for (number,) in self._rows(sql, *values)]

    def entity(self, code: str) -> Entity | None:
        """The entity of a whole code."""
        found = self._rows("SELECT body FROM code JOIN entity USING (id) WHERE code = ?", code)
        return next((self._codec.unpack(body) for (body,) in found), None)

    def entities(self, ids: Iterable[int]) -> Iterator[tuple[int, Entity]]:
        """The entities with these ids; ids that a later version took away are passed over."""
        for number in ids:
            for (body,) in self._rows("SELECT body FROM entity WHERE id = ?", number):
                yield number, self._codec.unpack(body)

    def codes_starting(self, text: str, limit: int) -> list[int]:
        """Ids of codes that begin with ``text``, in order of the code."""
        return self._ids("SELECT id FROM code WHERE code >= ? AND code < ? LIMIT ?", text, text + END, limit)

    def numbers_starting(self, text: str, limit: int) -> list[int]:
        """Ids of registration and permit numbers that begin with ``text``."""
        return self._ids("SELECT id FROM number WHERE number >= ? AND number < ? LIMIT ?", text, text + END, limit)

    def number(self, text: str) -> list[int]:
        """Ids of entities with exactly this registration or permit number."""
        return self._ids("SELECT id FROM number WHERE number = ?", text)

    def match(self, expression: str, limit: int) -> list[int]:
        """Ids that a full-text expression finds, in order of id: those in force first."""
        return self._ids("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?", expression, limit)

    def count(self) -> int:
        """Number of entities."""
        return self._ids("SELECT count(*) FROM code")[0]

    def plains(self) -> Iterator[bytes]:
        """The canonical bytes of every entity."""
        for (body,) in self._rows("SELECT body FROM entity"):
            yield self._codec.plain(body)

    def close(self) -> None:
        self._db.close()
