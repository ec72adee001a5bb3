"""Events in: each exactly once, the same receipt for ever, nothing that arrived is lost."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import zstandard
from sqlalchemy import func, select, update

from cache.clock import SystemClock
from cache.remote import Remote, opened
from central import desk
from central.models import EventRow, HeldRow
from central.server import EmbeddedService
from inspector import wire
from inspector.errors import ServiceRefused
from inspector.trust import device
from inspector.wire import Answer, BlobRef, EventAnswer, EventAnswers, Handshake, Receipt, SealedEvent
from tests.laptops import Device, enrolled


def send(laptop: Device, *events: SealedEvent) -> list[EventAnswer]:
    return list(laptop.remote.events(list(events)).answers)


def rows(service: EmbeddedService) -> int:
    with service.service.sessions() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def test_an_event_is_registered_with_a_receipt_that_stays_the_same(service: EmbeddedService, laptop: Device) -> None:
    event = laptop.event()
    (first,) = send(laptop, event)
    (again,) = send(laptop, event)
    assert first == again
    assert first.receipt is not None
    receipt = opened(first.receipt, laptop.enrolment.receipt_key, Receipt)
    assert receipt.content_hash == sha256(event.event).hexdigest()
    assert (receipt.device_id, receipt.device_seq) == (laptop.device_id, 1)
    assert rows(service) == 1


def test_a_batch_gets_one_answer_each(service: EmbeddedService, laptop: Device) -> None:
    good, broken = laptop.event(), laptop.event()
    broken = replace(broken, signature=bytes(64))
    unknown = laptop.event(schema="inspection/99")
    answers = send(laptop, good, broken, unknown)
    assert [a.answer for a in answers] == [Answer.REGISTERED, Answer.RESEND, Answer.HELD]
    assert answers[2].reason
    with service.service.sessions() as session:
        held = session.scalars(select(HeldRow)).all()
    assert [h.event for h in held] == [unknown.event], "what is held keeps its raw bytes"


@pytest.mark.parametrize(
    ("change", "word"),
    [({"officers": ("XX9999",)}, "人员"), ({"device_id": "d-other"}, "另一台电脑"), ({"schema": "?/1"}, "还不认识")],
)
def test_what_cannot_be_registered_is_held_with_its_reason(
    laptop: Device, change: dict[str, object], word: str
) -> None:
    (answer,) = send(laptop, laptop.event(**change))
    assert answer.answer is Answer.HELD
    assert word in answer.reason


@pytest.mark.parametrize(
    "change",
    [
        {"device_seq": 0},
        {"device_seq": -1},
        {"device_seq": 2**63},
        {"event_id": "x" * 65},
        {"event_id": "a\0b"},
        {"entity": "9" * 19},
        {"schema": "lead\0/1"},
        {"officers": ("HH0001\0",)},
        {"blobs": (BlobRef("../x", 1, "image/jpeg", "photo"),)},
        {"blobs": (BlobRef("0" * 64, -1, "image/jpeg", "photo"),)},
        {"blobs": (BlobRef("0" * 64, 1, "image/jpeg\0", "photo"),)},
    ],
    ids=str,
)
def test_what_no_database_can_take_is_held_and_stops_nothing(
    service: EmbeddedService, laptop: Device, change: dict[str, object]
) -> None:
    """A device may send anything: its bytes are kept, and the records beside them go their way."""
    good, strange = laptop.event(), laptop.event(**change)
    answers = send(laptop, good, strange)
    assert [a.answer for a in answers] == [Answer.REGISTERED, Answer.HELD]
    with service.service.sessions() as session:
        assert session.scalars(select(HeldRow.event)).one() == strange.event


def test_what_is_nested_too_deep_is_held_like_anything_else_unreadable(laptop: Device) -> None:
    deep = b'{"body":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answers = send(laptop, SealedEvent(deep, device.sign(laptop.signing, deep)), laptop.event())
    assert [a.answer for a in answers] == [Answer.HELD, Answer.REGISTERED]


def test_a_batch_is_judged_in_its_order(service: EmbeddedService, laptop: Device) -> None:
    """One batch with the same event twice, a twin under one id, a gap, what is known already, and what is broken."""
    one, two = laptop.event(event_id="one"), laptop.event(event_id="two")
    send(laptop, one)
    clone = replace(laptop)
    other = laptop.event(event_id="one", body={"text": "另一份"})
    clone_of_three = clone.event(event_id="three")
    laptop.event()
    far = laptop.event(event_id="far")
    broken = SealedEvent(far.event, bytes(64))
    answers = send(laptop, two, one, two, other, clone_of_three, clone_of_three, far, broken)
    kinds = [a.answer for a in answers]
    assert kinds == [Answer.REGISTERED] * 3 + [Answer.HELD] + [Answer.REGISTERED] * 4
    assert answers[0] == answers[2]
    assert answers[4] == answers[5]
    assert answers[6] == answers[7], "what is registered already keeps its receipt, whoever brings it"
    with service.service.sessions() as session:
        kept = session.execute(select(EventRow.event_id, EventRow.flag).order_by(EventRow.ledger_number)).all()
    assert [tuple(row) for row in kept] == [("one", ""), ("two", ""), ("three", ""), ("far", "前面的记录还没有收到")]


def test_one_id_with_two_contents_keeps_both(service: EmbeddedService, laptop: Device) -> None:
    send(laptop, laptop.event(event_id="twin"))
    (second,) = send(laptop, laptop.event(event_id="twin", body={"text": "另一份"}))
    assert second.answer is Answer.HELD
    assert rows(service) == 1


def test_a_revoked_laptop_loses_nothing_and_gets_nothing(service: EmbeddedService, laptop: Device) -> None:
    assert desk.revoke(service.service, laptop.device_id)
    (answer,) = send(laptop, laptop.event())
    assert answer.answer is Answer.HELD
    with pytest.raises(ServiceRefused):
        laptop.remote.register_keys()


def test_fifty_copies_at_once_are_one(service: EmbeddedService, laptop: Device) -> None:
    event = laptop.event()

    def courier(_: int) -> EventAnswer:
        remote = Remote(service.base_url, _authority(service), SystemClock(), laptop.device_id, laptop.signing)
        try:
            return remote.events([event]).answers[0]
        finally:
            remote.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(courier, range(50)))
    assert len({wire.encode(a) for a in answers}) == 1
    assert rows(service) == 1


def test_of_two_laptops_that_write_one_id_at_once_the_later_is_held(service: EmbeddedService, laptop: Device) -> None:
    """What the first one writes is not to be seen yet when the second one's batch is judged."""
    other = enrolled(service)
    send(laptop, laptop.event(event_id="one"))
    event = other.event(event_id="two")
    with ThreadPoolExecutor(1) as pool:
        with service.service.sessions.begin() as session:
            session.execute(update(EventRow).values(event_id="two"))
            sent = pool.submit(send, other, event, other.event())
            wait([sent], 1)
        kinds = [a.answer for a in sent.result()]
    other.remote.close()
    assert kinds == [Answer.HELD, Answer.REGISTERED]
    assert rows(service) == 2


