"""Proof on this very machine that the database driver encrypts: a probe is written, and looked at from outside."""

from pathlib import Path

from cache.db import PLAIN_HEADER, connect
from inspector.errors import CipherMissing

_WRITTEN = "核验探针 probe"


def proof(folder: Path) -> str:
    """Write an encrypted probe into an empty ``folder`` and read it back; the cipher's version.

    Raises CipherMissing when the file shows what was written, or the driver has no cipher.
    """
    path, key = folder / "probe.db", bytes(range(32))
    with connect(path, key).conn as connection:
        version = str(connection.execute("PRAGMA cipher_version").fetchone()[0])
        connection.execute("CREATE TABLE probe (text TEXT)")
        connection.execute("INSERT INTO probe VALUES (?)", (_WRITTEN,))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    written = path.read_bytes()
    if written.startswith(PLAIN_HEADER) or _WRITTEN.encode() in written:
        raise CipherMissing
    again = connect(path, key, read_only=True)
    try:
        if again.execute("SELECT text FROM probe").fetchone() != (_WRITTEN,):
            raise CipherMissing
    finally:
        again.close()
    return version
