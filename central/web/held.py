"""The desk's pages on records that are held: what came and why it was not registered, and a person's word on it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from central import desk
from central.api.requests import service_of
from central.models import Device, EventRow, HeldRow
from central.service import Service
from central.web.forms import go_to, only_here, sent_form, show
from inspector import wire
from inspector.errors import Problem

router = APIRouter(prefix="/held")
LONGEST_SHOWN = 20_000
"""Characters of a record's contents on its page."""


def waiting(session: Session) -> Sequence[HeldRow]:
    """What waits for a person, the oldest first; what was registered since then does not."""
    registered = select(EventRow.content_hash)
    mine = (HeldRow.decision == "", HeldRow.content_hash.not_in(registered))
    return session.scalars(select(HeldRow).where(*mine).order_by(HeldRow.held_at)).all()


@router.get("/{digest}")
async def one(request: Request, digest: str) -> Response:
    """A held record with its contents and the form for a decision."""
    await only_here(request)
    return await run_in_threadpool(_one, request, service_of(request), digest)


def _one(request: Request, service: Service, digest: str) -> Response:
    with service.sessions() as session:
        row = session.get(HeldRow, digest)
        if row is None:
            raise _unknown()
        device = session.get(Device, row.device_id)
        registered = session.scalar(select(EventRow.ledger_number).where(EventRow.content_hash == digest))
    event, contents = _read(row.event)
    return show(
        request, "held.html", row=row, device=device, registered=registered, event=event,
        contents=contents[:LONGEST_SHOWN], cut=len(contents) > LONGEST_SHOWN, decisions=desk.DECISIONS,
    )  # fmt: skip


def _unknown() -> Problem:
    return Problem("没有这条暂存的记录。", "请返回中心服务首页，从列表中选择。")


def _read(event: bytes) -> tuple[wire.Event | None, str]:
    """What a record says; one that this service cannot read is shown as far as it is text."""
    known, told = None, event
    with suppress(msgspec.MsgspecError):
        wire.decode(event, Any)  # sound JSON of a sane depth
        told = msgspec.json.format(event, indent=2)
        known = wire.decode(event, wire.Event)
    return known, told.decode(errors="replace")


@router.post("/{digest}/{decision}")
async def decide(request: Request, digest: str, decision: str) -> Response:
    """A person's word, with name and reason."""
    async with sent_form(request) as form:
        who, reason = (str(form.get(name, "")).strip() for name in ("who", "reason"))
    if not who or not reason:
        raise Problem("经办人和理由都要填写。", "请返回填写。没有改动任何数据。")
    if decision not in ("accept", "refuse"):
        raise _unknown()
    told = (digest, decision == "accept", reason[:500])
    if not await run_in_threadpool(lambda: desk.decide(service_of(request), *told, who=who[:64])):
        raise _unknown()
    return go_to("/")
