"""Which source says what of an entity, and as of which day (数据来源, 数据截至)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from inspector.entity import CreditKind, CreditRecord, Entity, Licence, Permit
from inspector.freshness import is_current

REGISTRATION, PERMIT = "registration", "permit"
"""The kinds of what is not a credit record; those of credit records are ``CreditKind`` values."""
WholeLists = Mapping[tuple[str, str], date]
"""As-of day of the newest whole list (全量数据) by kind and source. It holds for everything of that kind that the
source still says: what such a list lacks is gone."""
NO_WHOLE_LISTS: WholeLists = MappingProxyType({})


Days = tuple[date | None, date | None]
"""The day as of which a record is known to be said, and its own date."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What one source says in one section of an entity."""

    kind: str
    source: str
    """Empty when it is not known."""
    as_of: tuple[date, date] | None
    """数据截至 of its records, the oldest and the newest; None when that of any of them is not known."""
    newest: date | None
    """Own date of the newest record: of the decision, or of the permit's issue."""


def as_of(kind: str, record: Licence | Permit | CreditRecord, whole_lists: WholeLists) -> date | None:
    """The newest day as of which the source is known to say this; None when no day is known."""
    if record.as_of is None:
        return None
    return max(record.as_of, whole_lists.get((kind, record.source), record.as_of))


def origins(entity: Entity, whole_lists: WholeLists, today: date) -> tuple[Origin, ...]:
    """Where everything comes from that may be shown of an entity today, in the order of the sections."""
    found: dict[tuple[str, str], list[Days]] = {}
    for kind, record, day in _records(entity, today):
        found.setdefault((kind, record.source), []).append((as_of(kind, record, whole_lists), day))
    return tuple(_origin(kind, source, days) for (kind, source), days in found.items())


def _origin(kind: str, source: str, days: list[Days]) -> Origin:
    told = [day for day, _ in days if day]
    span = (min(told), max(told)) if len(told) == len(days) else None
    return Origin(kind, source, span, max((own for _, own in days if own), default=None))


def _records(entity: Entity, today: date) -> Iterator[tuple[str, Licence | Permit | CreditRecord, date | None]]:
    """Kind and own date of each; what was repaired or is no longer published is not even known by its source."""
    yield REGISTRATION, entity.licence, None
    for permit in entity.permits:
        yield PERMIT, permit, permit.issued
    order = list(CreditKind)
    for record in sorted(entity.credit, key=lambda r: order.index(r.kind)):
        if is_current(record, today):
            yield record.kind.value, record, record.source_date
