"""What an administrator does: enrolment links, officers, tasks, the register's publication, stopping a laptop."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import select

from central import audit, identity
from central.entities import next_version, write
from central.models import Device, EnrolmentCode, FeedRow, HeldRow, OfficerRow
from central.service import Service
from inspector import wire
from inspector.checklist import Template
from inspector.documents import HOSTS, template_path
from inspector.entity import Entity
from inspector.hosts import HostRules
from inspector.inspection import Officer
from inspector.orders import WIPE, WipeOrder
from inspector.wire import Task

LINK_DAYS = 7
CODE_BYTES = 15
BATCH = 1000


def enrolment_link(service: Service, area: str, unit: str, register: str = "") -> str:
    """A one-time link for one laptop; only the hash of its code is kept.

    ``register``: the region whose register it carries, when that is not its area's.
    """
    code = secrets.token_hex(CODE_BYTES)
    row = EnrolmentCode(
        hash=sha256(code.encode()).hexdigest(),
        area=area,
        unit=unit,
        expires_at=service.now() + timedelta(days=LINK_DAYS),
        register=register,
    )
    with service.sessions.begin() as session:
        session.add(row)
    host, port = service.settings.public_host, service.settings.port
    return f"mashangcha://{host}:{port}/{code}#{identity.authority_fingerprint(service.key_folder)}"


def put_officers(service: Service, officers: Iterable[Officer]) -> None:
    """Add or change officers and tell the laptops of their units."""
    units = set()
    with service.sessions.begin() as session:
        for officer in officers:
            session.merge(
                OfficerRow(
                    number=officer.number,
                    name=officer.name,
                    certificate=officer.certificate,
                    valid_until=officer.valid_until,
                    unit=officer.unit,
                )
            )
            units.add(officer.unit)
        session.flush()
        for unit in sorted(units):
            rows = session.scalars(select(OfficerRow).where(OfficerRow.unit == unit).order_by(OfficerRow.number))
            entries = [Officer(r.number, r.name, r.certificate, r.valid_until, r.unit) for r in rows]
            session.add(FeedRow(scope=unit, kind="officers", body=wire.encode({"officers": entries})))


def tell(service: Service, scope: str, kind: str, body: Any) -> None:
    """Put one item into the feed of a scope (empty: everybody)."""
    with service.sessions.begin() as session:
        session.add(FeedRow(scope=scope, kind=kind, body=wire.encode(body)))


def offer(service: Service, path: str, body: Any) -> None:
    """Publish a small document in the signed repository, for laptops on the line and for those served by stick."""
    with service.publishing() as (repository, _):
        repository.put_document(path, wire.encode(body))
        repository.publish(service.now())


def put_template(service: Service, template: Template) -> None:
    """Give every laptop a version of a checklist; earlier versions stay for the records made with them."""
    tell(service, "", "template", template)
    offer(service, template_path(template), template)


def put_hosts(service: Service, rules: HostRules) -> None:
    """Tell every laptop which host names are whose: all of them, in place of what it knew."""
    tell(service, "", "hosts", rules)
    offer(service, HOSTS, rules)


def put_tasks(service: Service, unit: str, tasks: Iterable[Task]) -> None:
    for task in tasks:
        tell(service, unit, "task", task)


def revoke(service: Service, device_id: str) -> bool:
    """Stop a laptop: it gets no keys any more, and what it still sends is held. False when it is not known."""
    with service.sessions.begin() as session:
        device = session.get(Device, device_id)
        if device is None:
            return False
        device.revoked_at = device.revoked_at or service.now()
    return True


def carry(service: Service, device_id: str, region: str) -> bool:
    """Let a laptop carry the register of another region from its next sync on. False when it is not known."""
    with service.sessions.begin() as session:
        device = session.get(Device, device_id)
        if device is None:
            return False
        device.register = region
    return True


def wipe(service: Service, device_id: str, *, who: str, reason: str) -> bool:
    """Stop a lost laptop and order it to forget everything at its next contact. False when it is not known."""
    if not revoke(service, device_id):
        return False
    order = WipeOrder(device_id, secrets.token_hex(8), service.now())
    with service.sessions.begin() as session:
        audit.note(session, service, who, WIPE, device_id, reason)
        session.add(FeedRow(scope=device_id, kind=WIPE, body=wire.encode(service.sign(order))))
    return True


DECISIONS = {"": "待处理", "accepted": "已让电脑重发", "refused": "不予登记"}


def decide(service: Service, content_hash: str, accepted: bool, reason: str, *, who: str) -> bool:
    """A person's word on a held event, sent to its laptop: send again, or keep aside with a reason.

    The same word twice (two clicks, two windows) counts once. False when no such event is held.
    """
    with service.sessions.begin() as session:
        held = session.get(HeldRow, content_hash, with_for_update=True)
        if held is None:
            return False
        decision = "accepted" if accepted else "refused"
        if held.decision == decision:
            return True
        held.decision = decision
        audit.note(session, service, who, decision, content_hash, reason)
        body = {"content_hash": content_hash, "accepted": accepted, "reason": reason}
        session.add(FeedRow(scope=held.device_id, kind="decision", body=wire.encode(body)))
    return True


def put_entities(service: Service, loaded: Iterable[Entity]) -> int:
    """Load entities in place of what is known under their codes; each load is one row version."""
    count = 0
    stream = iter(loaded)
    with service.sessions.begin() as session:
        version = next_version(session)
        while batch := list(islice(stream, BATCH)):
            write(session, version, batch)
            count += len(batch)
    return count
