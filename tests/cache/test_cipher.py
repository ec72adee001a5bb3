"""The probe proves that the driver encrypts, and refuses one that does not."""

from pathlib import Path

import pytest

from cache import cipher, db
from inspector.errors import CipherMissing


def test_the_probe_is_encrypted(tmp_path: Path) -> None:
    assert cipher.proof(tmp_path).startswith("4.")
    assert not (tmp_path / "probe.db").read_bytes().startswith(db.PLAIN_HEADER)


def test_a_driver_that_writes_in_clear_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "unlock", lambda connection, key: None)
    with pytest.raises(CipherMissing):
        cipher.proof(tmp_path)
