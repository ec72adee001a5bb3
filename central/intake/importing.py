"""One import: a file read, checked and joined into the register in one transaction, or only tried (a dry run).

Every row that comes in is new, changed, unchanged or bad; bad ones go to an error file. Rules of joining: a source
replaces what it said before unless the file is older than that; a department that is authoritative for a kind is
not overruled by another source; what was repaired or purged does not come back.
"""

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central import entities
from central.intake import mapping, store
from central.intake.bad_rows import BadRows
from central.intake.differences import Difference
from central.intake.merging import Merger
from central.intake.problems import OlderList, TooMuchGone, UnclearColumns
from central.intake.readers import open_table
from central.intake.records import BadRow, RowReader, Said
from central.intake.rules import kinds
from central.models import ImportRun, SourceRecord
from central.service import Service
from inspector.freshness import china_day

GONE_FREE = 20
GONE_SHARE = 10
"""A whole list that lacks more than 20 records and a tenth of what it held before has to be confirmed."""
TOGETHER = 10_000
"""Rows that are joined and written at once: sorted, so many of them meet on the pages of an index of a million."""
CACHE_KIB = 131_072
"""Of SQLite, while importing: indexes are filled in no order."""
COLLECT_EVERY = 200_000
"""Objects made between two rounds of the garbage collector: rows make no cycles, and looking for them in every batch
took a third of the time."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    kind: str
    source: str
    """The department that speaks (来源)."""
    as_of: date
    """The day as of which it speaks (数据截至)."""
    columns: Mapping[str, str]
    whole: bool = False
    """A whole list: what the source said before and says no more is gone."""
    accept_gone: bool = False
    """A person confirmed that so much is gone."""
    profile: str = ""
    encoding: str = ""
    name: str = ""
    """The file's name as the user knows it."""


@dataclass(slots=True)
class Outcome:
    """What an import changed, or would change. ``rows`` is always new + changed + unchanged + bad."""

    number: int = 0
    """0 for a dry run."""
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    gone: int = 0
    hidden: int = 0
    examples: Sequence[Difference] = ()
    """The first entities that change."""


def run(
    service: Service,
    path: Path,
    order: Order,
    *,
    dry: bool = False,
    errors: Path | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Outcome:
    """Import a file in one transaction; after a dry run, a Problem or an interruption nothing is changed.

    ``errors`` is written when rows are bad, also by a dry run, and appears whole. Raises IntakeProblem.
    """
    today = china_day(service.now())
    kind = kinds()[order.kind]
    if not order.source.strip():
        raise UnclearColumns("没有写明来源单位。", "请写明是哪个部门的数据。没有写入任何数据。")
    if order.as_of > today:
        raise UnclearColumns("数据截至日期在今天之后。", "请核对数据截至日期。没有写入任何数据。")
    table = open_table(path, order.encoding)
    try:
        mapping.check(kind, order.columns, table.header)
        reader = RowReader(kind, order.columns, table.header, today)
        with _rare_collections(), service.sessions() as session, BadRows(errors, table.header) as bad:
            _roomy(session)
            made = _new_run(session, path, order, service.now())
            merger = Merger(session, order, made.number, made.row_version, bad.put, today)
            if order.whole and merger.whole_day > order.as_of:
                raise OlderList(f"已有“{merger.source}”{merger.whole_day} 的全量数据，比这份全量文件新。")
            outcome = Outcome()
            said: list[tuple[int, list[str], Said]] = []
            for number, cells in table.rows:
                outcome.rows += 1
                try:
                    said.append((number, cells, reader.read(cells)))
                except BadRow as error:
                    bad.put(number, cells, error)
                if outcome.rows % TOGETHER == 0:
                    merger.join(said)
                    said.clear()
                    progress(outcome.rows)
            merger.join(said)
            outcome.gone = _gone(merger, order) if order.whole else 0
            outcome.new, outcome.changed, outcome.unchanged = merger.new, merger.changed, merger.unchanged
            outcome.bad, outcome.hidden, outcome.examples = bad.count, reader.hidden, merger.examples
            if outcome.rows != outcome.new + outcome.changed + outcome.unchanged + outcome.bad:
                raise AssertionError(f"rows were lost: {outcome}")
            progress(outcome.rows)
            if dry:
                session.rollback()
            else:
                for name in ("rows", "new", "changed", "unchanged", "bad", "gone", "hidden"):
                    setattr(made, name, getattr(outcome, name))
                session.commit()
                outcome.number = made.number
            bad.keep()
            return outcome
    finally:
        table.close()


@contextmanager
def _rare_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _roomy(session: Session) -> None:
    """Let SQLite hold the indexes of the tables that are filled in no order."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")


def _new_run(session: Session, path: Path, order: Order, now: datetime) -> ImportRun:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    version = entities.next_version(session)
    made = ImportRun(
        mode="whole" if order.whole else "part",
        kind=order.kind,
        source=order.source.strip(),
        as_of=order.as_of.isoformat(),
        file=(order.name or path.name)[:200],
        sha256=digest,
        profile=order.profile,
        at=now,
        row_version=version,
        **dict.fromkeys(("rows", "new", "changed", "unchanged", "bad", "gone", "hidden"), 0),
    )
    session.add(made)
    session.flush()
    return made


def _gone(merger: Merger, order: Order) -> int:
    """Take out what this source said before and says no more."""
    session = merger.session
    earlier = store.earlier_numbers(session, order.kind, merger.source, merger.number, order.as_of)
    mine = (SourceRecord.kind == order.kind, SourceRecord.number.in_(earlier), SourceRecord.barred.is_(False))
    gone = session.scalar(select(func.count()).select_from(SourceRecord).where(*mine)) or 0
    held = gone + merger.new + merger.changed + merger.unchanged
    if gone > GONE_FREE and gone * GONE_SHARE > held and not order.accept_gone:
        raise TooMuchGone(f"这份全量文件中少了 {gone} 条以前有的记录（共 {held} 条）。")
    last = ""
    while rows := session.execute(
        select(SourceRecord.code, SourceRecord.key)
        .where(*mine, SourceRecord.code >= last)  # what was taken out of the last one is there no more
        .order_by(SourceRecord.code)
        .limit(store.BATCH)
    ).all():
        merger.take_out([(code, key) for code, key in rows])
        last = rows[-1].code
    return gone
