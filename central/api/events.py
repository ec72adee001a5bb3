"""Takes events in: each exactly once, with a receipt that stays the same; what cannot be taken is held, not lost."""

from hashlib import sha256

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from central.api.problems import Refused
from central.api.requests import authenticate, decode, read_body, reply, service_of, unpack
from central.models import BlobRow, Device, EventBlob, EventRow, HeldRow, OfficerRow
from central.service import Service
from inspector import wire
from inspector.trust import device as keys
from inspector.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    Answer,
    Event,
    EventAnswer,
    EventAnswers,
    EventBatch,
    Receipt,
    SealedEvent,
    Signed,
)

router = APIRouter()
SCHEMAS = frozenset(("inspection/1", "amendment/1", "void/1", "lead/1", "alias/1", "task/1", "audit/1", "aborted/1"))
"""Bodies that this service knows; others are held until it does."""


@router.post("/events")
async def take_events(request: Request) -> Response:
    service = service_of(request)
    body = await read_body(request, 2 * MAX_BATCH_BYTES)

    def answer() -> EventAnswers:
        signed = authenticate(service, request, body)
        # base64 makes a batch a third larger than the events in it.
        batch = decode(unpack(request, signed.body, 2 * MAX_BATCH_BYTES), EventBatch)
        if len(batch.events) > MAX_BATCH_EVENTS:
            raise Refused(413, "too-large", "一次发送的记录过多。", "请分批同步。")
        return EventAnswers(ingest(service, signed.device.device_id, batch.events))

    return reply(await run_in_threadpool(answer))


def ingest(service: Service, device_id: str, events: tuple[SealedEvent, ...]) -> tuple[EventAnswer, ...]:
    """Take a batch in one transaction. Of two couriers with one event, the second sees the receipt of the first."""
    for _ in range(3):
        try:
            with service.sessions.begin() as session:
                # One batch of a device at a time: its chain is judged in order.
                device = session.get(Device, device_id, with_for_update=True)
                assert device is not None
                return tuple(_take(service, session, device, event) for event in events)
        except IntegrityError:
            continue
    raise Refused(503, "busy", "中心服务繁忙。", "请稍后再同步。")


def _take(service: Service, session: Session, device: Device, sealed: SealedEvent) -> EventAnswer:
    digest = sha256(sealed.event).hexdigest()
    known = session.scalars(select(EventRow).where(EventRow.content_hash == digest)).first()
    if known is not None:
        return EventAnswer(digest, Answer.REGISTERED, Signed(known.receipt, known.receipt_signature, "receipt"))
    if not keys.verify(device.signing_key, sealed.event, sealed.signature):
        return EventAnswer(digest, Answer.RESEND, reason="签名与内容不符，请重发。")
    try:
        event = wire.decode(sealed.event, Event)
    except msgspec.MsgspecError:
        return _hold(service, session, device, sealed, digest, "中心不能读取这条记录，请更新中心服务。")
    reason = _objection(session, device, event)
    if reason:
        return _hold(service, session, device, sealed, digest, reason)
    return _register(service, session, event, sealed, digest)


def _objection(session: Session, device: Device, event: Event) -> str:
    if event.device_id != device.device_id:
        return "记录属于另一台电脑。"
    if device.revoked_at is not None:
        return "这台电脑已被停用，记录已原样保存，由管理员处理。"
    if event.schema not in SCHEMAS:
        return f"中心还不认识这种记录（{event.schema}），升级后会自动处理。"
    twin = session.scalars(select(EventRow.content_hash).where(EventRow.event_id == event.event_id)).first()
    if twin is not None:
        return "同一编号已有另一份内容，两份都已保存，由管理员处理。"
    known = set(session.scalars(select(OfficerRow.number).where(OfficerRow.number.in_(event.officers))))
    strangers = [number for number in event.officers if number not in known]
    return f"中心没有这些人员：{'、'.join(strangers)}。" if strangers else ""


def _hold(
    service: Service, session: Session, device: Device, sealed: SealedEvent, digest: str, reason: str
) -> EventAnswer:
    held = session.get(HeldRow, digest)
    if held is None:
        session.add(
            HeldRow(
                content_hash=digest,
                device_id=device.device_id,
                event=sealed.event,
                signature=sealed.signature,
                reason=reason,
                held_at=service.now(),
                decision="",
            )
        )
        session.flush()
    return EventAnswer(digest, Answer.HELD, reason=reason)


def _register(service: Service, session: Session, event: Event, sealed: SealedEvent, digest: str) -> EventAnswer:
    row = EventRow(
        content_hash=digest,
        event_id=event.event_id,
        device_id=event.device_id,
        device_seq=event.device_seq,
        kind=event.kind.value,
        entity=event.entity,
        event=sealed.event,
        signature=sealed.signature,
        receipt=b"",
        receipt_signature=b"",
        received_at=service.now(),
        flag=_flag(session, event),
    )
    session.add(row)
    session.flush()
    receipt = service.sign(
        Receipt(event.event_id, event.device_id, event.device_seq, digest, row.ledger_number, row.received_at)
    )
    row.receipt, row.receipt_signature = receipt.payload, receipt.signature
    for blob in {b.sha256: b for b in event.blobs}.values():
        if session.get(BlobRow, blob.sha256) is None:
            session.add(BlobRow(sha256=blob.sha256, size=blob.size, media_type=blob.media_type))
            session.flush()
        session.add(EventBlob(ledger_number=row.ledger_number, sha256=blob.sha256, role=blob.role[:32]))
    session.flush()
    return EventAnswer(digest, Answer.REGISTERED, receipt)


def _flag(session: Session, event: Event) -> str:
    """What a person should look at: a cloned or restored laptop, a gap. It never keeps an event out."""
    before = session.scalars(
        select(EventRow)
        .where(EventRow.device_id == event.device_id, EventRow.device_seq <= event.device_seq)
        .order_by(EventRow.device_seq.desc())
        .limit(1)
    ).first()
    if before is not None and before.device_seq == event.device_seq:
        return "同一序号有两份记录（电脑可能被复制或恢复过）"
    if (before.device_seq if before else 0) != event.device_seq - 1:
        return "前面的记录还没有收到"
    if before is not None and before.content_hash != event.prev_hash:
        return "与前一条记录不相连"
    return ""
