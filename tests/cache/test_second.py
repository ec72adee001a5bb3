"""The second copy: all that the centre lacks, in small packages, and what keeps it from being complete is told."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.second import ROOT, Done, Second, same_medium
from cache.session import SecondCopy, Session
from central import stick
from central.demo.load import AREA, UNIT, load_demo
from central.models import EventRow
from central.server import EmbeddedService
from inspector.errors import Cancelled
from tests.cache.officers import PASSWORD, HeldClock, begun, finished


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 100, areas=(AREA,))
        yield running


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path / "data", HeldClock(SystemClock().now()))
    yield laptop
    laptop.close()


@pytest.fixture
def card(tmp_path: Path) -> Path:
    (tmp_path / "card").mkdir()
    return tmp_path / "card"


@pytest.fixture
def session(laptop: Laptop, centre: EmbeddedService, card: Path) -> Session:
    """Synced, with a card as second medium; in tests everything lies on one disk."""
    session = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    session.sync(lambda _: None, Flag())
    session.sync(lambda _: None, Flag())
    session._sync.second = Second(session._opened, lambda a, b: False)
    session.set_setting("second_copy", str(card))
    return session


def sealed(session: Session, laptop: Laptop) -> str:
    assert isinstance(laptop.clock, HeldClock)
    draft = finished(session, begun(session, session.tasks()[0].code.encode()), laptop.clock, photos=2)
    return session.seal(draft, PASSWORD).event_id


def told(session: Session) -> SecondCopy:
    second = session.sync_status().second
    assert second is not None
    return second


def files(card: Path) -> list[Path]:
    return sorted((card / ROOT / "mashangcha").glob("*.up"))


def test_each_copy_holds_what_is_new(session: Session, laptop: Laptop, card: Path) -> None:
    sealed(session, laptop)
    assert told(session).at is None
    assert told(session).behind > 0
    session.copy_second(Flag())
    assert (told(session).behind, told(session).trouble) == (0, "")
    assert told(session).at == laptop.clock.now()
    (first,) = files(card)
    session.copy_second(Flag())
    assert files(card) == [first], "nothing new, nothing written"
    size = first.stat().st_size
    assert size > 2000
    session.lead(None, "后来的线索")
    session.copy_second(Flag())
    assert len(files(card)) == 2
    assert files(card)[1].stat().st_size < size / 2, "photographs are copied once"


def test_a_lost_laptop_s_records_come_from_the_card(
    session: Session, laptop: Laptop, card: Path, centre: EmbeddedService
) -> None:
    """The laptop is gone; the centre takes the card in as it takes a stick: every record once, photographs whole."""
    wanted = [sealed(session, laptop)]
    session.copy_second(Flag())
    wanted.append(sealed(session, laptop))
    session.copy_second(Flag())
    data = b"".join(path.read_bytes() for path in files(card))
    assert wanted[0].encode() not in data
    laptop.close()
    shutil.rmtree(laptop.folder)
    came = stick.exchange(centre.service, card / ROOT, lambda _: None)
    assert [c.problem for c in came] == [None, None]
    with centre.service.sessions() as db:
        known = [row.event_id for row in db.query(EventRow.event_id).filter(EventRow.event_id.in_(wanted))]
    assert sorted(known) == sorted(wanted)
    assert all(c.chunks >= 2 for c in came)


def test_what_is_delivered_is_not_copied(session: Session, laptop: Laptop, card: Path) -> None:
    sealed(session, laptop)
    session.sync(lambda _: None, Flag())
    while session.sync_status().pending_events or session.sync_status().pending_blobs:
        session.sync(lambda _: None, Flag())
    session.copy_second(Flag())
    assert files(card) == []
    assert (told(session).behind, told(session).at) == (0, laptop.clock.now())


def test_a_card_that_is_not_there_is_told_and_made_good(session: Session, laptop: Laptop, card: Path) -> None:
    sealed(session, laptop)
    card.rmdir()
    session.copy_second(Flag())
    assert "没有插入" in told(session).trouble
    assert told(session).behind > 0
    card.mkdir()
    session.copy_second(Flag())
    assert (told(session).behind, told(session).trouble) == (0, "")


def test_the_same_disk_is_no_second_medium(session: Session, laptop: Laptop, card: Path) -> None:
    session._sync.second = Second(session._opened)
    assert same_medium(card, laptop.folder)
    sealed(session, laptop)
    session.copy_second(Flag())
    assert "同一块磁盘" in told(session).trouble
    assert files(card) == []


def test_another_medium_is_one(tmp_path: Path) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("one file system only")
    assert not same_medium(shared, tmp_path)


def test_an_emptied_card_gets_all_that_the_centre_lacks_again(session: Session, laptop: Laptop, card: Path) -> None:
    sealed(session, laptop)
    session.copy_second(Flag())
    before = files(card)[0].stat().st_size
    shutil.rmtree(card / ROOT)
    session.copy_second(Flag())
    assert abs(files(card)[0].stat().st_size - before) < 5000


def test_no_package_is_ever_written_over(session: Session, laptop: Laptop, card: Path) -> None:
    """A laptop that was restored counts anew from an older entry: what lies on the card may be known to nobody else."""
    sealed(session, laptop)
    session.copy_second(Flag())
    (first,) = files(card)
    data = first.read_bytes()
    done = session._opened.work.head().seq
    session._opened.work.set_meta("second-copy", Done(str(card), 1, laptop.clock.now()))
    session.copy_second(Flag())
    assert first.read_bytes() == data
    assert len(files(card)) == 2
    assert all(f"{done:012d}" in path.name for path in files(card))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_card_is_told(
    session: Session, laptop: Laptop, card: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    sealed(session, laptop)
    plain = getattr(os, call)

    def failing(*args: object, **more: object) -> object:
        place = os.readlink(f"/proc/self/fd/{args[0]}") if isinstance(args[0], int) else str(args[0])
        if place.startswith(str(card)):
            raise OSError(5, "I/O error")
        return plain(*args, **more)

    monkeypatch.setattr(os, call, failing)
    session.copy_second(Flag())
    assert told(session).trouble
    monkeypatch.undo()
    assert told(session).behind > 0
    session.copy_second(Flag())
    assert (told(session).behind, told(session).trouble) == (0, "")


def test_room_is_made_from_what_the_centre_holds(
    session: Session, laptop: Laptop, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(session, laptop)
    session.copy_second(Flag())
    (old,) = files(card)
    while session.sync_status().pending_events or session.sync_status().pending_blobs:
        session.sync(lambda _: None, Flag())
    session.lead(None, "新的线索")
    real = shutil.disk_usage

    def short(place: object) -> object:
        usage = real(place)  # type: ignore[call-overload]
        return usage._replace(free=usage.free if not old.exists() else 1000)

    monkeypatch.setattr(shutil, "disk_usage", short)
    session.copy_second(Flag())
    assert not old.exists()
    assert told(session).behind == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda place: real(place)._replace(free=1000))
    session.lead(None, "更新的线索")
    session.copy_second(Flag())
    assert "空间不足" in told(session).trouble
    assert len(files(card)) == 1, "what the centre lacks stays"


def test_it_can_be_broken_off(session: Session, laptop: Laptop, card: Path) -> None:
    sealed(session, laptop)
    stop = Flag()
    stop.set()
    with pytest.raises(Cancelled):
        session.copy_second(stop)
    assert files(card) == []
    assert list((card / ROOT / "mashangcha").iterdir()) == []
