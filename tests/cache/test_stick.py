"""Sticks between a real laptop and a real service: delivered once by whatever way, told truly, hostile ones refused."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import select

from cache import feed, parcel
from cache import stick as sticks
from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.meta import put_meta
from cache.session import Copied, RecordState, Session, Taken
from cache.work import Entry, Listing
from central import desk, stick
from central.__main__ import main
from central.demo.load import AREA, UNIT, load_demo
from central.models import EventRow
from central.publishing import publish
from central.server import EmbeddedService
from inspector.entries import LEAD, Lead
from inspector.errors import Cancelled, PackageRefused, StickUnusable
from inspector.stick import DOWN, FOLDER, UP, DownHead, Kind, signed_text
from inspector.trust import device, package
from inspector.verdict import StoreHealth
from inspector.wire import EventKind, Task, encode
from tests.cache.officers import PASSWORD, HeldClock
from tests.cache.test_sync import device_id, held_centrally, own, sealed, state, sync


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 60, areas=(AREA,))
        yield running


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path / "data", HeldClock(SystemClock().now()))
    yield laptop
    laptop.close()


@pytest.fixture
def session(laptop: Laptop, centre: EmbeddedService) -> Session:
    """A laptop that synced once, so that it has tasks and a register."""
    session = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    sync(session)
    return session


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def out(session: Session, usb: Path) -> Copied:
    copied = session.export_to_stick(usb, lambda _: None, Flag())
    assert copied is not None
    return copied


def back(session: Session, usb: Path) -> Taken:
    return session.take_from_stick(usb, lambda _: None, Flag())


def exchange(centre: EmbeddedService, usb: Path) -> list[stick.Came]:
    return stick.exchange(centre.service, usb, lambda _: None)


def test_there_and_back(laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path) -> None:
    record = sealed(session, laptop, photos=2)
    copied = out(session, usb)
    assert copied.path.is_relative_to(usb)
    assert copied.size == copied.path.stat().st_size
    assert state(session, record) is RecordState.SEALED, "copied is not delivered"
    desk.tell(
        centre.service, UNIT, "task", Task("t-usb", "1", "", "U盘任务", "", "", "food-sale", "plan", "2026-12-01")
    )
    (came,) = exchange(centre, usb)
    assert came.problem is None
    assert came.entries == copied.entries
    taken = back(session, usb)
    assert taken.receipts == copied.entries
    assert taken.blobs == copied.blobs > 0
    assert taken.feed >= 1
    assert not taken.trouble
    assert state(session, record) is RecordState.COMPLETE
    assert "t-usb" in {t.task_id for t in session.tasks()}
    assert back(session, usb) == Taken(1, 0, 0, 0, False), "taken twice is taken once"
    sync(session)
    assert held_centrally(centre, session) == own(session)


def test_a_feed_behind_a_gap_is_left_to_the_network(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path
) -> None:
    """A laptop that was restored since lacks what the stick takes for known: nothing is jumped over."""
    work = session._opened.work
    before = feed.cursor(work)

    def send(name: str) -> None:
        desk.tell(centre.service, UNIT, "task", Task(name, "1", "", "", "", "", "food-sale", "plan", "2026-12-01"))

    def forget(db: Any) -> None:
        db.execute("DELETE FROM feed WHERE number > ?", [before])
        db.execute("DELETE FROM task WHERE task_id = 't-gap'")
        put_meta(db, feed.CURSOR, encode(before))

    send("t-gap")
    sync(session)
    session.lead(None, "线索")
    out(session, usb)
    send("t-behind")
    exchange(centre, usb)
    work.store.write(forget)
    assert back(session, usb).feed == 0
    assert feed.cursor(work) == before
    sync(session)
    assert {"t-gap", "t-behind"} <= {t.task_id for t in session.tasks()}


def test_by_network_and_by_stick(laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path) -> None:
    record = sealed(session, laptop)
    out(session, usb)
    sync(session)
    assert state(session, record) is RecordState.COMPLETE
    exchange(centre, usb)
    taken = back(session, usb)
    assert (taken.receipts, taken.blobs) == (0, 0)
    assert sync(session).proof.equal
    assert held_centrally(centre, session) == own(session)
    assert not list((usb / FOLDER).glob(f"*.{UP}")), "what was answered is taken off the stick"


def test_two_sticks_in_any_order(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    first = sealed(session, laptop)
    out(session, usb)
    second = sealed(session, laptop)
    out(session, other)
    exchange(centre, other)
    exchange(centre, usb)
    back(session, usb)
    assert (state(session, first), state(session, second)) == (RecordState.COMPLETE, RecordState.SEALED)
    back(session, other)
    assert state(session, second) is RecordState.COMPLETE
    assert back(session, usb).receipts == 0, "an old stick changes nothing"
    assert sync(session).proof.equal


@pytest.mark.parametrize("anew", [True, False], ids=["snapshot", "layer"])
def test_a_register_comes_by_stick(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path, anew: bool
) -> None:
    before = session.register()
    made = publish(centre.service, AREA, anew=anew)
    session.lead(None, "换一版主体数据")
    out(session, usb)
    exchange(centre, usb)
    assert back(session, usb).register
    now = session.register()
    assert (now.epoch, now.as_of, now.health) == (before.epoch + anew, made.made_at, StoreHealth.GOOD)
    assert not back(session, usb).register


def test_nothing_waits_and_nothing_is_there(session: Session, usb: Path, centre: EmbeddedService) -> None:
    sync(session)
    sync(session)
    while session.sync_status().pending_events:
        sync(session)
    assert session.export_to_stick(usb, lambda _: None, Flag()) is None
    assert list(usb.iterdir()) == []
    assert back(session, usb) == Taken(0, 0, 0, 0, False)
    assert exchange(centre, usb) == []


def test_what_is_on_the_stick_is_for_the_service_alone(laptop: Laptop, session: Session, usb: Path) -> None:
    session.lead(None, "某某商行的线索")
    data = out(session, usb).path.read_bytes()
    assert "某某商行".encode() not in data
    assert b"lead/1" not in data
    own_box = session._opened.work.identity.keys.box
    with pytest.raises(PackageRefused), out(session, usb).path.open("rb") as file:
        list(package.opened(own_box, UP, file.read))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("call", ["fsync", "replace", "mkdir", "posix_fadvise"])
def test_a_stick_that_fails_is_told(
    laptop: Laptop, session: Session, usb: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: int
) -> None:
    session.lead(None, "线索")
    before = session.sync_status().pending_events
    plain = getattr(os, call)

    def failing(*args: Any, **more: Any) -> Any:
        place = os.readlink(f"/proc/self/fd/{args[0]}") if isinstance(args[0], int) else str(args[0])
        if place.startswith(str(usb)):
            raise OSError(error, os.strerror(error))
        return plain(*args, **more)

    monkeypatch.setattr(os, call, failing)
    with pytest.raises(StickUnusable) as told:
        out(session, usb)
    assert "U 盘" in told.value.sentence
    monkeypatch.undo()
    assert not list(usb.rglob("*.up"))
    assert session.sync_status().pending_events == before
    out(session, usb)


def test_a_stick_that_keeps_something_else_is_told(
    session: Session, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.lead(None, "线索")
    plain = parcel._digest

    def worn(path: Path, *more: Any) -> bytes:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        return plain(path, *more)

    monkeypatch.setattr(parcel, "_digest", worn)
    with pytest.raises(StickUnusable, match="读回来不一样"):
        out(session, usb)
    assert not list((usb / FOLDER).iterdir())


def test_a_full_stick_is_told_before_anything_is_written(
    session: Session, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.lead(None, "线索")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 100, 0))
    with pytest.raises(StickUnusable, match="空间不足"):
        out(session, usb)


def test_cancelled_leaves_nothing_half(laptop: Laptop, session: Session, usb: Path) -> None:
    sealed(session, laptop, photos=2)
    cancel = Flag()

    def progress(_: object) -> None:
        cancel.set()

    with pytest.raises(Cancelled):
        session.export_to_stick(usb, progress, cancel)
    assert list((usb / FOLDER).iterdir()) == []


def test_another_laptops_stick_and_a_forged_answer(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path
) -> None:
    record = sealed(session, laptop)
    out(session, usb)
    exchange(centre, usb)
    (answer,) = (usb / FOLDER).glob(f"*.{DOWN}")
    name = device_id(session)
    answer.rename(answer.with_name(f"{'A' * len(name)}-000000000001.{DOWN}"))
    assert back(session, usb).packages == 0
    # Anybody can seal a package to this laptop; only the service can sign one.
    who = session._opened.work.identity
    task = Task("t-forged", "1", "", "", "", "", "food-sale", "plan", "2026-12-01")
    frames = [
        Kind.HEAD + encode(DownHead(name, laptop.clock.now(), 0)),
        Kind.FEED + encode({"items": [{"number": 9999, "kind": "task", "body": task}], "next": 9999, "more": False}),
    ]
    for private in (os.urandom(32), who.keys.signing):
        signed = [*frames, Kind.SIGNATURE + device.sign(private, signed_text(frames))]
        data = b"".join(package.sealed(device.box_public(who.keys.box), DOWN, signed, os.urandom))
        (usb / FOLDER / f"{name}-{10**11}.{DOWN}").write_bytes(data)
        taken = back(session, usb)
        assert taken.packages == 0
        assert "损坏或被改动" in taken.trouble
    assert "t-forged" not in {t.task_id for t in session.tasks()}
    assert state(session, record) is RecordState.SEALED


def test_a_damaged_package_is_taken_as_far_as_it_is_whole(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path
) -> None:
    record = sealed(session, laptop, photos=1)
    copied = out(session, usb)
    whole = copied.path.read_bytes()
    for cut in (0, 5, 60, 100, len(whole) // 2, len(whole) - 1):
        copied.path.write_bytes(whole[:cut])
        (came,) = exchange(centre, usb)
        assert came.problem is not None
        # Files go in the order of their hashes: from the middle on one may have arrived whole.
        assert back(session, usb).blobs == 0 or cut >= len(whole) // 2
    copied.path.write_bytes(whole)
    exchange(centre, usb)
    back(session, usb)
    assert state(session, record) is RecordState.COMPLETE
    sync(session)
    assert held_centrally(centre, session) == own(session)


def test_hostile_sticks(laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path, tmp_path: Path) -> None:
    session.lead(None, "线索")
    folder = out(session, usb).path.parent
    secret = tmp_path / "secret"
    secret.write_text("not for you")
    name = device_id(session)
    (folder / f"{name}-900000000002.{UP}").symlink_to(secret)
    (folder / f"{name}-900000000003.{DOWN}").symlink_to(secret)
    os.mkfifo(folder / f"{name}-900000000004.{UP}")
    os.mkfifo(folder / f"{name}-900000000004.{DOWN}")
    (folder / f"{name}-900000000005.{UP}").mkdir()
    (folder / f"..-900000000006.{UP}").write_bytes(b"x")
    (folder / f"{name}-900000000007.{UP}").write_bytes(os.urandom(5000))
    unknown = package.sealed(
        session._opened.work.identity.enrolment.recovery_key, UP,
        [Kind.HEAD + encode({"device_id": "nobody", "written_at": laptop.clock.now(), "feed_cursor": 0})], os.urandom,
    )  # fmt: skip
    (folder / f"{name}-900000000008.{UP}").write_bytes(b"".join(unknown))
    came = {c.name: c.problem for c in exchange(centre, usb)}
    assert len(came) == 3
    assert sum(p is None for p in came.values()) == 1
    assert "没有在中心登记" in str(came[f"{name}-900000000008.{UP}"])
    assert back(session, usb).receipts > 0
    assert secret.read_text() == "not for you"


def test_too_many_files_are_not_read(session: Session, centre: EmbeddedService, usb: Path) -> None:
    (usb / FOLDER).mkdir()
    for number in range(50):
        (usb / FOLDER / str(number)).touch()
    for module in (sticks, stick):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "MOST_FILES", 20)
            with pytest.raises(StickUnusable, match="过多"):
                back(session, usb) if module is sticks else exchange(centre, usb)


def test_held_records_and_revoked_laptops_are_told_by_stick_too(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path
) -> None:
    entry = Entry(EventKind.LEAD, "from-the-future/9", Lead("x"), ("HH0001",), laptop.clock.now(), "fair")
    head = session._opened.work.append(entry, Listing("线索", "", ""))
    desk.revoke(centre.service, device_id(session))
    session._opened.work.append(
        Entry(EventKind.LEAD, LEAD, Lead("y"), ("HH0001",), laptop.clock.now(), "fair"), Listing("线索", "", "")
    )
    out(session, usb)
    exchange(centre, usb)
    taken = back(session, usb)
    assert (taken.receipts, taken.register) == (0, False)
    held = session._opened.store.rows("SELECT count(*) AS n FROM outbox WHERE state = 'held'")[0]["n"]
    assert held >= 2
    assert session._opened.store.rows("SELECT state FROM outbox WHERE seq = ?", head.seq) == [{"state": "held"}]


def test_the_command(session: Session, centre: EmbeddedService, usb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(centre.service.settings.folder), "stick", str(usb)]
    assert main(folder) == 1
    assert "没有待导入的记录" in capsys.readouterr().err
    session.lead(None, "线索")
    out(session, usb)
    assert main(folder) == 0
    assert "条记录" in capsys.readouterr().out
    assert back(session, usb).receipts > 0


def test_a_laptop_that_brought_nothing_is_served_too(
    session: Session, centre: EmbeddedService, usb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The centre writes a stick for it: register, lists and tasks arrive without anything having gone up."""
    device_id = session._opened.work.identity.device_id
    made = publish(centre.service, AREA)
    desk.put_tasks(centre.service, UNIT, [replace(session.tasks()[0], task_id="t-by-stick", title="U 盘带来的任务")])
    folder = ["--folder", str(centre.service.settings.folder), "stick", str(usb), "--for"]
    assert main([*folder, "d-none"]) == 1
    assert "没有这台电脑" in capsys.readouterr().err
    assert main([*folder, device_id]) == 0
    taken = back(session, usb)
    assert (taken.packages, taken.register, taken.receipts) == (1, True, 0)
    assert session.register().as_of == made.made_at
    assert "U 盘带来的任务" in {t.title for t in session.tasks()}
    assert back(session, usb).feed == 0


