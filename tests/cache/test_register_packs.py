"""Fetching signed packs: over the network and from a folder, with cuts at every byte and full disks."""

import resource
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from cache.packs import RESERVE, Fetch, Packs, folder_fetch
from central.publish.repository import Repository
from inspector.errors import Cancelled, NoRegister, RegisterRefused, ServiceDown, StoreFull
from inspector.wire import SnapshotManifest
from tests.registers import NOW, client, make_repository, newest, publish_bytes, static_server

DATA = bytes(range(256)) * 2


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = make_repository(tmp_path)
    publish_bytes(made, tmp_path, DATA)
    return made


def test_over_http_and_from_a_folder(tmp_path: Path, repository: Repository) -> None:
    with static_server(repository.folder) as fetch:
        for number, source in enumerate((fetch, folder_fetch(repository.folder))):
            packs = Packs(tmp_path / str(number), repository.root_bytes(), source)
            told: list[tuple[int, int]] = []
            path = packs.download(newest(packs), lambda done, total, told=told: told.append((done, total)))
            assert path.read_bytes() == DATA
            assert told[-1] == (len(DATA), len(DATA))
            packs.clean()
            assert not path.exists()


def test_a_cut_after_any_byte_goes_on_from_there(tmp_path: Path, repository: Repository) -> None:
    whole = folder_fetch(repository.folder)
    pack = newest(client(tmp_path, repository))
    asked: list[int] = []

    def cut_after(budget: int) -> Fetch:
        def fetch(path: str, start: int) -> Iterator[bytes]:
            asked.append(start)
            for piece in whole(path, start):
                yield piece[:budget]
                if budget < len(piece):
                    raise ServiceDown

        return fetch

    for cut in range(len(DATA)):
        asked.clear()
        folder = tmp_path / str(cut)
        with pytest.raises(ServiceDown):
            client(folder, repository, cut_after(cut)).download(pack)
        assert client(folder, repository, cut_after(1 << 20)).download(pack).read_bytes() == DATA
        assert asked == [0, cut]


def test_a_connection_that_ends_early_is_taken_up_again_at_once(tmp_path: Path, repository: Repository) -> None:
    whole = folder_fetch(repository.folder)

    def drip(path: str, start: int) -> Iterator[bytes]:
        data = b"".join(whole(path, start))
        yield data[:100] if path.startswith("targets/") else data

    packs = client(tmp_path, repository, drip)
    assert packs.download(newest(packs)).read_bytes() == DATA


def test_silence_is_not_waited_for_for_ever(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    pack = newest(packs)
    silent = client(tmp_path, repository, lambda path, start: iter(()))
    with pytest.raises(ServiceDown):
        silent.download(pack)
    with pytest.raises(RegisterRefused):
        silent.refresh(NOW)


def test_no_service(tmp_path: Path, repository: Repository) -> None:
    def down(path: str, start: int) -> Iterator[bytes]:
        raise ServiceDown
        yield b""

    with pytest.raises(ServiceDown):
        client(tmp_path, repository, down).refresh(NOW)
    with pytest.raises(ServiceDown):
        client(tmp_path, repository, folder_fetch(tmp_path / "nothing here")).refresh(NOW)


def test_what_was_half_fetched_may_have_rotted(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    pack = newest(packs)
    part = tmp_path / "data" / "parts" / f"{pack.sha256}.part"
    part.write_bytes(b"rotten")
    with pytest.raises(RegisterRefused):
        packs.download(pack)
    assert packs.download(pack).read_bytes() == DATA
    part.write_bytes(DATA + b"and more")
    with pytest.raises(RegisterRefused):
        packs.download(pack)
    assert packs.download(pack).read_bytes() == DATA


def test_cancel_keeps_what_is_there(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    pack, stop = newest(packs), Event()
    stop.set()
    with pytest.raises(Cancelled):
        packs.download(pack, cancel=stop)
    assert packs.download(pack).read_bytes() == DATA


def test_no_room(tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = client(tmp_path, repository)
    pack = newest(packs)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=RESERVE + len(DATA) - 1))
    with pytest.raises(StoreFull) as told:
        packs.download(pack)
    assert "需要 200 MB 可用空间，现在有 200 MB" in told.value.sentence
    assert not list((tmp_path / "data" / "parts").iterdir())


def test_there_must_be_room_for_all_that_is_wanted_less_what_is_there(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = client(tmp_path, repository)
    pack = newest(packs)
    other = replace(pack, sha256="0" * 64)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=RESERVE + len(DATA)))
    packs.ensure_room([pack])
    with pytest.raises(StoreFull):
        packs.ensure_room([pack, other])
    packs.download(pack)
    packs.ensure_room([pack, other])


def test_the_disk_takes_no_more(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    pack = newest(packs)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(DATA) // 2, before[1]))
    try:
        with pytest.raises(StoreFull):
            packs.download(pack)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert packs.download(pack).read_bytes() == DATA


def test_a_snapshot_that_is_gone_is_said_so(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    pack = newest(packs)
    shutil.rmtree(repository.folder / "targets")
    with pytest.raises(NoRegister):
        packs.download(pack)


def test_a_path_out_of_the_folder_is_not_there(tmp_path: Path, repository: Repository) -> None:
    with pytest.raises(FileNotFoundError):
        list(folder_fetch(repository.folder)("../keys/targets.pem", 0))


def test_targets_that_are_not_for_us_are_passed_over(tmp_path: Path, repository: Repository) -> None:
    for path, custom in (
        ("lists/status", {}),
        ("register/other", {"area": "heihe"}),
        ("register/evil", {"area": "../x", "epoch": 1, "row_version": 9, "rows": 0, "digest": "", "made_at": "x"}),
        ("register/up", _manifest(area="../../up")),
        ("register/new", _manifest(format="register/3")),
    ):
        (tmp_path / "source").write_bytes(b"x")
        repository.add_target(path, tmp_path / "source", custom)
    repository.publish(NOW)
    assert [p.path for p in client(tmp_path, repository).refresh(NOW)] == ["register/heihe-1-1.db"]


def _manifest(**changes: object) -> dict[str, object]:
    whole = {"area": "a", "epoch": 1, "row_version": 9, "rows": 0, "digest": "", "made_at": "2026-11-01T00:00:00Z"}
    return {**whole, "format": "register/1", **changes}


def test_the_local_copy_of_the_metadata_may_be_damaged(tmp_path: Path, repository: Repository) -> None:
    client(tmp_path, repository).refresh(NOW)
    for path in (tmp_path / "data" / "tuf").rglob("*.json"):
        if not path.is_symlink():
            path.write_bytes(b"rotten")
    packs = client(tmp_path, repository)
    assert packs.download(newest(packs)).read_bytes() == DATA


def test_a_manifest_survives_the_way(tmp_path: Path, repository: Repository) -> None:
    assert newest(client(tmp_path, repository)).manifest == SnapshotManifest("heihe", 1, 1, 0, "0" * 64, NOW)
