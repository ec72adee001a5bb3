"""From a row of a file to one record of an entity, and how it joins what is known."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from hashlib import sha256
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

from central.intake import mapping
from central.intake.clean import LONGEST, WRITTEN_NOTHING, Unclean, cleaner, is_tidy, tidy_cell, without_personal
from central.intake.rules import Kind, words
from inspector.divisions import AREAS
from inspector.entity import (
    CreditKind,
    CreditRecord,
    Entity,
    Licence,
    Permit,
    RegistrationState,
    SubjectKind,
)
from inspector.freshness import CHINA
from inspector.identifiers import tidy

_LONG_NUMBER = re.compile(r"[0-9][0-9 \-]{9,}[0-9]")
ON_LICENCE = {
    "name": "name", "kind": "kind", "representative": "representative", "premises": "premises", "scope": "scope",
    "registrar": "authority", "established": "established", "state": "state", "state_since": "state_since",
    "capital": "capital", "composition": "composition", "former_name": "former_name",
    "suspended_until": "suspended_until",
}  # fmt: skip
"""Columns of a registration that stand on the licence, in its order, and its names of them."""
ON_ENTITY = {
    "registration_number": "registration_number", "division": "division", "area": "area", "office": "office",
    "grid": "grid", "risk": "risk", "inspection_cap": "inspection_cap", "integrity_code": "has_integrity_code",
}  # fmt: skip
_NOTHING: dict[str, Any] = {
    **dict.fromkeys(ON_LICENCE, ""), **dict.fromkeys(ON_ENTITY, ""), "state": RegistrationState.UNKNOWN,
    "established": None, "state_since": None, "suspended_until": None, "inspection_cap": None, "integrity_code": False,
}  # fmt: skip
"""What stands where a file has no column."""
Record = TypeVar("Record", bound=Permit | CreditRecord)
_licence = itemgetter(*ON_LICENCE)
_AREA_OF = {division: area.key for area in AREAS for division in area.divisions}


class BadRow(Exception):
    """Why a row is not taken: the label of the column, and the reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class Said(NamedTuple):
    """What one row says."""

    code: str
    values: dict[str, Any]


class RowReader:
    """Turns the cells of a file's rows into what they say, by a mapping of columns."""

    def __init__(self, kind: Kind, columns: Mapping[str, str], header: Sequence[str], today: date) -> None:
        self.kind = kind
        self.hidden = 0
        """Resident IDs and mobile numbers that were left out."""
        self._width = len(header)
        used = [c for c in kind.columns if c.name in columns and c.name != "holder"]
        places = {c.name: header.index(columns[c.name]) for c in used}
        plain = [c for c in used if c.clean == "text"]
        self._plain = [c.name for c in plain]
        """Texts: nothing to do in a row where no cell is very long or a word for nothing."""
        self._plain_places = [places[c.name] for c in plain]
        self._slots = [(c.name, places[c.name], cleaner(c.clean, today)) for c in used if c not in plain]
        self._all = [(c.name, places[c.name], cleaner(c.clean, today)) for c in plain] + self._slots
        self._blank: dict[str, Any] = dict.fromkeys(name for name, _, _ in self._all)
        """What a row says, its columns in place: copied and filled it costs half of one that grows."""
        self._labels = {c.name: c.label for c in used}
        # A cleaner that tells "without end" from "nothing" says itself when something is missing.
        self._required = [c.name for c in used if c.required and c.clean != "ending"]
        units = {c.name: mapping.header_unit(columns[c.name]) for c in used if c.clean == "amount"}
        self._units = [(name, unit) for name, unit in units.items() if unit]
        self._texts = [places[c.name] for c in used if c.clean == "text" and c.name not in ("permit_number", "number")]

    def read(self, cells: list[str]) -> Said:
        """Raises BadRow. Personal numbers in texts are hidden in ``cells`` too, for the error file."""
        if len(cells) != self._width:
            raise BadRow("", f"这一行有 {len(cells)} 列，表头有 {self._width} 列")
        line = "~".join(cells)
        if not is_tidy(line):
            if "\0" in line:
                raise BadRow("", "含有空字符，文件可能已损坏")
            cells[:] = [tidy_cell(cell) for cell in cells]
        if _LONG_NUMBER.search("~".join(map(cells.__getitem__, self._texts))):
            self._hide(cells)
        values, slots = self._blank.copy(), self._all
        if len(line) <= LONGEST and WRITTEN_NOTHING.isdisjoint(cells):
            values.update(zip(self._plain, map(cells.__getitem__, self._plain_places), strict=True))
            slots = self._slots
        name = ""
        try:
            for name, at, clean in slots:
                values[name] = clean(cells[at])
        except Unclean as error:
            raise BadRow(self._labels[name], str(error)) from None
        for name in self._required:
            if values[name] == "" or values[name] is None:
                raise BadRow(self._labels[name], "缺少必需的内容")
        for name, unit in self._units:
            if values[name] and values[name][-1].isdigit():
                values[name] += unit
        return Said(values.pop("code"), values)

    def _hide(self, cells: list[str]) -> None:
        for at in self._texts:
            cells[at], hidden = without_personal(cells[at])
            self.hidden += hidden


