"""Building snapshots: whole or not at all, encrypted, everything inside, memory flat."""

import tracemalloc
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from cache.register_reader import Reader
from central.publish.builder import unlock
from central.publish.pinyin import is_syllable, reading
from central.publish.snapshot import build
from inspector.register_file import FIRST_GONE, Digest, canonical, in_force
from tests.bench.register_data import entities
from tests.registers import KEY, NOW, make_snapshot


def test_the_file_holds_every_row_and_its_manifest(tmp_path: Path) -> None:
    rows = list(entities(500))
    told: list[int] = []
    path = tmp_path / "r.db"
    manifest = build(path, KEY, rows, area="heihe", epoch=3, row_version=9, made_at=NOW, progress=told.append)
    digest = Digest()
    for entity in reversed(rows):
        digest.add(canonical(entity))
    assert (manifest.rows, manifest.digest, manifest.area) == (500, digest.hex(), "heihe")
    assert told[-1] == 500
    reader = Reader(path, KEY)
    try:
        assert reader.manifest == manifest
        assert reader.count() == 500
        assert [reader.entity(e.code) for e in rows] == rows
        assert {canonical(e) for e in rows} == set(reader.plains())
        gone = reader.match('"cma0" OR "c070"', 500)
        assert gone == sorted(gone)
        kept = [in_force(e) for _, e in reader.entities(gone)]
        assert kept == sorted(kept, reverse=True), "those in force come first"
        assert any(number >= FIRST_GONE for number in gone)
    finally:
        reader.close()
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_passes_the_cipher_s_own_check_and_shows_nothing(tmp_path: Path) -> None:
    rows = list(entities(300))
    path = tmp_path / "r.db"
    make_snapshot(path, rows)
    data = path.read_bytes()
    assert not data.startswith(b"SQLite")
    for entity in rows:
        assert entity.licence.name.encode() not in data
        assert entity.code.encode() not in data
    db = sqlcipher.connect(str(path))
    unlock(db, KEY)
    assert db.execute("PRAGMA cipher_integrity_check").fetchall() == []
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
    db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    db.close()


def test_an_empty_area_is_a_register_too(tmp_path: Path) -> None:
    manifest = make_snapshot(tmp_path / "r.db", [])
    assert (manifest.rows, manifest.digest) == (0, "0" * 64)
    reader = Reader(tmp_path / "r.db", KEY)
    assert reader.entity("91230000000000000X") is None
    reader.close()


def test_a_failure_leaves_nothing_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    path.write_bytes(b"old")
    row = next(entities(1))
    with pytest.raises(sqlcipher.IntegrityError):
        make_snapshot(path, [row, row])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="32 bytes"):
        build(path, b"short", [], area="heihe", epoch=1, row_version=1, made_at=NOW)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.publish.snapshot.SAMPLES", 200)

    def peak(count: int) -> int:
        tracemalloc.start()
        make_snapshot(tmp_path / "r.db", entities(count))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    make_snapshot(tmp_path / "r.db", entities(1))
    few, many = peak(400), peak(2000)
    assert many < few * 1.2


def test_pinyin() -> None:
    assert reading("重庆红山8a") == ["chong", "qing", "hong", "shan", "8", "a"]
    assert reading("") == []
    assert reading("\U00030000")[-1] == "\U00030000"
    assert [is_syllable(s) for s in ("hong", "a", "b", "8", "龘")] == [True, True, False, False, False]
