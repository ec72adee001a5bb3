"""The tables of ``work.db`` and the only way they change: forward, one numbered step at a time."""

import sqlite_utils

from inspector.errors import VaultDamaged

STEPS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    -- Inspections that are being written. One row each, replaced at every autosave.
    CREATE TABLE draft (
        event_id TEXT PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL, answered INTEGER NOT NULL,
        items INTEGER NOT NULL, body BLOB NOT NULL, saved_at TEXT NOT NULL
    ) STRICT;

    -- The device's chain. Rows are never updated and never deleted.
    CREATE TABLE journal (
        seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
        event BLOB NOT NULL, signature BLOB NOT NULL, sealed_at TEXT NOT NULL, refers_to TEXT NOT NULL
    ) STRICT;
    CREATE INDEX journal_reference ON journal (refers_to) WHERE refers_to <> '';
    CREATE INDEX journal_time ON journal (sealed_at);
    CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
    CREATE TRIGGER journal_fixed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;

    -- What screens list of a journal entry that is a record.
    CREATE TABLE record (
        event_id TEXT PRIMARY KEY REFERENCES journal (event_id), seq INTEGER NOT NULL, document_number TEXT NOT NULL,
        name TEXT NOT NULL, code TEXT NOT NULL, day TEXT NOT NULL, note TEXT NOT NULL
    ) STRICT;

    -- The queue, and the only one: an entry leaves it by its receipt.
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY REFERENCES journal (seq), state TEXT NOT NULL DEFAULT 'pending',
        tries INTEGER NOT NULL DEFAULT 0, alone INTEGER NOT NULL DEFAULT 0, resends INTEGER NOT NULL DEFAULT 0,
        next_try TEXT NOT NULL DEFAULT '', problem TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX outbox_open ON outbox (state, seq) WHERE state <> 'done';
    CREATE TABLE receipt (
        seq INTEGER PRIMARY KEY REFERENCES journal (seq), payload BLOB NOT NULL, signature BLOB NOT NULL,
        ledger_number INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE blob (
        sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, media_type TEXT NOT NULL, stored_at TEXT NOT NULL,
        delivered INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE event_blob (
        seq INTEGER NOT NULL REFERENCES journal (seq), sha256 TEXT NOT NULL REFERENCES blob (sha256),
        role TEXT NOT NULL, PRIMARY KEY (seq, sha256, role)
    ) STRICT;

    CREATE TABLE feed (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE TABLE task (task_id TEXT PRIMARY KEY, body BLOB NOT NULL, state TEXT NOT NULL, due TEXT NOT NULL) STRICT;
    CREATE TABLE recent_check (
        id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, colour TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX record_code ON record (code);
    CREATE TABLE alias (key TEXT PRIMARY KEY, code TEXT NOT NULL, confirmed INTEGER NOT NULL) STRICT;
    CREATE TABLE alarm (what TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;
    """,
    """
    -- Codes, separated by blanks, to which different officers bound the payload; empty when there is no conflict.
    ALTER TABLE alias ADD COLUMN conflict TEXT NOT NULL DEFAULT '';
    -- Where signed codes were seen: by this laptop's own journal, and by others as far as the centre tells.
    CREATE TABLE sighting (
        serial TEXT NOT NULL, code TEXT NOT NULL, place TEXT NOT NULL, at TEXT NOT NULL, officer TEXT NOT NULL,
        PRIMARY KEY (serial, at, place)
    ) STRICT;
    """,
    """
    -- Where the chain stood at the centre when a restored or copied laptop went on after it: the centre's word.
    CREATE TABLE continued (
        id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, count INTEGER NOT NULL,
        payload BLOB NOT NULL, signature BLOB NOT NULL, UNIQUE (seq, hash)
    ) STRICT;
    """,
)


def migrate(db: sqlite_utils.Database) -> None:
    """Bring ``work.db`` to the newest form, one transaction a step. Raises VaultDamaged when it is newer."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(STEPS):
        raise VaultDamaged("本机数据由更新版本的程序写入。", "请安装最新版本的程序；数据没有被改动。")
    for number, step in enumerate(STEPS[version:], version + 1):
        db.conn.executescript(f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version = {number};\nCOMMIT;")
