"""What a verdict rests on and what it says: facts in, findings in four colours out (see ``inspector.verdict``)."""

from dataclasses import dataclass
from datetime import datetime

from inspector.entity import Entity
from inspector.freshness import ClockTrust
from inspector.payload import Payload
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


PROVED = frozenset(
    (TokenState.GENUINE, TokenState.EXPIRED, TokenState.REVOKED, TokenState.SUSPENDED, TokenState.STATUS_UNKNOWN)
)
"""States of a token whose signature was proved: what it says of itself was said by the authority."""


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


class Bound(Term):
    """Whether an entity was reached by a binding of a payload that holds no code, and what the centre says of it."""

    NONE = "none", "无绑定"
    PENDING = "pending", "绑定待中心确认"
    CONFIRMED = "confirmed", "绑定已经中心确认"
    CONFLICT = "conflict", "绑定有冲突"


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
    bound: Bound = Bound.NONE
    on_site_differs: bool = False
    """The officer said that name, address or signboard differ."""
    seen_elsewhere: str = ""
    """When and where the same signed code was seen at another address within 30 days; empty when it was not."""
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