def _authority(service: EmbeddedService) -> str:
    return (service.service.key_folder / "authority.pem").read_text()


def test_the_handshake_is_signed_and_counts(service: EmbeddedService, laptop: Device) -> None:
    key = laptop.enrolment.receipt_key
    assert opened(laptop.remote.handshake(), key, Handshake).highest_seq == 0
    send(laptop, laptop.event(), laptop.event())
    proof = opened(laptop.remote.handshake(), key, Handshake)
    assert (proof.highest_seq, proof.count, proof.head) == (2, 2, laptop.head.hash)


def test_a_cloned_laptop_keeps_both_records_and_is_flagged(service: EmbeddedService, laptop: Device) -> None:
    clone = replace(laptop)
    send(laptop, laptop.event())
    (answer,) = send(clone, clone.event(body={"text": "克隆机上的另一条"}))
    assert answer.answer is Answer.REGISTERED
    with service.service.sessions() as session:
        flags = list(session.scalars(select(EventRow.flag).order_by(EventRow.ledger_number)))
    assert flags[0] == ""
    assert "同一序号" in flags[1]


def test_a_gap_is_flagged_and_not_refused(service: EmbeddedService, laptop: Device) -> None:
    laptop.event()
    (answer,) = send(laptop, laptop.event())
    assert answer.answer is Answer.REGISTERED
    with service.service.sessions() as session:
        assert session.scalars(select(EventRow.flag)).one()


