"""The TUF repository as the centre writes it: signed by the right keys, whole at any moment, tidy."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root, Timestamp

from central.files import write_whole
from central.publish.repository import LIFETIME, KeyFolder, Repository
from inspector.register_file import target_path
from tests.registers import NOW, client, make_repository, newest, publish_bytes


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_targets_carry_their_manifest_and_replace_older_ones(tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    publish_bytes(repository, tmp_path, b"one", 1)
    manifest = publish_bytes(repository, tmp_path, b"two!", 2)
    assert list(repository.targets()) == [target_path(manifest)] == ["register/heihe-1-2.db"]
    pack = newest(client(tmp_path, repository))
    assert (pack.manifest, pack.length) == (manifest, 4)
    assert repository.target_file(repository.targets()[pack.path]).read_bytes() == b"two!"


def test_a_file_stays_for_those_who_are_still_fetching_it(tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    for version in (1, 2, 3):
        publish_bytes(repository, tmp_path, b"data %d" % version, version)
    names = sorted(p.name.partition(".")[2] for p in (repository.folder / "targets").rglob("*") if p.is_file())
    assert names == ["heihe-1-2.db", "heihe-1-3.db"]


def test_private_keys_are_for_the_service_alone(tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    keys = list((tmp_path / "keys").iterdir())
    assert {k.name for k in keys} == {"root-1.pem", "targets.pem", "snapshot.pem", "timestamp.pem"}
    for key in keys:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        secret = key.read_bytes().splitlines()[1]
        assert all(secret not in data for data in files(repository.folder).values())


def test_another_process_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    first = make_repository(tmp_path)
    publish_bytes(first, tmp_path, b"data")
    second = Repository(first.folder, KeyFolder(tmp_path / "keys"))
    assert second.targets() == first.targets()
    second.publish(NOW + timedelta(days=1))
    assert newest(client(tmp_path, second)).length == 4


def test_publishing_again_keeps_it_alive_without_new_targets(tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    publish_bytes(repository, tmp_path, b"data")
    packs = client(tmp_path, repository)
    now = NOW
    for _ in range(30):
        now += LIFETIME["timestamp"]
        repository.publish(now)
        assert packs.refresh(now + timedelta(days=6))


def test_a_crash_before_the_timestamp_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = make_repository(tmp_path)
    publish_bytes(repository, tmp_path, b"one", 1)
    packs = client(tmp_path, repository)
    for crash in ("targets", "snapshot", "timestamp"):

        def write(path: Path, data: bytes, mode: int = 0o644, crash: str = crash) -> None:
            if crash in path.name:
                raise KeyboardInterrupt
            write_whole(path, data, mode)

        monkeypatch.setattr("central.publish.repository.write_whole", write)
        with pytest.raises(KeyboardInterrupt):
            publish_bytes(repository, tmp_path, b"two", 2)
        monkeypatch.undo()
        assert newest(packs).manifest.row_version == 1
        assert packs.download(newest(packs)).read_bytes() == b"one"
        repository = Repository(repository.folder, KeyFolder(tmp_path / "keys"))
    publish_bytes(repository, tmp_path, b"two", 2)
    assert packs.download(newest(packs)).read_bytes() == b"two"


def test_the_root_can_need_two_of_three(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, root_keys=3, threshold=2)
    root: Metadata[Root] = Metadata.from_bytes(repository.root_bytes())
    assert root.signed.roles["root"].threshold == 2
    assert len(root.signed.roles["root"].keyids) == len(root.signatures) == 3
    assert root.signed.consistent_snapshot
    publish_bytes(repository, tmp_path, b"data")
    (tmp_path / "keys" / "root-1.pem").unlink()
    repository.publish(NOW)
    assert newest(client(tmp_path, repository)).length == 4
    timestamp: Metadata[Timestamp] = Metadata.from_file(str(repository.folder / "metadata" / "timestamp.json"))
    assert timestamp.signed.expires == NOW + LIFETIME["timestamp"]
