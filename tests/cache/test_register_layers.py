"""Layers over a snapshot: together they answer as a snapshot of the same rows would; what does not fit is refused."""

import os
import random
import shutil
import signal
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from cache.register import Register, file_sha256
from cache.register_store import Fetched, RegisterStore
from central.publish import layer
from central.publish.builder import unlock
from inspector.entity import Entity, RegistrationState
from inspector.errors import NoRegister, RegisterDamaged, RegisterRefused
from inspector.provenance import NO_WHOLE_LISTS, WholeLists
from inspector.register_file import LayerManifest, Manifest
from inspector.verdict import StoreHealth
from tests.bench.register_data import entities
from tests.keeper import FileKeeper
from tests.registers import KEY, NOW, make_snapshot

POOL = list(entities(420))
STEPS = ("hash", "open", "move", "switch", "sweep")


@dataclass
class Centre:
    """What has been published: files, manifests, and the rows that a laptop with all of them must see."""

    folder: Path
    files: list[Path]
    manifests: list[Manifest]
    rows: dict[str, Entity]

    def change(
        self,
        stated: list[Entity],
        gone: list[str],
        on: int | None = None,
        whole_lists: WholeLists = NO_WHOLE_LISTS,
    ) -> None:
        """Publish a layer on the first ``on`` files (all unless told)."""
        count = len(self.files) if on is None else on
        self.rows |= {e.code: e for e in stated}
        for code in gone:
            self.rows.pop(code, None)
        version = self.manifests[-1].row_version + 1
        path = self.folder / f"layer-{version}.db"
        below, newest = self.files[:count], self.manifests[count - 1]
        told = [(code, layer.REMOVED) for code in gone]
        manifest = layer.build(
            path,
            KEY,
            below,
            newest,
            stated=stated,
            gone=told,
            row_version=version,
            made_at=NOW,
            whole_lists=whole_lists,
        )
        self.files = [*below, path]
        self.manifests = [*self.manifests[:count], manifest]

    def fetched(self, at: int) -> Fetched:
        copy = self.folder / f"fetched-{at}"
        shutil.copy(self.files[at], copy)
        return Fetched(copy, file_sha256(copy), self.manifests[at])


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    path = tmp_path / "snapshot.db"
    return Centre(tmp_path, [path], [make_snapshot(path, POOL[:300])], {e.code: e for e in POOL[:300]})


def store(tmp_path: Path) -> RegisterStore:
    return RegisterStore(tmp_path / "data", FileKeeper(tmp_path / "row"))


@pytest.fixture
def base(tmp_path: Path, centre: Centre) -> RegisterStore:
    """The snapshot is installed."""
    store(tmp_path).install(centre.fetched(0), KEY).close()
    return store(tmp_path)


def closed_shop(entity: Entity) -> Entity:
    licence = replace(entity.licence, state=RegistrationState.DEREGISTERED)
    return replace(entity, licence=licence, permits=())


def renamed(entity: Entity, name: str) -> Entity:
    licence = replace(entity.licence, name=name, former_name=entity.licence.name)
    return replace(entity, licence=licence)


def answers(register: Register) -> dict[str, object]:
    """What an officer can see of what there is; guesses about what there is not may differ."""
    found: dict[str, object] = {}
    for entity in POOL:
        licence = entity.licence
        found[entity.code] = register.entity(entity.code)
        texts = (licence.name, licence.representative, entity.code[5:12], licence.premises, entity.registration_number)
        for text in (*texts, *(p.number for p in entity.permits)) if found[entity.code] else ():
            found[text] = sorted(hit.code for hit in register.search(text, 400))
        found["r" + entity.registration_number] = register.by_registration_number(entity.registration_number)
        for permit in entity.permits:
            found["p" + permit.number] = register.by_permit(permit.number)
    for text in ("新名号", "xinminghao", "xmh", "hongxing", "红兴", "爱辉区", "07000"):
        found[text] = sorted(hit.code for hit in register.search(text, 400))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_layers_answer_as_a_snapshot_of_the_same_rows(tmp_path: Path, centre: Centre, seed: int) -> None:
    """New, changed, closed, removed, returned and unchanged entities, over three layers, one of them merged."""
    rng = random.Random(seed)
    opened = store(tmp_path).install(centre.fetched(0), KEY)
    for step in range(3):
        there = rng.sample(sorted(centre.rows), 40)
        stated = [renamed(centre.rows[c], f"黑河新名号{n}号店") for n, c in enumerate(there[:10])]
        stated += [closed_shop(centre.rows[c]) for c in there[10:15]]
        stated += [centre.rows[c] for c in there[15:20]]
        stated += [e for e in rng.sample(POOL, 10) if e.code not in centre.rows]
        merged = step == 2
        gone = [*there[20:30], "92230000000000000X"]
        if merged:  # the second layer is made anew together with the third
            mine = [e for c, e in centre.rows.items() if c not in gone]
            stated = [*{e.code: e for e in [*mine, *stated]}.values()]
            gone = [e.code for e in POOL if e.code not in {s.code for s in stated}]
        centre.change(stated, gone, on=2 if merged else None)
        opened.close()
        opened = store(tmp_path).extend([centre.fetched(len(centre.files) - 1)])
        assert opened.check_file() is StoreHealth.GOOD
        path = tmp_path / f"same-{step}.db"
        manifest = make_snapshot(path, sorted(centre.rows.values(), key=lambda e: e.code), 9)
        assert (opened.state().rows, centre.manifests[-1].digest) == (manifest.rows, manifest.digest)
        same = RegisterStore(tmp_path / f"same-{step}", FileKeeper(tmp_path / f"row-{step}"))
        twin = same.install(Fetched(path, file_sha256(path), manifest), KEY)
        assert answers(opened) == answers(twin)
        twin.close()
    assert len(list((tmp_path / "data").iterdir())) == 3, "snapshot, first layer, merged layer"
    opened.close()
    fresh = RegisterStore(tmp_path / "other", FileKeeper(tmp_path / "other-row"))
    again = fresh.install(centre.fetched(0), KEY, [centre.fetched(1), centre.fetched(2)])
    assert again.state().rows == len(centre.rows)
    assert again.check_file() is StoreHealth.GOOD
    again.close()


