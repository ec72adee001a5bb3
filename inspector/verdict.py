"""The verdict on a scanned or typed code: one of eight findings in four colours, with reasons.

Pure: facts and a moment in, a verdict out. Bad news survives staleness, good news does not.
"""

from datetime import date

from inspector import attention, freshness, identifiers
from inspector.entity import CreditKind, Entity, RegistrationState
from inspector.facts import PROVED as PROVED
from inspector.facts import Bound as Bound
from inspector.facts import Colour as Colour
from inspector.facts import Facts as Facts
from inspector.facts import Finding as Finding
from inspector.facts import Means as Means
from inspector.facts import Reason as Reason
from inspector.facts import StoreHealth as StoreHealth
from inspector.facts import Token as Token
from inspector.facts import TokenState as TokenState
from inspector.facts import Verdict as Verdict
from inspector.freshness import ClockTrust as ClockTrust
from inspector.payload import HostClass, PayloadKind

_FORGED = {
    TokenState.FORGED: ("token-forged", "疑似假码：签名不是发码机关的签名。"),
    TokenState.MISMATCH: ("token-mismatch", "疑似假码：码上印的代码与签名里的代码不同。"),
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
    unknown = facts.token.state is TokenState.ABSENT and facts.entity is None and facts.bound is Bound.NONE
    if unknown and facts.payload.kind in _NOT_ENTITY:
        return [(Finding.NOT_ENTITY, _foreign(facts))]
    today = freshness.china_day(facts.now)
    # A damaged or locked register is not believed in either direction.
    entity = facts.entity if facts.store in _READABLE else None
    found = [(Finding.NOT_IN_FORCE, r) for r in _ended(facts, entity, today)]
    if facts.on_site_differs and (entity is not None or facts.token.state is not TokenState.ABSENT):
        found.append((Finding.MISUSED, _misused("elsewhere", "疑似冒用：现场的名称、地址或招牌与码不符。")))
    if facts.seen_elsewhere and facts.token.state in PROVED:
        text = f"疑似冒用：同一张码{facts.seen_elsewhere}出现过。"
        found.append((Finding.MISUSED, _misused("copied", text)))
    found += [(Finding.NO_BASIS, r) for r in _unproven(facts, entity)]
    notes = attention.reasons(facts, entity, today) if entity is not None else []
    if facts.token.state is TokenState.GENUINE:
        found += [(Finding.GENUINE_ATTENTION, r) for r in notes]
        if not found:
            text = "签名已校验，登记状态存续，许可均在有效期内。"
            found.append((Finding.GENUINE, Reason("genuine", Colour.PASS, text)))
    else:
        found += [(Finding.UNSIGNED, r) for r in notes]
        if entity is not None and facts.token.state is TokenState.ABSENT:
            scanned = facts.means is Means.SCANNED
            text = "旧码：与本机数据一致，未验真。" if scanned else "未扫码：与本机数据一致，未验真。"
            advice = "请核对名称、地址和招牌；可引导换领签名码。"
            found.append((Finding.UNSIGNED, Reason("unsigned", Colour.ATTENTION, text, "", advice)))
    return found


def _misused(code: str, text: str) -> Reason:
    basis = "市场主体登记管理条例第三十七条"
    return Reason(code, Colour.FAIL, text, basis, "请核实经营者身份并拍照取证。")


def _foreign(facts: Facts) -> Reason:
    code, text = _NOT_ENTITY[facts.payload.kind]
    if facts.means is Means.TYPED and facts.payload.kind is PayloadKind.FOREIGN:
        told = identifiers.explain(facts.payload.text)
        if told.value.isascii() and told.value.isalnum():
            question = f"是否为 {told.suggestion}？" if told.suggestion else ""
            return Reason("mistyped", Colour.UNKNOWN, told.reason, "", question or "请对照执照改正后再输入。")
        text = "输入的内容不是代码或编号。"
        return Reason(code, Colour.UNKNOWN, text, "", "按名称查找的，请从查找结果中选择。")
    advice = "请扫执照或码上诚信码，或直接输入代码。"
    if facts.payload.alias_key:
        advice = "请输入执照上的代码；确是该主体张贴的码，可绑定到该主体。"
    return Reason(code, Colour.UNKNOWN, text, "", advice)


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
        reasons.append(Reason("lookalike-host", Colour.FAIL, "疑似假码：码中的网址仿冒官方网址。", "", advice))
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
    for record in attention.current(entity, CreditKind.SERIOUS, today):
        text = f"列入严重失信主体名单：{record.title}（{record.authority}，{record.source_date:%Y-%m-%d}）。"
        reasons.append(Reason("serious", Colour.FAIL, text, record.source, "列为重点检查对象。"))
    return reasons


def _unproven(facts: Facts, entity: Entity | None) -> list[Reason]:
    """What keeps good news from counting; a cause stands before what follows from it."""
    reasons = []
    if facts.clock in _CLOCK:
        code, text = _CLOCK[facts.clock]
        reasons.append(Reason(code, Colour.UNKNOWN, text, "", "请联网同步校准时间；检查照常进行。"))
    if facts.store in _READABLE:
        reasons += _too_old(facts)
    if facts.token.state in _UNPROVEN_TOKEN:
        code, text, advice = _UNPROVEN_TOKEN[facts.token.state]
        reasons.append(Reason(code, Colour.UNKNOWN, text, "", advice))
    if facts.store in _STORE:
        code, text, advice = _STORE[facts.store]
        reasons.append(Reason(code, Colour.UNKNOWN, text, "", advice))
    elif entity is None:
        reasons.append(_absent(facts))
    elif facts.token.code and facts.token.code != entity.code:
        text = "码上的代码与本机找到的主体不同。"
        reasons.append(Reason("other-entity", Colour.UNKNOWN, text, "", "请输入执照上的代码重新核验。"))
    elif entity.licence.state in {RegistrationState.UNKNOWN, RegistrationState.OTHER}:
        text = "登记状态不明。"
        reasons.append(Reason("state-unknown", Colour.UNKNOWN, text, "", "请核对执照；联网后自动复核。"))
    return reasons


def _absent(facts: Facts) -> Reason:
    if facts.bound is Bound.CONFLICT:
        text = "这个码被绑定到了不同的主体，等待中心处理。"
        return Reason("alias-conflict", Colour.UNKNOWN, text, "", "请输入执照上的代码核验。")
    if facts.bound is not Bound.NONE:
        text = "这个码绑定的主体不在本机数据中。"
        return Reason("bound-absent", Colour.UNKNOWN, text, "", "请输入执照上的代码核验；联网后自动复核。")
    if facts.payload.kind is PayloadKind.OPAQUE and facts.payload.host_class is HostClass.SUSPICIOUS:
        text = "码中的网址可疑，里面没有代码。"
        return Reason("suspicious", Colour.UNKNOWN, text, "", "请勿打开；请输入执照上的代码或查找名称。")
    if facts.payload.kind is PayloadKind.OPAQUE:
        text = "这是执照或公示系统的链接，里面没有代码，本机也没有绑定过。"
        return Reason("opaque", Colour.UNKNOWN, text, "", "请输入代码或查找名称；可把此码绑定到该主体。")
    advice = "照常检查，请拍下执照和许可证；联网后自动复核。"
    if facts.token.state is TokenState.GENUINE:
        text = "码是真的（签名已校验），但本机数据中没有这户，不能核对登记和信用状态。"
        return Reason("genuine-not-in-register", Colour.UNKNOWN, text, "", advice)
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
