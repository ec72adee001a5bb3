"""Cleaners: what stands in a cell, as the register keeps it, or the reason why it cannot be taken.

A cell comes tidied (``tidy_cell``). Cleaners of few different values remember them: a million rows hold the same
few thousand dates, states and divisions.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from central.intake.rules import words
from inspector.divisions import AREAS
from inspector.entity import CreditKind, RegistrationState
from inspector.freshness import NO_END
from inspector.identifiers import explain_code, is_resident_id, is_written_code, tidy

_ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3000\ufeff"
    "\uff0b\uff0d-\uff1a\uff20-\uff3a\uff41-\uff5a]"
)
"""Controls, full-width letters and digits: a set alone, because alternatives beside it make it five times as slow."""
_LOOSE_BLANK = re.compile("  |^ | $| ~|~ ")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HALF = str.maketrans(
    {chr(full): chr(full - 0xFEE0) for full in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    | {"＋": "+", "－": "-", "．": ".", "／": "/", "：": ":", "＠": "@"}
)
LONGEST = 8000
"""Characters of a cell that is taken: the longest scopes of business have about 3,000."""
MEMORY = 65_536

_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_CLOCK = re.compile(r"[ T]\s*[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*(Z|\+0?8:?00)?$")
_SERIAL_START = date(1899, 12, 30)
_SERIALS = range(20_000, 73_051)
"""Excel's day numbers of 1954 to 2099: others are no dates of a business."""
_AMOUNT = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s*[(（]?\s*((?:[十百千万亿]*[^\s\d()（）]{0,8})?)\s*[)）]?")

EMPTY = frozenset(words()["empty"])
"""What sources write for nothing."""
WRITTEN_NOTHING = EMPTY - {""}

Cleaner = Callable[[str], Any]


class Unclean(Exception):
    """Why a cell cannot be taken, in the user's language."""


def is_tidy(line: str) -> bool:
    """Whether all cells of a row, joined by ~, are as ``tidy_cell`` makes them."""
    return not _ODD.search(line) and not (" " in line and _LOOSE_BLANK.search(line))


def tidy_cell(text: str) -> str:
    """Full-width letters and digits made half-width, line breaks and blanks to one blank, nothing invisible."""
    if not is_tidy(text):
        text = " ".join(_INVISIBLE.sub("", text).translate(_HALF).split())
    return text.strip()


def text(cell: str) -> str:
    if len(cell) > LONGEST:
        raise Unclean(f"内容超过 {LONGEST} 个字")
    return "" if cell in EMPTY else cell


def code(cell: str) -> str:
    """A valid unified social credit code."""
    if is_written_code(cell):
        return cell
    told = explain_code(cell)
    if not told.valid:
        raise Unclean(told.reason if cell else "缺少统一社会信用代码")
    return told.value


@lru_cache(MEMORY)
def day(cell: str) -> date | None:
    """A calendar day in any of the styles that sources use, or None for an empty cell."""
    if cell in EMPTY:
        return None
    bare = _CLOCK.sub("", cell)
    found = _DAY.fullmatch(bare) or re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", bare)
    try:
        if found:
            told = date(*map(int, found.groups()))
        elif re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", bare) and int(float(bare)) in _SERIALS:
            told = _SERIAL_START + timedelta(days=int(float(bare)))
        else:
            raise Unclean(f"“{cell[:20]}”不是能认出的日期")
    except ValueError:
        raise Unclean(f"没有“{cell[:20]}”这一天") from None
    if not 1900 <= told.year <= 2100 and told.year != NO_END.year and told.year != 9999:
        raise Unclean(f"日期“{cell[:20]}”不合理")
    return told


@lru_cache(MEMORY)
def ending(cell: str) -> date | None:
    """The last day of a period; None means without end, which must be said: an empty cell is not enough."""
    if cell in words()["no_end"]:
        return None
    told = day(cell)
    if told is None:
        raise Unclean("缺少有效期；没有期限请写“长期”")
    return None if told >= NO_END else told


@lru_cache(MEMORY)
def state(cell: str) -> RegistrationState:
    """登记状态; what no word list knows is not guessed."""
    if cell in EMPTY:
        return RegistrationState.UNKNOWN
    told = words()["state"]
    bare = re.sub(r"[\s，,、；;（）()]", "", cell)
    for number, known in told["exact"].items():
        if bare.upper() in known:
            return RegistrationState(number)
    for rule in told["holds"]:
        if any(word in bare for word in rule["words"]):
            return RegistrationState(rule["state"])
    raise Unclean(f"不认识的登记状态“{cell[:20]}”")


