"""Photos by hash: encrypted, whole or absent, and what rows and files disagree about is kept and told."""

import errno
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache import durable
from cache.blobs import RESERVE, STOP_PHOTOS_FREE, WARN_FREE, Blobs
from inspector.errors import StoreFull, VaultDamaged

KEY = bytes(range(32))


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs", KEY)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=2000))
def test_what_goes_in_comes_out(blobs: Blobs, data: bytes) -> None:
    digest = blobs.put(data, 0)
    assert blobs.get(digest) == data
    assert blobs.put(data, 0) == digest


def test_nothing_is_in_clear(blobs: Blobs) -> None:
    data = "喆喆便利店".encode() * 500
    stored = blobs.path(blobs.put(data, 0)).read_bytes()
    assert data[:30] not in stored


def test_a_changed_moved_or_lost_file_is_told(blobs: Blobs) -> None:
    one, two = blobs.put(b"one", 0), blobs.put(b"two", 0)
    blobs.path(one).write_bytes(blobs.path(two).read_bytes())
    with pytest.raises(VaultDamaged):
        blobs.get(one)
    blobs.path(two).write_bytes(b"short")
    with pytest.raises(VaultDamaged):
        blobs.get(two)
    with pytest.raises(VaultDamaged):
        blobs.get("0" * 64)


def test_rows_and_files_are_reconciled_and_nothing_is_deleted(blobs: Blobs) -> None:
    kept, orphan = blobs.put(b"kept", 0), blobs.put(b"orphan", 0)
    stored = blobs.path(orphan).read_bytes()
    part = blobs.path(kept).with_name("half.part")
    part.write_bytes(b"half")
    assert blobs.reconcile([kept, "f" * 64]) == ["f" * 64]
    assert blobs.get(kept) == b"kept"
    assert (blobs.folder / "lost+found" / orphan).read_bytes() == stored
    assert not part.exists()
    assert blobs.reconcile([kept]) == []
    assert (blobs.folder / "lost+found" / orphan).exists()


@pytest.mark.parametrize(
    ("free", "photo", "low"),
    [
        (WARN_FREE, True, False),
        (WARN_FREE - 1, True, True),
        (STOP_PHOTOS_FREE + 5, True, True),
        (STOP_PHOTOS_FREE + 4, False, True),
        (RESERVE, False, True),
    ],
)
def test_photos_stop_before_the_disk_is_full(tmp_path: Path, free: int, photo: bool, low: bool) -> None:
    blobs = Blobs(tmp_path, KEY, free=lambda _: free)
    assert blobs.low() is low
    if photo:
        assert blobs.put(b"photo", STOP_PHOTOS_FREE)
    else:
        with pytest.raises(StoreFull):
            blobs.put(b"photo", STOP_PHOTOS_FREE)
        assert blobs.put(b"paper", 0), "the reserve is there to seal with"


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_any_failing_step_leaves_no_file(blobs: Blobs, monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "disk")

    if step == "write":
        monkeypatch.setattr(durable, "open", fail, raising=False)
    else:
        monkeypatch.setattr(durable.os, step, fail)
    with pytest.raises(StoreFull) as problem:
        blobs.put(b"data", 0)
    assert ("空间不足" in problem.value.sentence) is (number == errno.ENOSPC)
    assert [p for p in blobs.folder.rglob("*") if p.is_file()] == []
    monkeypatch.undo()
    assert blobs.get(blobs.put(b"data", 0)) == b"data"
