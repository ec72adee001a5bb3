"""The attacks that TUF is there for, each against the real client and a real repository."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization.json import JSONSerializer

from cache.packs import Fetch, folder_fetch
from central.publish.repository import KeyFolder, Repository
from inspector.errors import RegisterRefused
from tests.registers import NOW, client, make_repository, newest, publish_bytes

DATA = bytes(range(256)) * 2


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = make_repository(tmp_path)
    publish_bytes(made, tmp_path, DATA)
    return made


def changing(fetch: Fetch, change: Callable[[str, bytes], bytes]) -> Fetch:
    """A fetcher in the attacker's hands."""

    def fetched(path: str, start: int) -> Iterator[bytes]:
        yield change(path, b"".join(fetch(path, 0)))[start:]

    return fetched


def test_rollback_of_everything(tmp_path: Path, repository: Repository) -> None:
    shutil.copytree(repository.folder, tmp_path / "old")
    publish_bytes(repository, tmp_path, b"newer", 2)
    packs = client(tmp_path, repository)
    assert newest(packs).manifest.row_version == 2
    old = client(tmp_path, repository, folder_fetch(tmp_path / "old"))
    with pytest.raises(RegisterRefused, match="旧"):
        old.refresh(NOW)
    assert newest(packs).manifest.row_version == 2


def test_freeze(tmp_path: Path, repository: Repository) -> None:
    packs = client(tmp_path, repository)
    packs.refresh(NOW + timedelta(days=6, hours=23))
    with pytest.raises(RegisterRefused, match="过期"):
        packs.refresh(NOW + timedelta(days=7))


@pytest.mark.parametrize("name", ["timestamp.json", "snapshot.json", "targets.json"])
def test_any_changed_metadata(tmp_path: Path, repository: Repository, name: str) -> None:
    def change(path: str, data: bytes) -> bytes:
        return data.replace(b'"version": ', b'"version": 1') if path.endswith(name) else data

    with pytest.raises(RegisterRefused):
        client(tmp_path, repository, changing(folder_fetch(repository.folder), change)).refresh(NOW)


@pytest.mark.parametrize("name", ["timestamp.json", "snapshot.json", "targets.json"])
def test_nonsense_for_metadata(tmp_path: Path, repository: Repository, name: str) -> None:
    for data in (b"", b"{}", b"\xff\x00", b"[" * 10_000, b'{"signed": 1, "signatures": []}', b"null"):

        def change(path: str, real: bytes, data: bytes = data) -> bytes:
            return data if path.endswith(name) else real

        with pytest.raises(RegisterRefused):
            client(tmp_path, repository, changing(folder_fetch(repository.folder), change)).refresh(NOW)


def test_a_changed_file(tmp_path: Path, repository: Repository) -> None:
    real = folder_fetch(repository.folder)

    def change(path: str, data: bytes) -> bytes:
        return data[:100] + b"!" + data[101:] if path.startswith("targets/") else data

    packs = client(tmp_path, repository, changing(real, change))
    pack = newest(packs)
    with pytest.raises(RegisterRefused):
        packs.download(pack)
    assert client(tmp_path, repository, real).download(pack).read_bytes() == DATA


@pytest.mark.parametrize("what", ["metadata/timestamp.json", "metadata/2.root.json", "targets/"])
def test_endless_data(tmp_path: Path, repository: Repository, what: str) -> None:
    sent = [0]

    def endless(path: str, start: int) -> Iterator[bytes]:
        if not path.startswith(what):
            yield from folder_fetch(repository.folder)(path, start)
            return
        while True:
            sent[0] += 4096
            yield bytes(4096)

    packs = client(tmp_path, repository, endless)
    with pytest.raises(RegisterRefused):
        packs.download(newest(packs))
    assert sent[0] < 1 << 20


def test_another_root(tmp_path: Path, repository: Repository) -> None:
    other = make_repository(tmp_path / "impostor")
    publish_bytes(other, tmp_path, b"evil", 99)
    with pytest.raises(RegisterRefused):
        client(tmp_path, repository, folder_fetch(other.folder)).refresh(NOW)


def test_mixed_versions(tmp_path: Path, repository: Repository) -> None:
    folder = repository.folder / "metadata"
    shutil.copytree(folder, tmp_path / "old")
    publish_bytes(repository, tmp_path, b"newer", 2)
    for role in ("targets", "snapshot"):
        newest_file = max(folder.glob(f"*.{role}.json"), key=lambda p: int(p.name.partition(".")[0]))
        old_file = max((tmp_path / "old").glob(f"*.{role}.json"), key=lambda p: int(p.name.partition(".")[0]))

        def change(path: str, data: bytes, new: str = newest_file.name, old: bytes = old_file.read_bytes()) -> bytes:
            return old if path.endswith(new) else data

        with pytest.raises(RegisterRefused):
            client(tmp_path / role, repository, changing(folder_fetch(repository.folder), change)).refresh(NOW)


def _next_root(repository: Repository, keys: KeyFolder, signers: list[str]) -> None:
    root: Metadata[Root] = Metadata.from_bytes(repository.root_bytes())
    root.signed.version = 2
    root.signatures.clear()
    for name in signers:
        root.sign(keys.load(name), append=True)
    (repository.folder / "metadata" / "2.root.json").write_bytes(root.to_bytes(JSONSerializer()))


def test_one_stolen_root_key_of_three_is_not_enough(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, root_keys=3, threshold=2)
    publish_bytes(repository, tmp_path, DATA)
    keys = KeyFolder(tmp_path / "keys")
    _next_root(repository, keys, ["root-2"])
    with pytest.raises(RegisterRefused):
        client(tmp_path, repository).refresh(NOW)
    _next_root(repository, keys, ["root-1", "root-3"])
    packs = client(tmp_path, repository)
    assert packs.download(newest(packs)).read_bytes() == DATA


def test_a_stolen_timestamp_key_offers_nothing_new(tmp_path: Path, repository: Repository) -> None:
    """The thief signs the other online roles with the one key that was stolen."""
    keys = tmp_path / "keys"
    for role in ("targets", "snapshot"):
        (keys / f"{role}.pem").write_bytes((keys / "timestamp.pem").read_bytes())
    publish_bytes(Repository(repository.folder, KeyFolder(keys)), tmp_path, b"evil", 99)
    with pytest.raises(RegisterRefused):
        client(tmp_path, repository).refresh(NOW)