def test_a_decision_goes_down_to_the_laptop(service: EmbeddedService, laptop: Device) -> None:
    (answer,) = send(laptop, laptop.event(schema="?/1"))
    assert desk.decide(service.service, answer.content_hash, True, "已升级", who="管理员")
    assert not desk.decide(service.service, "0" * 64, True, "", who="管理员")
    decisions = [i for i in laptop.remote.feed(0).items if i.kind == "decision"]
    assert decisions[0].body["content_hash"] == answer.content_hash


# -- hostile requests


def raw(laptop: Device, body: bytes, **headers: str) -> EventAnswers:
    return laptop.remote._call("POST", "/events", EventAnswers, body, **headers)


def test_too_large_bombs_and_nonsense_are_refused(laptop: Device) -> None:
    bomb = zstandard.ZstdCompressor().compress(b" " * (64 * 1024 * 1024))
    for body, headers in (
        (b" " * (3 * 1024 * 1024), {}),
        (bomb, {"Content_Encoding": "zstd"}),
        (b"\x28\xb5\x2f\xfdbroken", {"Content_Encoding": "zstd"}),
        (b"x", {"Content_Encoding": "gzip"}),
        (b'{"events": [', {}),
        (json.dumps({"events": [{"event": 1}]}).encode(), {}),
        (b"\xff\xfe", {}),
    ):
        with pytest.raises(ServiceRefused):
            raw(laptop, body, **headers)
    many = wire.encode({"events": [{"event": "", "signature": ""}] * 201})
    with pytest.raises(ServiceRefused):
        raw(laptop, many)


def test_only_an_enrolled_device_is_heard(service: EmbeddedService, laptop: Device) -> None:
    stranger = Remote(service.base_url, _authority(service), SystemClock(), laptop.device_id, bytes(range(32)))
    nobody = Remote(service.base_url, _authority(service), SystemClock())
    for remote in (stranger, nobody):
        with pytest.raises(ServiceRefused):
            remote.handshake()
        remote.close()


def test_a_request_counts_once(service: EmbeddedService, laptop: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cache.remote.secrets.token_hex", lambda n: "a" * 2 * n)
    laptop.remote.handshake()
    with pytest.raises(ServiceRefused, match="已经处理过"):
        laptop.remote.handshake()


def test_units_see_their_own_officers_only(service: EmbeddedService, laptop: Device) -> None:
    other = enrolled(service, "231182", "五大连池市市场监督管理局")
    assert {o.number for o in other.enrolment.officers} == {"HH0101"}
    assert "HH0101" not in {o.number for o in laptop.enrolment.officers}
    other.remote.close()


class StoppedClock(SystemClock):
    """A laptop whose clock went back to the year 2000 in the cold."""

    def now(self) -> datetime:
        return datetime(2000, 1, 1, tzinfo=UTC)


def test_a_laptop_with_a_dead_clock_learns_the_time_and_delivers(service: EmbeddedService, laptop: Device) -> None:
    remote = Remote(service.base_url, _authority(service), StoppedClock(), laptop.device_id, laptop.signing)
    (answer,) = remote.events([laptop.event()]).answers
    assert answer.answer is Answer.REGISTERED
    remote.close()


def test_an_old_request_is_refused(service: EmbeddedService, laptop: Device) -> None:
    remote = Remote(service.base_url, _authority(service), StoppedClock(), laptop.device_id, laptop.signing)
    with pytest.raises(ServiceRefused, match="相差"):
        remote._send_once("GET", "/v1/feed?after=0")
    remote.close()
