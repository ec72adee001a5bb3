"""现场检查笔录 in words: what the paper says, decided here and nowhere else.

Facts, not conclusions (市场监督管理行政处罚文书格式范本, 现场笔录). The words are what the party and the
officers sign: ``text_hash`` names them, the typesetting only places them.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import msgspec

from inspector import outcomes
from inspector.checklist import Template
from inspector.freshness import ClockTrust
from inspector.inspection import BasisKind, Inspection, Notice, SignerRole
from inspector.papers import situation
from inspector.papers.phrases import clause, joined, masked, moment, period
from inspector.papers.situation import Paragraph as Paragraph

TITLE = "现场检查笔录"
NOTHING = "／"
"""Strikes a cell that holds nothing, so that nothing can be written into it later."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone whose signature belongs on every page; ``name`` is empty when only the signature tells it."""

    role: SignerRole
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class RecordWords:
    """Everything that stands on the paper but for the ink."""

    unit: str
    title: str
    event_id: str
    number: str
    rows: tuple[tuple[str, str], ...]
    notice: tuple[Paragraph, ...]
    situation: tuple[Paragraph, ...]
    result: tuple[Paragraph, ...]
    confirmation: str
    refusal: str
    signers: tuple[Signer, ...]
    at: datetime
    """Time of the document: the end of the inspection, or its start while it runs."""
    head: str = ""
    """First 8 hex digits of the journal's head when the paper was set; not part of what is signed."""
    stamp: str = ""
    """Across a paper that no longer stands by itself: 已作废, 已更正. Not part of what is signed."""


def words(inspection: Inspection, template: Template, head: str = "", stamp: str = "") -> RecordWords:
    """The words of an inspection as it stands. ``finish`` it first: the end of the inspection is signed too."""
    return RecordWords(
        unit=joined(dict.fromkeys(o.unit for o in inspection.officers)),
        title=TITLE,
        event_id=inspection.event_id,
        number=inspection.document_number,
        rows=tuple((label, text.strip() or NOTHING) for label, text in _rows(inspection, template)),
        notice=_notice(inspection),
        situation=situation.paragraphs(inspection, template),
        result=_result(inspection),
        confirmation=_confirmation(inspection),
        refusal=_refusal(inspection),
        signers=_signers(inspection),
        at=inspection.ended_at or inspection.started_at,
        head=head[:8],
        stamp=stamp,
    )


def text_hash(paper: RecordWords) -> str:
    """SHA-256 of the words that signatures are put under; any change of a word changes it, ink does not."""
    signed = msgspec.to_builtins(replace(paper, head="", stamp=""))
    # Escaped to ASCII: half a surrogate pair from an input field must not stop the paper.
    return sha256(json.dumps(signed, sort_keys=True).encode("ascii")).hexdigest()


def read_aloud(paper: RecordWords) -> str:
    """The record as it is read to the party before signing: the whole text, in the order of the paper."""
    lines = [f"{paper.unit}{paper.title}。"]
    lines += [f"{label}：{text}。" for label, text in paper.rows if text != NOTHING]
    for paragraph in (*paper.notice, *paper.situation, *paper.result):
        lines.append(f"{paragraph.head}{paragraph.text}")
    lines += [text for text in (paper.confirmation, paper.refusal) if text]
    return "\n".join(lines)


def _rows(inspection: Inspection, template: Template) -> list[tuple[str, str]]:
    party, officers = inspection.party, inspection.officers
    time = period(inspection.started_at, inspection.ended_at)
    if inspection.started_clock not in (ClockTrust.GOOD, ClockTrust.FAIR):
        time += f"（本机时钟{inspection.started_clock.label}，以中心服务接收时间核对）"
    rows = [
        ("检查时间", time),
        ("检查地点", inspection.place),
        ("检查依据", _basis(inspection)),
        ("检查事项", template.title),
        ("当事人", party.name),
        ("统一社会信用代码", party.code),
        ("法定代表人\n（负责人、经营者）", party.representative),
        ("住所（经营场所）", party.premises),
        ("现场负责人", party.contact),
        ("联系电话", masked(party.phone)),
        ("检查人员", joined((f"{o.name}（执法证号 {o.certificate}）" for o in officers), "\n")),
        ("记录人", officers[0].name if officers else ""),
    ]
    if inspection.offline_reason.strip():
        rows.append(("离线检查说明", inspection.offline_reason))
    return rows


