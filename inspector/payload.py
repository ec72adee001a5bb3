"""What a scanned or typed text is: a signed code, a licence link, a bare code, a permit number, or something foreign."""

from dataclasses import dataclass

from inspector.terms import Term


class PayloadKind(Term):
    """What a text turned out to be."""

    SIGNED = "signed", "码上诚信签名码"
    CODE = "code", "含统一社会信用代码"
    REGISTRATION = "registration", "含注册号"
    PERMIT = "permit", "含许可证编号"
    OPAQUE = "opaque", "执照或公示系统链接（不含代码）"
    SEVERAL = "several", "含多个不同的代码"
    RESIDENT_ID = "resident_id", "居民身份证号"
    WIFI = "wifi", "无线网络码"
    PAYMENT = "payment", "收付款码"
    WECHAT = "wechat", "微信码"
    FOREIGN = "foreign", "与主体无关的内容"
    EMPTY = "empty", "空"


class HostClass(Term):
    """How far the host of a scanned address is known."""

    NONE = "none", "无网址"
    OWN = "own", "码上诚信"
    OFFICIAL = "official", "官方网站"
    KNOWN = "known", "已知网站"
    UNKNOWN = "unknown", "未知网站"
    SUSPICIOUS = "suspicious", "可疑网站"


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier found in a text, best ``score`` first (named parameter 100 … bare digits 40)."""

    kind: str
    """``uscc``, ``regno``, ``orgcode`` or ``permit``."""
    value: str
    score: int


@dataclass(frozen=True, slots=True)
class Payload:
    """A scanned or typed text, taken apart. Never holds a resident ID: ``text`` is empty then."""

    kind: PayloadKind
    text: str
    host_class: HostClass
    host: str = ""
    found: tuple[Found, ...] = ()
    token: str = ""
    """The signed token of a signed code (fragment without its version character)."""
    alias_key: str = ""
    """SHA-256 hex of the canonical payload; empty when it must not be bound to an entity."""

    @property
    def code(self) -> str:
        """The one unified social credit code in it, or empty."""
        codes = {f.value for f in self.found if f.kind == "uscc"}
        return codes.pop() if len(codes) == 1 else ""
