"""Numbers that an administrator may change (``Policy``): the periods and limits that every laptop keeps to."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from central import audit
from central.models import FeedRow
from central.service import Service
from inspector import wire
from inspector.wire import Policy

KIND = "policy"
LIMITS = {
    "max_data_age_days": ("数据多少天以内可以核验通过", 1, 30),
    "permit_warning_days": ("许可到期前多少天开始提醒", 0, 365),
    "lease_days": ("多少天没有联系中心就不再显示信用数据", 1, 90),
    "idle_lock_minutes": ("无操作多少分钟后锁定", 1, 60),
    "supplement_days": ("离线检查多少天内补录", 1, 60),
}
"""What each number is, and the least and the most that it may be: no slip of an administrator opens laptops for good,
or locks all of them out."""


def current(session: Session) -> Policy:
    """What laptops were told last."""
    newest = select(FeedRow.body).where(FeedRow.kind == KIND).order_by(FeedRow.number.desc()).limit(1)
    body = session.scalar(newest)
    return Policy() if body is None else wire.decode(body, Policy)


def change(service: Service, numbers: Mapping[str, int], *, who: str, reason: str) -> Policy:
    """Change some numbers and tell every laptop. Raises ValueError with a sentence when one is out of its limits."""
    for name, number in numbers.items():
        label, least, most = LIMITS[name]
        if not least <= number <= most:
            raise ValueError(f"“{label}”只能是 {least} 至 {most}")
    with service.sessions.begin() as session:
        told = replace(current(session), **numbers)
        said = "，".join(f"{LIMITS[name][0]}：{number}" for name, number in sorted(numbers.items()))
        audit.note(session, service, who, KIND, "", f"{reason}（{said}）")
        session.add(FeedRow(scope="", kind=KIND, body=wire.encode(told)))
    return told


def lines(policy: Policy) -> list[str]:
    """Each number with what it is."""
    return [f"{LIMITS[name][0]}：{number}" for name, number in asdict(policy).items()]
