"""The register on the laptop: installing survives kills and lies, lookups are right, damage is noticed."""

import os
import random
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cache.register import Installed, Register, file_sha256
from cache.register_reader import Reader
from cache.register_store import Fetched, RegisterStore
from central.publish.snapshot import build
from inspector import wire
from inspector.entity import Entity
from inspector.errors import Cancelled, NoRegister, RegisterDamaged, RegisterRefused
from inspector.verdict import StoreHealth
from inspector.wire import SnapshotManifest
from tests.bench.register_data import entities
from tests.keeper import FileKeeper
from tests.registers import KEY, NOW, make_snapshot

ROWS = list(entities(400))
STEPS = ("hash", "open", "move", "switch", "sweep")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, SnapshotManifest]]:
    """Snapshots of row versions 1 and 2; version 2 has twenty entities fewer."""
    folder = tmp_path_factory.mktemp("made")
    paths = {version: folder / f"{version}.db" for version in (1, 2)}
    return {v: (path, make_snapshot(path, ROWS[: 420 - 20 * v], v)) for v, path in paths.items()}


Made = dict[int, tuple[Path, SnapshotManifest]]


def store(tmp_path: Path) -> RegisterStore:
    return RegisterStore(tmp_path / "data", FileKeeper(tmp_path / "row"))


def put(tmp_path: Path, made: Made, version: int, **changes: object) -> Register:
    source, manifest = made[version]
    copy = tmp_path / "fetched"
    shutil.copy(source, copy)
    told = {"sha256": file_sha256(source), "manifest": manifest, **changes}
    key = told.pop("key", KEY)
    return store(tmp_path).install(Fetched(copy, **told), key)  # type: ignore[arg-type]


@pytest.fixture
def register(tmp_path: Path, made: Made) -> Iterator[Register]:
    opened = put(tmp_path, made, 1)
    yield opened
    opened.close()


def test_lookups(register: Register) -> None:
    state = register.state()
    assert (state.health, state.rows, state.row_version, state.as_of) == (StoreHealth.UNCHECKED, 400, 1, NOW)
    for entity in ROWS:
        assert register.entity(entity.code) == entity
        assert entity in register.by_registration_number(f" {entity.registration_number} ")
        for permit in entity.permits:
            assert entity in register.by_permit(permit.number.lower())
    for text in ("91230000000000000X", "", "\ud800", "\x00", "' OR 1=1 --", "红山"):
        assert register.entity(text) is None
        assert register.by_permit(text) == register.by_registration_number(text) == []
    assert register.by_permit(ROWS[0].registration_number) == []
    assert register.by_registration_number("") == []
    wanted = [ROWS[3].code, "nothing", ROWS[1].code]
    assert [h.code for h in register.exists(wanted)] == [ROWS[3].code, ROWS[1].code]
    assert register.check_file() is StoreHealth.GOOD is register.state().health


def test_several_threads_read_at_once(register: Register) -> None:
    wrong: list[Entity] = []

    def read(seed: int) -> None:
        for entity in random.Random(seed).sample(ROWS, 100):
            if register.entity(entity.code) != entity or not register.search(entity.licence.name):
                wrong.append(entity)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_closed_register_answers_nothing(tmp_path: Path, register: Register) -> None:
    register.close()
    with pytest.raises(NoRegister):
        register.entity(ROWS[0].code)
    with pytest.raises(NoRegister):
        register.check_file()
    again = store(tmp_path).open()
    assert again.entity(ROWS[0].code) == ROWS[0]
    again.close()


def test_nothing_installed(tmp_path: Path) -> None:
    with pytest.raises(NoRegister):
        store(tmp_path).open()
    assert store(tmp_path).installed() is None


def test_a_newer_one_replaces_an_older_one_and_never_back(tmp_path: Path, made: Made) -> None:
    old = put(tmp_path, made, 1)
    new = put(tmp_path, made, 2)
    assert old.entity(ROWS[-1].code) == ROWS[-1], "who still reads the old one may finish"
    assert new.entity(ROWS[-1].code) is None
    assert len(list((tmp_path / "data").iterdir())) == 1
    old.close()
    with pytest.raises(RegisterRefused, match="旧"):
        put(tmp_path, made, 1)
    put(tmp_path, made, 2).close()
    assert new.state().row_version == 2
    new.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"key": bytes(32)},
        {"sha256": "0" * 64},
        {"manifest": SnapshotManifest("heihe", 1, 5, 400, "0" * 64, NOW)},
        {"manifest": SnapshotManifest("other", 1, 1, 400, "0" * 64, NOW)},
    ],
    ids=["key", "hash", "version", "area"],
)
def test_what_does_not_fit_is_refused_and_the_old_one_stays(
    tmp_path: Path, made: Made, changes: dict[str, object]
) -> None:
    register = put(tmp_path, made, 1)
    with pytest.raises(RegisterRefused):
        put(tmp_path, made, 2, **changes)
    register.close()
    again = store(tmp_path).open()
    assert again.state().row_version == 1
    assert again.check_file() is StoreHealth.GOOD
    again.close()


