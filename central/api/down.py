"""What goes down to the laptops: the feed, the keys of register snapshots, and the signed repository."""

import secrets

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from central.api.problems import Refused
from central.api.requests import authenticate, reply, service_of
from central.models import Device, FeedRow, Publication
from central.service import Service
from inspector.trust import device as keys
from inspector.wire import Feed, FeedItem, RegisterKey

router = APIRouter()
PAGE = 200


@router.get("/feed")
async def feed(request: Request, after: int = 0) -> Response:
    service = service_of(request)

    def answer() -> Feed:
        return feed_for(service, authenticate(service, request, b"").device, after)

    return reply(await run_in_threadpool(answer))


def feed_for(service: Service, device: Device, after: int) -> Feed:
    """The items after a number that concern a device, in order."""
    scopes = ("", device.area, device.unit, device.device_id)
    with service.sessions() as session:
        rows = session.scalars(
            select(FeedRow)
            .where(FeedRow.number > after, FeedRow.scope.in_(scopes))
            .order_by(FeedRow.number)
            .limit(PAGE + 1)
        ).all()
    items = tuple(FeedItem(r.number, r.kind, msgspec.json.decode(r.body, type=dict)) for r in rows[:PAGE])
    return Feed(items, items[-1].number if items else after, len(rows) > PAGE)


@router.get("/register/keys")
async def register_keys(request: Request) -> Response:
    service = service_of(request)

    def answer() -> list[RegisterKey]:
        device = authenticate(service, request, b"").device
        if device.revoked_at is not None:
            raise Refused(403, "revoked", "这台电脑已被停用。", "请联系管理员。")
        return keys_for(service, device)

    return reply(await run_in_threadpool(answer))


def keys_for(service: Service, device: Device) -> list[RegisterKey]:
    """The key of the register that a device may read, layers included, sealed to it; none for one that was stopped."""
    with service.sessions() as session:
        offered = session.get(Publication, device.register or device.area)
    if offered is None or device.revoked_at is not None:
        return []
    box = keys.seal(device.box_key, offered.key, "register", secrets.token_bytes(32))
    return [RegisterKey(offered.target, box)]


@router.get("/tuf/{path:path}")
async def repository_file(request: Request, path: str) -> Response:
    """A file of the repository, whole or from an offset: everything in it is public and signed."""
    service = service_of(request)
    await run_in_threadpool(authenticate, service, request, b"")
    base = service.repository_folder.resolve()
    place = (base / path).resolve()
    if not place.is_relative_to(base) or not place.is_file():
        raise Refused(404, "no-such-file", "没有这个文件。")
    return FileResponse(place, media_type="application/octet-stream")
