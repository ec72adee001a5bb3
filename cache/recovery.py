"""A forgotten password: the laptop asks the centre, by a file, and its grant gives the officer a new one, once.

The request's private key waits in ``recovery.json`` beside the slots. It opens nothing without the centre's grant,
and is gone as soon as a grant was used, replaced, or the officer remembered.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from cache.durable import write_durably
from inspector import wire
from inspector.errors import RecoveryRefused
from inspector.orders import RecoveryGrant, RecoveryRequest, grant_purpose
from inspector.trust import device
from inspector.wire import Signed

FILE = "recovery.json"
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What is kept while the grant is on its way."""

    request: RecoveryRequest
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant that was for us, before its signature could be checked: the key for that is inside the store."""

    signed: Signed
    grant: RecoveryGrant
    data_key: bytes = field(repr=False)


def ask(folder: Path, device_id: str, number: str, sealed: bytes, now: datetime) -> RecoveryRequest:
    """A new request in place of an earlier one. Raises RecoveryRefused (no recovery slot), StoreFull."""
    if not sealed:
        raise RecoveryRefused("这台电脑没有恢复密钥。", "请联系管理员。")
    private = secrets.token_bytes(32)
    request = RecoveryRequest(device_id, number, device.box_public(private), sealed, now)
    write_durably(folder / FILE, wire.encode(Asked(request, private)))
    return request


def forget(folder: Path, number: str) -> None:
    """This officer waits for no grant any more: used, or remembered after all."""
    asked = _asked(folder)
    if asked is not None and asked.request.number == number:
        (folder / FILE).unlink(missing_ok=True)


def _asked(folder: Path) -> Asked | None:
    try:
        return wire.decode((folder / FILE).read_bytes(), Asked)
    except (OSError, msgspec.MsgspecError):
        return None


def unsealed(folder: Path, data: bytes) -> Granted:
    """Open a grant file with the waiting request's key. Raises RecoveryRefused."""
    asked = _asked(folder)
    if asked is None:
        raise RecoveryRefused("本机没有等待授权的申请。", "请先生成申请，交给管理员。")
    try:
        signed = wire.decode(data[:LARGEST], Signed)
        grant = wire.decode(signed.payload, RecoveryGrant)
    except msgspec.MsgspecError:
        raise RecoveryRefused("这个文件不是恢复授权。", "请选择管理员给的授权文件。") from None
    request = asked.request
    if (grant.request, grant.device_id, grant.number) != (request.hash, request.device_id, request.number):
        raise RecoveryRefused("这份授权是给另一次申请的。", "请核对校验码，或重新申请。")
    data_key = device.unseal(asked.private, grant.sealed, grant_purpose(request.hash))
    if data_key is None or len(data_key) != 32:
        raise RecoveryRefused
    return Granted(signed, grant, data_key)


def prove(granted: Granted, receipt_key: bytes, now: datetime) -> None:
    """Whether the grant is the centre's and still holds. Raises RecoveryRefused."""
    if not device.verify(receipt_key, granted.signed.payload, granted.signed.signature):
        raise RecoveryRefused
    if now > granted.grant.expires_at:
        raise RecoveryRefused("这份授权已过期。", "请重新申请。")
