"""Whole rounds with the real service over real TLS: what goes up arrives once, what comes down is kept, the proof."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from cache import feed
from cache.clock import Clock, SystemClock
from cache.identity import Identity
from cache.laptop import Laptop
from cache.outbox import STUCK_AFTER_FAILURES
from cache.register_store import RegisterStore
from cache.round import Service
from cache.session import Connection, Progress, RecordState, Session
from cache.sync import Sync, connect
from central import desk
from central.demo.entities import Maker
from central.demo.load import AREA, UNIT, load_demo
from central.models import BlobRow, EntityRow, EventBlob, EventRow, FeedRow, HeldRow
from central.publishing import publish
from central.server import EmbeddedService
from inspector import journal, wire
from inspector.entity import Entity
from inspector.errors import (
    Cancelled,
    EnrolmentRefused,
    InputProblem,
    RegisterRefused,
    ServiceBusy,
    ServiceDown,
    ServiceImpostor,
    ServiceRefused,
    SyncProblem,
)
from inspector.freshness import china_day
from inspector.inspection import Basis, BasisKind
from inspector.trust import device
from inspector.verdict import Colour, Means, StoreHealth
from inspector.wire import CHUNK, Event, EventAnswer, EventAnswers, Feed, FeedItem, Handshake, Signed, Task
from tests.cache.officers import PASSWORD, HeldClock, begun, finished
from tests.cache.services import Faulty, nothing, through


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("central")) as running:
        load_demo(running.service, 300, areas=(AREA,))
        yield running


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path / "data", HeldClock(SystemClock().now()))
    yield laptop
    laptop.close()


@pytest.fixture
def session(laptop: Laptop, centre: EmbeddedService) -> Session:
    return laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)


def sync(session: Session) -> Any:
    return session.sync(lambda _: None, Flag())


def sealed(session: Session, laptop: Laptop, photos: int = 1) -> str:
    clock = laptop.clock
    assert isinstance(clock, HeldClock)
    draft = finished(session, begun(session, session.tasks()[0].code.encode()), clock, photos)
    return session.seal(draft, PASSWORD).event_id


def device_id(session: Session) -> str:
    return session._opened.work.identity.device_id


def held_centrally(centre: EmbeddedService, session: Session) -> list[tuple[int, str]]:
    with centre.service.sessions() as db:
        rows = db.execute(
            select(EventRow.device_seq, EventRow.content_hash)
            .where(EventRow.device_id == device_id(session))
            .order_by(EventRow.ledger_number)
        )
        return [(seq, digest) for seq, digest in rows]


def own(session: Session) -> list[tuple[int, str]]:
    chain = session._opened.work.chain()
    return [(wire.decode(e.event, Event).device_seq, journal.entry_hash(e.event)) for e in chain]


def state(session: Session, event_id: str) -> RecordState:
    return next(r.state for r in session.records() if r.event_id == event_id)


# -- enrolment
def test_enrolment_takes_a_code_once(laptop: Laptop, centre: EmbeddedService, tmp_path: Path) -> None:
    link = centre.enrolment_link(AREA, UNIT)
    steps: list[str] = []
    session = laptop.enrol(link, " hh0001", PASSWORD, steps.append)
    assert session.officer.number == "HH0001"
    assert len(steps) == 3
    assert session.clock_trust().value == "good"
    other = Laptop(tmp_path / "other")
    with pytest.raises(EnrolmentRefused):
        other.enrol(link, "HH0001", PASSWORD)
    with pytest.raises(InputProblem):
        other.enrol(centre.enrolment_link(AREA, UNIT), "HH9999", PASSWORD)
    fresh = centre.enrolment_link(AREA, UNIT)
    with pytest.raises(ServiceImpostor):
        other.enrol(fresh[:-52] + "A" * 52, "HH0001", PASSWORD)
    assert not other.enrolled
    assert other.enrol(centre.enrolment_link(AREA, UNIT), "HH0002", PASSWORD).officer.number == "HH0002"
    other.close()
    with pytest.raises(EnrolmentRefused):
        laptop.enrol(centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)


# -- a whole day
def test_a_whole_day(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    seen: list[Progress] = []
    status = session.sync(seen.append, Flag())
    assert {p.what for p in seen} == {"上传记录", "下载主体数据", "安装主体数据"}
    assert session.register().health is StoreHealth.GOOD
    assert len(session.tasks()) == 3
    assert session.tasks() == sorted(session.tasks(), key=lambda t: t.due)
    task = session.tasks()[0]
    checked = session.check(task.code.encode(), Means.SCANNED)
    assert checked.verdict.colour is Colour.ATTENTION
    assert checked.entity is not None
    assert session.search(checked.entity.licence.name)[0].code == task.code
    event_id = sealed(session, laptop, photos=2)
    assert state(session, event_id) is RecordState.SEALED
    status = sync(session)
    assert status.connection is Connection.ONLINE
    assert (status.pending_events, status.pending_blobs, status.queue, status.oldest_unsent) == (0, 0, (), None)
    assert status.proof is not None
    assert status.proof.equal, status.proof.text
    assert state(session, event_id) is RecordState.COMPLETE
    assert session.records()[0].ledger_number > 0
    assert held_centrally(centre, session) == own(session)
    assert session.alarms() == ()
    assert sync(session).proof.equal


def test_a_mistyped_code_offers_only_those_that_exist(session: Session) -> None:
    sync(session)
    code = session.tasks()[0].code
    wrong = code[:-1] + next(c for c in "0123456789ABC" if c != code[-1])
    checked = session.check(wrong.encode(), Means.TYPED)
    assert checked.entity is None
    assert code in [h.code for h in checked.candidates]


def test_the_yearly_cap_counts_what_was_sealed_here(laptop: Laptop, session: Session) -> None:
    sync(session)
    code = session.tasks()[0].code
    assert isinstance(laptop.clock, HeldClock)
    laptop.clock.wait(60)
    sealed(session, laptop)
    as_of = session.register().as_of
    assert session._opened.work.inspected_since(code, as_of) == 1
    assert session._opened.work.inspected_since(code, laptop.clock.now() + timedelta(days=1)) == 0


def changed(centre: EmbeddedService, code: str, name: str) -> Entity:
    """The centre learns a new name of an entity and publishes it."""
    with centre.service.sessions() as session:
        old = wire.decode(session.get_one(EntityRow, code).body, Entity)
    new = replace(old, licence=replace(old.licence, name=name))
    desk.put_entities(centre.service, [new])
    publish(centre.service, AREA)
    return new


def test_what_changed_arrives_as_a_layer(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    """Only the change is fetched; the card and the search show it at once, proved; the old name is a former one."""
    sync(session)
    code = session.tasks()[0].code
    fetched: list[str] = []

    def noting(name: str, args: tuple[Any, ...]) -> None:
        if name == "fetch" and "register/" in args[0]:
            fetched.append(args[0])

    for name in ("黑河第一新店", "黑河第二新店"):
        changed(centre, code, name)
        through(laptop, session, before=noting)
        sync(session)
        assert session.register().health is StoreHealth.GOOD
        checked = session.check(code.encode(), Means.TYPED)
        assert checked.entity is not None
        assert checked.entity.licence.name == name
        assert [h.code for h in session.search(name)] == [code]
    assert len(fetched) == 2
    assert all("-since-" in path for path in fetched)
    assert not [h for h in session.search("黑河第一新店") if h.name == "黑河第一新店"]
    session.lock()
    again = laptop.unlock("HH0001", PASSWORD)
    proof = again._opened.holding.checked
    assert proof is not None
    assert proof.result() is StoreHealth.GOOD
    assert again.check(code.encode(), Means.TYPED).entity == checked.entity


def test_layers_that_do_not_fit_are_replaced_by_the_whole(
    laptop: Laptop, session: Session, centre: EmbeddedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(session)
    code = session.tasks()[0].code
    new = changed(centre, code, "黑河新店")

    def refuse(*_: Any, **__: Any) -> None:
        raise RegisterRefused

    monkeypatch.setattr(RegisterStore, "extend", refuse)
    sync(session)
    assert session.register().health is StoreHealth.GOOD
    assert session.check(code.encode(), Means.TYPED).entity == new


def test_another_region_is_taken_when_the_centre_says_so(session: Session, centre: EmbeddedService) -> None:
    sync(session)
    own = session.register()
    desk.put_entities(centre.service, Maker(9, china_day(centre.service.now())).entities(300))
    publish(centre.service, "2311")
    desk.carry(centre.service, device_id(session), "2311")
    sync(session)
    state = session.register()
    assert (state.area, state.area_name, state.health) == ("2311", "黑河市", StoreHealth.GOOD)
    assert state.rows > own.rows
    sync(session)
    assert session.register() == state


@pytest.mark.parametrize("where", [0, 50, 100])
def test_a_damaged_register_is_noticed_and_fetched_again(laptop: Laptop, session: Session, where: int) -> None:
    sync(session)
    code = session.tasks()[0].code.encode()
    session.lock()
    path = next((laptop.folder / "register").glob("register-*.db"))
    data = bytearray(path.read_bytes())
    data[where * (len(data) - 1) // 100] ^= 1
    path.write_bytes(data)
    session = laptop.unlock("HH0001", PASSWORD)
    proof = session._opened.holding.checked
    assert proof is None or proof.result() is StoreHealth.DAMAGED, "noticed at once or by the proof of the whole file"
    assert session.register().health is StoreHealth.DAMAGED
    assert session.check(code, Means.SCANNED).verdict.colour is Colour.UNKNOWN
    sync(session)
    assert session.register().health is StoreHealth.GOOD
    assert session.check(code, Means.SCANNED).entity is not None


def test_out_of_lease_credit_is_locked_and_work_goes_on(laptop: Laptop, session: Session) -> None:
    sync(session)
    code = session.tasks()[0].code.encode()
    assert isinstance(laptop.clock, HeldClock)
    laptop.clock.wait(46 * 86400)
    assert session.register().health is StoreHealth.LOCKED
    checked = session.check(code, Means.SCANNED)
    assert checked.verdict.colour is Colour.UNKNOWN
    assert checked.entity is not None
    assert (checked.entity.credit, checked.entity.risk) == ((), "")
    assert session.begin(
        checked, "food-sale", Basis(BasisKind.PLAN, "1", notice_number="1"), session.roster()[1]
    ).document_number


def test_a_sealed_task_is_done(laptop: Laptop, session: Session) -> None:
    sync(session)
    task = session.tasks()[0]
    assert isinstance(laptop.clock, HeldClock)
    draft = begun(session, task.code.encode())
    draft = replace(draft, basis=replace(draft.basis, task_id=task.task_id))
    session.seal(finished(session, draft, laptop.clock), PASSWORD)
    assert task.task_id not in [t.task_id for t in session.tasks()]


# -- the feed
def test_the_feed_changes_what_it_says_and_keeps_the_rest(session: Session, centre: EmbeddedService) -> None:
    sync(session)
    me = device_id(session)
    desk.tell(centre.service, me, "policy", {"max_data_age_days": 3})
    desk.tell(centre.service, me, "numbers", {"year": 2026, "prefix": "爱市监现检〔2026〕9-", "first": 1, "last": 2})
    desk.tell(centre.service, me, "task", Task("x-1", "1号", "临时", "", "", "", "food-sale", "plan", "2026-01-01"))
    desk.tell(centre.service, me, "from-the-future", {"anything": 1})
    desk.tell(centre.service, me, "policy", {"max_data_age_days": "three"})
    sync(session)
    assert session.policy().max_data_age_days == 3
    assert session.tasks()[0].task_id == "x-1"
    assert [a for a in session.alarms() if "policy" in a]
    kinds = [r["kind"] for r in session._opened.store.rows("SELECT kind FROM feed")]
    assert kinds.count("from-the-future") == 1
    desk.tell(
        centre.service,
        me,
        "task",
        Task("x-1", "1号", "临时", "", "", "", "food-sale", "plan", "2026-01-01", state="recalled"),
    )
    sync(session)
    assert "x-1" not in [t.task_id for t in session.tasks()]


def test_the_same_page_of_the_feed_is_taken_once(laptop: Laptop, session: Session) -> None:
    sync(session)
    work, now = session._opened.work, laptop.clock.now()
    first = feed.cursor(work) + 1
    page = Feed(tuple(FeedItem(first + n, "note", {"n": n}) for n in range(3)), first + 2)
    assert [feed.apply(work, page, now) for _ in range(3)] == [3, 0, 0]
    rows = session._opened.store.rows("SELECT body FROM feed WHERE kind = 'note' ORDER BY number")
    assert [wire.decode(r["body"], dict)["n"] for r in rows] == [0, 1, 2]


def test_another_page_of_the_feed_taken_twice_is_taken_once(
    laptop: Laptop, session: Session, centre: EmbeddedService
) -> None:
    sync(session)
    with centre.service.sessions.begin() as db:
        db.add_all(FeedRow(scope=device_id(session), kind="note", body=wire.encode({"n": n})) for n in range(450))
    replayed: list[int] = []

    def lose(name: str, args: tuple[Any, ...]) -> None:
        if name == "feed" and len(replayed) < 2:
            replayed.append(args[0])
            raise ServiceDown

    through(laptop, session, after=lose)
    for _ in range(2):
        with pytest.raises(ServiceDown):
            sync(session)
    sync(session)
    rows = session._opened.store.rows("SELECT body FROM feed WHERE kind = 'note' ORDER BY number")
    assert [wire.decode(r["body"], dict)["n"] for r in rows] == list(range(450))


# -- answers
def test_a_lost_answer_doubles_nothing(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    sync(session)
    event_id = sealed(session, laptop)
    lost: list[str] = []

    def lose_each_once(name: str, _: tuple[Any, ...]) -> None:
        if name in ("events", "put_chunk") and lost.count(name) < 2:
            lost.append(name)
            raise ServiceDown

    through(laptop, session, after=lose_each_once)
    for _ in range(6):
        with suppress(ServiceDown):
            sync(session)
    assert sorted(lost) == ["events", "events", "put_chunk", "put_chunk"]
    status = sync(session)
    assert held_centrally(centre, session) == own(session)
    assert status.proof.equal
    assert state(session, event_id) is RecordState.COMPLETE


@pytest.mark.parametrize("dead", [False, True], ids=["one connection is cut", "the network is gone"])
def test_after_a_cut_only_the_missing_chunks_go(laptop: Laptop, session: Session, dead: bool) -> None:
    sync(session)
    event_id = sealed(session, laptop)
    sent: list[tuple[str, int]] = []
    gone = Flag()

    def cut(name: str, args: tuple[Any, ...]) -> None:
        if name == "put_chunk":
            sent.append(args[:2])
            if len(sent) == 2:
                if dead:
                    gone.set()
                raise ServiceDown
        if gone.is_set():
            raise ServiceDown

    through(laptop, session, before=cut)
    with pytest.raises(ServiceDown) if dead else nullcontext():
        sync(session)
    gone.clear()
    status = sync(session)
    assert (status.pending_blobs, status.next_try) == (0, None)
    assert {chunk for chunk in sent if sent.count(chunk) > 1} == {sent[1]}, "only the one that was cut goes again"
    photo = session.record(event_id).photos[0]
    assert {(photo.sha256, 0), (photo.sha256, 1)} <= set(sent)
    assert state(session, event_id) is RecordState.COMPLETE


def test_without_a_valid_receipt_nothing_is_registered(laptop: Laptop, session: Session) -> None:
    seen: dict[str, Signed] = {}

    def forged(answer: EventAnswer, how: str) -> EventAnswer:
        assert answer.receipt is not None
        seen[answer.content_hash] = answer.receipt
        payload = answer.receipt.payload
        receipts = {
            "unsigned": Signed(payload, bytes(64), "receipt"),
            "other key": Signed(payload, device.sign(bytes(32), payload), "receipt"),
            "changed": Signed(payload.replace(b'"ledger_number":', b'"ledger_number":1'), answer.receipt.signature),
            "garbage": Signed(b"\xff", b"", ""),
            "of another shape": session._opened.work.identity.enrolment.certificate,
            "of another entry": next((r for h, r in seen.items() if h != answer.content_hash), None),
            "none": None,
            "for another hash": answer.receipt,
        }
        digest = "0" * 64 if how == "for another hash" else answer.content_hash
        return replace(answer, content_hash=digest, receipt=receipts[how])

    class Forging(Faulty):
        how = ""

        def events(self, batch: list[Any]) -> Any:
            return EventAnswers(tuple(forged(a, self.how) for a in self._real.events(batch).answers))

    def forging(identity: Identity, clock: Clock) -> Service:
        return Forging(connect(identity, clock), nothing, nothing)

    bad = Sync(session._opened, forging, lambda: 0.0)
    for Forging.how in (
        "unsigned",
        "other key",
        "changed",
        "garbage",
        "of another shape",
        "of another entry",
        "none",
        "for another hash",
    ):
        session.lead(None, Forging.how)
        bad.round(lambda _: None, Flag())
        states = {r["state"] for r in session._opened.store.rows("SELECT state FROM outbox")}
        assert states == {"stuck"}, "after three resends a person has to look"
        assert session._opened.outbox.newest_registered() == 0
    session._opened.outbox.retry_now()
    status = sync(session)
    assert status.pending_events == 0
    assert status.proof.equal


def test_an_event_that_alone_fails_gets_stuck_and_the_others_go_on(laptop: Laptop, session: Session) -> None:
    sync(session)
    bad_id = sealed(session, laptop)
    good_id = sealed(session, laptop)

    def refuse(name: str, args: tuple[Any, ...]) -> None:
        if name == "events" and any(bad_id.encode() in e.event for e in args[0]):
            raise ServiceRefused

    through(laptop, session, before=refuse)
    for _ in range(20):
        if state(session, bad_id) is RecordState.STUCK:
            break
        sync(session)
    assert state(session, bad_id) is RecordState.STUCK
    assert state(session, good_id) is RecordState.COMPLETE
    problem = next(r.problem for r in session.queue() if r.event_id == bad_id)
    assert "管理员" in problem
    assert not session.sync_status().proof.equal
    through(laptop, session)
    sync(session)
    assert state(session, bad_id) is RecordState.STUCK, "it waits for a person"
    assert session.sync_now(lambda _: None, Flag()).proof.equal
    assert state(session, bad_id) is RecordState.COMPLETE


@pytest.mark.parametrize("trouble", [ServiceRefused, ServiceDown], ids=["refused", "cut"])
def test_a_photo_that_is_never_taken_delays_no_other_and_is_told(
    laptop: Laptop, session: Session, trouble: type[SyncProblem]
) -> None:
    sync(session)
    first, second = sealed(session, laptop), sealed(session, laptop)
    bad = session.record(first).photos[0].sha256

    def refuse(name: str, args: tuple[Any, ...]) -> None:
        if name == "put_chunk" and args[0] == bad:
            raise trouble

    through(laptop, session, before=refuse)
    for _ in range(STUCK_AFTER_FAILURES):
        assert state(session, first) is not RecordState.STUCK
        status = sync(session)
        assert state(session, second) is RecordState.COMPLETE
    assert (state(session, first), status.next_try) == (RecordState.STUCK, laptop.clock.now())
    assert "附件" in session.queue()[0].problem
    through(laptop, session)
    session.sync_now(lambda _: None, Flag())
    assert state(session, first) is RecordState.COMPLETE


def test_a_busy_service_is_left_alone_and_counts_against_nothing(laptop: Laptop, session: Session) -> None:
    sync(session)
    event_id = sealed(session, laptop)

    def busy(name: str, _: tuple[Any, ...]) -> None:
        if name == "events":
            raise ServiceBusy(120)

    through(laptop, session, before=busy)
    for _ in range(20):
        with pytest.raises(ServiceBusy):
            sync(session)
    status = session.sync_status()
    assert status.next_try == laptop.clock.now() + timedelta(seconds=60), "half of what it asked for, at least"
    assert status.pending_events > 0
    assert {r["tries"] for r in session._opened.store.rows("SELECT tries FROM outbox")} == {0}
    through(laptop, session)
    sync(session)
    assert state(session, event_id) is RecordState.COMPLETE


def test_a_dead_network_makes_nothing_stuck(laptop: Laptop, session: Session) -> None:
    sync(session)
    event_id = sealed(session, laptop)
    down: list[str] = []

    def cut(name: str, _: tuple[Any, ...]) -> None:
        if name == "events":
            down.append(name)
        if down:
            raise ServiceDown

    for _ in range(30):
        down.clear()
        through(laptop, session, before=cut)
        with pytest.raises(ServiceDown):
            sync(session)
    assert state(session, event_id) is RecordState.SEALED
    through(laptop, session)
    sync(session)
    assert state(session, event_id) is RecordState.COMPLETE


def test_a_revoked_laptop_loses_nothing_and_is_told(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    sync(session)
    event_id = sealed(session, laptop)
    desk.revoke(centre.service, device_id(session))
    with pytest.raises(ServiceRefused):
        sync(session)
    assert state(session, event_id) is RecordState.HELD
    assert "停用" in next(r.problem for r in session.queue() if r.event_id == event_id)


def test_a_decision_of_a_person_comes_down(laptop: Laptop, session: Session, centre: EmbeddedService) -> None:
    sync(session)
    event_id = sealed(session, laptop)
    work = session._opened.work
    digest = next(
        r["hash"] for r in session._opened.store.rows("SELECT hash FROM journal WHERE event_id = ?", event_id)
    )
    session._opened.store.write(
        lambda db: db.execute("UPDATE outbox SET state = 'held', problem = 'x' WHERE state = 'pending'")
    )
    me = device_id(session)
    with centre.service.sessions.begin() as db:
        for entry in work.chain():
            db.add(
                HeldRow(
                    content_hash=journal.entry_hash(entry.event),
                    device_id=me,
                    event=entry.event,
                    signature=entry.signature,
                    reason="x",
                    held_at=centre.service.now(),
                )
            )
    desk.tell(centre.service, me, "decision", {"content_hash": digest, "accepted": False, "reason": "人员不符"})
    sync(session)
    assert (state(session, event_id), session.records()[0].problem) == (RecordState.HELD, "人员不符")
    for entry_hash in [journal.entry_hash(entry.event) for entry in work.chain()]:
        desk.tell(centre.service, me, "decision", {"content_hash": entry_hash, "accepted": True})
    sync(session)
    sync(session)
    assert state(session, event_id) is RecordState.COMPLETE


# -- restored, cloned, impostor
def test_a_service_restored_from_a_backup_gets_everything_again(
    laptop: Laptop, session: Session, centre: EmbeddedService
) -> None:
    sync(session)
    event_id = sealed(session, laptop)
    assert sync(session).proof.equal
    before = held_centrally(centre, session)
    with centre.service.sessions.begin() as db:
        gone = select(EventRow.ledger_number).where(EventRow.device_id == device_id(session), EventRow.device_seq > 2)
        db.execute(delete(EventBlob).where(EventBlob.ledger_number.in_(gone)))
        db.execute(delete(EventRow).where(EventRow.device_id == device_id(session), EventRow.device_seq > 2))
        db.execute(update(BlobRow).values(complete_at=None))
    status = sync(session)
    assert status.proof.equal
    assert held_centrally(centre, session) == before
    assert state(session, event_id) is RecordState.COMPLETE


@contextmanager
def answered_by(session: Session, laptop: Laptop, change: Any) -> Iterator[None]:
    class Lying(Faulty):
        def handshake(self) -> Any:
            return change(self._real.handshake())

    session._sync = Sync(session._opened, lambda i, c: Lying(connect(i, c), nothing, nothing), lambda: 0.0)
    yield


@pytest.mark.parametrize("lie", ["signature", "device", "shape", "garbage"])
def test_a_handshake_that_is_not_the_services_stops_everything(
    laptop: Laptop, session: Session, centre: EmbeddedService, lie: str
) -> None:
    def change(signed: Signed) -> Signed:
        told = wire.decode(signed.payload, Handshake)
        if lie == "signature":
            return replace(signed, payload=wire.encode(replace(told, count=told.count + 1)))
        if lie == "garbage":
            return Signed(b"{", b"")
        if lie == "device":
            return centre.service.sign(replace(told, device_id="another"))
        return wire.decode(wire.encode(session._opened.work.identity.enrolment.certificate), Signed)

    with answered_by(session, laptop, change), pytest.raises(ServiceImpostor):
        sync(session)
    status = session.sync_status()
    assert status.connection is Connection.REFUSED
    assert status.pending_events > 0


def test_an_impostor_gets_nothing(session: Session, laptop: Laptop, tmp_path: Path) -> None:
    """Another service with a certificate of its own, at the same address."""
    with EmbeddedService(tmp_path / "impostor") as impostor:
        identity = session._opened.work.identity
        session._opened.work.identity = replace(identity, base_url=impostor.base_url)
        with pytest.raises(ServiceImpostor):
            sync(session)
        with impostor.service.sessions() as db:
            assert db.scalar(select(func.count()).select_from(EventRow)) == 0
    assert session.sync_status().connection is Connection.REFUSED


# -- cancel, single flight
@pytest.mark.parametrize("at", ["handshake", "events", "put_chunk", "feed", "fetch"])
def test_cancelled_anywhere_what_was_done_stays(
    laptop: Laptop, session: Session, centre: EmbeddedService, at: str
) -> None:
    cancel = Flag()

    def stop(name: str, _: tuple[Any, ...]) -> None:
        if name == at:
            cancel.set()

    session.add_photo(b"\xff\xd8\xff" + bytes(10), "image/jpeg", "camera", "")
    if at == "put_chunk":
        sync(session)
        sealed(session, laptop)
    through(laptop, session, before=stop)
    with pytest.raises(Cancelled):
        session.sync(lambda _: None, cancel)
    cancel.clear()
    through(laptop, session)
    assert sync(session).proof.equal
    assert held_centrally(centre, session) == own(session)


def test_one_round_at_a_time(laptop: Laptop, session: Session) -> None:
    """Who asks while a round runs is never told that it is done: a round of its own comes after that one."""
    sync(session)
    event_id = sealed(session, laptop)
    begun, go_on = Flag(), Flag()
    rounds: list[str] = []

    def hold(name: str, _: tuple[Any, ...]) -> None:
        rounds.append(name)
        if name == "events":
            begun.set()
            assert go_on.wait(60)

    through(laptop, session, before=hold)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sync, session)
        assert begun.wait(60)
        second = pool.submit(session.sync_now, lambda _: None, Flag())
        stopped = Flag()
        stopped.set()
        with pytest.raises(Cancelled):
            session.sync(lambda _: None, stopped)
        assert session.sync_status().connection is Connection.SYNCING
        assert not second.done()
        go_on.set()
        first.result()
        second.result()
    assert rounds.count("events") == 1
    assert rounds.count("handshake") == 4
    assert state(session, event_id) is RecordState.COMPLETE


def test_a_round_that_was_stopped_does_not_begin_again_by_itself(laptop: Laptop, session: Session) -> None:
    sync(session)
    sealed(session, laptop)
    stop = Flag()

    def pressed(name: str, _: tuple[Any, ...]) -> None:
        if name == "put_chunk":
            stop.set()

    through(laptop, session, before=pressed)
    with pytest.raises(Cancelled):
        session.sync(lambda _: None, stop)
    status = session.sync_status()
    assert status.pending_blobs > 0
    assert status.next_try == laptop.clock.now() + timedelta(minutes=5)
    assert sync(session).next_try is None


def test_chunks_are_of_the_agreed_size() -> None:
    assert CHUNK == 256 * 1024
