"""Enrolment of laptops with a one-time code, and the day-end proof."""

import secrets
from hashlib import sha256

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from central.api.problems import Refused
from central.api.requests import authenticate, decode, read_body, reply, service_of
from central.models import BlobRow, Device, EnrolmentCode, EventBlob, EventRow, HeldRow, OfficerRow
from central.service import Service
from inspector.inspection import Officer
from inspector.journal import START
from inspector.wire import (
    DeviceCertificate,
    Enrolment,
    EnrolmentRequest,
    Handshake,
    Policy,
    Signed,
)

router = APIRouter()


@router.get("/authority")
def authority(request: Request) -> Response:
    """The certificate of the service's authority; a laptop believes it by the fingerprint in its link."""
    return Response((service_of(request).key_folder / "authority.pem").read_bytes(), media_type="text/plain")


@router.post("/enrol")
async def enrol(request: Request) -> Response:
    wanted = decode(await read_body(request, 64 * 1024), EnrolmentRequest)
    return reply(await run_in_threadpool(enrol_device, service_of(request), wanted))


@router.get("/handshake")
async def handshake(request: Request) -> Response:
    service = service_of(request)

    def answer() -> Signed:
        device = authenticate(service, request, b"", timely=False).device
        return service.sign(standing(service, device.device_id))

    return reply(await run_in_threadpool(answer))


def roster(session: Session, unit: str) -> tuple[Officer, ...]:
    """The officers of a unit, valid or not: the laptop says why one may not sign."""
    rows = session.scalars(select(OfficerRow).where(OfficerRow.unit == unit).order_by(OfficerRow.number))
    return tuple(Officer(r.number, r.name, r.certificate, r.valid_until, r.unit) for r in rows)


def enrol_device(service: Service, wanted: EnrolmentRequest) -> Enrolment:
    """Use a one-time code up and certify the device's keys, in one transaction."""
    if len(wanted.signing_key) != 32 or len(wanted.box_key) != 32:
        raise Refused(400, "malformed", "请求的内容不能读取。")
    now = service.now()
    device_id = f"d-{secrets.token_hex(8)}"
    with service.sessions.begin() as session:
        code = session.get(EnrolmentCode, sha256(wanted.code.encode()).hexdigest())
        # One statement decides who uses the code, however many ask at once.
        used = session.execute(
            update(EnrolmentCode)
            .where(EnrolmentCode.hash == sha256(wanted.code.encode()).hexdigest())
            .where(EnrolmentCode.used_by.is_(None), EnrolmentCode.expires_at > now)
            .values(used_by=device_id)
        )
        if code is None or getattr(used, "rowcount", 0) != 1:
            raise Refused(403, "enrolment-refused", "登记码不正确、已用过或已过期。", "请向管理员重新领取登记码。")
        name = wanted.device_name[:80]
        session.add(
            Device(
                device_id=device_id,
                name=name,
                signing_key=wanted.signing_key,
                box_key=wanted.box_key,
                unit=code.unit,
                area=code.area,
                enrolled_at=now,
                register=code.register,
            )
        )
        officers = roster(session, code.unit)
    certificate = DeviceCertificate(device_id, name, wanted.signing_key, code.unit, code.area, now)
    return Enrolment(
        service.sign(certificate),
        service.keys.receipt_public,
        service.keys.recovery_public,
        (service.repository_folder / "metadata" / "1.root.json").read_bytes(),
        code.area,
        code.unit,
        officers,
        Policy(),
        now,
    )


def standing(service: Service, device_id: str) -> Handshake:
    """What the service holds of a device: the gapless part of its chain and what is still missing."""
    with service.sessions.begin() as session:
        mine = EventRow.device_id == device_id
        count, highest = session.execute(
            select(func.count(EventRow.device_seq.distinct()), func.max(EventRow.device_seq)).where(mine)
        ).one()
        newest = session.scalars(
            select(EventRow.content_hash)
            .where(mine, EventRow.device_seq == highest)
            .order_by(EventRow.ledger_number.desc())
        ).first()
        missing = session.scalar(
            select(func.count(EventBlob.sha256.distinct()))
            .join(EventRow, EventRow.ledger_number == EventBlob.ledger_number)
            .join(BlobRow, BlobRow.sha256 == EventBlob.sha256)
            .where(mine, BlobRow.complete_at.is_(None))
        )
        registered = select(EventRow.content_hash).where(mine)
        aside = HeldRow.device_id == device_id, HeldRow.content_hash.not_in(registered)
        held = session.scalar(select(func.count()).select_from(HeldRow).where(*aside))
    return Handshake(device_id, highest or 0, count, newest or START, missing or 0, service.now(), held or 0)
