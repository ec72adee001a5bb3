"""Joins what rows say into entities, batch by batch, and notes what stood before."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.intake import differences, provenance, store
from central.intake.differences import Difference
from central.intake.records import (
    BadRow,
    Said,
    Stated,
    credit,
    credit_key,
    holds,
    number_key,
    permit,
    registered,
    with_credit,
    with_permit,
    without,
)
from central.intake.rules import kinds
from central.intake.store import Batch, Stand
from central.models import ImportRun
from inspector.entity import CreditKind, Entity, RegistrationState
from inspector.freshness import is_current

if TYPE_CHECKING:
    from central.intake.importing import Order

Row = tuple[int, list[str], Said]


class Merger:
    """The joining of one import."""

    def __init__(
        self,
        session: Session,
        order: "Order",
        number: int,
        version: int,
        refuse: Callable[[int, list[str], BadRow], None],
        today: date,
    ) -> None:
        self.session, self.number = session, number
        self.new = self.changed = self.unchanged = 0
        self.examples: list[Difference] = []
        self._kind = kinds()[order.kind]
        self._stated = Stated(order.source.strip(), order.as_of)
        self._version, self._refuse, self._today = version, refuse, today
        self._runs: dict[int, Stated] = {number: self._stated}
        whole_lists = provenance.whole_lists(session)
        self.whole_day = whole_lists.get((order.kind, self.source), date.min)
        """Of the source's newest whole list: what an older file says beyond it was gone by then."""

    @property
    def source(self) -> str:
        return self._stated.source

    def join(self, rows: Sequence[Row]) -> None:
        """Join the rows of a batch; those that cannot be are refused with their reason."""
        if not rows:
            return
        batch = store.load(self.session, list({said.code for _, _, said in rows}))
        for number, cells, said in rows:
            try:
                self._join_one(batch, said)
            except BadRow as error:
                self._refuse(number, cells, error)
        batch.write(self.session, self.number, self._version)

    def _join_one(self, batch: Batch, said: Said) -> None:
        kind, values = self._kind.key, said.values
        before = batch.entity(said.code)
        if kind == "registration":
            after = registered(said.code, before, self._stated, values)
            self._state(batch, said.code, "", values.get("state_since"), before, after)
        elif before is None:
            raise BadRow("统一社会信用代码", "主体数据中没有这个代码，请先归集它的登记信息")
        elif kind == "repair":
            self._repair(batch, said, before)
        elif kind == "permit":
            made = permit(self._stated, values)
            after = with_permit(before, made)
            self._state(batch, said.code, number_key(made.number), made.issued, before, after)
        else:
            self._credit(batch, said, before)

    def _credit(self, batch: Batch, said: Said, before: Entity) -> None:
        made = credit(CreditKind(self._kind.key), self._stated, before.subject, said.values)
        key = credit_key(made)
        if is_current(made, self._today):
            self._state(batch, said.code, key, made.source_date, before, with_credit(before, made))
        else:  # removed from the list, repaired, or no longer published: not collected, and taken out if it is there
            closed = made.repaired is None and made.closed is not None and made.closed <= self._today
            self._state(
                batch, said.code, key, made.source_date, before, without(before, made.kind.value, key), not closed
            )

    def _state(
        self, batch: Batch, code: str, key: str, day: date | None, before: Entity | None, after: Entity,
        barred: bool = False,
    ) -> None:  # fmt: skip
        """Note that a record was stated, and the entity as it is now."""
        name = (code, self._kind.key, key)
        stand = batch.stand(name)
        if barred and stand is not None and stand.barred and after == before:
            # Barred since the import that took it out: its days until that is final are not counted anew.
            self.unchanged += 1
            return
        if stand is not None and not (barred and stand.barred):
            self._may_replace(stand)
        if not barred and self.whole_day > self._stated.as_of:
            raise BadRow("", f"已有本来源 {self.whole_day} 的全量数据，比这份文件新")
        if after is before or after == before:
            self.unchanged += 1
        elif stand is not None and stand.number == self.number:
            raise BadRow("", "与本文件中前面的一行说的是同一条记录，内容却不同")
        elif before is None:
            batch.changed[code] = after
            self.new += 1
        else:
            if len(self.examples) < differences.SHOWN:
                self.examples.append(differences.difference(self._kind, before, after))
            newest = max(filter(None, (after.as_of, self._stated.moment)))
            batch.changed[code] = replace(after, as_of=newest)
            if key and not holds(before, self._kind.key, key):
                self.new += 1
            else:
                self.changed += 1
        batch.stated[name] = Stand(self.number, day.isoformat() if day else "", barred)

    def _may_replace(self, stand: Stand) -> None:
        """The rules of source and date. Raises BadRow."""
        if stand.barred:
            raise BadRow("", "这条记录已信用修复或公示期满，不再归集")
        before = self._said_by(stand.number)
        if before.source == self.source:
            if before.as_of > self._stated.as_of:
                raise BadRow("", f"已有本来源 {before.as_of} 的数据，比这份文件新")
            return
        mine, theirs = self._kind.rank(self.source), self._kind.rank(before.source)
        if mine < theirs:
            raise BadRow("", f"这类数据以“{before.source}”的为准")
        if mine == theirs and before.as_of > self._stated.as_of:
            raise BadRow("", f"已有“{before.source}”{before.as_of} 的数据，比这份文件新")

    def _said_by(self, number: int) -> Stated:
        if number not in self._runs:
            source, as_of = self.session.execute(
                select(ImportRun.source, ImportRun.as_of).where(ImportRun.number == number)
            ).one()
            self._runs[number] = Stated(source, date.fromisoformat(as_of))
        return self._runs[number]

    # -- what is gone, and what is repaired

    def take_out(self, records: Sequence[tuple[str, str]]) -> None:
        """Records (code, key) of this kind that a whole list says no more.

        An entity that is missing from the registrations is kept, its state being unknown: nobody is green by mistake,
        and nothing that others said about it is lost.
        """
        batch = store.load(self.session, list({code for code, _ in records}))
        for code, key in records:
            before = batch.entity(code)
            batch.dropped.add((code, self._kind.key, key))
            if before is None:
                continue
            if self._kind.key == "registration":
                licence = replace(before.licence, state=RegistrationState.UNKNOWN, as_of=None)
                after = replace(before, licence=licence)
            else:
                after = without(before, self._kind.key, key)
            if after != before:
                batch.changed[code] = after
        batch.write(self.session, self.number, self._version)

    def _repair(self, batch: Batch, said: Said, before: Entity) -> None:
        """信用修复: take a record out for good, whichever department stated it."""
        kind: CreditKind = said.values["record_kind"]
        number, title = said.values.get("number", ""), said.values.get("title", "")
        if not number and not title and kind not in (CreditKind.ABNORMAL, CreditKind.SERIOUS):
            raise BadRow("文号", "缺少文号或原因，不知道是哪一条")
        key = number_key(number) if number else ""
        of_kind = [r for r in before.credit if r.kind is kind]
        found = [r for r in of_kind if (credit_key(r) == key if number else title in r.title)]
        if not found:
            barred = batch.barred(said.code, kind.value)
            if key not in barred and (number or not barred):
                raise BadRow("文号", "没有找到这条记录，请核对类别和文号")
            self.unchanged += 1
            return
        for record in found:
            day = record.source_date.isoformat()
            batch.stated[said.code, kind.value, credit_key(record)] = Stand(self.number, day, True)
        after = replace(before, credit=tuple(r for r in before.credit if r not in found))
        if len(self.examples) < differences.SHOWN:
            self.examples.append(differences.difference(self._kind, before, after))
        batch.changed[said.code] = after
        self.changed += 1
