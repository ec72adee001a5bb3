"""Opens encrypted SQLite with sqlite-utils on top: one writer thread, readers that never wait for it.

Plain SQLite silently ignores ``PRAGMA key`` and would write in clear, so the cipher is proved before the first write.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import sqlcipher3
import sqlcipher3.dbapi2 as sqlcipher

# sqlite-utils takes pysqlite3 when it is there: this makes it use the encrypted driver.
sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = sqlcipher

import sqlite_utils  # noqa: E402

from cache.durable import UNWRITABLE  # noqa: E402
from inspector.errors import CipherMissing, Locked, StoreFull, VaultDamaged  # noqa: E402

T = TypeVar("T")
CACHE_KIB = 16_384
PLAIN_HEADER = b"SQLite format 3\0"


@contextmanager
def told() -> Iterator[None]:
    """Turn the driver's errors into problems that the user sees."""
    try:
        yield
    except sqlcipher.DatabaseError as error:
        text = str(error)
        if "full" in text:
            raise StoreFull from None
        if "I/O error" in text or "readonly" in text or "unable to open" in text:
            raise StoreFull(*UNWRITABLE) from None
        if "not a database" in text or "malformed" in text:
            raise VaultDamaged from None
        raise


def unlock(connection: Any, key: bytes) -> None:
    """Give a fresh connection its raw 32-byte key and make sure that the driver encrypts. Raises CipherMissing."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise CipherMissing


def connect(path: Path, key: bytes, read_only: bool = False) -> sqlite_utils.Database:
    """Open an encrypted database with a raw 32-byte key. Raises CipherMissing, VaultDamaged, StoreFull."""
    if path.exists():
        with path.open("rb") as file:
            if file.read(len(PLAIN_HEADER)) == PLAIN_HEADER:
                raise VaultDamaged
    connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)
    try:
        with told():
            unlock(connection, key)
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # Each page that is not in the cache is decrypted and checked anew.
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            if read_only:
                connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return sqlite_utils.Database(connection)


class Store:
    """One encrypted database: writes in order on one thread, each a transaction; reads beside them."""

    def __init__(self, path: Path, key: bytes, migrate: Callable[[sqlite_utils.Database], None]) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reading = Lock()
        self._closed = False
        try:
            self._write_db = self._writer.submit(self._open, path, key, migrate).result()
            self._read_db = connect(path, key, read_only=True)
        except BaseException:
            self._writer.shutdown()
            raise

    @staticmethod
    def _open(path: Path, key: bytes, migrate: Callable[[sqlite_utils.Database], None]) -> sqlite_utils.Database:
        db = connect(path, key)
        with told():
            migrate(db)
        return db

    def submit(self, work: Callable[[sqlite_utils.Database], T]) -> "Future[T]":
        """Queue ``work`` as one transaction; the future holds what it returned once it is durable."""
        if self._closed:
            raise Locked
        try:
            return self._writer.submit(self._transact, work)
        except RuntimeError:
            raise Locked from None

    def write(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Do ``work`` as one transaction and wait until it is durable."""
        return self.submit(work).result()

    def _transact(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        connection = self._write_db.conn
        with told():
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._write_db)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        return result

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """All rows of a query, read beside the writer."""
        if self._closed:
            raise Locked
        with self._reading, told():
            return list(self._read_db.query(sql, values))

    def close(self) -> None:
        """Finish what is queued, then close. Twice is once."""
        if self._closed:
            return
        self._closed = True
        self._writer.submit(self._write_db.close).result()
        self._writer.shutdown()
        with self._reading:
            self._read_db.close()
