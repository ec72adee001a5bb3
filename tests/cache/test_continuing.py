"""A laptop that was restored from a backup, or copied, goes on after what the centre holds: with the real service."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import delete, select

from cache import evidence
from cache.clock import SystemClock
from cache.laptop import Laptop
from cache.session import Session
from central import desk
from central.demo.load import AREA, UNIT, load_demo
from central.models import EventBlob, EventRow
from central.server import EmbeddedService
from inspector.evidence import Evidence, Findings, PublicKeys, check
from inspector.journal import check_chain
from inspector.wire import Handshake
from tests.cache.officers import PASSWORD, HeldClock, begun, finished


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "central") as running:
        load_demo(running.service, 20, areas=(AREA,))
        yield running


@dataclass
class Desk:
    """A laptop's folder, its backups, and who has it open."""

    centre: EmbeddedService
    place: Path
    clock: HeldClock = field(default_factory=lambda: HeldClock(SystemClock().now()))
    open: list[Laptop] = field(default_factory=list)

    def enrol(self) -> Session:
        self.open.append(Laptop(self.place / "data", self.clock))
        return self.open[-1].enrol(self.centre.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)

    def backup(self, name: str) -> Session:
        """A copy of the disk as it stands; the laptop goes on with what was copied."""
        self.close()
        shutil.copytree(self.place / "data", self.place / name)
        return self.unlock("data")

    def unlock(self, name: str) -> Session:
        self.open.append(Laptop(self.place / name, self.clock))
        return self.open[-1].unlock("HH0001", PASSWORD)

    def close(self) -> None:
        while self.open:
            self.open.pop().close()

    def ledger(self, session: Session) -> list[tuple[int, str, str]]:
        """Number, hash and flag of all that the centre registered of a laptop, in the order of arrival."""
        with self.centre.service.sessions() as db:
            rows = db.execute(
                select(EventRow.device_seq, EventRow.content_hash, EventRow.flag)
                .where(EventRow.device_id == session._opened.work.identity.device_id)
                .order_by(EventRow.ledger_number)
            )
            return [(seq, digest, flag) for seq, digest, flag in rows]

    def everything_of(self, *sessions: Session) -> bool:
        there = {digest for _, digest, _ in self.ledger(sessions[0])}
        return all(row["hash"] in there for s in sessions for row in s._opened.store.rows("SELECT hash FROM journal"))


@pytest.fixture
def room(centre: EmbeddedService, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(centre, tmp_path / "laptops")
    yield desk
    desk.close()


def sync(session: Session) -> Any:
    return session.sync(lambda _: None, Flag())


def handed_out(session: Session) -> Evidence:
    return evidence.journal(session._opened)


def checked(room: Desk, made: Evidence) -> Findings:
    return check(made, PublicKeys((room.centre.service.keys.receipt_public,)))


def restored(room: Desk) -> Session:
    """A laptop that lost three entries by a restore, of which the centre holds all, and wrote one before it noticed."""
    session = room.enrol()
    sync(session)
    session = room.backup("kept")
    for text in ("一", "二", "三"):
        session.lead(None, text)
    sync(session)
    room.close()
    session = room.unlock("kept")
    session.lead(None, "恢复以后、连上以前")
    return session


def test_a_restored_laptop_goes_on_after_the_centre(room: Desk) -> None:
    session = restored(room)
    before = session._opened.work.head()
    status = sync(session)
    assert status.proof.equal, status.proof.text
    assert "只在中心" in status.proof.text
    assert any("恢复" in alarm for alarm in session.alarms())
    draft = finished(session, begun(session), room.clock)
    event_id = session.seal(draft, PASSWORD).event_id
    status = sync(session)
    assert status.proof.equal, status.proof.text
    assert next(r.state.value for r in session.records() if r.event_id == event_id) == "complete"
    assert room.everything_of(session)
    ledger = room.ledger(session)
    numbers = [seq for seq, _, _ in ledger]
    assert set(numbers) == set(range(1, session._opened.work.head().seq + 1)), "one chain at the centre, without a gap"
    doubled = [flag for seq, _, flag in ledger if numbers.count(seq) > 1 and flag]
    assert doubled
    assert all("同一序号" in flag for flag in doubled)
    assert not [flag for seq, _, flag in ledger if seq > before.seq + 2 and flag], "what follows is in order"


def test_others_can_check_the_journal_of_a_restored_laptop(room: Desk) -> None:
    session = restored(room)
    sync(session)
    session.lead(None, "接着")
    sync(session)
    found = checked(room, handed_out(session))
    assert not found.wrong
    assert any("只在中心" in note for note in found.notes)
    chain, public = list(session._opened.work.chain()), session._opened.work.identity.public
    assert check_chain(chain, public)[1], "without the centre's word the gap is a gap"


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        (lambda e: replace(e, continued=()), "序号应为"),
        (lambda e: replace(e, continued=tuple(replace(w, signature=bytes(64)) for w in e.continued)), "序号应为"),
        (lambda e: replace(e, entries=e.entries[:-1]), "尾部被截去"),
        (lambda e: replace(e, entries=e.entries[:1], continued=(*e.continued, e.proof)), "尾部被截去"),
    ],
    ids=["no word", "forged word", "tail cut", "the proof as a word"],
)
def test_a_gap_needs_the_centres_word(room: Desk, attack: Callable[[Evidence], Evidence], told: str) -> None:
    session = restored(room)
    sync(session)
    session.lead(None, "接着")
    sync(session)
    found = checked(room, attack(handed_out(session)))
    assert any(told in wrong for wrong in found.wrong), found.wrong


