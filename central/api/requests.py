"""Reading requests: bounded bodies, decoded strictly, and the device that signed them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
import zstandard
from fastapi import Request, Response
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from central.api.problems import Refused
from central.models import Device, Nonce
from central.service import Service
from inspector import wire
from inspector.trust.device import RequestProof, request_text, verify

T = TypeVar("T")
TOLERANCE = timedelta(minutes=10)
"""How far a device's clock may be off; the answer to a refused request carries the service's time."""
MAX_BODY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature was checked."""

    device: Device
    body: bytes


def service_of(request: Request) -> Service:
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body as sent, or Refused(413) before more than ``limit`` bytes were taken."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise Refused(413, "too-large", "请求过大。", "请减少一次发送的内容。")
    return bytes(body)


def authenticate(service: Service, request: Request, body: bytes, timely: bool = True) -> Signed:
    """The enrolled device that signed this request, once, about now.

    Revoked devices are let in: what they hold is kept aside, never lost. ``timely`` False is for the one request by
    which a laptop with a wrong clock learns the time; it changes nothing here.
    """
    proof = RequestProof.parse(request.headers.get("authorization", ""))
    if proof is None:
        raise Refused(401, "unsigned", "请求没有设备签名。", "请用登记过的电脑同步。")
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    text = request_text(proof.device_id, request.method, target, proof.time, proof.nonce, body)
    now = service.now()
    with service.sessions.begin() as session:
        device = session.get(Device, proof.device_id)
        if device is None or not verify(device.signing_key, text, proof.signature):
            raise Refused(401, "unknown-device", "这台电脑没有在中心登记，或签名不符。", "请联系管理员。")
        if timely:
            _check_time(proof.time, now)
        session.execute(delete(Nonce).where(Nonce.at < now - 2 * TOLERANCE))
        session.add(Nonce(device_id=proof.device_id, nonce=proof.nonce, at=now))
        device.last_seen_at = now
        try:
            session.flush()
        except IntegrityError:
            raise Refused(401, "replayed", "这个请求已经处理过。", "请重新同步。") from None
    return Signed(device, body)


def _check_time(told: str, now: datetime) -> None:
    try:
        off = abs(datetime.fromisoformat(told) - now) > TOLERANCE
    except (ValueError, TypeError):
        off = True
    if off:
        title = f"本机时间与中心相差超过 {int(TOLERANCE.total_seconds() // 60)} 分钟。"
        raise Refused(401, "clock", title, f"中心时间为 {now.isoformat(timespec='seconds')}，请校准本机时间后再同步。")


def unpack(request: Request, body: bytes, limit: int) -> bytes:
    """A body without its content encoding; inflated to at most ``limit`` bytes."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding == "identity":
        return body
    if encoding != "zstd":
        raise Refused(415, "encoding", "不支持的压缩方式。")
    inflater = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
    try:
        plain = inflater.decompress(body) if _declared(body) <= limit else b""
    except zstandard.ZstdError:
        raise Refused(400, "encoding", "压缩内容损坏。", "请重新同步。") from None
    if not plain or len(plain) > limit:
        raise Refused(413, "too-large", "请求过大。", "请减少一次发送的内容。")
    return plain


def _declared(body: bytes) -> int:
    size = zstandard.frame_content_size(body)
    return size if size >= 0 else 1 << 62


def decode(body: bytes, kind: type[T]) -> T:
    """A body as a shape of the wire, or Refused(400)."""
    try:
        return wire.decode(body, kind)
    except msgspec.MsgspecError:
        raise Refused(400, "malformed", "请求的内容不能读取。", "请更新程序后再试。") from None


def reply(value: Any) -> Response:
    return Response(wire.encode(value), media_type="application/json")
