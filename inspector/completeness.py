"""What still stops an inspection from being sealed: every rule in one list, each with the place to mend it."""

from dataclasses import dataclass
from datetime import datetime

from inspector import outcomes, visit
from inspector.checklist import Template
from inspector.freshness import china_day
from inspector.inspection import (
    Comparison,
    Inspection,
    ItemFinding,
    SignerRole,
    answer_to,
    items_of,
    lint,
    linted,
    standing,
    violations,
)

COMPARED = {"name": "名称", "code": "代码", "representative": "负责人", "premises": "经营场所", "scope": "经营范围"}
"""The five fields of 以码代照, by field of ``Comparisons``."""
SITUATION = "result"
"""In place of an item: what is written and decided after the last one."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that stops the seal, and where to mend it."""

    code: str
    text: str
    screen: str
    """``start``, ``inspect``, ``evidence``, ``sign`` or ``review``."""
    item: str = ""


def _unanswered(inspection: Inspection, template: Template) -> list[Missing]:
    found = []
    for item in items_of(inspection, template):
        told = answer_to(inspection, item.id)
        if told.finding is ItemFinding.NOT_CHECKED and not told.note.strip():
            found.append(Missing("item-open", f"{item.id} 还没有结论", "inspect", item.id))
        elif told.finding is ItemFinding.VIOLATES and not item.guidance and not told.note.strip():
            found.append(Missing("item-facts", f"{item.id} 不符合，请写明现场情况", "inspect", item.id))
    return found


def outcome_objections(inspection: Inspection, template: Template) -> list[str]:
    """Why the chosen outcomes cannot stand with what was found."""
    bad = violations(inspection, template)
    correctable = sum(not item.investigate for item in bad)
    photos = len(inspection.photos)
    return outcomes.objections(inspection.outcomes, len(bad), photos, inspection.measures, correctable)


def _judging(inspection: Inspection) -> str:
    """The item whose note holds a conclusory word; ``SITUATION`` when it stands in 现场情况."""
    return next((a.item for a in inspection.answers if lint(a.note)), SITUATION)


def _unsigned(inspection: Inspection, text_hash: str) -> list[Missing]:
    found = []
    signed = {s.role for s in standing(inspection, text_hash)}
    stale = {s.role for s in inspection.signatures} - signed
    needed = [SignerRole.OFFICER_A, SignerRole.OFFICER_B][: len(inspection.officers)]
    if inspection.refusal is None:
        needed.insert(0, SignerRole.PARTY)
    elif not inspection.refusal.reason.strip():
        found.append(Missing("refusal-reason", "请写明当事人拒绝签名的原因", "sign"))
    for role in needed:
        if role in stale:
            found.append(Missing("signature-stale", f"签名后内容有改动，请{role.label}重新签名", "sign", role))
        elif role not in signed:
            found.append(Missing("signature", f"{role.label}还没有签名", "sign", role))
    return found


def missing(inspection: Inspection, template: Template, now: datetime, text_hash: str = "") -> list[Missing]:
    """Everything that stops the seal, in the order of the screens.

    ``text_hash`` is the hash of the paper's words as they stand; empty leaves the signatures out (before signing).
    """
    today = china_day(inspection.started_at)
    stopping = visit.objections(inspection.officers, inspection.basis, today)
    found = [Missing("visit", text, "start") for text in stopping]
    notice = inspection.notice
    if not notice.certificates_shown:
        found.append(Missing("certificates", "请确认已出示执法证件", "start"))
    if not notice.rights_told:
        found.append(Missing("rights", "请确认已告知权利义务", "start"))
    if notice.recusal and not notice.recusal_ground.strip():
        found.append(Missing("recusal", "请写明申请回避的理由", "start"))
    party = inspection.party
    if not party.name.strip() or not party.premises.strip():
        found.append(Missing("party", "请填写当事人名称和地址", "start"))
    if inspection.check.seen.digest:
        still = [
            label for field, label in COMPARED.items() if getattr(inspection.comparisons, field) is Comparison.OPEN
        ]
        if still:
            found.append(Missing("compare", "请核对" + "、".join(still), "start"))
    found += _unanswered(inspection, template)
    words = linted(inspection)
    if words and not inspection.lint_reason.strip():
        text = f"含结论性用语“{'、'.join(words)}”，请改为事实描述，或写明保留理由"
        found.append(Missing("lint", text, "inspect", _judging(inspection)))
    found += [Missing("outcome", text, "review") for text in outcome_objections(inspection, template)]
    ended = inspection.ended_at or now
    if ended <= inspection.started_at:
        found.append(Missing("time", "结束时间应晚于开始时间，请检查本机时钟", "review"))
    if text_hash:
        found += _unsigned(inspection, text_hash)
    return found
