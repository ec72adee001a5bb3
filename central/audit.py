"""What administrators decided: who, when, what and why, in a chain in which a later change of any line shows."""

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from central.models import DeskAction
from central.service import Service
from inspector.journal import START

ACTING = 2313
"""Number of PostgreSQL's advisory lock that keeps the chain one line after the other."""


def note(session: Session, service: Service, who: str, action: str, subject: str, reason: str) -> None:
    """Add a line in the transaction of what it tells: neither stands without the other."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({ACTING})"))
    before = session.scalars(select(DeskAction.chain).order_by(DeskAction.number.desc()).limit(1)).first()
    made = DeskAction(
        at=service.now().isoformat(timespec="seconds"),
        who=who,
        action=action,
        subject=subject,
        reason=reason,
    )
    made.chain = _link(before or START, made)
    session.add(made)
    session.flush()


def first_broken(lines: Iterable[DeskAction]) -> int | None:
    """Number of the first line that is not as it was written or lacks its predecessor; None when all hold.

    They come the oldest first. Lines cut off at the end do not show: whoever must prove that none was keeps the newest
    ``chain`` elsewhere.
    """
    before = START
    for line in lines:
        if line.chain != _link(before, line):
            return line.number
        before = line.chain
    return None


def _link(before: str, line: DeskAction) -> str:
    said = [before, line.at, line.who, line.action, line.subject, line.reason]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
