"""What a scanned or typed text is: a signed code, a licence link, a bare code, a permit number, or foreign."""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, unquote

from inspector import identifiers
from inspector.divisions import is_known_province
from inspector.hosts import Address, HostRules, classify, split
from inspector.hosts import HostClass as HostClass
from inspector.terms import Term

MAX_BYTES = 4096
"""A QR code holds at most 2,953 bytes."""
MAX_VIEWS = 200
MAX_DEPTH = 4
MAX_CHARACTERS = 8 * MAX_BYTES
"""Of all views together: what keeps any text below 50 ms."""
MAX_TYPED = 40
"""Characters up to which a text may be one identifier, typed with blanks and hyphens."""
_CODE_NAMES = frozenset(
    ["uniscid", "tyshxydm", "shxydm", "xydm", "tydm", "creditcode", "credit_code", "uscc", "cid", "socialcreditcode"]
)
_NUMBER_NAMES = frozenset(("regno", "zch"))
_VOLATILE = frozenset(["nsukey", "from", "isappinstalled", "wxfrom", "timestamp", "t", "_", "sign", "jumpflag", "tab"])
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:[\r\n]+[A-Za-z0-9+/_-]+)*={0,2}")
_NUMBER = re.compile(r"(?<![0-9A-Z])[0-9]{15}(?![0-9A-Z])")
_PERMIT = re.compile(rf"(?<![0-9A-Z])(?:{'|'.join(identifiers.PERMIT_KINDS)})[0-9]{{14}}(?![0-9A-Z])")
_PARAMETER = re.compile(r"([A-Za-z_]{1,40})=$")
_LABEL = re.compile(r"统一社会信用代码[:：\s]{0,3}$")
_OWN_PATH = re.compile(r"/e/([0-9A-Z]{18})(?:#(?P<version>.)(?P<token>[A-Za-z0-9_-]*))?", re.DOTALL)
_EPOCH_TOKEN = re.compile(r"\{[^{}]*[0-9]{13}\}")
_FOREIGN = (
    (re.compile(r"WIFI:", re.IGNORECASE), "WIFI"),
    (
        re.compile(r"(https?://qr\.(alipay|95516)\.com/|wxp://|weixin://wxpay)", re.IGNORECASE),
        "PAYMENT",
    ),
    (re.compile(r"(https?://(u\.wechat\.com|weixin\.qq\.com)/|weixin://)", re.IGNORECASE), "WECHAT"),
)


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


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier found in a text, best ``score`` first (named parameter 100 … bare digits 40)."""

    kind: str
    """``uscc``, ``regno`` or ``permit``."""
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


def decode_text(data: bytes) -> str:
    """The text in a code's first bytes: UTF-8, else GB18030, else what can be made of it."""
    for encoding in ("utf-8", "gb18030"):
        try:  # A character cut in half by the limit is no sign of another encoding.
            return codecs.getincrementaldecoder(encoding)().decode(data[:MAX_BYTES], len(data) <= MAX_BYTES)
        except UnicodeDecodeError:
            continue
    return data[:MAX_BYTES].decode("utf-8", "replace")


def _normal(text: str) -> str:
    """Bounded: one character may stand for eighteen."""
    text = unicodedata.normalize("NFKC", text[:MAX_BYTES])[:MAX_BYTES]
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf"})


def _unbase64(token: str) -> str:
    clean = re.sub(r"[\r\n]", "", token).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = decode_text(base64.b64decode(clean + "=" * (-len(clean) % 4), validate=True))
    except (ValueError, binascii.Error):
        return ""
    printable = sum(c.isprintable() or c in "\r\n\t" for c in text)
    return text if printable * 10 >= len(text) * 9 else ""


def _views(text: str) -> Iterator[str]:
    """A text and what it turns into when decoded, breadth first, with bounded work."""
    if len(text) <= MAX_TYPED:
        yield identifiers.tidy(text)
    seen, left = {text}, MAX_CHARACTERS - len(text)
    layer = [text]
    for _ in range(MAX_DEPTH):
        following: list[str] = []
        for view in layer:
            yield view
            opened = [unquote(view, errors="replace"), html.unescape(view)]
            opened += [_unbase64(m.group()) for m in _BASE64.finditer(view)]
            for other in map(_normal, opened):
                if other and other not in seen and len(seen) < MAX_VIEWS and len(other) <= left:
                    seen.add(other)
                    left -= len(other)
                    following.append(other)
        layer = following


