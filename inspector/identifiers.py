"""Identifiers of market entities: parse, check, explain.

Unified social credit code (统一社会信用代码, GB 32100-2015 with amendment 1), organisation code (组织机构代码,
GB 11714-1997), registration number (注册号, GS 15-2006), food permit numbers, and the resident ID
(居民身份证, GB 11643), which is recognised only to be refused.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from operator import mul
from typing import Any

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a unified social credit code; its value is the index. No I, O, S, V, Z."""
_VALUE = {c: i for i, c in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LOOKALIKE = {"I": "1", "O": "0", "Z": "2", "S": "5"}
_INVISIBLE = re.compile(r"[\s\-\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
PERMIT_KINDS = ("JY", "SC", "YB")
"""Heads of food permit numbers with a check digit: 食品经营, 食品生产, 仅销售预包装食品备案."""
_PERMIT = re.compile(rf"({'|'.join(PERMIT_KINDS)})[0-9]{{14}}")

CODE_PATTERN = re.compile(r"(?<![0-9A-Z])[0-9ANY][0-9]{7}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
"""A unified social credit code as it stands in a longer text: never inside a longer token."""
_RESIDENT = re.compile(r"(?<![0-9])(?:[0-9][ -]?){17}[0-9X](?![0-9])", re.IGNORECASE)


_WRITTEN = re.compile(r"[0-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether an identifier holds, and if not, why, in the user's language."""

    value: str
    valid: bool
    reason: str = ""
    suggestion: str = ""
    """A correction that passes the check; the officer must confirm it."""


@cache
def _categories() -> dict[str, Any]:
    text = files("inspector").joinpath("data/uscc_categories.json").read_text(encoding="utf-8")
    departments: dict[str, Any] = json.loads(text)["departments"]
    return departments


def tidy(text: str) -> str:
    """A typed or scanned identifier as it is compared: NFKC, upper case, no blanks, hyphens or invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """The 18th character of a unified social credit code; ``first17`` must be in the alphabet."""
    total = sum(map(mul, map(_VALUE.__getitem__, first17), _WEIGHTS))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """The check character of an organisation code; letters A–Z count 10–35."""
    total = sum(int(c, 36) * w for c, w in zip(first8, _ORG_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def mod_11_10(digits: str) -> str:
    """The check digit of GB/T 17710 MOD 11,10, used by registration numbers and food permit numbers."""
    product = 10
    for digit in digits:
        product = ((product % 11 + int(digit)) % 10 or 10) * 2
    return str((11 - product % 11) % 10)


def is_resident_id(text: str) -> bool:
    """Whether a text is a resident ID: MOD 11-2 check and a plausible birth date."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return False
    total = sum(int(c) * w for c, w in zip(text[:17], _ID_WEIGHTS, strict=True))
    if "10X98765432"[total % 11] != text[17]:
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2100 and text[0] != "0"


def holds_resident_id(text: str) -> bool:
    """Whether a resident ID stands in a text, between whatever letters and also written in groups."""
    return any(is_resident_id(tidy(match.group())) for match in _RESIDENT.finditer(text))


@lru_cache(256)
def _institution(head: str) -> tuple[str, str] | None:
    department = _categories().get(head[:1])
    category = department["cat"].get(head[1:2]) if department else None
    return (department["name"], category) if department and category else None


def institution(code: str) -> tuple[str, str] | None:
    """Registration department and institution category that a code's first two characters name, or None."""
    return _institution(code[:2])


def is_written_code(text: str) -> bool:
    """Whether a text is a valid code exactly as it is written down, told at a fifth of what an explanation costs.

    False says nothing: only ``explain_code`` knows blanks, small letters and codes of digits alone.
    """
    if not _WRITTEN.fullmatch(text) or text[:17].isdigit() or institution(text) is None:
        return False
    return check_character(text[:17]) == text[17]


def explain_code(text: str) -> Explained:
    """Check a unified social credit code and say what is wrong with it, if anything."""
    code = tidy(text)
    if is_resident_id(code):
        return Explained("", False, "这是居民身份证号，请勿录入身份证号。")
    if len(code) != 18:
        return Explained(code, False, f"统一社会信用代码应为 18 位，现在是 {len(code)} 位。")
    foreign = sorted(set(code) - set(ALPHABET))
    if foreign:
        corrected = "".join(_LOOKALIKE.get(c, c) for c in code)
        holds = set(corrected) <= set(ALPHABET) and explain_code(corrected).valid
        reason = (
            "代码不含字母 I、O、S、V、Z。" if set(foreign) <= set("IOSVZ") else f"代码中不应有“{''.join(foreign)}”。"
        )
        return Explained(code, False, reason, corrected if holds else "")
    if not code[2:8].isdigit():
        return Explained(code, False, "第 3 至 8 位应为数字（登记管理机关行政区划码）。")
    if institution(code) is None:
        return Explained(code, False, f"前两位“{code[:2]}”不是已知的登记管理部门和机构类别。")
    if check_character(code[:17]) != code[17]:
        return Explained(code, False, "校验位不对，请逐位核对。")
    return Explained(code, True)


def explain(text: str) -> Explained:
    """Check whatever identifier a typed text looks like, by its length, and say what is wrong with it."""
    tidied = tidy(text)
    match len(tidied):
        case 15 if tidied.isdigit():
            return _explained(tidied, is_registration_number(tidied), "注册号的校验位不对，请逐位核对。")
        case 16 if tidied[:2] in PERMIT_KINDS:
            return _explained(tidied, is_permit_number(tidied), "许可证编号的校验位不对，请逐位核对。")
        case 9 if is_organisation_code(tidied):
            return Explained(tidied, False, "这是组织机构代码，请输入 18 位统一社会信用代码，或按名称查找。")
    return explain_code(tidied)


def _explained(value: str, valid: bool, reason: str) -> Explained:
    return Explained(value, valid, "" if valid else reason)


def is_meant_whole(text: str) -> bool:
    """Whether a typed text is meant as a whole number or code, right or not, rather than as a name or a part."""
    tidied = tidy(text)
    if len(tidied) < 14 or not tidied.isascii() or not tidied.isalnum():
        return False
    return sum(map(str.isdigit, tidied)) >= 7  # a code has eight, of which one may be mistyped


def is_code(text: str) -> bool:
    """Whether a tidied text is a valid unified social credit code (and not a resident ID)."""
    return explain_code(text).valid


def is_organisation_code(text: str) -> bool:
    """Whether a tidied text is a valid 9-character organisation code."""
    return re.fullmatch(r"[0-9A-Z]{8}[0-9X]", text) is not None and organisation_check(text[:8]) == text[8]


def is_registration_number(text: str) -> bool:
    """Whether a tidied text is a valid 15-digit registration number."""
    return re.fullmatch(r"[0-9]{15}", text) is not None and mod_11_10(text[:14]) == text[14]


def is_permit_number(text: str) -> bool:
    """Whether a tidied text is a food permit number with a right check digit."""
    return _PERMIT.fullmatch(text) is not None and mod_11_10(text[2:15]) == text[15]


def slips(text: str, size: int, alphabet: str) -> Iterator[str]:
    """Texts of ``size`` characters that ``text`` is one slip away from, each once.

    Slips are a wrong character, two neighbours swapped, one missing, one too many.
    """
    found: dict[str, None] = {}
    if len(text) == size:
        found |= dict.fromkeys(text[:at] + c + text[at + 1 :] for at in range(size) for c in alphabet)
        swaps = (text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(size - 1))
        found |= dict.fromkeys(swaps)
    elif len(text) == size - 1:
        found = dict.fromkeys(text[:at] + c + text[at:] for at in range(size) for c in alphabet)
    elif len(text) == size + 1:
        found = dict.fromkeys(text[:at] + text[at + 1 :] for at in range(size + 1))
    found.pop(text, None)
    yield from found


def misread_codes(text: str) -> Iterator[str]:
    """Valid codes that a mistyped one may stand for: only those that exist are worth offering.

    First the one with letters that no code has read as the digits they look like, then those one slip away.
    """
    code = tidy(text)
    if len(code) == 18 and (corrected := explain_code(code).suggestion):
        yield corrected
    yield from filter(is_code, slips(code, 18, ALPHABET))


def misread_organisation_codes(text: str) -> Iterator[str]:
    """Valid organisation codes that a mistyped one may stand for."""
    yield from filter(is_organisation_code, slips(tidy(text), 9, ALPHABET))
