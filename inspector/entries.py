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


@dataclass(frozen=True, slots=True)
class Binding:
    """码绑定: an officer says that a payload without a code of its own belongs to an entity.

    ``payload`` is the text as scanned, so that the centre can look at what was bound; ``key`` is its ``alias_key``.
    """

    key: str
    code: str
    payload: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sighted:
    """现场核对: the officer's answer to whether name, address and signboard on site are those of the code.

    ``serial`` is empty for a code that is not signed; ``place`` where it hung, as far as the answer tells.
    """

    serial: str
    code: str
    place: str
    same: bool


INSPECTION, AMENDMENT, ABORTED = "inspection/1", "amendment/1", "aborted/1"
LEAD, AUDIT, BINDING, SIGHTING = "lead/1", "audit/1", "alias/1", "sighting/1"
