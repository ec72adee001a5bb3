"""The database may not grow by one page more, at every size: each step is done whole or not at all, and is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from cache.session import Session
from inspector import journal
from inspector.errors import StoreFull
from tests.cache.officers import PASSWORD, HeldClock, begun, finished, unlocked


def limit(session: Session, pages: int) -> None:
    session._opened.store.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())


def pages(session: Session) -> int:
    return int(session._opened.store.rows("PRAGMA page_count")[0]["page_count"])


def attempt(step: Any) -> bool:
    try:
        step()
    except StoreFull:
        return False
    return True


def test_every_step_is_whole_or_nothing(tmp_path: Path) -> None:
    clock = HeldClock()
    laptop, session = unlocked(tmp_path, clock)
    work = session._opened.work
    failed = 0
    draft = finished(session, begun(session), clock)
    session.save(draft)
    for extra in range(40):
        limit(session, pages(session) + extra % 4)
        longer = replace(draft, measures="长" * 3000 * (1 + extra))
        if attempt(lambda longer=longer: session.save(longer)):  # type: ignore[misc]
            assert session.draft(draft.event_id) == longer
        else:
            failed += 1
        before = work.head()
        if attempt(lambda extra=extra: session.lead(None, "线索" * 2000 * (1 + extra))):  # type: ignore[misc]
            assert work.head().seq == before.seq + 1
        else:
            failed += 1
            assert work.head() == before
    assert failed > 10
    limit(session, pages(session))
    while attempt(lambda: session.lead(None, "填满" * 200)):
        pass
    before = work.head()
    assert not attempt(lambda: session.seal(draft, PASSWORD))
    assert work.head() == before
    assert session.draft(draft.event_id).event_id == draft.event_id, "the draft is still open"
    limit(session, 1_000_000)
    session.save(draft)
    session.seal(draft, PASSWORD)
    head, wrong = journal.check_chain(work.chain(), work.identity.public)
    assert (wrong, head) == ("", work.head())
    assert session._opened.store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    laptop.close()
