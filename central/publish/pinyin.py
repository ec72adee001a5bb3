"""Pinyin of names, for the search index: computed at the centre only, laptops never need the tables."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg

OTHERWISE = {
    "重": "chong zhong", "长": "chang zhang", "行": "hang xing", "乐": "le yue", "单": "dan shan", "朝": "chao zhao",
    "曾": "ceng zeng", "盛": "cheng sheng", "晟": "cheng sheng", "厦": "sha xia", "都": "dou du", "调": "diao tiao",
    "解": "jie xie", "区": "ou qu", "仇": "chou qiu", "查": "cha zha", "藏": "cang zang", "传": "chuan zhuan",
    "降": "jiang xiang", "宿": "su xiu", "校": "jiao xiao", "朴": "piao pu", "翟": "di zhai", "茜": "qian xi",
}  # fmt: skip
"""Characters of names and shop signs that one officer says in one way and the next in another."""
MOST = 8
"""Readings of one name that are indexed: three such characters in it."""


def readings(text: str) -> Iterator[list[str]]:
    """How ``text`` may be read: as its phrases are, and with the other readings of single characters."""
    main = reading(text)
    yield main
    if len(main) == len(text):  # else a phrase was read as something else than its characters
        pairs = zip(text, main, strict=True)
        choices = (dict.fromkeys((told, *OTHERWISE.get(char, "").split())) for char, told in pairs)
        yield from map(list, islice(product(*choices), 1, MOST))


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
