"""Publishing a region: snapshot, layers, when which; writers beside each other; what laptops take of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from cache.packs import Packs, folder_fetch
from cache.register import Register
from cache.register_store import Fetched, RegisterStore
from central import desk, entities
from central.__main__ import main
from central.demo.entities import Maker
from central.files import write_whole
from central.models import EntityRow, Publication
from central.publish.repository import Repository
from central.publishing import MOST_LAYERS, OLDEST, publish
from central.server import EmbeddedService
from central.service import Service, open_service
from central.settings import Settings
from inspector import wire
from inspector.divisions import AREAS
from inspector.entity import Entity
from inspector.freshness import china_day
from inspector.register_file import LayerManifest
from inspector.verdict import StoreHealth
from inspector.wire import SnapshotManifest
from tests.keeper import FileKeeper
from tests.laptops import Device

AREA = "231102"


def made(service: Service, count: int, seed: int = 3) -> list[Entity]:
    return list(Maker(seed, china_day(service.now())).entities(count))


def renamed(entity: Entity, name: str) -> Entity:
    return replace(entity, licence=replace(entity.licence, name=name))


def remove(service: Service, codes: list[str]) -> None:
    with service.sessions.begin() as session:
        entities.remove(session, entities.next_version(session), codes)


def seen(service: Service, region: str, folder: Path) -> tuple[list[Entity], Register]:
    """What a laptop that installs all that is offered of a region finds of every entity; the register, open."""
    store = RegisterStore(folder / "data", FileKeeper(folder / "row"))
    with service.publishing() as (repository, session):
        key = session.get_one(Publication, region).key
        files = repository.register(region)
        found = []
        for number, (target, manifest) in enumerate(files):
            copy = folder / f"fetched-{number}"
            copy.write_bytes(repository.target_file(target).read_bytes())
            found.append(Fetched(copy, target.hashes["sha256"], manifest))
    register = store.install(found[0], key, found[1:])
    assert register.check_file() is StoreHealth.GOOD
    with service.sessions() as session:
        codes = [row.code for row in session.query(EntityRow.code)]
    return [e for code in sorted(codes) if (e := register.entity(code))], register


def known(service: Service, *areas: str) -> list[Entity]:

    with service.sessions() as session:
        rows = session.query(EntityRow.body).filter(EntityRow.area.in_(areas)).order_by(EntityRow.code)
        return [wire.decode(row.body, Entity) for row in rows]


def check(service: Service, region: str, folder: Path, *areas: str) -> None:
    folder.mkdir()
    found, register = seen(service, region, folder)
    assert found == known(service, *areas)
    assert register.state().rows == len(found)
    register.close()


def offered(service: Service, folder: Path) -> list[str]:
    """The register files that a laptop sees."""
    root = (service.repository_folder / "metadata" / "1.root.json").read_bytes()
    packs = Packs(folder, root, folder_fetch(service.repository_folder))
    found = packs.refresh(service.now())
    assert [packs.download(pack).stat().st_size for pack in found] == [pack.length for pack in found]
    return [pack.path for pack in found]


def files_of(service: Service) -> list[str]:
    """Those that the database has the key of."""
    with service.publishing() as (repository, session):
        row = session.get_one(Publication, AREA)
        files = repository.register(AREA)
        assert files[0][0].path == row.target
        assert (files[-1][1].epoch, files[-1][1].row_version) == (row.epoch, row.row_version)
        return [target.path for target, _ in files]


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Service]:
    service = open_service(Settings(tmp_path / "bare", f"sqlite:///{tmp_path / 'bare.db'}", public_host="127.0.0.1"))
    yield service
    service.close()


def test_what_changed_is_published_as_a_layer(bare: Service, tmp_path: Path) -> None:
    """Changed, new, removed, moved away, moved here, put back as it was: the laptop sees what the centre has."""
    desk.put_entities(bare, loaded := made(bare, 1500))
    here = [e for e in loaded if e.area == AREA]
    there = [e for e in loaded if e.area != AREA]
    first = publish(bare, AREA)
    assert isinstance(first, SnapshotManifest)
    desk.put_entities(bare, [renamed(here[0], "改名商店"), here[1], replace(here[2], area="231124")])
    desk.put_entities(bare, [replace(there[0], area=AREA)])
    remove(bare, [here[3].code, here[4].code, there[1].code])
    desk.put_entities(bare, [here[4]])
    second = publish(bare, AREA)
    assert isinstance(second, LayerManifest)
    assert (second.since, second.changes, second.rows) == (first.row_version, 4, first.rows - 1)
    check(bare, AREA, tmp_path / "second", AREA)
    remove(bare, [here[0].code])
    desk.put_entities(bare, [here[3]])
    third = publish(bare, AREA)
    assert isinstance(third, LayerManifest)
    check(bare, AREA, tmp_path / "third", AREA)


def test_each_publication_is_right_whatever_came_between(bare: Service, tmp_path: Path) -> None:
    """Twenty days of small changes: few layers, each change in them, a snapshot when there were too many."""
    desk.put_entities(bare, loaded := [replace(e, area=AREA) for e in made(bare, 600)])
    publish(bare, AREA)
    kinds = []
    for day in range(20):
        at = day * 9 % 500
        desk.put_entities(bare, [renamed(e, f"第{day}天{e.code[-4:]}") for e in loaded[at : at + 2 + day % 4]])
        if day % 3 == 0:
            remove(bare, [loaded[550 + day].code])
        manifest = publish(bare, AREA)
        kinds.append(type(manifest))
        with bare.publishing() as (repository, _):
            layers = [m for _, m in repository.register(AREA)][1:]
        sizes = [m.changes for m in layers if isinstance(m, LayerManifest)]
        assert len(sizes) <= MOST_LAYERS
        assert all(a > b for a, b in pairwise(sizes)), sizes
        if day % 5 == 4:
            check(bare, AREA, tmp_path / f"day-{day}", AREA)
    assert SnapshotManifest in kinds[5:], "more than a tenth has changed"
    assert kinds.count(LayerManifest) >= 17


def test_nothing_changed_is_published_too(bare: Service) -> None:
    """The data are of today although nobody changed anything: laptops count their age from what is published."""
    desk.put_entities(bare, made(bare, 100))
    publish(bare, AREA)
    second, third = publish(bare, AREA), publish(bare, AREA)
    assert isinstance(third, LayerManifest)
    assert isinstance(second, LayerManifest)
    assert (third.changes, third.since, third.row_version) == (0, second.since, second.row_version)
    assert third.made_at > second.made_at
    with bare.publishing() as (repository, session):
        assert len(repository.register(AREA)) == 2
        assert session.get_one(Publication, AREA).made_at == third.made_at


def test_after_a_month_or_when_asked_all_is_published_anew(bare: Service) -> None:
    desk.put_entities(bare, made(bare, 100))
    publish(bare, AREA)
    asked = publish(bare, AREA, anew=True)
    assert isinstance(asked, SnapshotManifest)
    later = replace(bare, now=lambda: bare.now() + OLDEST + timedelta(hours=1))
    due = publish(later, AREA)
    assert isinstance(due, SnapshotManifest)
    assert (asked.epoch, due.epoch) == (2, 3)
    with bare.publishing() as (repository, _):
        assert [m for _, m in repository.register(AREA)] == [due]


def test_what_another_published_meanwhile_is_built_upon(bare: Service, tmp_path: Path) -> None:
    """An administrator publishes while a snapshot of the same region is being written, from older data."""
    desk.put_entities(bare, loaded := made(bare, 400))
    inner: list[object] = []

    def meanwhile(_: int) -> None:
        if not inner:
            desk.put_entities(bare, [renamed(next(e for e in loaded if e.area == AREA), "后来的")])
            inner.append(publish(bare, AREA))

    last = publish(bare, AREA, progress=meanwhile)
    (first,) = inner
    assert isinstance(first, SnapshotManifest)
    assert isinstance(last, LayerManifest)
    assert (last.epoch, last.since, last.changes) == (first.epoch, first.row_version, 0)
    check(bare, AREA, tmp_path / "seen", AREA)


def test_a_restored_service_publishes_all_anew(bare: Service, tmp_path: Path) -> None:
    """The database is older than what it published: which changes laptops have cannot be known."""
    desk.put_entities(bare, loaded := made(bare, 300))
    publish(bare, AREA)
    with bare.sessions.begin() as session:
        row = session.get_one(Publication, AREA)
        before = (row.row_version, row.made_at)
    desk.put_entities(bare, [renamed(next(e for e in loaded if e.area == AREA), "后来的")])
    publish(bare, AREA)
    with bare.sessions.begin() as session:
        row = session.get_one(Publication, AREA)
        row.row_version, row.made_at = before
    again = publish(bare, AREA)
    assert isinstance(again, SnapshotManifest)
    assert again.epoch == 2
    check(bare, AREA, tmp_path / "again", AREA)


@pytest.mark.parametrize(
    ("region", "areas"),
    [
        ("2311", [a.key for a in AREAS]),
        ("23", [*(a.key for a in AREAS), "230102"]),
        ("231102.heihe-ftz", ["231102", "heihe-ftz"]),
        ("230102", ["230102"]),
        ("23.220102", [*(a.key for a in AREAS), "230102", "220102"]),
        ("2301.231181", ["230102", "231181"]),
    ],
)
def test_a_region_is_any_set_of_divisions(bare: Service, tmp_path: Path, region: str, areas: list[str]) -> None:
    loaded = made(bare, 300)
    loaded[:20] = [replace(e, area="230102") for e in loaded[:20]]
    loaded[20:30] = [replace(e, area="220102") for e in loaded[20:30]]
    desk.put_entities(bare, loaded)
    publish(bare, region)
    check(bare, region, tmp_path / "first", *areas)
    mine = known(bare, *areas)[0]
    desk.put_entities(bare, [renamed(mine, "新名")])
    assert isinstance(publish(bare, region), LayerManifest)
    check(bare, region, tmp_path / "second", *areas)


@pytest.mark.parametrize("region", ["", "99", "2", "231", "231102.", "../x", "黑河", "heihe", "231102,231181"])
def test_what_is_no_region_is_refused(
    bare: Service, region: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        main(["--folder", str(tmp_path / "bare"), "publish", region])
    assert "不认识的区域" in capsys.readouterr().err


def test_a_laptop_takes_the_layer_and_another_region_when_told(
    service: EmbeddedService, laptop: Device, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre = service.service
    desk.put_entities(centre, loaded := made(centre, 400))
    publish(centre, AREA)
    publish(centre, "2311")
    desk.put_entities(centre, [renamed(next(e for e in loaded if e.area == AREA), "改名商店")])
    layer = publish(centre, AREA)
    packs = Packs(tmp_path, laptop.enrolment.tuf_root, laptop.remote.fetch)
    (key,) = laptop.remote.register_keys()
    offered = packs.refresh(centre.now())
    assert key.target in [p.path for p in offered]
    newest = next(p for p in offered if p.manifest == layer)
    assert packs.download(newest, cancel=Event()).stat().st_size == newest.length < 200_000
    assert desk.carry(centre, laptop.device_id, "2311")
    (other,) = laptop.remote.register_keys()
    assert other.target == "register/2311-1-1.db"
    assert not desk.carry(centre, "d-none", "2311")


def test_a_renewed_signature_never_takes_a_publication_back(
    service: EmbeddedService, laptop: Device, tmp_path: Path
) -> None:
    """The service runs while an administrator publishes from another process, here another opened service."""
    desk.put_entities(service.service, made(service.service, 300))
    other = open_service(service.service.settings)
    packs = Packs(tmp_path, laptop.enrolment.tuf_root, laptop.remote.fetch)
    assert packs.refresh(service.service.now()) == []
    published = publish(other, AREA)
    service.service.renew_signatures()
    (offered,) = packs.refresh(service.service.now())
    assert offered.manifest == published
    (key,) = laptop.remote.register_keys()
    assert key.target == offered.path
    assert packs.download(offered, cancel=Event()).stat().st_size == offered.length
    other.close()


def test_many_writers_at_once(service: EmbeddedService, laptop: Device, tmp_path: Path) -> None:
    """Renewals, publications of three areas, two of the same one, and an import, all beside each other."""
    centre = service.service
    desk.put_entities(centre, made(centre, 100, 4))
    with ThreadPoolExecutor(4) as pool:
        renewed = [pool.submit(centre.renew_signatures) for _ in range(6)]
        areas = (AREA, "231183", "231181", AREA)
        published = [pool.submit(publish, centre, area) for area in areas]
        imported = pool.submit(desk.put_entities, centre, made(centre, 50, 5))
        for job in (*renewed, *published, imported):
            job.result()
    packs = Packs(tmp_path / "packs", laptop.enrolment.tuf_root, laptop.remote.fetch)
    assert {p.manifest.area for p in packs.refresh(centre.now())} == {AREA, "231183", "231181"}
    publish(centre, AREA)
    check(centre, AREA, tmp_path / "seen", AREA)


@pytest.mark.parametrize("anew", [False, True], ids=["layer", "snapshot"])
@pytest.mark.parametrize("moment", ["targets", "commit", "after", "snapshot", "timestamp"])
def test_killed_while_publishing_nothing_is_offered_without_its_key(
    bare: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, anew: bool
) -> None:
    desk.put_entities(bare, loaded := made(bare, 300))
    publish(bare, AREA)
    old = known(bare, AREA)
    desk.put_entities(bare, [renamed(old[0], "后来的")])
    new = known(bare, AREA)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def write(path: Path, data: bytes, mode: int = 0o644) -> None:
        if moment in path.name:
            raise KeyboardInterrupt
        write_whole(path, data, mode)

    if moment == "commit":
        prepare = Repository.prepare
        monkeypatch.setattr(Repository, "prepare", lambda *told: killed(prepare(*told)))
    elif moment == "after":
        monkeypatch.setattr(Service, "renew_signatures", killed)
    else:
        monkeypatch.setattr("central.publish.repository.write_whole", write)
    with pytest.raises(KeyboardInterrupt):
        publish(bare, AREA, anew=anew)
    monkeypatch.undo()
    bare.renew_signatures()
    found, register = seen(bare, AREA, tmp_path)
    register.close()
    assert found == (old if moment in ("targets", "commit") else new)
    assert offered(bare, tmp_path / "tuf") == files_of(bare)
    desk.put_entities(bare, [renamed(loaded[1], "更晚的")])
    publish(bare, AREA)
    check(bare, AREA, tmp_path / "seen", AREA)
    assert offered(bare, tmp_path / "tuf") == files_of(bare)


def test_after_a_kill_another_document_does_not_offer_half_a_publication(
    bare: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the killed one had signed is nothing that the next writer builds upon."""
    desk.put_entities(bare, made(bare, 300))
    publish(bare, AREA)
    before = files_of(bare)
    prepare = Repository.prepare

    def killed(repository: Repository, now: datetime) -> None:
        prepare(repository, now)
        raise KeyboardInterrupt

    monkeypatch.setattr(Repository, "prepare", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(bare, AREA, anew=True)
    monkeypatch.undo()
    with bare.publishing() as (repository, _):
        repository.put_document("templates/x.json", b"{}")
        repository.publish(bare.now())
    assert offered(bare, tmp_path / "tuf") == files_of(bare) == before
