"""The verdict on a scanned or typed code: one of eight findings in four colours, with reasons.

Pure: facts and a moment in, a verdict out. Bad news survives staleness, good news does not.
"""

from dataclasses import dataclass
from datetime import date, datetime

from inspector import freshness
from inspector.entity import CreditKind, CreditRecord, Entity, Permit, RegistrationState
from inspector.freshness import ClockTrust as ClockTrust
from inspector.payload import HostClass, Payload, PayloadKind
from inspector.terms import Term


class Colour(Term):
    """What the officer sees first."""

    PASS = "pass", "核验通过"
    ATTENTION = "attention", "需要关注"
    FAIL = "fail", "核验不通过"
    UNKNOWN = "unknown", "无法判定"


class Finding(Term):
    """The eight findings."""

    GENUINE = "genuine", "真码，在有效期内"
    GENUINE_ATTENTION = "genuine_attention", "真码，有需要关注的事项"
    UNSIGNED = "unsigned", "旧码：与数据一致，未验真"
    NOT_IN_FORCE = "not_in_force", "码或主体已失效"
    FORGED = "forged", "疑似假码"
    MISUSED = "misused", "疑似冒用"
    NO_BASIS = "no_basis", "没有可靠依据"
    NOT_ENTITY = "not_entity", "不是主体的码"


class TokenState(Term):
    """What the signature of a code says. A typed or old code has none (``ABSENT``)."""

    ABSENT = "absent", "无签名"
    GENUINE = "genuine", "签名已校验"
    FORGED = "forged", "签名不符"
    MISMATCH = "mismatch", "代码与签名内容不符"
    EXPIRED = "expired", "码已过期"
    REVOKED = "revoked", "码已吊销"
    SUSPENDED = "suspended", "码已暂停"
    KEY_UNKNOWN = "key_unknown", "签发密钥不在本机密钥表"
    STATUS_UNKNOWN = "status_unknown", "码状态表缺失或过旧"


class StoreHealth(Term):
    """Whether the register on this laptop may be believed."""

    GOOD = "good", "完好"
    UNCHECKED = "unchecked", "尚未校验"
    DAMAGED = "damaged", "校验不通过"
    MISSING = "missing", "未下载"
    LOCKED = "locked", "离线超期已锁定"


class Means(Term):
    """How the code came in."""

    SCANNED = "scanned", "扫码"
    TYPED = "typed", "手工输入"
    SEARCHED = "searched", "查询选取"


