"""码绑定: what officers bound payloads to that hold no code; confirmed when they agree, a conflict when they do not."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.models import AliasRow, BindingRow, EntityRow, EventRow, FeedRow
from central.service import Service
from inspector import wire
from inspector.entries import BINDING, Binding
from inspector.wire import Event

_KEY = re.compile(r"[0-9a-f]{64}")
MOST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Standing:
    """A payload whose bindings wait for a person: what was scanned, and who bound it to what."""

    key: str
    state: str
    payload: str
    said: tuple[tuple[str, str], ...]
    """Officer and code, in the order of the ledger."""


def read(event: Event) -> Binding | None:
    """The binding in an event, or None when the event is not one that can be kept."""
    try:
        body = msgspec.convert(event.body, Binding)
    except msgspec.ValidationError:
        return None
    fits = _KEY.fullmatch(body.key) and 0 < len(body.code) <= 18 and len(body.payload) <= MOST_TEXT
    return body if fits and "\0" not in body.code + body.payload and event.officers else None


def objection(event: Event) -> str:
    """Why an event that says it is a binding cannot be taken, or empty."""
    return "码绑定的内容不能读取，已原样保存，由管理员处理。" if event.schema == BINDING and read(event) is None else ""


def take(session: Session, area: str, registered: Iterable[tuple[int, Event]]) -> None:
    """Take registered bindings in, in the transaction that registers them, and tell the laptops where each stands."""
    keys = []
    for number, event in registered:
        body = read(event) if event.schema == BINDING else None
        if body is not None:
            row = BindingRow(
                ledger_number=number, key=body.key, code=body.code, officer=event.officers[0], area=area,
                payload=body.payload,
            )  # fmt: skip
            session.add(row)
            keys.append(body.key)
    if keys:
        session.flush()
    for key in dict.fromkeys(keys):
        _settle(session, key)


def _settle(session: Session, key: str) -> None:
    alias = session.get(AliasRow, key, with_for_update=True)
    if alias is None:
        alias = AliasRow(key=key, code="", state="pending", decided=False, decided_at=0)
        session.add(alias)
    said = {b.officer: b.code for b in _bindings(session, key) if b.ledger_number > alias.decided_at}
    codes = set(said.values()) | ({alias.code} if alias.decided and alias.code else set())
    if len(codes) > 1:
        # The code that an administrator chose stays where it is found again when this is decided.
        alias.state = "conflict"
    else:
        (alias.code,) = codes
        alias.state = "confirmed" if session.get(EntityRow, alias.code) is not None else "pending"
    _tell(session, alias, sorted(codes) if len(codes) > 1 else [])


def _bindings(session: Session, key: str) -> list[BindingRow]:
    found = select(BindingRow).where(BindingRow.key == key).order_by(BindingRow.ledger_number)
    return list(session.scalars(found))


def _tell(session: Session, alias: AliasRow, conflict: list[str]) -> None:
    """The word on one payload, to the laptops of every area whose officers bound it."""
    code = "" if conflict or alias.state == "rejected" else alias.code
    body = {"key": alias.key, "code": code, "confirmed": alias.state == "confirmed", "conflict": conflict}
    for area in sorted({b.area for b in _bindings(session, alias.key)}):
        if alias.state != "pending":
            session.add(FeedRow(scope=area, kind="alias", body=wire.encode(body)))


def waiting(service: Service) -> Iterator[Standing]:
    """What waits for a person: conflicts, and bindings to entities that the service does not know."""
    with service.sessions() as session:
        for alias in session.scalars(select(AliasRow).where(AliasRow.state.in_(("conflict", "pending")))):
            bound = _bindings(session, alias.key)
            said = tuple((b.officer, b.code) for b in bound)
            yield Standing(alias.key, alias.state, bound[-1].payload if bound else "", said)


def decide(service: Service, key: str, code: str) -> bool:
    """An administrator's word: this payload belongs to ``code``, or (empty) to nobody. False when nobody bound it."""
    with service.sessions.begin() as session:
        alias = session.get(AliasRow, key, with_for_update=True)
        if alias is None or (code and session.get(EntityRow, code) is None):
            return False
        alias.code, alias.decided, alias.state = code, True, "confirmed" if code else "rejected"
        alias.decided_at = session.scalar(select(func.max(EventRow.ledger_number))) or 0
        _tell(session, alias, [])
    return True
