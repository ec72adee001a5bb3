"""A lost laptop: the centre's order seals what was not sent, then nothing opens any more. Nobody else can order it."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from cache import wipe
from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Session
from central import desk, stick
from central.demo.load import AREA, UNIT, load_demo
from central.models import EventRow, FeedRow, HeldRow
from central.server import EmbeddedService
from inspector import wire
from inspector.errors import LaptopWiped, NotEnrolled, StickUnusable
from inspector.orders import WIPE, WipeOrder
from inspector.trust import device
from inspector.wire import Signed
from tests.cache.officers import PASSWORD, HeldClock

UNSENT = "丢失前没有上传的线索"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 30, areas=(AREA,))
        yield running


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path / "laptop", HeldClock(SystemClock().now()))
    yield made
    made.close()


@pytest.fixture
def session(laptop: Laptop, centre: EmbeddedService) -> Session:
    opened = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    opened.sync(lambda _: None, Flag())
    return opened


def ident(session: Session) -> str:
    return session._opened.work.identity.device_id


def lost(session: Session, centre: EmbeddedService) -> None:
    """The order is there; the laptop writes something more, and hears of the order at its next contact."""
    assert desk.wipe(centre.service, ident(session), who="刘主任", reason="下乡时丢失")
    session.lead(None, UNSENT)
    session.sync(lambda _: None, Flag())


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_what_was_unsent_is_sealed_and_the_rest_is_gone(
    laptop: Laptop, session: Session, centre: EmbeddedService
) -> None:
    number = ident(session)
    lost(session, centre)
    assert session.wipe_ordered()
    laptop.wipe(session)
    left = {name for name in files(laptop.folder) if name != "lock"}
    assert left == {wipe.MARKER, wipe.told(laptop.folder).package}  # type: ignore[union-attr]
    assert laptop.wiped == str(laptop.folder / wipe.told(laptop.folder).package)  # type: ignore[union-attr]
    assert not laptop.enrolled
    with pytest.raises(NotEnrolled):
        laptop.unlock("HH0001", PASSWORD)
    for path in laptop.folder.rglob("*"):
        if path.is_file():
            assert UNSENT.encode() not in path.read_bytes()
    came = stick.exchange(centre.service, laptop.folder / wipe.HANDED_IN, lambda _: None)
    assert came[0].entries >= 1
    with centre.service.sessions() as db:
        kept = [bytes(r.event) for kind in (EventRow, HeldRow) for r in db.query(kind)]
    assert any(UNSENT.encode() in event and number.encode() in event for event in kept)


def test_nothing_unsent_leaves_nothing(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    desk.tell(centre.service, "", "nothing", {})
    order = WipeOrder(ident(session), "o-1", session._opened.times.wall())
    desk.tell(centre.service, ident(session), WIPE, centre.service.sign(order))
    session.sync(lambda _: None, Flag())
    laptop.wipe(session)
    assert wipe.told(laptop.folder) == wipe.Wiped(order)


def test_a_laptop_that_was_switched_off_is_wiped_at_unlock(
    laptop: Laptop, session: Session, centre: EmbeddedService
) -> None:
    lost(session, centre)
    session.lock()
    with pytest.raises(LaptopWiped):
        laptop.unlock("HH0001", PASSWORD)
    assert not laptop.enrolled


@pytest.mark.parametrize("step", ["destroy", "finish"])
def test_cut_off_in_the_midst_it_goes_on_at_the_next_start(
    laptop: Laptop, session: Session, centre: EmbeddedService, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(session, centre)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if step == "destroy":
            patched.setattr(laptop._vault, "destroy", stop)
        else:
            patched.setattr(wipe, "finish", stop)
        with pytest.raises(KeyboardInterrupt):
            laptop.wipe(session)
    laptop.close()
    again = Laptop(laptop.folder, laptop.clock)
    assert again.wiped is not None
    assert not again.enrolled
    assert not list(laptop.folder.glob("work.db*"))
    assert not (laptop.folder / "slots.json").exists()
    again.close()


def test_a_full_disk_keeps_everything(
    laptop: Laptop, session: Session, centre: EmbeddedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is unsent must not be lost, not even to an order: it is tried again at the next contact."""
    lost(session, centre)

    def full(*_: object) -> None:
        raise StickUnusable

    with monkeypatch.context() as patched:
        patched.setattr("cache.stick.export", full)
        with pytest.raises(StickUnusable):
            laptop.wipe(session)
    assert laptop.enrolled
    assert session.wipe_ordered()
    laptop.wipe(session)
    assert not laptop.enrolled


def test_orders_of_others_and_for_others_are_told_and_ignored(
    laptop: Laptop, session: Session, centre: EmbeddedService
) -> None:
    service, at = centre.service, session._opened.times.wall()
    mine = wire.encode(WipeOrder(ident(session), "o-1", at))
    forged = Signed(mine, device.sign(bytes(range(5, 37)), mine), "receipt")
    for body in (forged, service.sign(WipeOrder("d-other", "o-2", at)), {"device_id": ident(session)}):
        desk.tell(service, ident(session), WIPE, body)
    session.sync(lambda _: None, Flag())
    assert not session.wipe_ordered()
    laptop.wipe(session)  # without an order nothing happens
    assert laptop.enrolled
    assert any("不能读取" in alarm for alarm in session.alarms())
    with service.sessions() as db:
        assert db.query(FeedRow).filter_by(kind=WIPE).count() >= 3


def test_an_order_for_nobody(centre: EmbeddedService) -> None:
    assert not desk.wipe(centre.service, "d-none", who="刘主任", reason="")


def test_it_can_be_enrolled_anew(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    lost(session, centre)
    laptop.wipe(session)
    package = wipe.told(laptop.folder).package  # type: ignore[union-attr]
    fresh = laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
    assert laptop.wiped is None
    assert fresh.sync(lambda _: None, Flag()).proof is not None
    assert (laptop.folder / package).exists()