@dataclass(frozen=True, slots=True)
class Token:
    """The verified claims of a signed code; only what the licence on the wall shows anyway."""

    state: TokenState
    code: str = ""
    name: str = ""
    premises: str = ""
    serial: str = ""
    issuer: str = ""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict may rest on."""

    payload: Payload
    means: Means
    token: Token
    entity: Entity | None
    """What the register holds under the code, or None."""
    store: StoreHealth
    data_as_of: datetime | None
    """Time signed into the installed register; None when there is none."""
    now: datetime
    clock: ClockTrust
    alias_confirmed: bool = True
    """False when the entity was reached by a binding that the service has not confirmed."""
    on_site_differs: bool = False
    """The officer said that name, address or signboard differ, or the serial was seen elsewhere."""
    attention_age_days: int = 3
    """Days after which the age of the data is itself worth attention (policy)."""
    max_age_days: int = 7
    """Days after which good news about the data no longer counts (policy)."""
    permit_warning_days: int = 30


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: what was found, on which basis, and what to do next."""

    code: str
    colour: Colour
    text: str
    basis: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. ``reasons`` are worst first; the first is the one in the banner."""

    finding: Finding
    colour: Colour
    reasons: tuple[Reason, ...]
    checked_at: datetime
    data_as_of: datetime | None
    token: TokenState
    clock: ClockTrust


_FORGED = {
    TokenState.FORGED: ("token-forged", "签名不是发码机关的签名。"),
    TokenState.MISMATCH: ("token-mismatch", "码上印的代码与签名里的代码不同。"),
}
_ENDED_TOKEN = {
    TokenState.REVOKED: ("token-revoked", "这个码已被发码机关吊销。"),
    TokenState.SUSPENDED: ("token-suspended", "这个码已被发码机关暂停使用。"),
}
_ENDED_STATE = {
    RegistrationState.REVOKED: "营业执照已被吊销",
    RegistrationState.REVOKED_DEREGISTERED: "营业执照已被吊销并注销",
    RegistrationState.DEREGISTERED: "主体已注销",
    RegistrationState.CANCELLED: "登记已被撤销",
}
_UNPROVEN_TOKEN = {
    TokenState.KEY_UNKNOWN: ("key-unknown", "本机没有这个码的签发密钥，不能验真。", "请联网同步后重新扫码。"),
    TokenState.STATUS_UNKNOWN: (
        "status-unknown",
        "本机的码状态表缺失或过旧，不能确认码是否有效。",
        "请联网同步后重新扫码。",
    ),
}
_STORE = {
    StoreHealth.UNCHECKED: ("store-unchecked", "本机数据正在校验。", "请稍候再扫一次。"),
    StoreHealth.DAMAGED: ("store-damaged", "本机数据校验不通过，已停止使用。", "请联网同步，程序会重新下载。"),
    StoreHealth.MISSING: ("store-missing", "本机还没有下载主体数据。", "照常检查，请拍下执照；联网后自动复核。"),
    StoreHealth.LOCKED: ("store-locked", "离线时间过长，信用数据已锁定。", "请联网同步后再核验；检查照常进行。"),
}
_CLOCK = {
    ClockTrust.UNKNOWN: ("clock-unknown", "本机时钟不可信，不能判断有效期。"),
    ClockTrust.SET_BACK: ("clock-set-back", "本机时钟被调回，不能判断有效期。"),
}
_NOT_ENTITY = {
    PayloadKind.EMPTY: ("empty", "码里没有内容。"),
    PayloadKind.RESIDENT_ID: ("resident-id", "这是居民身份证号，程序没有保存。"),
    PayloadKind.WIFI: ("wifi", "这是无线网络码，不是主体的码。"),
    PayloadKind.PAYMENT: ("payment", "这是收付款码，不是主体的码。"),
    PayloadKind.WECHAT: ("wechat", "这是微信码，不是主体的码。"),
    PayloadKind.FOREIGN: ("foreign", "码里的内容与主体无关。"),
    PayloadKind.SEVERAL: ("several", "码里有多个不同的代码，请选择要核验的一个。"),
}
_RANK = {Colour.FAIL: 0, Colour.UNKNOWN: 1, Colour.ATTENTION: 2, Colour.PASS: 3}
_READABLE = frozenset((StoreHealth.GOOD, StoreHealth.UNCHECKED))
_TRUSTED = frozenset((ClockTrust.GOOD, ClockTrust.FAIR))


def decide(facts: Facts) -> Verdict:
    """The verdict on the facts: a total function, the same facts give the same verdict."""
    found = _judge(facts)
    found.sort(key=lambda pair: _RANK[pair[1].colour])
    finding, worst = found[0]
    return Verdict(
        finding,
        worst.colour,
        tuple(reason for _, reason in found),
        facts.now,
        facts.data_as_of,
        facts.token.state,
        facts.clock,
    )


def _judge(facts: Facts) -> list[tuple[Finding, Reason]]:
    if _looks_forged(facts):
        return [(Finding.FORGED, reason) for reason in _forgery(facts)]
    if facts.token.state is TokenState.ABSENT and facts.entity is None and facts.payload.kind in _NOT_ENTITY:
        code, text = _NOT_ENTITY[facts.payload.kind]
        return [(Finding.NOT_ENTITY, Reason(code, Colour.UNKNOWN, text, "", "请扫执照或码上诚信码，或直接输入代码。"))]
    today = freshness.china_day(facts.now)
    # A damaged or locked register is not believed in either direction.
    entity = facts.entity if facts.store in _READABLE else None
    found = [(Finding.NOT_IN_FORCE, r) for r in _ended(facts, entity, today)]
    if facts.on_site_differs and (entity is not None or facts.token.state is not TokenState.ABSENT):
        text = "现场的名称、地址或招牌与码不符，或同一张码出现在别处。"
        reason = Reason(
            "elsewhere", Colour.FAIL, text, "市场主体登记管理条例第三十七条", "请核实经营者身份并拍照取证。"
        )
        found.append((Finding.MISUSED, reason))
    found += [(Finding.NO_BASIS, r) for r in _unproven(facts, entity)]
    attention = _attention(facts, entity, today) if entity is not None else []
    if facts.token.state is TokenState.GENUINE:
        found += [(Finding.GENUINE_ATTENTION, r) for r in attention]
        if not found:
            text = "签名已校验，登记状态存续，许可均在有效期内。"
            found.append((Finding.GENUINE, Reason("genuine", Colour.PASS, text)))
    else:
        found += [(Finding.UNSIGNED, r) for r in attention]
        if entity is not None:
            scanned = facts.means is Means.SCANNED
            text = "旧码：与本机数据一致，未验真。" if scanned else "未扫码：与本机数据一致，未验真。"
            advice = "请核对名称、地址和招牌；可引导换领签名码。"
            found.append((Finding.UNSIGNED, Reason("unsigned", Colour.ATTENTION, text, "", advice)))
    return found


def _looks_forged(facts: Facts) -> bool:
    lookalike = facts.payload.host_class is HostClass.SUSPICIOUS and bool(facts.payload.found)
    return lookalike or facts.token.state in _FORGED


def _forgery(facts: Facts) -> list[Reason]:
    advice = "请勿打开码中的网址；拍照取证，登记线索。"
    reasons = []
    if facts.token.state in _FORGED:
        code, text = _FORGED[facts.token.state]
        reasons.append(Reason(code, Colour.FAIL, text, "", advice))
    if facts.payload.host_class is HostClass.SUSPICIOUS:
        reasons.append(Reason("lookalike-host", Colour.FAIL, "码中的网址仿冒官方网址。", "", advice))
    return reasons


def _ended(facts: Facts, entity: Entity | None, today: date) -> list[Reason]:
    """Bad news: it survives staleness."""
    reasons = []
    if facts.token.state in _ENDED_TOKEN:
        code, text = _ENDED_TOKEN[facts.token.state]
        reasons.append(Reason(code, Colour.FAIL, text, "", "请核对执照并登记线索。"))
    if facts.token.state is TokenState.EXPIRED and facts.clock in _TRUSTED:
        reasons.append(Reason("token-expired", Colour.FAIL, "这个码已过有效期。", "", "请核对执照，引导换领新码。"))
    if entity is None:
        return reasons
    state = entity.licence.state
    if state in _ENDED_STATE:
        since = f"（{entity.licence.state_since:%Y-%m-%d}）" if entity.licence.state_since else ""
        basis = "市场主体登记管理条例第三条、第四十三条"
        text = f"{_ENDED_STATE[state]}{since}，不得继续经营。"
        reasons.append(Reason(f"state-{state.name.lower()}", Colour.FAIL, text, basis, "请查明是否仍在经营并取证。"))
    for record in _current(entity, CreditKind.SERIOUS, today):
        text = f"列入严重失信主体名单：{record.title}（{record.authority}，{record.source_date:%Y-%m-%d}）。"
        reasons.append(Reason("serious", Colour.FAIL, text, record.source, "列为重点检查对象。"))
    return reasons


def _unproven(facts: Facts, entity: Entity | None) -> list[Reason]:
    """What keeps good news from counting."""
    reasons = []
    if facts.token.state in _UNPROVEN_TOKEN:
        code, text, advice = _UNPROVEN_TOKEN[facts.token.state]
        reasons.append(Reason(code, Colour.UNKNOWN, text, "", advice))
    if facts.clock in _CLOCK:
        code, text = _CLOCK[facts.clock]
        reasons.append(Reason(code, Colour.UNKNOWN, text, "", "请联网同步校准时间；检查照常进行。"))
    if facts.store in _STORE:
        code, text, advice = _STORE[facts.store]
        reasons.append(Reason(code, Colour.UNKNOWN, text, "", advice))
    elif entity is None:
        reasons.append(_absent(facts))
    elif entity.licence.state in {RegistrationState.UNKNOWN, RegistrationState.OTHER}:
        text = "登记状态不明。"
        reasons.append(Reason("state-unknown", Colour.UNKNOWN, text, "", "请核对执照；联网后自动复核。"))
    if facts.store in _READABLE:
        reasons += _too_old(facts)
    return reasons


def _absent(facts: Facts) -> Reason:
    if facts.payload.kind is PayloadKind.OPAQUE:
        text = "这是执照或公示系统的链接，里面没有代码，本机也没有绑定过。"
        return Reason("opaque", Colour.UNKNOWN, text, "", "请输入代码或查找名称；可把此码绑定到该主体。")
    advice = "照常检查，请拍下执照和许可证；联网后自动复核。"
    return Reason("not-in-register", Colour.UNKNOWN, "本机数据中没有这户。", "", advice)


def _too_old(facts: Facts) -> list[Reason]:
    if facts.data_as_of is None:
        return [Reason("age-unknown", Colour.UNKNOWN, "本机数据没有可信的日期。", "", "请联网同步。")]
    age = freshness.age_days(facts.data_as_of, facts.now)
    if age > facts.max_age_days:
        text = f"本机数据已有 {int(age)} 天，超过 {facts.max_age_days} 天。"
        return [Reason("too-old", Colour.UNKNOWN, text, "", "请联网同步后再核验；检查照常进行。")]
    if age < -1:
        return [Reason("from-future", Colour.UNKNOWN, "本机数据的日期晚于本机时钟。", "", "请联网同步校准时间。")]
    return []


def _current(entity: Entity, kind: CreditKind, today: date) -> list[CreditRecord]:
    return [r for r in entity.credit if r.kind is kind and freshness.is_current(r, today)]


def _attention(facts: Facts, entity: Entity, today: date) -> list[Reason]:
    def note(code: str, text: str, basis: str = "", advice: str = "") -> Reason:
        return Reason(code, Colour.ATTENTION, text, basis, advice)

    reasons = _permit_reasons(entity, today, facts.permit_warning_days)
    for record in _current(entity, CreditKind.ABNORMAL, today):
        text = f"{record.title}（{record.source_date:%Y-%m-%d}）。"
        reasons.append(note("abnormal", text, "企业信息公示暂行条例第十八条", "请核对原因是否消除，告知移出办法。"))
    for record in _current(entity, CreditKind.CORRECTION, today):
        due = f"，期限 {record.due:%Y-%m-%d}" if record.due else ""
        late = "，已逾期" if record.due and record.due < today else ""
        reasons.append(note("correction", f"责令改正未办结：{record.title}{due}{late}。", "", "请先复查此项。"))
    if entity.licence.state is RegistrationState.MOVED_OUT:
        reasons.append(note("moved-out", "登记已迁出。", "", "请核对管辖。"))
    until = entity.licence.suspended_until
    if until is not None and until >= today:
        basis = "市场主体登记管理条例第三十条"
        reasons.append(
            note("suspended", f"歇业备案至 {until:%Y-%m-%d}。", basis, "如在营业，告知三十日内公示终止歇业。")
        )
    if entity.inspection_cap is not None and entity.inspections_this_year >= entity.inspection_cap:
        text = f"今年已检查 {entity.inspections_this_year} 次，达到年度上限 {entity.inspection_cap} 次。"
        reasons.append(note("cap", text, "国办发〔2024〕54号", "除投诉举报、转办交办、案件线索外不再检查。"))
    if not facts.alias_confirmed:
        reasons.append(note("alias", "此码与主体的绑定还没有经中心确认。", "", "请核对执照上的代码。"))
    if facts.token.name and facts.token.name != entity.licence.name:
        reasons.append(
            note("renamed", f"码上的名称是“{facts.token.name}”，与登记不同。", "", "请核对执照，引导换领新码。")
        )
    if facts.data_as_of is not None:
        age = freshness.age_days(facts.data_as_of, facts.now)
        if facts.attention_age_days < age <= facts.max_age_days:
            reasons.append(note("ageing", f"本机数据已有 {int(age)} 天。", "", "请尽快联网同步。"))
    return reasons


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
            reasons.append(Reason("permit-ended", Colour.ATTENTION, f"{name}{ended}。", "", "请核对是否已换证。"))
        elif left is not None and left <= warning_days:
            text = f"{name}还有 {left} 天到期。"
            reasons.append(Reason("permit-ending", Colour.ATTENTION, text, "", "请提醒及时延续。"))
    return reasons


def _reach(permit: Permit, today: date) -> tuple[bool, date]:
    return freshness.holds(permit, today), permit.valid_to or freshness.NO_END
