"""A device for tests of the service: real keys, real signatures, the real client over real TLS."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from cache.clock import SystemClock
from cache.remote import Remote, fetch_authority, opened, parse_link
from central.demo.load import AREA, UNIT
from central.server import EmbeddedService
from inspector import journal
from inspector.journal import Head
from inspector.trust import device
from inspector.wire import BlobRef, DeviceCertificate, Enrolment, EnrolmentRequest, Event, EventKind, SealedEvent


@dataclass
class Device:
    """An enrolled device with its chain."""

    remote: Remote
    enrolment: Enrolment
    device_id: str
    signing: bytes
    box: bytes
    head: Head = field(default_factory=Head)

    def event(self, **more: Any) -> SealedEvent:
        """The next entry of the chain."""
        values: dict[str, Any] = {
            "event_id": secrets.token_hex(16),
            "kind": EventKind.LEAD,
            "schema": "lead/1",
            "device_id": self.device_id,
            "device_seq": self.head.seq + 1,
            "prev_hash": self.head.hash,
            "officers": ("HH0001",),
            "captured_at": datetime.now().astimezone(),
            "clock": "good",
            "body": {"text": "门前有未登记的摊点"},
        }
        sealed = journal.seal(Event(**{**values, **more}), self.signing)
        self.head = Head(self.head.seq + 1, journal.entry_hash(sealed.event))
        return sealed


def enrolled(service: EmbeddedService, area: str = AREA, unit: str = UNIT) -> Device:
    """Enrol a new device with a fresh link."""
    link = parse_link(service.enrolment_link(area, unit))
    authority = fetch_authority(link)
    signing, box = secrets.token_bytes(32), secrets.token_bytes(32)
    first = Remote(link.base_url, authority, SystemClock())
    request = EnrolmentRequest(link.code, "测试电脑", device.signing_public(signing), device.box_public(box))
    enrolment = first.enrol(request)
    first.close()
    certificate = opened(enrolment.certificate, enrolment.receipt_key, DeviceCertificate)
    remote = Remote(link.base_url, authority, SystemClock(), certificate.device_id, signing)
    return Device(remote, enrolment, certificate.device_id, signing, box)


def blob_of(data: bytes, role: str = "photo") -> BlobRef:
    return BlobRef(sha256(data).hexdigest(), len(data), "image/jpeg", role)
