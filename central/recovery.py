"""忘记密码 at the centre: an administrator looks at a laptop's request and grants it, once, for a few days."""

import secrets
from datetime import timedelta
from pathlib import Path

import msgspec
from sqlalchemy import select

from central import audit
from central.models import DeskAction, Device, OfficerRow
from central.service import Service
from inspector import wire
from inspector.errors import RecoveryRefused
from inspector.orders import RecoveryGrant, RecoveryRequest, grant_purpose, recovery_purpose
from inspector.trust import device

ACTION = "recovery"
DAYS = 3
"""A grant goes to the laptop by stick; a week-end may lie between."""
OLDEST = timedelta(days=14)
LARGEST = 64 * 1024


def read(path: Path) -> RecoveryRequest:
    """A laptop's request. Raises RecoveryRefused."""
    try:
        with path.open("rb") as file:
            return wire.decode(file.read(LARGEST), RecoveryRequest)
    except (OSError, msgspec.MsgspecError):
        raise RecoveryRefused("这个文件不是恢复申请。", "请选择电脑上生成的申请文件。") from None


def grant(service: Service, request: RecoveryRequest, *, who: str, reason: str) -> bytes:
    """The grant's file, noted in the audit chain in the same transaction. Raises RecoveryRefused."""
    now = service.now()
    with service.sessions.begin() as session:
        known = session.get(Device, request.device_id)
        officer = session.get(OfficerRow, request.number)
        if known is None or known.revoked_at is not None:
            raise RecoveryRefused("这台电脑没有登记，或已被停用。", "停用的电脑不能恢复；请交回清点。")
        if officer is None or officer.unit != known.unit:
            raise RecoveryRefused("申请中的工号不是这台电脑所属单位的人员。", "请核对申请人和电脑。")
        if not -OLDEST < request.asked_at - now < timedelta(days=1):
            raise RecoveryRefused("这份申请太旧，或电脑的时钟不对。", "请在电脑上重新申请。")
        used = select(DeskAction.number).where(DeskAction.action == ACTION, DeskAction.subject == request.hash)
        if session.scalars(used).first() is not None:
            raise RecoveryRefused("这份申请已经授权过。", "授权只用一次；请在电脑上重新申请。")
        data_key = device.unseal(service.keys.recovery, request.sealed, recovery_purpose(request.device_id))
        if data_key is None:
            raise RecoveryRefused("申请中的恢复密钥打不开。", "它不是这台电脑登记时留下的；请联系技术人员。")
        sealed = device.seal(request.key, data_key, grant_purpose(request.hash), secrets.token_bytes(32))
        body = RecoveryGrant(request.hash, request.device_id, request.number, sealed, now + timedelta(days=DAYS))
        audit.note(session, service, who, ACTION, request.hash, f"{request.device_id} {request.number} {reason}")
    return wire.encode(service.sign(body))
