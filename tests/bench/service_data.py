"""What the measurements of the service send: devices as enrolment leaves them, and chains of sealed records."""

import secrets
from datetime import datetime

from sqlalchemy import insert

from central.demo.load import AREA, UNIT
from central.models import Device
from central.service import Service
from inspector import journal
from inspector.journal import Head
from inspector.trust import device as keys
from inspector.wire import Event, EventKind, SealedEvent

BODY = {"text": "门前有未登记的摊点，已劝离。" * 40}
"""About what an inspection's record weighs: 2 to 4 KB."""


def chain(device_id: str, signing: bytes, count: int) -> list[SealedEvent]:
    head, made = Head(), []
    for number in range(1, count + 1):
        event = Event(
            secrets.token_hex(16), EventKind.LEAD, "lead/1", device_id, number, head.hash, ("HH0001",),
            datetime.now().astimezone(), "good", BODY,
        )  # fmt: skip
        sealed = journal.seal(event, signing)
        head = Head(number, journal.entry_hash(sealed.event))
        made.append(sealed)
    return made


def add_devices(service: Service, count: int, signing: bytes) -> list[str]:
    """Devices as enrolment leaves them; making keys for each is not what is measured."""
    names = [f"d{n:06d}{secrets.token_hex(4)}" for n in range(count)]
    public = keys.signing_public(signing)
    rows = [
        {
            "device_id": name, "name": name, "signing_key": public, "box_key": bytes(32), "unit": UNIT, "area": AREA,
            "enrolled_at": service.now(),
        }
        for name in names
    ]  # fmt: skip
    with service.sessions.begin() as session:
        session.execute(insert(Device), rows)
    return names
