"""Pinyin of names, for the search index: computed at the centre only, laptops never need the tables."""

from pypinyin import Style, lazy_pinyin


def reading(text: str) -> list[str]:
    """The syllables of ``text`` without tones (ü as v); letters and digits stand for themselves.

    A character without a known reading stands for itself too.
    """
    return lazy_pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # a list is allowed too


def is_syllable(text: str) -> bool:
    """Whether a reading is pinyin and not a character that stands for itself."""
    return text.isascii() and text.isalpha() and (len(text) > 1 or text in "aeo")