def test_those_in_force_come_first_in_whichever_file_they_stand(tmp_path: Path, centre: Centre) -> None:
    shops = POOL[:12]
    centre.change([closed_shop(renamed(e, f"同名商店{n}")) for n, e in enumerate(shops[:6])], [])
    centre.change([renamed(e, f"同名商店{n}") for n, e in enumerate(shops[6:], 6)], [])
    register = store(tmp_path).install(centre.fetched(0), KEY, [centre.fetched(1), centre.fetched(2)])
    found = [hit.code for hit in register.search("同名商店", 12)]
    kept = [e.code for e in shops[6:] if register.entity(e.code) in centre.rows.values()]
    assert set(found) == {e.code for e in shops}
    in_force = [code for code in found if code in kept and "存续" in next(h.state for h in register.exists([code]))]
    assert found[: len(in_force)] == in_force
    register.close()


def test_the_newest_file_tells_the_whole_lists(tmp_path: Path, centre: Centre) -> None:
    november = {("penalty", "黑河市市场监督管理局"): date(2026, 11, 1), ("permit", "烟草局"): date(2026, 11, 2)}
    december = {("penalty", "黑河市市场监督管理局"): date(2026, 12, 1)}
    centre.manifests = [make_snapshot(centre.files[0], POOL[:300], whole_lists=november)]
    opened = store(tmp_path).install(centre.fetched(0), KEY)
    assert opened.state().whole_lists == november
    opened.close()
    centre.change([], [], whole_lists=december)
    opened = store(tmp_path).extend([centre.fetched(1)])
    assert opened.state().whole_lists == december, "one that was undone is told no more"
    opened.close()
    opened = store(tmp_path).open()
    assert opened.state().whole_lists == december
    assert opened.check_file() is StoreHealth.GOOD
    opened.close()


def test_files_made_before_there_were_whole_lists_are_read(tmp_path: Path, centre: Centre) -> None:
    db = sqlcipher.connect(str(centre.files[0]))
    unlock(db, KEY)
    db.execute("DELETE FROM meta WHERE name = 'whole_lists'")
    db.commit()
    db.close()
    opened = store(tmp_path).install(centre.fetched(0), KEY)
    assert opened.state().whole_lists == {}
    assert opened.entity(POOL[0].code) == POOL[0]
    assert opened.check_file() is StoreHealth.GOOD
    opened.close()


def test_an_empty_layer_says_only_that_nothing_changed(tmp_path: Path, base: RegisterStore, centre: Centre) -> None:
    centre.change([POOL[0]], [])
    assert isinstance(centre.manifests[-1], LayerManifest)
    assert centre.manifests[-1].changes == 0
    register = base.extend([centre.fetched(1)])
    assert register.state().row_version == 2
    assert register.check_file() is StoreHealth.GOOD
    register.close()


def test_what_was_proved_stays_proved(tmp_path: Path, base: RegisterStore, centre: Centre) -> None:
    centre.change([renamed(POOL[0], "新店")], [])
    register = base.extend([centre.fetched(1)], proved=True)
    assert register.state().health is StoreHealth.GOOD
    register.close()
    again = store(tmp_path).open()
    assert again.state().health is StoreHealth.UNCHECKED
    again.close()


@pytest.mark.parametrize(
    "changes",
    [{"since": 7}, {"epoch": 2}, {"rows": 1}, {"digest": "1" * 64}, {"row_version": 0}, {"area": "other"}],
    ids=lambda c: next(iter(c)),
)
def test_a_layer_that_is_not_ours_is_refused_and_nothing_changes(
    tmp_path: Path, base: RegisterStore, centre: Centre, changes: dict[str, object]
) -> None:
    centre.change([renamed(POOL[0], "新店")], [])
    fetched = centre.fetched(1)
    assert isinstance(fetched.manifest, LayerManifest)
    with pytest.raises(RegisterRefused):
        base.extend([replace(fetched, manifest=replace(fetched.manifest, **changes))])
    register = store(tmp_path).open()
    assert register.entity(POOL[0].code) == POOL[0]
    assert register.check_file() is StoreHealth.GOOD
    register.close()