def hide_all(cells: Sequence[str]) -> list[str]:
    """A row for the error file: whatever the column, without resident IDs and mobile numbers."""
    return [without_personal(cell)[0] for cell in cells]


# -- what is said becomes part of an entity


class Stated(NamedTuple):
    """From whom and as of when a file speaks."""

    source: str
    as_of: date

    @property
    def moment(self) -> datetime:
        """The beginning of the day."""
        return datetime.combine(self.as_of, time(), CHINA)


def subject_of(code: str, kind: str) -> SubjectKind:
    """主体类别 from the first two characters of the code, a branch by its type."""
    match code[:2]:
        case "91":
            branch = "分公司" in kind or "分支" in kind or "分店" in kind
            return SubjectKind.BRANCH if branch else SubjectKind.ENTERPRISE
        case "92":
            return SubjectKind.INDIVIDUAL
        case "93":
            return SubjectKind.COOPERATIVE
        case "12" | "A1":
            return SubjectKind.INSTITUTION
    return {"5": SubjectKind.SOCIAL, "N": SubjectKind.COLLECTIVE}.get(code[0], SubjectKind.OTHER)


def registered(code: str, before: Entity | None, stated: Stated, values: dict[str, Any]) -> Entity:
    """An entity as its registration says now. Columns that the file does not have stay as they were."""
    if before is None:
        told = _NOTHING | values
        division = told["division"] or code[2:8]
        area = told["area"] or _AREA_OF.get(division, division)
        subject = subject_of(code, told["kind"])
        licence = Licence(*chain(_licence(told), stated))
        moment = stated.moment
        rest = (told["office"], told["grid"], told["risk"], 0, told["inspection_cap"], told["integrity_code"], moment)
        return Entity(code, subject, licence, (), (), told["registration_number"], division, area, *rest)
    stands = before.licence.source == stated.source and before.licence.as_of is not None
    known, said = _both(tuple(values))
    if stands and known(before) == said(values):  # most rows of a month's delivery say what is known
        return before
    on_licence = _different(before.licence, ON_LICENCE, values)
    beside = _different(before, ON_ENTITY, values)
    for name in ("division", "area"):
        if not beside.get(name, "given"):
            del beside[name]
    if stands and not on_licence and not beside:
        return before
    licence = replace(before.licence, source=stated.source, as_of=stated.as_of, **on_licence)
    return replace(before, licence=licence, **beside)


@cache
def _both(columns: tuple[str, ...]) -> tuple[Callable[[Entity], Any], Callable[[dict[str, Any]], Any]]:
    """What an entity holds where a file has columns, and what a row of the file says there."""
    fields = [f"licence.{ON_LICENCE[name]}" if name in ON_LICENCE else ON_ENTITY[name] for name in columns]
    return attrgetter(*fields), itemgetter(*columns)