@lru_cache(MEMORY)
def amount(cell: str) -> str:
    """An amount of money as its source gave it, number and unit without brackets: ``800万元人民币``."""
    if cell in EMPTY:
        return ""
    found = _AMOUNT.fullmatch(cell)
    if not found:
        raise Unclean(f"“{cell[:20]}”不是金额")
    return found[1].replace(",", "") + found[2]


def registration_number(cell: str) -> str:
    """15 digits, or 13 from before 2007; kept as given, because old ones may not pass today's check."""
    if not cell:
        return ""
    told = tidy(text(cell))
    if told and not re.fullmatch(r"[0-9]{13}|[0-9]{15}", told):
        raise Unclean("注册号应为 15 位（2007 年以前为 13 位）数字")
    return told


@lru_cache(MEMORY)
def division(cell: str) -> str:
    """A GB/T 2260 code of six digits; longer codes of offices begin with it."""
    told = tidy(text(cell))
    if told and not re.fullmatch(r"[1-9][0-9]{5}([0-9]{3}|[0-9]{6})?", told):
        raise Unclean("行政区划代码应为 6 位数字")
    return told[:6]


@lru_cache(MEMORY)
def area(cell: str) -> str:
    """An area unit by its key or its name; another place by its division."""
    told = text(cell)
    for known in AREAS:
        if told and {told, told.removeprefix("黑河市")} & {known.key, known.name}:
            return known.key
    return division(cell) if told[:6].isdigit() else _no_area(told)


def _no_area(told: str) -> str:
    if told:
        raise Unclean(f"不认识的属地“{told[:20]}”")
    return ""


@lru_cache(MEMORY)
def risk(cell: str) -> str:
    told = text(cell).upper().removesuffix("类").removesuffix("级")
    if told not in ("", "A", "B", "C", "D"):
        raise Unclean("信用风险分类应为 A、B、C 或 D")
    return told


@lru_cache(MEMORY)
def count(cell: str) -> int | None:
    told = text(cell).removesuffix("次")
    if told and not re.fullmatch(r"[0-9]{1,4}", told):
        raise Unclean("应为不大于 9999 的整数")
    return int(told) if told else None


@lru_cache(MEMORY)
def yes(cell: str) -> bool:
    for answer, known in ((True, words()["yes"]), (False, words()["no"])):
        if cell.upper() in known:
            return answer
    raise Unclean("应为“是”或“否”")


@lru_cache(MEMORY)
def credit_kind(cell: str) -> CreditKind:
    """The section of the credit report that a word names, whole or in part."""
    for kind in CreditKind:
        if cell and (cell == kind.value or cell in kind.label or kind.label[:4] in cell):
            return kind
    raise Unclean(f"不认识的信息类别“{cell[:20]}”")


def cleaner(name: str, today: date) -> Cleaner:
    """The cleaner that a column names; ``past`` refuses days after ``today``."""
    if name == "past":

        @lru_cache(MEMORY)
        def past(cell: str) -> date | None:
            told = day(cell)
            if told is not None and told > today:
                raise Unclean(f"日期“{cell[:20]}”在今天之后")
            return told

        return past
    return _CLEANERS[name]


_CLEANERS: dict[str, Cleaner] = {
    "text": text,
    "code": code,
    "date": day,
    "ending": ending,
    "state": state,
    "amount": amount,
    "registration_number": registration_number,
    "division": division,
    "area": area,
    "risk": risk,
    "count": count,
    "yes": yes,
    "credit_kind": credit_kind,
}

# -- personal data that must not be collected by accident

HIDDEN = "（已隐去）"
_ELEVEN = re.compile(r"[0-9](?:[ \-]?[0-9]){10}")
_RESIDENT = re.compile(r"(?<![0-9])(?:[0-9][ \-]?){17}[0-9Xx](?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[ \-]?)?1[3-9][0-9](?:[ \-]?[0-9]){8}(?![0-9])")


def without_personal(cell: str) -> tuple[str, int]:
    """A text without resident IDs and mobile numbers, and how many were hidden."""
    if not _ELEVEN.search(cell):
        return cell, 0
    hidden = 0

    def hide(found: re.Match[str]) -> str:
        nonlocal hidden
        if found.re is _RESIDENT and not is_resident_id(tidy(found.group())):
            return found.group()
        hidden += 1
        return HIDDEN

    for pattern in (_RESIDENT, _MOBILE):
        cell = pattern.sub(hide, cell)
    return cell, hidden


def normal_header(text: str) -> str:
    """A column's name as it is compared: NFKC, lower case, without blanks, punctuation and what stands in brackets."""
    told = unicodedata.normalize("NFKC", text).lower()
    bare = re.sub(r"\([^)]*\)|\[[^]]*\]", "", told)
    return re.sub(r"[\W]", "", bare) or re.sub(r"[\W]", "", told)
