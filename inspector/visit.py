"""The basis of a visit: who may come, why, how often, and by when an offline check-in must be supplied."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from inspector.entity import Entity
from inspector.freshness import china_day
from inspector.inspection import Basis, BasisKind, Officer

_EXEMPT = frozenset((BasisKind.COMPLAINT, BasisKind.ASSIGNMENT, BasisKind.CLUE, BasisKind.EMERGENCY))
"""Grounds on which the annual frequency cap does not stop a visit (国办发〔2024〕54号)."""
WARN_AFTER_DAYS = 7
"""Days after which an unsupplied offline check-in turns red."""


def certificate_holds(officer: Officer, today: date) -> bool:
    """Whether an officer's certificate is valid: its last day is a valid day. An unreadable date is not valid."""
    try:
        return bool(officer.certificate) and date.fromisoformat(officer.valid_until) >= today
    except ValueError:
        return False


def objections(officers: Sequence[Officer], basis: Basis, today: date) -> list[str]:
    """Why this visit may not start (行政处罚法 art. 42: not fewer than two, qualified, with certificates)."""
    found = []
    valid = {o.number for o in officers if certificate_holds(o, today)}
    for officer in officers:
        if officer.number not in valid:
            found.append(f"{officer.name}的执法证件已于 {officer.valid_until} 到期或信息不全")
    certificates = [o.certificate for o in officers if o.certificate]
    if len(set(certificates)) < len(certificates):
        found.append("两名执法人员的执法证号相同，请核对")
    if len(valid) < 2:
        emergency = basis.kind is BasisKind.EMERGENCY
        if emergency and basis.emergency_reason.strip() and valid:
            found.clear()
        else:
            found.append("执法人员不得少于两人，且证件均应有效" + ("；应急处置请写明原因" if emergency else ""))
    if basis.kind is not BasisKind.EMERGENCY and not basis.number.strip():
        found.append(f"请填写{basis.kind.label}的编号")
    if not basis.notice_number.strip() and not basis.no_notice_reason.strip():
        found.append("请填写行政检查通知书编号，或写明没有通知书的原因")
    return found


def cap_objection(entity: Entity | None, basis: Basis, own_unsent: int) -> str:
    """Why the annual frequency cap stops this visit, or empty.

    ``own_unsent`` are visits of this laptop that the register does not count yet.
    """
    if entity is None or entity.inspection_cap is None or basis.kind in _EXEMPT:
        return ""
    count = entity.inspections_this_year + own_unsent
    if count < entity.inspection_cap or basis.cap_reason.strip():
        return ""
    return f"该主体今年已检查 {count} 次，达到年度上限 {entity.inspection_cap} 次；如确需检查请写明理由"


def supplement_days_left(started: datetime, now: datetime, allowed: int) -> int:
    """Days left to supply an offline check-in; the last day counts, negative when it is over."""
    return (china_day(started) + timedelta(days=allowed) - china_day(now)).days
