"""The base of every enumeration that officers see: a stable English value and its Chinese term."""

from enum import StrEnum


class Term(StrEnum):
    """An enumeration member that is its English value and knows its Chinese ``label``."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Term":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
