"""An inspection from its start to its seal: immutable values, each step a new value.

Every rule of law about a step lives here or in ``inspector.visit``; screens only ask.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from inspector.checklist import Item, Template, sections
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
    emergency_reason: str = ""
    """Emergencies only: why fewer than two valid certificates had to do."""


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
    """SHA-256 of the entity shown, without its risk class; empty when there was none."""


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
    serial: str = ""
    """Serial number of the signed code that was scanned, when its signature was proved."""


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
    added: tuple[Item, ...] = ()
    """Items that the entity's own data added in front of the checklist."""


CONCLUSORY = ("违法", "违规", "擅自", "涉嫌", "非法", "假冒", "伪劣", "无证")
"""Words that judge instead of describing: a 笔录 states facts."""


def answer_to(inspection: Inspection, item: str) -> Answer:
    """The answer to an item; 未检查 when there is none yet."""
    return next((a for a in inspection.answers if a.item == item), Answer(item, ItemFinding.NOT_CHECKED))


def _put(inspection: Inspection, answer: Answer) -> Inspection:
    others = tuple(a for a in inspection.answers if a.item != answer.item)
    return replace(inspection, answers=(*others, answer), current_item=answer.item)


def answer(inspection: Inspection, item: str, finding: ItemFinding) -> Inspection:
    """Answer one item; its note and photos stay."""
    return _put(inspection, replace(answer_to(inspection, item), finding=finding))


def note(inspection: Inspection, item: str, text: str) -> Inspection:
    """Write the facts of one item."""
    return _put(inspection, replace(answer_to(inspection, item), note=text))


def attach(inspection: Inspection, photo: Photo, item: str = "") -> Inspection:
    """Add a photo to the inspection, and to an item when one is named. Twice is once."""
    if photo.sha256 not in {p.sha256 for p in inspection.photos}:
        inspection = replace(inspection, photos=(*inspection.photos, photo))
    if not item:
        return inspection
    told = answer_to(inspection, item)
    return _put(inspection, replace(told, photos=tuple(dict.fromkeys((*told.photos, photo.sha256)))))


def detach(inspection: Inspection, sha256: str) -> Inspection:
    """Take a photo out of the record; its bytes stay stored and its taking stays in the journal."""
    answers = tuple(replace(a, photos=tuple(p for p in a.photos if p != sha256)) for a in inspection.answers)
    return replace(inspection, answers=answers, photos=tuple(p for p in inspection.photos if p.sha256 != sha256))


def sign(inspection: Inspection, signature: Signature) -> Inspection:
    """Put a signature, in place of an earlier one of the same role. A party that signs no longer refuses."""
    others = tuple(s for s in inspection.signatures if s.role is not signature.role)
    refusal = None if signature.role is SignerRole.PARTY else inspection.refusal
    return replace(inspection, signatures=(*others, signature), refusal=refusal)


def unsign(inspection: Inspection, role: SignerRole) -> Inspection:
    """Take a signature back, to sign again."""
    return replace(inspection, signatures=tuple(s for s in inspection.signatures if s.role is not role))


def refuse(inspection: Inspection, reason: str, witness: str, at: datetime) -> Inspection:
    """Record that the party refused to sign, with the reason (行政处罚程序: 拒签应注明)."""
    return replace(unsign(inspection, SignerRole.PARTY), refusal=Refusal(reason, witness, at))


def standing(inspection: Inspection, text_hash: str) -> tuple[Signature, ...]:
    """The signatures that are under exactly these words; a change after signing undoes them."""
    return tuple(s for s in inspection.signatures if s.text_hash == text_hash)


def finish(inspection: Inspection, at: datetime) -> Inspection:
    """Note the end of the inspection on site."""
    return replace(inspection, ended_at=at)


def lint(text: str) -> tuple[str, ...]:
    """The conclusory words in a text, in the order of the list."""
    return tuple(word for word in CONCLUSORY if word in text)


def linted(inspection: Inspection) -> tuple[str, ...]:
    """All conclusory words in the record's free texts."""
    texts = [inspection.situation, *(a.note for a in inspection.answers)]
    return tuple(dict.fromkeys(word for text in texts for word in lint(text)))


def items_of(inspection: Inspection, template: Template) -> tuple[Item, ...]:
    """Every item to answer, in order."""
    return tuple(item for section in sections(template, inspection.added) for item in section.items)


def violations(inspection: Inspection, template: Template) -> tuple[Item, ...]:
    """Items found 不符合. A voluntary item is guidance and never among them."""
    told = {a.item for a in inspection.answers if a.finding is ItemFinding.VIOLATES}
    return tuple(item for item in items_of(inspection, template) if item.id in told and not item.guidance)


def progress(inspection: Inspection, template: Template) -> tuple[int, int]:
    """Items answered, and items in all."""
    items = items_of(inspection, template)
    done = {a.item for a in inspection.answers if a.finding is not ItemFinding.NOT_CHECKED or a.note.strip()}
    return sum(item.id in done for item in items), len(items)