def test_a_register_in_clear_is_refused(tmp_path: Path, made: Made) -> None:
    plain = tmp_path / "plain.db"
    plain.write_bytes(b"SQLite format 3\0" + bytes(5000))
    with pytest.raises(RegisterRefused, match="没有加密"):
        store(tmp_path).install(Fetched(plain, file_sha256(plain), made[1][1]), KEY)


def test_rows_that_are_not_those_of_the_manifest(tmp_path: Path, made: Made) -> None:
    """The centre signed a manifest that its own file does not fulfil."""
    path = tmp_path / "wrong.db"
    manifest = build(path, KEY, ROWS[:10], area="heihe", epoch=1, row_version=3, made_at=NOW)
    lying = replace(manifest, digest="1" * 64)
    reader = Reader(path, KEY)
    assert reader.manifest == manifest != lying
    reader.close()
    register = store(tmp_path).install(Fetched(path, file_sha256(path), manifest), KEY)
    record = store(tmp_path).installed()
    assert record is not None
    register.close()
    FileKeeper(tmp_path / "row").set_register(wire.encode(Installed(record.file, KEY, record.sha256, lying)))
    register = store(tmp_path).open()
    assert register.check_file() is StoreHealth.DAMAGED
    register.close()


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_installing(tmp_path: Path, made: Made, step: str) -> None:
    put(tmp_path, made, 1).close()
    source, manifest = made[2]
    shutil.copy(source, tmp_path / "fetched")

    def die(now: str) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        store(tmp_path).install(Fetched(tmp_path / "fetched", file_sha256(source), manifest), KEY, step=die)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    expected = 2 if step == "sweep" else 1
    after = store(tmp_path)
    register = after.open()
    assert register.state().row_version == expected
    assert register.check_file() is StoreHealth.GOOD
    register.close()
    put(tmp_path, made, 2).close()
    assert len(list((tmp_path / "data").iterdir())) == 1


def test_any_damaged_page_is_noticed_and_never_gives_a_wrong_answer(tmp_path: Path, made: Made) -> None:
    put(tmp_path, made, 1).close()
    path = next((tmp_path / "data").iterdir())
    whole = path.read_bytes()
    noticed = 0
    for at in range(2048, len(whole), 4096 * 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            register = store(tmp_path).open()
        except RegisterDamaged:
            noticed += 1
            continue
        try:
            for entity in ROWS[::40]:
                assert register.entity(entity.code) == entity
                assert entity.code in [h.code for h in register.search(entity.code)]
        except RegisterDamaged:
            noticed += 1
            assert register.state().health is StoreHealth.DAMAGED
        assert register.check_file() is StoreHealth.DAMAGED
        register.close()
    assert noticed > 0


def test_an_old_page_played_back_is_noticed(tmp_path: Path, made: Made) -> None:
    """SQLCipher itself accepts a page of an older file under the same key and salt: the hash does not."""
    put(tmp_path, made, 1).close()
    path = next((tmp_path / "data").iterdir())
    data = bytearray(path.read_bytes())
    data[4096 * 5 : 4096 * 6] = data[4096 * 6 : 4096 * 7]
    path.write_bytes(data)
    try:
        register = store(tmp_path).open()
    except RegisterDamaged:
        return
    assert register.check_file() is StoreHealth.DAMAGED
    register.close()


def test_a_file_that_is_gone_or_cut(tmp_path: Path, made: Made) -> None:
    put(tmp_path, made, 1).close()
    path = next((tmp_path / "data").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(4096))
    register = store(tmp_path).open()
    assert register.check_file() is StoreHealth.DAMAGED
    register.close()
    path.write_bytes(whole[: len(whole) // 8192 * 4096])
    with pytest.raises(RegisterDamaged):
        store(tmp_path).open()
    path.unlink()
    with pytest.raises(RegisterDamaged):
        store(tmp_path).open()


def test_checking_can_be_stopped(register: Register) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        register.check_file(stop)
    assert register.state().health is StoreHealth.UNCHECKED


def test_no_name_and_no_key_in_any_file(tmp_path: Path, register: Register) -> None:
    for entity in ROWS[:50]:
        register.search(entity.licence.name)
    for path in (tmp_path / "data").rglob("*"):
        data = path.read_bytes()
        assert KEY not in data
        assert not any(e.licence.name.encode() in data or e.code.encode() in data for e in ROWS)
        assert not any(e.licence.name in str(path) for e in ROWS)


def test_the_key_shows_nowhere(tmp_path: Path, made: Made) -> None:
    record = Installed("register.db", KEY, "0" * 64, made[1][1])
    assert KEY.hex() not in repr(record)
    assert repr(KEY) not in repr(record)