def _score(view: str, start: int) -> int:
    before = view[max(0, start - 60) : start]
    parameter = _PARAMETER.search(before)
    if parameter and parameter.group(1).lower() in _CODE_NAMES:
        return 100
    return 90 if _LABEL.search(before) else 80


def _identifiers(view: str) -> Iterator[Found]:
    upper = view.upper()
    if len(upper) != len(view):
        view = upper
    for match in identifiers.CODE_PATTERN.finditer(upper):
        code = match.group()
        if identifiers.is_code(code) and is_known_province(code[2:8]):
            yield Found("uscc", code, _score(view, match.start()))
    for match in _PERMIT.finditer(upper):
        if identifiers.is_permit_number(match.group()):
            yield Found("permit", match.group(), 60)
    for match in _NUMBER.finditer(upper):
        if identifiers.is_registration_number(match.group()):
            name = _PARAMETER.search(view[max(0, match.start() - 60) : match.start()])
            named = name is not None and name.group(1).lower() in _NUMBER_NAMES
            yield Found("regno", match.group(), 70 if named else 40)


def _best(found: list[Found]) -> tuple[Found, ...]:
    best: dict[tuple[str, str], Found] = {}
    for one in found:
        key = (one.kind, one.value)
        if key not in best or best[key].score < one.score:
            best[key] = one
    return tuple(sorted(best.values(), key=lambda f: (-f.score, f.value)))


def alias_key(text: str, kind: PayloadKind, host: HostClass) -> str:
    """SHA-256 of the canonical payload by which a web address without identifier may be bound to an entity, or empty.

    Never for what changes by itself, belongs to a person or is built to deceive: session tokens, payment codes, words
    that are no address, look-alike hosts.
    """
    address = split(text)
    if address is None or address.scheme not in ("http", "https") or _EPOCH_TOKEN.search(unquote(text)):
        return ""
    if kind not in (PayloadKind.OPAQUE, PayloadKind.FOREIGN) or host in (HostClass.SUSPICIOUS, HostClass.NONE):
        return ""
    path, _, query = address.rest.partition("#")[0].partition("?")
    parameters = sorted((k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k.lower() not in _VOLATILE)
    canonical = f"{address.host}:{address.port}{path}?{parameters!r}"
    return sha256(canonical.encode()).hexdigest()


def _kind(text: str, found: tuple[Found, ...], address: Address | None, host: HostClass) -> PayloadKind:
    codes = {f.value for f in found if f.kind == "uscc"}
    if codes:
        return PayloadKind.CODE if len(codes) == 1 else PayloadKind.SEVERAL
    for pattern, name in _FOREIGN:
        if pattern.match(text):
            return PayloadKind[name]
    for kind, meaning in (("regno", PayloadKind.REGISTRATION), ("permit", PayloadKind.PERMIT)):
        values = {f.value for f in found if f.kind == kind}
        if values:
            return meaning if len(values) == 1 else PayloadKind.SEVERAL
    if address is not None and host in {HostClass.OFFICIAL, HostClass.KNOWN, HostClass.OWN, HostClass.SUSPICIOUS}:
        return PayloadKind.OPAQUE
    return PayloadKind.FOREIGN


def parse(data: bytes, rules: HostRules) -> Payload:
    """Take scanned or typed bytes apart. Any bytes give a payload; the work is bounded; nothing is ever opened."""
    text = _normal(decode_text(data)).strip()
    if not text:
        return Payload(PayloadKind.EMPTY, "", HostClass.NONE)
    address = split(text)
    host = classify(address, rules)
    views = list(_views(text))
    if any(map(identifiers.holds_resident_id, views)):
        return Payload(PayloadKind.RESIDENT_ID, "", HostClass.NONE)
    found = _best([f for view in views for f in _identifiers(view)])
    name = address.host if address else ""
    if address is not None and host is HostClass.OWN:
        own = _OWN_PATH.fullmatch(address.rest)
        if own and identifiers.is_code(own[1]):
            here = (Found("uscc", own[1], 100),)
            if own["version"] == "1":
                return Payload(PayloadKind.SIGNED, text, host, name, here, own["token"])
            return Payload(PayloadKind.CODE, text, host, name, here)
    kind = _kind(text, found, address, host)
    return Payload(kind, text, host, name, found, "", alias_key(text, kind, host))
