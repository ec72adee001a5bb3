"""``/v1`` is frozen: what laptops and services of the first version say is understood for ever.

``tests/data/v1.json`` was recorded once and is never made anew. Each shape stands there with every field (``whole``)
and with those alone that an older peer is bound to send (``least``); ``delivery`` is a laptop's request as it was sent.
"""

import http.client
import json
import ssl
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from central import desk
from central.demo.load import AREA, UNIT, officers
from central.models import Device, EventRow
from central.server import EmbeddedService
from inspector import inspection, wire
from inspector.trust import device
from inspector.wire import Answer, EventAnswers, EventBatch, Handshake, Receipt, SealedEvent, Signed

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "v1.json").read_text(encoding="utf-8"))
SHAPES: dict[str, dict[str, Any]] = GOLDEN["shapes"]
DELIVERY: dict[str, Any] = GOLDEN["delivery"]
SIGNING_KEY = bytes(range(32))
"""The recording device's; it signs nothing else."""


FREE = ("body", "extra")
"""Fields that hold whatever their kind says."""


def shape(name: str) -> Any:
    return getattr(wire, name, None) or getattr(inspection, name)


def strange(value: Any) -> Any:
    """The same with a field in every object that a newer peer may have added; what is free stays as it is."""
    if isinstance(value, dict):
        return {**{k: v if k in FREE else strange(v) for k, v in value.items()}, "added_by_a_newer_peer": {"x": [1]}}
    return [strange(v) for v in value] if isinstance(value, list) else value


def missing(golden: Any, now: Any, at: str = "") -> Iterator[str]:
    """What was in a golden message and is no longer in today's."""
    if isinstance(golden, dict):
        for key, value in golden.items():
            yield from missing(value, now.get(key) if isinstance(now, dict) else None, f"{at}.{key}")
    elif isinstance(golden, list):
        for number, value in enumerate(golden):
            there = isinstance(now, list) and number < len(now)
            yield from missing(value, now[number] if there else None, f"{at}[{number}]")
    elif golden != now:
        yield f"{at}: {golden!r} is now {now!r}"


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_of_a_message_got_lost_or_renamed(name: str) -> None:
    golden = SHAPES[name]["whole"]
    read = wire.decode(json.dumps(golden).encode(), shape(name))
    assert is_dataclass(read)
    assert not list(missing(golden, json.loads(wire.encode(read))))


@pytest.mark.parametrize("name", SHAPES)
def test_a_message_of_the_first_version_is_enough(name: str) -> None:
    """A field that is added later needs a default: an older peer does not send it."""
    least = SHAPES[name]["least"]
    assert not list(missing(least, json.loads(wire.encode(wire.decode(json.dumps(least).encode(), shape(name))))))


@pytest.mark.parametrize("name", SHAPES)
def test_fields_of_a_newer_peer_do_no_harm(name: str) -> None:
    golden = SHAPES[name]["whole"]
    plain = wire.decode(json.dumps(golden).encode(), shape(name))
    assert wire.decode(json.dumps(strange(golden)).encode(), shape(name)) == plain


@pytest.mark.parametrize("name", SHAPES)
def test_a_message_without_a_bound_field_is_refused(name: str) -> None:
    """The comparison above can fail: a peer that leaves a bound field out is not guessed at."""
    least = dict(SHAPES[name]["least"])
    if not least:
        return
    least.pop(next(iter(least)))
    with pytest.raises(msgspec.ValidationError):
        wire.decode(json.dumps(least).encode(), shape(name))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[EmbeddedService]:
    """A service at the hour of the recording, which knows the device that recorded."""
    running = EmbeddedService(tmp_path / "central")
    # The recorded signature is over its own minute.
    object.__setattr__(running.service, "now", lambda: datetime.fromisoformat(DELIVERY["at"]))
    with running:
        desk.put_officers(running.service, officers(running.service))
        with running.service.sessions.begin() as session:
            session.add(
                Device(
                    device_id=DELIVERY["device_id"], name="旧版电脑",
                    signing_key=device.signing_public(SIGNING_KEY), box_key=bytes(32),
                    unit=UNIT, area=AREA, enrolled_at=running.service.now(),
                )
            )  # fmt: skip
        yield running


def replay(service: EmbeddedService, request: dict[str, str]) -> bytes:
    """Send a recorded request byte for byte."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", service.service.settings.port, timeout=30, context=context)
    try:
        headers = {"Authorization": request["authorization"]}
        connection.request(request["method"], request["path"], request["body"].encode(), headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body
    finally:
        connection.close()


def test_a_laptop_of_the_first_version_delivers(service: EmbeddedService) -> None:
    post, get = DELIVERY["requests"]
    (answer,) = wire.decode(replay(service, post), EventAnswers).answers
    assert answer.answer is Answer.REGISTERED
    assert answer.receipt is not None
    assert wire.decode(answer.receipt.payload, Receipt).device_seq == 1
    with service.service.sessions() as session:
        kept = session.scalars(select(EventRow.event)).one()
    assert kept == DELIVERY["event"].encode(), "the sealed bytes are kept as they were sent"
    told = wire.decode(wire.decode(replay(service, get), Signed).payload, Handshake)
    assert (told.highest_seq, told.count) == (1, 1)


def test_what_a_newer_laptop_added_to_an_event_is_kept(service: EmbeddedService) -> None:
    """The service stores the bytes, not what it understood of them."""
    newer = json.dumps(json.loads(DELIVERY["event"]) | {"added_by_a_newer_peer": 1}).encode()
    body = wire.encode(EventBatch((SealedEvent(newer, device.sign(SIGNING_KEY, newer)),)))
    proof = device.prove_request(
        SIGNING_KEY, DELIVERY["device_id"], "POST", "/v1/events", DELIVERY["at"], "0" * 32, body
    )  # fmt: skip
    request = {"method": "POST", "path": "/v1/events", "authorization": proof.header(), "body": body.decode()}
    (answer,) = wire.decode(replay(service, request), EventAnswers).answers
    assert answer.answer is Answer.REGISTERED
    with service.service.sessions() as session:
        assert session.scalars(select(EventRow.event)).one() == newer