def _different(known: Licence | Entity, names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, by field."""
    said = ((names[name], value) for name, value in values.items() if name in names)
    return {field: value for field, value in said if getattr(known, field) != value}


def number_key(number: str) -> str:
    """Names a record among those of its kind and entity by its number: a hash, so that nothing of it is kept."""
    return sha256(tidy(number).encode()).hexdigest()[:32]


def credit_key(record: CreditRecord) -> str:
    """The same of a credit record; without a number, what it is about and when name it."""
    if record.number:
        return number_key(record.number)
    about = record.title
    if record.kind is CreditKind.ABNORMAL:
        about = about.partition("：")[2] or about
    elif record.kind is CreditKind.EVALUATION:
        about = about.rpartition("：")[0] or about
    return sha256(f"{record.source_date} {about}".encode()).hexdigest()[:32]


def holds(entity: Entity, kind: str, key: str) -> bool:
    """Whether an entity has the record that a key names."""
    return without(entity, kind, key) != entity


def without(entity: Entity, kind: str, key: str) -> Entity:
    """An entity without the record that a key names."""
    if kind == "permit":
        return replace(entity, permits=tuple(p for p in entity.permits if number_key(p.number) != key))
    return replace(entity, credit=tuple(r for r in entity.credit if r.kind.value != kind or credit_key(r) != key))


def with_permit(entity: Entity, made: Permit) -> Entity:
    """An entity with a permit in the place of the one of its number, or behind the others."""
    key = number_key(made.number)
    return replace(entity, permits=_with(entity.permits, made, [number_key(p.number) == key for p in entity.permits]))


def with_credit(entity: Entity, made: CreditRecord) -> Entity:
    """The same with a credit record."""
    key = credit_key(made)
    mine = [r.kind is made.kind and credit_key(r) == key for r in entity.credit]
    return replace(entity, credit=_with(entity.credit, made, mine))


def _with(known: tuple[Record, ...], made: Record, mine: Sequence[bool]) -> tuple[Record, ...]:
    """``made`` in the place of those of ``known`` that are the same record (``mine``), or behind the others."""
    if not any(mine):
        return (*known, made)
    return tuple(_newer(old, made) if same else old for old, same in zip(known, mine, strict=True))


def _newer(old: Record, made: Record) -> Record:
    """What is said of a record now. Said again, it keeps its day: laptops need not fetch it for that."""
    again = old.as_of is not None and replace(old, as_of=made.as_of) == made
    return old if again else made


def permit(stated: Stated, values: Mapping[str, Any]) -> Permit:
    return Permit(
        values["permit_kind"],
        values["permit_number"],
        values.get("authority", ""),
        values.get("permit_scope", ""),
        values.get("issued"),
        values.get("valid_from"),
        values["valid_to"],
        values.get("permit_state") or "有效",
        stated.source,
        stated.as_of,
    )


def credit(kind: CreditKind, stated: Stated, subject: SubjectKind, values: Mapping[str, Any]) -> CreditRecord:
    """One record of a section of the credit report, with the end of its publication."""
    given = values.get("publish_until")
    return CreditRecord(
        kind,
        _title(kind, subject, values),
        _detail(values),
        values.get("authority", ""),
        stated.source,
        values["source_date"],
        values.get("number", ""),
        closed=values.get("closed"),
        repaired=values.get("repaired"),
        publish_until=given or _published_until(kind, values),
        as_of=stated.as_of,
    )


def _title(kind: CreditKind, subject: SubjectKind, values: Mapping[str, Any]) -> str:
    title: str = values["title"]
    if kind is CreditKind.ABNORMAL:
        # An individual is marked, an enterprise is listed.
        verb = "标记为经营异常状态" if subject is SubjectKind.INDIVIDUAL else "列入经营异常名录"
        return f"{verb}：{title}"
    if kind is CreditKind.EVALUATION:
        grade = values["grade"]
        return f"{title}：{grade}{'' if grade.endswith('级') else ' 级'}"
    head = values.get("list", "")
    return f"{head}：{title}" if head else title


def _detail(values: Mapping[str, Any]) -> str:
    told = [values.get("category", ""), values.get("detail", "")]
    if fine := values.get("fine"):
        told.append(f"罚款 {fine}" if "罚款" not in told[1] else "")
    return "；".join(filter(None, told))


def _published_until(kind: CreditKind, values: Mapping[str, Any]) -> date | None:
    """Counted from the day of publication when the source tells it (规定 2021 art. 13: 自公示之日起)."""
    start = values.get("published") or values["source_date"]
    said = values.get("severity", "") or values.get("category", "")
    for rule in words()["publication"]:
        if rule["kind"] == kind.value and (not rule["words"] or any(word in said for word in rule["words"])):
            return months_after(start, rule["months"])
    return None


def months_after(start: date, months: int) -> date:
    """The same day some months later; the last of the month when it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
