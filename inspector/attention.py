"""What in an entity's own data deserves attention: lists, open corrections, permits, caps, and what the code says."""

from datetime import date

from inspector import freshness
from inspector.entity import CreditKind, CreditRecord, Entity, Permit, RegistrationState, abnormal_basis
from inspector.facts import Bound, Colour, Facts, Reason
from inspector.identifiers import tidy


def current(entity: Entity, kind: CreditKind, today: date) -> list[CreditRecord]:
    return [r for r in entity.credit if r.kind is kind and freshness.is_current(r, today)]


def reasons(facts: Facts, entity: Entity, today: date) -> list[Reason]:
    """Why good news about an entity is not the whole news, in the order in which an officer acts on it."""

    def note(code: str, text: str, basis: str = "", advice: str = "") -> Reason:
        return Reason(code, Colour.ATTENTION, text, basis, advice)

    found = _permit_reasons(entity, today, facts.permit_warning_days)
    for record in current(entity, CreditKind.ABNORMAL, today):
        text = f"{record.title}（{record.source_date:%Y-%m-%d}）。"
        found.append(note("abnormal", text, abnormal_basis(entity.subject), "请核对原因是否消除，告知移出办法。"))
    for record in current(entity, CreditKind.CORRECTION, today):
        due = f"，期限 {record.due:%Y-%m-%d}" if record.due else ""
        late = "，已逾期" if record.due and record.due < today else ""
        found.append(note("correction", f"责令改正未办结：{record.title}{due}{late}。", "", "请先复查此项。"))
    if entity.licence.state is RegistrationState.MOVED_OUT:
        found.append(note("moved-out", "登记已迁出。", "", "请核对管辖。"))
    until = entity.licence.suspended_until
    if until is not None and until >= today:
        basis = "市场主体登记管理条例第三十条"
        found.append(note("suspended", f"歇业备案至 {until:%Y-%m-%d}。", basis, "如在营业，告知三十日内公示终止歇业。"))
    if entity.inspection_cap is not None and entity.inspections_this_year >= entity.inspection_cap:
        text = f"今年已检查 {entity.inspections_this_year} 次，达到年度上限 {entity.inspection_cap} 次。"
        found.append(note("cap", text, "国办发〔2024〕54号", "除投诉举报、转办交办、案件线索外不再检查。"))
    if facts.bound in (Bound.PENDING, Bound.CONFLICT):
        found.append(note("alias", "旧码/绑定：待中心确认。", "", "请核对执照上的代码与此主体一致。"))
    if facts.token.name and facts.token.name != entity.licence.name:
        found.append(
            note("renamed", f"码上的名称是“{facts.token.name}”，与登记不同。", "", "请核对执照，引导换领新码。")
        )
    if facts.token.premises and tidy(facts.token.premises) != tidy(entity.licence.premises):
        text = f"码上的地址是“{facts.token.premises}”，与登记不同。"
        found.append(note("moved", text, "", "请核对现场地址；与现场不符的请如实标记。"))
    if facts.data_as_of is not None:
        age = freshness.age_days(facts.data_as_of, facts.now)
        if facts.attention_age_days < age <= facts.max_age_days:
            found.append(note("ageing", f"本机数据已有 {int(age)} 天。", "", "请尽快联网同步。"))
    return found


def _permit_reasons(entity: Entity, today: date, warning_days: int) -> list[Reason]:
    """One reason a kind of permit: renewals stand beside the old one, so the best of a kind decides."""
    best: dict[str, Permit] = {}
    for permit in entity.permits:
        if permit.kind not in best or _reach(permit, today) > _reach(best[permit.kind], today):
            best[permit.kind] = permit
    reasons = []
    for permit in best.values():
        left = freshness.days_left(permit, today)
        name = f"{permit.kind}（{permit.number}）"
        if not freshness.holds(permit, today):
            ended = f"已于 {permit.valid_to:%Y-%m-%d} 到期" if left is not None and left < 0 else "不在有效状态"
            # Amber: who applied in time and was not answered is deemed renewed (docs/decisions/032).
            basis, advice = "行政许可法第五十条、第七十条", "请核对是否已延续、换证，或看延续的受理通知书。"
            reasons.append(Reason("permit-ended", Colour.ATTENTION, f"{name}{ended}。", basis, advice))
        elif left is not None and left <= warning_days:
            text = f"{name}还有 {left} 天到期。"
            reasons.append(Reason("permit-ending", Colour.ATTENTION, text, "", "请提醒及时延续。"))
    return reasons


def _reach(permit: Permit, today: date) -> tuple[bool, date]:
    return freshness.holds(permit, today), permit.valid_to or freshness.NO_END
