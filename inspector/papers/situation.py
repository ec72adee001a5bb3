"""现场情况: what the record tells about the check, the comparison, the items and the photographs. Facts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.checklist import Item, Template
from inspector.completeness import COMPARED
from inspector.freshness import CHINA
from inspector.inspection import Answer, Comparison, Inspection, ItemFinding, answer_to, items_of, violations
from inspector.papers.phrases import clause, day, joined, moment, numeral, quoted


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its numbered or named head in bold, which may be empty."""

    head: str
    text: str


def paragraphs(inspection: Inspection, template: Template) -> tuple[Paragraph, ...]:
    """Check, comparison, the officer's words, counts, each item 不符合 with number, other notes, photographs."""
    items = items_of(inspection, template)
    bad = violations(inspection, template)
    numbers = {p.sha256: f"照片{n}" for n, p in enumerate(inspection.photos, 1)}
    found = [Paragraph("", _check(inspection))]
    found += [Paragraph("", text) for text in _comparisons(inspection)]
    found += [Paragraph("", line.strip()) for line in inspection.situation.splitlines() if line.strip()]
    found.append(Paragraph("", _counts(inspection, items)))
    for n, item in enumerate(bad, 1):
        found.append(Paragraph(f"{numeral(n)}、", _violation(item, answer_to(inspection, item.id), numbers)))
    found += _others(inspection, items, {item.id for item in bad}, numbers)
    found += _photos(inspection)
    return tuple(found)


def _check(inspection: Inspection) -> str:
    check = inspection.check
    text = f"{moment(check.at)}，执法人员以{check.means.label}方式核验当事人身份。"
    if check.seen.as_of:
        text += f"依据的离线数据截至 {_as_of(check.seen.as_of)}。"
    else:
        text += "本机没有可依据的主体数据。"
    text += f"核验结果显示为“{check.colour.label}”（{check.finding.label}）"
    return f"{text}：{clause(check.reason)}。" if check.reason.strip() else f"{text}。"


def _as_of(text: str) -> str:
    """The time of the data as people write it; as it came when it is no ISO time."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment(read) if read.tzinfo else day(read.replace(tzinfo=CHINA))


def _comparisons(inspection: Inspection) -> list[str]:
    told = inspection.comparisons
    by = {c: [label for field, label in COMPARED.items() if getattr(told, field) is c] for c in Comparison}
    parts = [f"{c.label}的有：{joined(by[c])}" for c in (Comparison.SAME, Comparison.DIFFERENT) if by[c]]
    if not parts and not told.note.strip():
        return []
    text = f"与登记数据现场核对，{joined(parts, '；')}。" if parts else ""
    return [text + (f"{clause(told.note)}。" if told.note.strip() else "")]


def _counts(inspection: Inspection, items: Sequence[Item]) -> str:
    told = [(item, answer_to(inspection, item.id).finding) for item in items]
    by = {f: sum(1 for item, g in told if g is f and not _guided(item, g)) for f in ItemFinding}
    counts = joined((f"{f.label} {by[f]} 项" for f in ItemFinding), "，")
    return f"按检查表逐项检查 {len(items)} 项：{counts}{_guidance_count(told)}。"


def _guided(item: Item, finding: ItemFinding) -> bool:
    return item.guidance and finding is ItemFinding.VIOLATES


def _guidance_count(told: Sequence[tuple[Item, ItemFinding]]) -> str:
    guided = sum(1 for item, finding in told if _guided(item, finding))
    return f"，自愿事项引导 {guided} 项" if guided else ""


def _violation(item: Item, answer: Answer, numbers: dict[str, str]) -> str:
    """Facts first; 不符合 is the answer to the item, and the basis says whose requirement the item is."""
    facts = clause(answer.note) or "（未写明现场情况）"
    name = f"检查项 {item.id}{quoted(item.text)}"
    return f"{name}：不符合。现场情况：{facts}。{_shown(answer, numbers)}检查依据：{item.basis}。"


def _shown(answer: Answer, numbers: dict[str, str]) -> str:
    shown = joined(numbers[p] for p in answer.photos if p in numbers)
    return f"见{shown}。" if shown else ""


def _others(inspection: Inspection, items: Sequence[Item], bad: set[str], numbers: dict[str, str]) -> list[Paragraph]:
    """What was written down for items that are no violations: nothing that an officer wrote is left out."""
    known = {item.id: item for item in items}
    order = {item.id: place for place, item in enumerate(items)}
    found = []
    for answer in sorted(inspection.answers, key=lambda a: order.get(a.item, len(order))):
        if answer.item in bad or not (answer.note.strip() or answer.photos):
            continue
        item = known.get(answer.item)
        label = "自愿事项，予以引导" if item and _guided(item, answer.finding) else answer.finding.label
        name = f"{quoted(item.text)}" if item else "（检查表以外）"
        note = f"：{clause(answer.note)}" if answer.note.strip() else ""
        found.append(Paragraph("", f"检查项 {answer.item}{name}（{label}）{note}。{_shown(answer, numbers)}"))
    return found


def _photos(inspection: Inspection) -> list[Paragraph]:
    if not inspection.photos:
        return []
    lines = [Paragraph("", f"现场取得照片 {len(inspection.photos)} 张，原始文件另存：")]
    for n, photo in enumerate(inspection.photos, 1):
        how = "现场拍摄" if photo.origin == "camera" else "导入文件"
        who = f"，{photo.taken_by}" if photo.taken_by else ""
        shows = f"，{clause(photo.shows)}" if photo.shows.strip() else ""
        mark = f"SHA-256 {photo.sha256[:16]}"
        lines.append(Paragraph("", f"照片{n}：{moment(photo.taken_at)}{how}{who}{shows}（{mark}）。"))
    return lines
