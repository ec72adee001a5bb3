"""Web pages: the public page of a code, and the administrator's desk (from this machine only)."""

import re

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from central import desk
from central.api.requests import service_of
from central.models import BlobRow, DeskAction, Device, EntityRow, EventRow
from central.service import Service
from central.web import held
from central.web.rendering import is_here, page
from inspector import wire
from inspector.entity import CreditKind, Entity
from inspector.freshness import china_day, is_current

router = APIRouter()
_CODE = re.compile(r"[0-9A-Z]{18}")
SHOWN = 50
"""Lines of each of the desk's lists, the newest first."""
_PUBLIC = tuple(kind for kind in CreditKind if kind is not CreditKind.CORRECTION)
"""Sections of the public credit report; open correction orders are the officers' business."""


@router.get("/e/{code}")
async def publicpage(request: Request, code: str) -> Response:
    """What anybody sees who scans a code with a phone: public data only, with its date."""
    service = service_of(request)
    return await run_in_threadpool(_public, service, code)


def _public(service: Service, code: str) -> Response:
    with service.sessions() as session:
        row = session.get(EntityRow, code) if _CODE.fullmatch(code) else None
    if row is None:
        return page("unknown.html", 404)
    entity = wire.decode(row.body, Entity)
    today = china_day(service.now())
    current = [r for r in entity.credit if is_current(r, today)]
    sections = [(kind.label, [r for r in current if r.kind is kind]) for kind in _PUBLIC]
    return page("entity.html", entity=entity, sections=sections, self_declared=CreditKind.SELF_DECLARED.label)


@router.get("/")
async def overview(request: Request) -> Response:
    """The administrator's overview. Other machines get nothing: the desk is reached on the service's own."""
    if not is_here(request):
        return page("unknown.html", 404)
    return await run_in_threadpool(_desk, service_of(request))


def _desk(service: Service) -> Response:
    with service.sessions() as session:
        events = session.scalars(select(EventRow).order_by(EventRow.ledger_number.desc()).limit(SHOWN)).all()
        aside = held.waiting(session)
        actions = session.scalars(select(DeskAction).order_by(DeskAction.number.desc()).limit(SHOWN)).all()
        devices = session.scalars(select(Device).order_by(Device.enrolled_at)).all()
        numbers = {
            "主体": session.scalar(select(func.count()).select_from(EntityRow)),
            "已登记": session.scalar(select(func.count()).select_from(EventRow)),
            "附件未到齐": session.scalar(
                select(func.count()).select_from(BlobRow).where(BlobRow.complete_at.is_(None))
            ),
            "待人工处理": len(aside),
        }
    kinds = {kind.value: kind.label for kind in wire.EventKind}
    return page(
        "desk.html", events=events, devices=devices, numbers=numbers, kinds=kinds, held=aside, actions=actions,
        decisions=desk.DECISIONS,
    )  # fmt: skip