def lying(tmp_path: Path, centre: Centre, **changes: object) -> Fetched:
    """A layer whose own manifest says the same untruth as the signed one."""
    newest = replace(centre.manifests[0], **changes)  # type: ignore[arg-type]
    path = tmp_path / "lying.db"
    manifest = layer.build(
        path, KEY, centre.files, newest, stated=[renamed(POOL[0], "新店")], gone=[], row_version=5, made_at=NOW
    )
    return Fetched(path, file_sha256(path), manifest)


@pytest.mark.parametrize(
    "changes", [{"digest": "1" * 64}, {"rows": 299}, {"row_version": 2}, {"epoch": 4}], ids=lambda c: next(iter(c))
)
def test_a_layer_made_for_other_rows_is_refused(
    tmp_path: Path, base: RegisterStore, centre: Centre, changes: dict[str, object]
) -> None:
    with pytest.raises(RegisterRefused):
        base.extend([lying(tmp_path, centre, **changes)])
    assert list(tmp_path.glob("data/*")) != []
    register = store(tmp_path).open()
    assert register.check_file() is StoreHealth.GOOD
    register.close()


def test_a_layer_alone_or_over_a_gap_is_refused(tmp_path: Path, centre: Centre) -> None:
    centre.change([renamed(POOL[0], "新店")], [])
    centre.change([renamed(POOL[1], "新店")], [])
    with pytest.raises(NoRegister):
        store(tmp_path).extend([centre.fetched(1)])
    with pytest.raises(RegisterRefused, match="不是接着"):
        store(tmp_path).install(centre.fetched(0), KEY, [centre.fetched(2)])
    register = store(tmp_path).install(centre.fetched(0), KEY, [centre.fetched(1), centre.fetched(2)])
    register.close()
    with pytest.raises(RegisterRefused, match="旧"):
        store(tmp_path).extend([centre.fetched(1)])
    with pytest.raises(RegisterRefused, match="旧"):
        store(tmp_path).install(centre.fetched(0), KEY)


def test_a_layer_under_another_key_or_in_clear_is_refused(tmp_path: Path, base: RegisterStore, centre: Centre) -> None:
    centre.change([renamed(POOL[0], "新店")], [])
    fetched = centre.fetched(1)
    fetched.path.write_bytes(b"SQLite format 3\0" + bytes(5000))
    with pytest.raises(RegisterRefused, match="没有加密"):
        base.extend([fetched])
    other = make_snapshot(tmp_path / "other.db", POOL[:300])
    strange = RegisterStore(tmp_path / "strange", FileKeeper(tmp_path / "strange-row"))
    strange.install(Fetched(tmp_path / "other.db", file_sha256(tmp_path / "other.db"), other), KEY).close()
    fetched = centre.fetched(1)
    fetched.path.write_bytes(os.urandom(8192))
    with pytest.raises(RegisterRefused, match="打不开"):
        base.extend([replace(fetched, sha256=file_sha256(fetched.path))])


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_laying_on(tmp_path: Path, base: RegisterStore, centre: Centre, step: str) -> None:
    centre.change([renamed(POOL[0], "新店")], [])
    fetched = centre.fetched(1)

    def die(now: str) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        base.extend([fetched], step=die)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    after = store(tmp_path)
    register = after.open()
    assert register.state().row_version == (2 if step == "sweep" else 1)
    assert register.check_file() is StoreHealth.GOOD
    register.close()
    after.extend([centre.fetched(1)]).close()
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_a_damaged_or_missing_layer_is_noticed(tmp_path: Path, base: RegisterStore, centre: Centre) -> None:
    centre.change([renamed(e, "新店") for e in POOL[:50]], [])
    base.extend([centre.fetched(1)]).close()
    path = next(p for p in (tmp_path / "data").iterdir() if "-2-" in p.name)
    whole = path.read_bytes()
    for at in range(2048, len(whole), 4096):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            register = store(tmp_path).open()
        except RegisterDamaged:
            continue
        assert register.check_file() is StoreHealth.DAMAGED
        register.close()
    path.unlink()
    with pytest.raises(RegisterDamaged):
        store(tmp_path).open()


def test_no_name_in_a_layer_s_bytes(tmp_path: Path, base: RegisterStore, centre: Centre) -> None:
    centre.change([renamed(e, "黑河某某新店") for e in POOL[:50]], [])
    base.extend([centre.fetched(1)]).close()
    for path in (tmp_path / "data").iterdir():
        data = path.read_bytes()
        assert "黑河某某新店".encode() not in data
        assert not any(e.code.encode() in data for e in POOL)
