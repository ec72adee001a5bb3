"""Bodies of journal entries that are not inspections: what else happened on this laptop."""

from dataclasses import dataclass

from inspector.inspection import Inspection


@dataclass(frozen=True, slots=True)
class Amendment:
    """更正: a dated correction; the entry's ``refers_to`` names the sealed record, which stays as it is."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Aborted:
    """已中止: an inspection that was begun and not finished, with the reason."""

    inspection: Inspection
    reason: str


@dataclass(frozen=True, slots=True)
class Lead:
    """线索: something to look into, with the code that led to it."""

    text: str
    code: str = ""
    name: str = ""
    payload: str = ""
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """审计: who looked at, printed, exported or overrode what. Actions are stable English words."""

    action: str
    detail: str


INSPECTION, AMENDMENT, ABORTED = "inspection/1", "amendment/1", "aborted/1"
LEAD, AUDIT = "lead/1", "audit/1"