def _basis(inspection: Inspection) -> str:
    basis = inspection.basis
    parts = [f"{basis.kind.label} {basis.number}".strip()]
    if basis.notice_number.strip():
        parts.append(f"行政检查通知书 {basis.notice_number}")
    elif basis.no_notice_reason.strip():
        parts.append(f"未出具行政检查通知书：{clause(basis.no_notice_reason)}")
    if basis.cap_reason.strip():
        parts.append(f"超过年度检查频次的理由：{clause(basis.cap_reason)}")
    if basis.kind is BasisKind.EMERGENCY and basis.emergency_reason.strip():
        parts.append(f"应急原因：{clause(basis.emergency_reason)}")
    return joined(parts, "；")


def _notice(inspection: Inspection) -> tuple[Paragraph, ...]:
    """告知 says only what was confirmed on the screen (行政处罚法 art. 43, 55)."""
    notice = inspection.notice
    unit = joined(dict.fromkeys(o.unit for o in inspection.officers))
    names = joined(o.name for o in inspection.officers)
    told = []
    if notice.certificates_shown:
        told.append(f"我们是{unit}的执法人员{names}，现向你（单位）出示执法证件，请确认。")
    if notice.rights_told:
        told.append(
            "现依法进行检查，请如实回答询问并予以配合。你（单位）依法享有陈述、申辩的权利；认为执法人员与你（单位）"
            "有直接利害关系或者有其他关系可能影响公正执法的，有权申请回避。"
        )
    if not told:
        return ()
    question = "".join(told) + "以上内容是否清楚？是否申请执法人员回避？"
    return (Paragraph("告知：", question), Paragraph("回答：", _reply(notice)))


def _reply(notice: Notice) -> str:
    answer = clause(notice.answer)
    if notice.recusal:
        ground = f"申请回避，理由：{clause(notice.recusal_ground)}"
        stays = "（依照《行政处罚法》第四十三条，决定作出之前，不停止调查。）"
        return f"{joined((answer, ground), '；')}。{stays}"
    if not answer and notice.rights_told:
        answer = "清楚，不申请回避"
    return f"{answer or '未作答'}。"


def _result(inspection: Inspection) -> tuple[Paragraph, ...]:
    texts = joined((outcomes.text_of(key) for key in inspection.outcomes), "；")
    found = [Paragraph("检查结果：", f"{texts}。")] if texts else []
    if inspection.measures.strip():
        found.append(Paragraph("后续处置措施：", f"{clause(inspection.measures)}。"))
    return tuple(found)


def _confirmation(inspection: Inspection) -> str:
    if inspection.refusal is not None:
        return "以上笔录已交当事人阅读（或者已向当事人宣读）。"
    return "以上笔录已阅（或者已向我宣读），与现场情况相符。"


def _refusal(inspection: Inspection) -> str:
    refusal = inspection.refusal
    if refusal is None:
        return ""
    witness = f"见证人：{refusal.witness.strip()}。" if refusal.witness.strip() else "现场没有见证人。"
    reason = clause(refusal.reason) or "（未写明）"
    return f"{moment(refusal.noted_at)}，当事人拒绝签名。理由：{reason}。{witness}执法人员签名注明。"


def _signers(inspection: Inspection) -> tuple[Signer, ...]:
    roles = (SignerRole.OFFICER_A, SignerRole.OFFICER_B)
    officers = [Signer(role, "检查人员", o.name) for role, o in zip(roles, inspection.officers, strict=False)]
    witness = inspection.refusal.witness.strip() if inspection.refusal else ""
    party = Signer(SignerRole.PARTY, SignerRole.PARTY.label, "")
    return (party, *officers, Signer(SignerRole.WITNESS, SignerRole.WITNESS.label, witness))