class Weak:
    """A place that fails at its n-th write, fsync or rename; at none of them with ``n`` 0."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, roots: Path | tuple[Path, ...], n: int) -> None:
        self.count, self._n = 0, n
        self._roots = roots if isinstance(roots, tuple) else (roots,)
        real_open, real_sync, real_replace = Path.open, os.fsync, os.replace
        tick, inside = self._tick, self._inside

        class Failing:
            def __init__(self, file: Any) -> None:
                self._file = file

            def __enter__(self) -> "Failing":
                return self

            def __exit__(self, *_: object) -> None:
                self._file.close()

            def __getattr__(self, name: str) -> Any:
                return getattr(self._file, name)

            def write(self, data: bytes) -> int:
                tick()
                return int(self._file.write(data))

        def opened(path: Path, mode: str = "r", **more: Any) -> Any:
            file = real_open(path, mode, **more)
            return Failing(file) if inside(path) and "w" in mode else file

        def sync(fd: int) -> None:
            if inside(Path(os.readlink(f"/proc/self/fd/{fd}"))):
                tick()
            real_sync(fd)

        def replaced(old: Any, new: Any) -> None:
            if inside(Path(new)):
                tick()
            real_replace(old, new)

        monkeypatch.setattr(Path, "open", opened)
        monkeypatch.setattr(os, "fsync", sync)
        monkeypatch.setattr(os, "replace", replaced)

    def _inside(self, path: Path) -> bool:
        return any(root in path.parents or root == path for root in self._roots)

    def _tick(self) -> None:
        self.count += 1
        if self.count == self._n:
            raise OSError(5, "Input/output error")


def test_a_stick_that_fails_at_any_write_leaves_nothing_half(
    session: Session, centre: EmbeddedService, usb: Path
) -> None:
    session.lead(None, "要带走的线索")
    with pytest.MonkeyPatch.context() as patch:
        steps = Weak(patch, usb, 0)
        out(session, usb)
    assert steps.count > 3
    for path in (usb / "mashangcha").iterdir():
        path.unlink()
    for n in range(1, steps.count + 1):
        with pytest.MonkeyPatch.context() as patch:
            Weak(patch, usb, n)
            with pytest.raises(StickUnusable):
                out(session, usb)
        left = [p.name for p in (usb / "mashangcha").iterdir()]
        assert not [name for name in left if name.endswith(".part")], n
        for came in exchange(centre, usb):
            assert came.problem is None, (n, left)
    out(session, usb)
    exchange(centre, usb)
    assert back(session, usb).receipts
    assert sync(session).proof.equal


def test_the_centre_fails_at_any_write_and_nothing_is_lost_or_doubled(
    laptop: Laptop, session: Session, centre: EmbeddedService, usb: Path
) -> None:
    """Its own disk or the stick: what was taken stays taken, and the next try brings the rest and the answers."""
    places = (usb, centre.service.settings.folder / "blobs")
    sync(session)
    first = sealed(session, laptop)
    out(session, usb)
    with pytest.MonkeyPatch.context() as patch:
        steps = Weak(patch, places, 0)
        exchange(centre, usb)
    assert steps.count > 10
    assert back(session, usb).receipts
    wanted = [first]
    for n in range(1, steps.count + 1):
        if n % 4 == 1:  # a fresh record and photograph for some of them
            wanted.append(sealed(session, laptop))
        out(session, usb)
        with pytest.MonkeyPatch.context() as patch:
            Weak(patch, places, n)
            with suppress(StickUnusable):
                exchange(centre, usb)
        assert [c.problem for c in exchange(centre, usb)] == [None], n
        back(session, usb)
    assert {state(session, event_id) for event_id in wanted} == {RecordState.COMPLETE}
    with centre.service.sessions() as db:
        known = db.scalars(select(EventRow.event_id).where(EventRow.event_id.in_(wanted))).all()
    assert sorted(known) == sorted(wanted)
    while session.sync_status().pending_events:
        sync(session)
    assert sync(session).proof.equal
