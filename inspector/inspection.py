"""An inspection from its start to its seal: immutable values, each step a new value.

Every rule of law about a step lives here or in ``inspector.visit``; screens only ask.
"""

from dataclasses import dataclass
from datetime import datetime

from inspector.terms import Term
from inspector.verdict import ClockTrust, Colour, Finding, Means


class BasisKind(Term):
    """What entitles the officers to come (国办发〔2024〕54号: 清单之外无检查)."""

    PLAN = "plan", "检查计划（双随机）"
    COMPLAINT = "complaint", "投诉举报"
    ASSIGNMENT = "assignment", "转办交办"
    CLUE = "clue", "案件线索"
    EMERGENCY = "emergency", "应急处置"


class ItemFinding(Term):
    """检查项结论."""

    CONFORMS = "conforms", "符合"
    VIOLATES = "violates", "不符合"
    NOT_APPLICABLE = "not_applicable", "不适用"
    NOT_CHECKED = "not_checked", "未检查"


class Comparison(Term):
    """Result of comparing one cached field with what is on site (以码代照)."""

    OPEN = "open", "未核对"
    SAME = "same", "一致"
    DIFFERENT = "different", "不一致"


class SignerRole(Term):
    """Who signs the record."""

    PARTY = "party", "当事人"
    OFFICER_A = "officer_a", "执法人员一"
    OFFICER_B = "officer_b", "执法人员二"
    WITNESS = "witness", "见证人"


@dataclass(frozen=True, slots=True)
class Officer:
    """执法人员 with the certificate that entitles to inspect; ``valid_until`` is inclusive."""

    number: str
    """工号, the name under which the officer unlocks the laptop."""
    name: str
    certificate: str
    """执法证号."""
    valid_until: str
    """ISO date."""
    unit: str


@dataclass(frozen=True, slots=True)
class Basis:
    kind: BasisKind
    number: str = ""
    """Task, complaint or assignment number."""
    task_id: str = ""
    notice_number: str = ""
    """行政检查通知书 number."""
    no_notice_reason: str = ""
    cap_reason: str = ""
    """Why the annual frequency cap does not stop this visit."""


@dataclass(frozen=True, slots=True)
class Party:
    """当事人 as shown on the paper. ``code`` may be empty (无证无照户): name and premises are then required."""

    name: str
    code: str
    representative: str
    premises: str
    subject: str = ""
    scope: str = ""
    phone: str = ""
    contact: str = ""
    """现场负责人: who was there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Exactly the register data that the officer saw."""

    area: str = ""
    epoch: int = 0
    row_version: int = 0
    as_of: str = ""
    digest: str = ""
    """SHA-256 of the canonical entity shown; empty when there was none."""


@dataclass(frozen=True, slots=True)
class Check:
    """核验 as it was shown: stays with the record."""

    means: Means
    payload: str
    colour: Colour
    finding: Finding
    reason: str
    at: datetime
    clock: ClockTrust
    seen: Seen


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The five fields that the officer confirms with what is on site (以码代照)."""

    name: Comparison = Comparison.OPEN
    code: Comparison = Comparison.OPEN
    representative: Comparison = Comparison.OPEN
    premises: Comparison = Comparison.OPEN
    scope: Comparison = Comparison.OPEN
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """告知: certificates shown, rights told, recusal asked (行政处罚法 art. 43, 55)."""

    certificates_shown: bool = False
    rights_told: bool = False
    recusal: bool = False
    recusal_ground: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    item: str
    finding: ItemFinding
    note: str = ""
    photos: tuple[str, ...] = ()
    """SHA-256 of the photos that show it."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph: the original bytes are stored unchanged under ``sha256``."""

    sha256: str
    size: int
    media_type: str
    taken_at: datetime
    origin: str
    """``camera`` or ``file``: an imported file is never called captured."""
    taken_by: str = ""
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of ink: points (x, y, pressure 0–1, ms since the first), x and y in 0–1 of the pad's width."""

    points: tuple[tuple[float, float, float, int], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """A picture of handwriting with time; not a reliable electronic signature by itself (电子签名法 13)."""

    role: SignerRole
    name: str
    strokes: tuple[Stroke, ...]
    signed_at: datetime
    text_hash: str
    """SHA-256 of the words of the paper as they stood when signed."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """拒绝签名 with its reason, and a witness if there was one."""

    reason: str
    witness: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Inspection:
    """One visit to one entity; the unit that is autosaved, sealed and sent."""

    event_id: str
    document_number: str
    basis: Basis
    officers: tuple[Officer, ...]
    party: Party
    check: Check
    template: str
    """``id@version`` of the checklist."""
    template_hash: str
    started_at: datetime
    started_clock: ClockTrust
    place: str
    offline_reason: str = ""
    comparisons: Comparisons = Comparisons()
    notice: Notice = Notice()
    answers: tuple[Answer, ...] = ()
    photos: tuple[Photo, ...] = ()
    situation: str = ""
    """现场情况: facts in the officer's words."""
    lint_reason: str = ""
    """Why conclusory words were kept."""
    outcomes: tuple[str, ...] = ()
    """Stable keys of 检查结果; see ``inspector/data/outcomes.toml``."""
    measures: str = ""
    """后续处置措施."""
    signatures: tuple[Signature, ...] = ()
    refusal: Refusal | None = None
    ended_at: datetime | None = None
    current_item: str = ""
    """Where the officer stood, to come back to after a crash."""
