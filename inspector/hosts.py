"""How far the host of a scanned address is known: exact rules on the strictly parsed ASCII host, kept as data.

The program never opens a scanned address; the class only colours what the officer is told.
"""

import re
import tomllib
from dataclasses import dataclass
from ipaddress import ip_address

import msgspec

from inspector.terms import Term

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([/\\]+)([^/?#]*)(.*)", re.DOTALL)
SHORTEST_DISGUISE = 4
"""Characters: shorter words stand in hosts by chance."""
_WEB = frozenset(("http", "https"))
_NUMERIC_HOST = re.compile(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}")


class HostClass(Term):
    """How far the host of a scanned address is known."""

    NONE = "none", "无网址"
    OWN = "own", "码上诚信"
    OFFICIAL = "official", "官方网站"
    KNOWN = "known", "已知网站"
    UNKNOWN = "unknown", "未知网站"
    SUSPICIOUS = "suspicious", "可疑网站"


@dataclass(frozen=True, slots=True)
class HostRules:
    """Lists of hosts, lower case ASCII; an administrator changes them, never code."""

    own: tuple[str, ...] = ("msc.heihe.gov.cn",)
    """Hosts of this system's own codes, exact: https, no port, path ``/e/<code>``."""
    official: tuple[str, ...] = ("gov.cn", "creditchina.gov.cn", "gsxt.gov.cn")
    """Official hosts; each stands for itself and everything below it."""
    known: tuple[str, ...] = ("szcredit.com.cn", "hljcredit.gov.cn")
    disguises: tuple[str, ...] = ("gsxt", "creditchina", "gov-cn", "gov.cn", "msc.heihe")
    """Words that stand in official hosts; in any other host they are a disguise."""


def read(text: str) -> HostRules:
    """Host rules from TOML; what is not named stays as it is by default. Raises ``msgspec.ValidationError``."""
    try:
        rules = msgspec.convert(tomllib.loads(text), HostRules)
    except tomllib.TOMLDecodeError as error:
        raise msgspec.ValidationError(str(error)) from None
    for host in (*rules.own, *rules.official, *rules.known):
        if not _HOST.fullmatch(host):
            raise msgspec.ValidationError(f"{host!r} is no host name in lower case")
    if not rules.own or any(len(word) < SHORTEST_DISGUISE for word in rules.disguises):
        raise msgspec.ValidationError("own hosts are missing, or a disguise is shorter than four characters")
    return rules


@dataclass(frozen=True, slots=True)
class Address:
    """A scanned address taken apart as a careful browser would."""

    scheme: str
    host: str
    port: str
    rest: str
    """Path, query and fragment as written."""
    disguised: bool
    """User info, odd slashes, control or non-ASCII characters: built so that two readers see two hosts."""


def split(text: str) -> Address | None:
    """Take an address apart, or None when the text is not one."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    scheme, slashes, authority, rest = match[1].lower(), *match.group(2, 3, 4)
    if slashes != "//" and scheme not in _WEB:  # Browsers open https:\\host and https:/host as well.
        return None
    server = authority.rpartition("@")[2]
    host, _, port = server.partition(":")
    odd = (
        slashes != "//"
        or "@" in authority
        or "\\" in authority
        or not (authority.isascii() and authority.isprintable())
    )
    return Address(scheme, host.lower().removesuffix("."), port, rest, odd)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return _NUMERIC_HOST.fullmatch(host) is not None
    return True


def _below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith("." + name) for name in names)


def classify(address: Address | None, rules: HostRules) -> HostClass:
    """The class of an address's host; suspicious when it is built to be taken for another one."""
    if address is None:
        return HostClass.NONE
    host = address.host
    if address.scheme not in _WEB or address.disguised or "xn--" in host:
        return HostClass.SUSPICIOUS
    if _is_ip(host) or not _HOST.fullmatch(host):
        return HostClass.SUSPICIOUS
    if host in rules.own:
        return HostClass.OWN if address.scheme == "https" and not address.port else HostClass.SUSPICIOUS
    if _below(host, rules.known):
        return HostClass.KNOWN
    if _below(host, rules.official):
        return HostClass.OFFICIAL
    return HostClass.SUSPICIOUS if any(word in host for word in rules.disguises) else HostClass.UNKNOWN
