"""The encrypted store: never in clear, one writer in order, readers beside it, and its errors in the user's words."""

import sqlite3
from pathlib import Path
from threading import Event

import pytest
import sqlite_utils

from cache import db, schema
from cache.db import PLAIN_HEADER, Store, connect
from inspector.errors import CipherMissing, Locked, StoreFull, VaultDamaged

KEY = bytes(range(32))


def table(database: sqlite_utils.Database) -> None:
    database.execute("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    store = Store(tmp_path / "s.db", KEY, table)
    yield store
    store.close()


def put(store: Store, text: str) -> None:
    store.write(lambda d: d.table("note").insert({"text": text}))


def texts(store: Store) -> list[str]:
    return [r["text"] for r in store.rows("SELECT text FROM note ORDER BY id")]


def test_is_encrypted_with_every_safety_on(store: Store, tmp_path: Path) -> None:
    put(store, "爱辉区喆喆便利店")
    for name in ("s.db", "s.db-wal"):
        data = (tmp_path / name).read_bytes()
        assert "喆喆".encode() not in data
        assert not data.startswith(PLAIN_HEADER)
    pragma = {
        n: store.write(lambda d, n=n: d.execute(f"PRAGMA {n}").fetchone()[0])
        for n in ("journal_mode", "synchronous", "foreign_keys")  # type: ignore[misc]
    }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_opens_again_with_its_key_only(store: Store, tmp_path: Path) -> None:
    put(store, "一")
    store.close()
    with pytest.raises(VaultDamaged):
        Store(tmp_path / "s.db", bytes(32), table)
    other = Store(tmp_path / "s.db", KEY, table)
    assert texts(other) == ["一"]
    other.close()


def test_a_plain_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE t (x)")
    plain.commit()
    plain.close()
    before = path.read_bytes()
    with pytest.raises(VaultDamaged):
        connect(path, KEY)
    assert path.read_bytes() == before


def test_a_driver_without_cipher_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain SQLite silently ignores the key: it must never get as far as a table."""
    monkeypatch.setattr(db.sqlcipher, "connect", sqlite3.connect)
    with pytest.raises(CipherMissing):
        Store(tmp_path / "s.db", KEY, table)
    assert not (tmp_path / "s.db").exists() or (tmp_path / "s.db").stat().st_size == 0


def test_readers_do_not_wait_for_the_writer(store: Store) -> None:
    put(store, "先")
    started, go_on = Event(), Event()

    def slow(database: sqlite_utils.Database) -> None:
        database.table("note").insert({"text": "慢"})
        started.set()
        assert go_on.wait(30)

    future = store.submit(slow)
    assert started.wait(30)
    assert texts(store) == ["先"]
    go_on.set()
    future.result(30)
    assert texts(store) == ["先", "慢"]


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def half(database: sqlite_utils.Database) -> None:
        database.table("note").insert({"text": "半"})
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        store.write(half)
    put(store, "整")
    assert texts(store) == ["整"]


def test_writes_keep_their_order(store: Store) -> None:
    futures = [store.submit(lambda d, n=n: d.table("note").insert({"text": str(n)})) for n in range(50)]  # type: ignore[misc]
    for future in futures:
        future.result()
    assert texts(store) == [str(n) for n in range(50)]


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreFull):
        store.rows("INSERT INTO note (text) VALUES ('x') RETURNING id")


def test_a_full_disk_is_told_and_the_store_lives_on(store: Store) -> None:
    pages = store.write(lambda d: d.execute("PRAGMA page_count").fetchone()[0])
    store.write(lambda d: d.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(StoreFull):
        put(store, "长" * 100_000)
    store.write(lambda d: d.execute("PRAGMA max_page_count = 100000").fetchone())
    put(store, "短")
    assert texts(store) == ["短"]


def test_closed_is_locked(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(Locked):
        texts(store)
    with pytest.raises(Locked):
        put(store, "x")


def test_schema_goes_forward_only(tmp_path: Path) -> None:
    store = Store(tmp_path / "w.db", KEY, schema.migrate)
    version = store.rows("PRAGMA user_version")[0]["user_version"]
    assert version == len(schema.STEPS)
    strict = store.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    assert len(strict) > 10
    assert all(r["strict"] for r in strict)
    store.write(lambda d: d.execute(f"PRAGMA user_version = {version + 1}"))
    store.close()
    with pytest.raises(VaultDamaged, match="更新版本"):
        Store(tmp_path / "w.db", KEY, schema.migrate)


def test_the_journal_cannot_be_changed(tmp_path: Path) -> None:
    store = Store(tmp_path / "w.db", KEY, schema.migrate)
    row = {
        "seq": 1,
        "event_id": "e",
        "kind": "audit",
        "hash": "h",
        "event": b"e",
        "signature": b"s",
        "sealed_at": "t",
        "refers_to": "",
    }
    store.write(lambda d: d.table("journal").insert(row))
    for sql in ("UPDATE journal SET event = x'00'", "DELETE FROM journal"):
        with pytest.raises(db.sqlcipher.IntegrityError, match="append-only"):
            store.write(lambda d, sql=sql: d.execute(sql))  # type: ignore[misc]
    store.close()
