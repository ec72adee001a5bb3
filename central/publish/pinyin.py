"""Pinyin of names, for the search index: computed at the centre only, laptops never need the tables."""

from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg


def reading(text: str) -> list[str]:
    """The syllables of ``text`` without tones (ü as v); letters and digits stand for themselves.

    A character without a known reading stands for itself too. Phrases are read as a whole (重庆, 银行).
    """
    return [syllable for phrase in seg.cut(text) for syllable in _phrase(phrase)]


@lru_cache(1 << 16)
def _phrase(phrase: str) -> tuple[str, ...]:
    """Names are made of the same few thousand phrases: five times as fast as asking for each name."""
    return tuple(lazy_pinyin(phrase, errors=list))  # type: ignore[arg-type]  # a list is allowed too


def is_syllable(text: str) -> bool:
    """Whether a reading is pinyin and not a character that stands for itself."""
    return text.isascii() and text.isalpha() and (len(text) > 1 or text in "aeo")