def test_two_copies_of_a_laptop_lose_nothing(room: Desk) -> None:
    first = room.enrol()
    sync(first)
    first = room.backup("copy")
    second = room.unlock("copy")
    for day in range(3):
        first.lead(None, f"甲{day}")
        second.lead(None, f"乙{day}")
        if day == 1:
            second.lead(None, "乙多一条")
        assert sync(first).proof.equal
        assert sync(second).proof.equal
    assert room.everything_of(first, second)
    assert any("同一序号" in flag for _, _, flag in room.ledger(first))
    assert first.alarms() or second.alarms()
    for session in (first, second):
        session.lead(None, "结束")
        sync(session)
        assert not checked(room, handed_out(session)).wrong


def test_numbers_given_before_a_restore_are_not_given_again(room: Desk) -> None:
    session = room.enrol()
    me = session._opened.work.identity.device_id
    block = {"year": room.clock.now().year, "prefix": "爱市监现检〔2026〕9-", "first": 1, "last": 4}
    desk.tell(room.centre.service, me, "numbers", block)
    session = room.backup("before the block")
    sync(session)
    session = room.backup("with the block")
    given = [begun(session).document_number for _ in range(6)]
    sync(session)
    for name in ("before the block", "with the block"):
        room.close()
        session = room.unlock(name)
        sync(session)
        given += [begun(session).document_number for _ in range(2)]
        desk.tell(room.centre.service, me, "numbers", {**block, "prefix": f"{name}-"})
        sync(session)
        given.append(begun(session).document_number)
        assert given[-1] == f"{name}-0001号", "a block that came later is used"
    assert len(set(given)) == len(given)


def test_both_restored_the_rest_is_not_sent_for_ever(room: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = restored(room)
    sync(session)
    session.lead(None, "接着")
    sync(session)
    lost = session._opened.work.head().seq - 2
    with room.centre.service.sessions.begin() as db:
        gone = select(EventRow.ledger_number).where(EventRow.device_seq.in_((lost, lost - 1)))
        db.execute(delete(EventBlob).where(EventBlob.ledger_number.in_(gone)))
        db.execute(delete(EventRow).where(EventRow.device_seq.in_((lost, lost - 1))))
    text = sync(session).proof.text
    assert "尚未登记" in text
    assert room.everything_of(session)
    again: list[int] = []
    monkeypatch.setattr(session._opened.outbox, "again", again.append)
    sync(session)
    assert not again
    proof = session.sync_status().proof
    assert proof is not None
    assert isinstance(proof.handshake, Handshake)
    assert not proof.equal
