"""How dates, numbers, lists and phone numbers are written on Chinese papers."""

from collections.abc import Iterable
from datetime import datetime

from inspector.freshness import CHINA

_DIGITS = "零一二三四五六七八九"
_INNER = str.maketrans("“”", "‘’")
_ENDS = "。；;，,、 \t\r\n"


def day(at: datetime) -> str:
    """2026年11月23日, the day in Asia/Shanghai."""
    local = at.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime) -> str:
    """2026年11月23日10时42分."""
    return day(at) + _clock(at)


def period(start: datetime, end: datetime | None) -> str:
    """From–to; the day is repeated only when it is another one. An open end leaves room to no one: 至检查结束."""
    if end is None:
        return f"{moment(start)}起，尚未结束"
    same = day(start) == day(end)
    return f"{moment(start)}至{_clock(end) if same else moment(end)}"


def _clock(at: datetime) -> str:
    local = at.astimezone(CHINA)
    return f"{local.hour}时{local.minute:02d}分"


def numeral(number: int) -> str:
    """一, 十二, 六十: the numbering of findings, 1 to 99; larger ones in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def joined(parts: Iterable[str], by: str = "、") -> str:
    """The parts that hold something, with ``by`` between them."""
    return by.join(p for p in parts if p.strip())


def clause(text: str) -> str:
    """Free text made ready to stand inside a sentence: outer blanks and end punctuation off, lines joined."""
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line).strip().rstrip(_ENDS)


def masked(phone: str) -> str:
    """A phone number as a paper may show it: at least four characters masked (个人信息保护法 art. 6, 最小范围)."""
    bare = phone.strip()
    clear = max(0, len(bare) - 4)
    head = min(3, clear // 2)
    tail = min(4, clear - head)
    return bare[:head] + "*" * (len(bare) - head - tail) + bare[len(bare) - tail :]


def quoted(text: str) -> str:
    """Text in quotation marks; marks inside it become single ones (GB/T 15834 标点符号用法)."""
    return f"“{clause(text).translate(_INNER)}”"
