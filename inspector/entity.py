"""A market entity as the register holds it: licence, permits, credit records, each with its source.

Field names follow the licence of 2022 (市场主体登记管理条例实施细则 art. 23) and the sections of the
national public credit report (公共信用信息报告). All dates are calendar days in Asia/Shanghai; the
last day of a period is inside it. Amounts of money are strings as the source gave them.
"""

from dataclasses import dataclass
from datetime import date, datetime

from inspector.terms import Term


class RegistrationState(Term):
    """登记状态, the state of a registration (market-regulation code list)."""

    ACTIVE = "1", "存续"
    REVOKED = "2", "吊销，未注销"
    REVOKED_DEREGISTERED = "3", "吊销，已注销"
    DEREGISTERED = "4", "注销"
    CANCELLED = "5", "撤销"
    MOVED_OUT = "6", "迁出"
    OTHER = "9", "其他"
    UNKNOWN = "", "未知"


class SubjectKind(Term):
    """主体类别; decides which rules apply (an individual is *marked*, an enterprise is *listed*)."""

    ENTERPRISE = "enterprise", "企业"
    INDIVIDUAL = "individual", "个体工商户"
    COOPERATIVE = "cooperative", "农民专业合作社"
    BRANCH = "branch", "分支机构"
    INSTITUTION = "institution", "事业单位"
    SOCIAL = "social", "社会组织"
    COLLECTIVE = "collective", "农村集体经济组织"
    OTHER = "other", "其他"


_ABNORMAL_BASIS = {
    SubjectKind.INDIVIDUAL: "《个体工商户年度报告暂行办法》",
    SubjectKind.COOPERATIVE: "《农民专业合作社年度报告公示暂行办法》",
}


def abnormal_basis(subject: SubjectKind) -> str:
    """The rules under which an entity is listed (an individual: marked) as operating abnormally."""
    return _ABNORMAL_BASIS.get(subject, "《企业经营异常名录管理暂行办法》")


class CreditKind(Term):
    """Kind of a credit record: one section of the public credit report each."""

    ABNORMAL = "abnormal", "经营异常名录（状态）"
    SERIOUS = "serious", "严重失信主体名单"
    PENALTY = "penalty", "行政处罚"
    CORRECTION = "correction", "责令改正"
    COMMITMENT = "commitment", "信用承诺"
    EVALUATION = "evaluation", "信用评价"
    HONOUR = "honour", "诚实守信"
    JUDGMENT = "judgment", "司法判决"
    SELF_DECLARED = "self_declared", "自愿申报"


@dataclass(frozen=True, slots=True)
class Licence:
    """营业执照 (or the equivalent certificate of a body that is not a company)."""

    name: str
    kind: str
    """类型, e.g. 有限责任公司, 个体工商户."""
    representative: str
    """法定代表人, 经营者 or 负责人."""
    premises: str
    """住所 / 经营场所."""
    scope: str
    authority: str
    established: date | None
    state: RegistrationState
    state_since: date | None = None
    capital: str = ""
    composition: str = ""
    """组成形式, individuals only."""
    former_name: str = ""
    suspended_until: date | None = None
    """End of a filed suspension (歇业), if one is running."""
    source: str = ""
    """来源: the department that states the registration; empty when it is not known."""
    as_of: date | None = None
    """数据截至: as of which day the source first said what stands here; None when that is not known, or when the source
    says it no more."""


@dataclass(frozen=True, slots=True)
class Permit:
    """许可证; ``valid_to`` None means 长期 (no end)."""

    kind: str
    number: str
    authority: str
    scope: str
    issued: date | None
    valid_from: date | None
    valid_to: date | None
    state: str = "有效"
    """State as the issuer gave it: 有效, 注销, 吊销, 暂扣 …"""
    source: str = ""
    as_of: date | None = None
    """Both as of a ``Licence``."""


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One record of a section of the credit report.

    A record that was repaired (信用修复) or whose publication ended is not shown and not used:
    see ``inspector.freshness.is_current``.
    """

    kind: CreditKind
    title: str
    detail: str
    authority: str
    source: str
    source_date: date
    number: str = ""
    due: date | None = None
    """For a correction order: the day by which it must be met."""
    closed: date | None = None
    """Removed from the list, order fulfilled, commitment ended."""
    repaired: date | None = None
    publish_until: date | None = None
    as_of: date | None = None
    """As of a ``Licence``."""


@dataclass(frozen=True, slots=True)
class Entity:
    """市场主体 with everything that the register knows about it as of ``as_of``."""

    code: str
    """统一社会信用代码, 18 characters."""
    subject: SubjectKind
    licence: Licence
    permits: tuple[Permit, ...] = ()
    credit: tuple[CreditRecord, ...] = ()
    registration_number: str = ""
    division: str = ""
    """登记地, GB/T 2260 code."""
    area: str = ""
    """属地 area unit that supervises it: key of one of Heihe's nine areas."""
    office: str = ""
    """属地监管所."""
    grid: str = ""
    risk: str = ""
    """企业信用风险分类 A–D: for officers only, never on paper or turned to the party."""
    inspections_this_year: int = 0
    inspection_cap: int | None = None
    """年度检查频次上限; None when the department published none."""
    has_integrity_code: bool = False
    """Whether a 码上诚信 code was issued (voluntary: its absence is never a fault)."""
    as_of: datetime | None = None
    """Newest source time of this entity's data."""
