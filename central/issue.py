"""Issues signed codes and publishes the lists by which laptops prove them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from central import desk
from central.models import EntityRow, FeedRow, IssuedCode
from central.service import DIVISION, Service
from inspector import wire
from inspector.documents import LISTS
from inspector.entity import Entity
from inspector.hosts import HostRules
from inspector.trust import code, status
from inspector.trust.code import Claims
from inspector.trust.status import State, StatusList

LIST = "heihe-1"
LIFETIME = timedelta(days=3 * 365)
REPEAT = timedelta(hours=20)
"""Lists older than this are signed anew, so that a laptop that syncs daily never runs out."""


def issue(service: Service, entity: Entity, lifetime: timedelta = LIFETIME, division: str = DIVISION) -> str:
    """Mint a signed code for an entity and return its address: the text of the QR code.

    ``division`` is the authority that signs. Raises KeysRefused when it has no key in force.
    """
    now = service.now()
    key, signer = service.issuing.signer(division, now)
    with service.sessions.begin() as session:
        row = IssuedCode(code=entity.code, issued_at=now, expires_at=now + lifetime, state=int(State.GOOD), address="")
        session.add(row)
        session.flush()
        claims = Claims(
            entity.code,
            entity.licence.name,
            entity.licence.premises,
            "",
            entity.licence.kind,
            f"{row.number:08d}",
            division,
            now,
            row.expires_at,
            LIST,
            row.number,
        )
        row.address = code.address(HostRules().own[0], entity.code, code.mint(claims, key.key_id, signer))
        return row.address


def set_state(service: Service, number: int, state: State) -> bool:
    """Revoke, suspend or restore an issued code; laptops learn it with the next list."""
    with service.sessions.begin() as session:
        row = session.get(IssuedCode, number)
        if row is None:
            return False
        row.state = int(state)
    return True


def publish_lists(service: Service) -> None:
    """Send the root's key list and a newly signed status list down: by the feed, and in the signed repository."""
    now = service.now()
    with service.sessions() as session:
        version = (session.scalar(select(func.max(FeedRow.number))) or 0) + 1
        highest = session.scalar(select(func.max(IssuedCode.number))) or 0
        changed = session.execute(select(IssuedCode.number, IssuedCode.state).where(IssuedCode.state != 0)).all()
    states = [State.GOOD] * (highest + 1)
    for number, state in changed:
        states[number] = State(state)
    statuses = service.sign(status.make(LIST, version, now, states))
    lists = {"keys": service.issuing.published(), "statuses": [statuses]}
    desk.tell(service, "", "trust", lists)
    desk.offer(service, LISTS, lists)


def repeat_lists(service: Service) -> None:
    """Publish the lists again when the last ones are getting old."""
    with service.sessions() as session:
        last = session.scalars(
            select(FeedRow).where(FeedRow.kind == "trust").order_by(FeedRow.number.desc()).limit(1)
        ).first()
    if last is None or service.now() - _issued_at(last.body) > REPEAT:
        publish_lists(service)


def _issued_at(body: bytes) -> datetime:
    signed = wire.decode(body, dict[str, object])["statuses"]
    return wire.decode(wire.decode(wire.encode(signed), tuple[wire.Signed])[0].payload, StatusList).issued_at


def issue_many(service: Service, codes: Sequence[str]) -> dict[str, str]:
    """Mint codes for entities of the register; address by unified social credit code."""
    with service.sessions() as session:
        bodies = session.scalars(select(EntityRow.body).where(EntityRow.code.in_(codes))).all()
    entities = [wire.decode(body, Entity) for body in bodies]
    return {entity.code: issue(service, entity) for entity in entities}
