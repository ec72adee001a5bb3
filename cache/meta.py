"""Small named values in the store: one row each, JSON in the shapes of ``inspector.wire``."""

from typing import Any, TypeVar

import sqlite_utils

from cache.db import Store
from inspector import wire

T = TypeVar("T")


def read_meta(store: Store, name: str, kind: type[T]) -> T | None:
    """A small value of the store, or None."""
    rows = store.rows("SELECT value FROM meta WHERE name = ?", name)
    return wire.decode(rows[0]["value"], kind) if rows else None


def write_meta(store: Store, name: str, value: Any) -> None:
    """Set a small value, durably."""
    data = wire.encode(value)
    store.write(lambda db: put_meta(db, name, data))


def value_of(db: sqlite_utils.Database, name: str, kind: type[T]) -> T | None:
    """A small value inside a transaction, or None."""
    rows = list(db.query("SELECT value FROM meta WHERE name = ?", [name]))
    return wire.decode(rows[0]["value"], kind) if rows else None


def put_meta(db: sqlite_utils.Database, name: str, value: bytes) -> None:
    """Set a value inside a transaction."""
    db.table("meta").upsert({"name": name, "value": value}, pk="name")
