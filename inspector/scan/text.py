"""The text that the bytes of a code mean; the bytes themselves stay the truth."""

import re

_KANA = range(0x3040, 0x3100)
_HALF_WIDTH_KANA = re.compile(rb"(?:[\xb6-\xc4\xca-\xce]\xde|[\xca-\xce]\xdf|[\xa6-\xdd\x00-\x7f])*")
"""Half-width katakana in Shift-JIS: voice marks only after the letters that take them. Chinese in GB2312 falls
into this by chance about once in a thousand words of two characters, hence also _MIN_VOICED."""
_MIN_VOICED = 2


def text_of(data: bytes, library_text: str = "") -> str:
    """Text of ``data``: UTF-8, else GB18030; ``library_text`` is a decoder's opinion.

    The decoder's opinion counts only for Japanese (a code's Kanji mode is Shift-JIS by ISO/IEC 18004), and
    only when it really holds kana: decoders also take Chinese in GB18030 for Shift-JIS or Big5.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is(data, "gb2312") and not _is_half_width_kana(data):
        return data.decode("gb2312")
    if _is_half_width_kana(data) or any(ord(c) in _KANA for c in library_text):
        return library_text or data.decode("shift_jis", errors="replace")
    if _is(data, "gb18030"):
        return data.decode("gb18030")
    return library_text or data.decode("utf-8", errors="replace")


def _is_half_width_kana(data: bytes) -> bool:
    return data.count(b"\xde") + data.count(b"\xdf") >= _MIN_VOICED and bool(_HALF_WIDTH_KANA.fullmatch(data))


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
