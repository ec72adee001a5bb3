"""Identifiers against their standards: vectors, and properties that a typing mistake must not get past."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import identifiers as ids
from inspector.divisions import AREAS, area_name, division_name, is_known_province, lies_in, split_town

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "vectors.json").read_text(encoding="utf-8"))
GOOD = VECTORS["uscc_ok"] + VECTORS["uscc_synthetic_heihe"]

tails = st.text(alphabet=ids.ALPHABET, min_size=9, max_size=9)
codes = st.builds(
    lambda head, digits, tail: (first := head + digits + tail) + ids.check_character(first),
    st.sampled_from(["91", "92", "93", "12", "52", "N2", "A1", "Y1"]),
    st.sampled_from(["231102", "231121", "231183", "440300"]),
    tails,
).filter(lambda c: not ids.is_resident_id(c))


@pytest.mark.parametrize("code", GOOD)
def test_known_codes_hold(code: str) -> None:
    assert ids.is_code(code)
    assert is_known_province(code[2:8])
    assert ids.is_organisation_code(code[8:17])


@given(codes | st.text(alphabet=ids.ALPHABET + "IOSVZ- a１", min_size=17, max_size=19))
def test_the_quick_answer_is_never_yes_where_the_explanation_says_no(text: str) -> None:
    assert not ids.is_written_code(text) or ids.explain_code(text) == ids.Explained(text, True)


def test_the_quick_answer_knows_ordinary_codes_and_leaves_digits_to_the_explanation() -> None:
    for code in GOOD:
        assert ids.is_written_code(code) != code[:17].isdigit()
        assert not ids.is_written_code(code[:17] + ("0" if code[17] != "0" else "1"))


@pytest.mark.parametrize("code", VECTORS["uscc_bad"])
def test_wrong_codes_are_explained(code: str) -> None:
    explained = ids.explain_code(code)
    assert not explained.valid
    assert explained.reason.endswith("。")


def test_registration_and_permit_numbers() -> None:
    assert all(map(ids.is_registration_number, VECTORS["regno15_ok"]))
    assert not any(map(ids.is_registration_number, VECTORS["regno15_bad"]))
    assert all(map(ids.is_permit_number, VECTORS["permit_ok"]))


@pytest.mark.parametrize("number", VECTORS["regno15_ok"])
def test_every_changed_digit_of_a_registration_number_is_caught(number: str) -> None:
    for at in range(15):
        for digit in "0123456789".replace(number[at], ""):
            assert not ids.is_registration_number(number[:at] + digit + number[at + 1 :])


@given(codes, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_every_changed_character_is_caught(code: str, at: int, character: str) -> None:
    other = code[:at] + character + code[at + 1 :]
    assert (other == code) == ids.is_code(other)


@given(codes, st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(code: str, at: int) -> None:
    other = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert other == code or not ids.is_code(other)


@given(codes, st.data())
def test_every_slip_is_among_the_suggestions(code: str, data: st.DataObject) -> None:
    at, letter = data.draw(st.integers(0, 16)), data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    slipped = {
        "wrong": code[:at] + letter + code[at + 1 :],
        "swapped": code[:at] + code[at + 1] + code[at] + code[at + 2 :],
        "missing": code[:at] + code[at + 1 :],
        "extra": code[:at] + letter + code[at:],
    }
    for kind, text in slipped.items():
        found = list(ids.misread_codes(text))
        assert text == code or code in found, kind
        assert all(map(ids.is_code, found))
        assert text not in found


def test_two_slips_are_too_many_and_each_is_offered_once() -> None:
    assert "12345" not in set(ids.slips("21354", 5, "0123456789"))
    assert sorted(ids.slips("11", 1, "01")) == ["1"]
    assert sorted(ids.slips("01", 2, "01")) == ["00", "10", "11"]
    assert not list(ids.slips("0123", 2, "01"))
    assert "717743469" in set(ids.misread_organisation_codes("71774349-6"))


@given(codes, st.integers(0, 17))
def test_a_code_with_a_slip_is_still_meant_whole(code: str, at: int) -> None:
    assert all(map(ids.is_meant_whole, (code, code[:at] + "X" + code[at + 1 :], code[:at] + code[at + 1 :])))


def test_names_pinyin_and_parts_are_not_meant_whole() -> None:
    assert not any(map(ids.is_meant_whole, ("黑河市花山鲜果店", "huashanxianguodian", "huashan2haodian", "MA1C8KXY3")))


@pytest.mark.parametrize(
    ("text", "town", "rest"),
    [
        ("黑河市爱辉区某店", "231102", "某店"),
        ("黑河某店", "2311", "某店"),
        ("黑龙江省黑河市某店", "2311", "某店"),
        ("五大连池风景区某店", "wdlc-scenic", "某店"),
        ("五大连池市", "231182", ""),
        ("北安爱辉某店", "231181", "爱辉某店"),
        ("某店黑河市", "", "某店黑河市"),
    ],
)
def test_the_town_in_front_of_a_name(text: str, town: str, rest: str) -> None:
    assert split_town(text) == (town, rest)


def test_what_lies_in_a_town() -> None:
    assert all(lies_in(*pair) for pair in (("231102", "2311"), ("heihe-ftz", "2311"), ("231182", "231182")))
    assert not any(lies_in(*pair) for pair in (("231181", "231102"), ("wdlc-scenic", "231182")))


@given(st.dates(date(1930, 1, 1), date(2020, 1, 1)), st.integers(0, 999), st.sampled_from(["110101", "231102"]))
def test_a_resident_id_is_no_code(born: date, serial: int, place: str) -> None:
    first = f"{place}{born:%Y%m%d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    number = first + "10X98765432"[sum(int(c) * w for c, w in zip(first, weights, strict=True)) % 11]
    explained = ids.explain_code(number)
    assert not explained.valid
    assert "身份证" in explained.reason
    assert explained.value == ""


def test_typed_codes_are_tidied_and_corrected_only_when_the_check_agrees() -> None:
    assert ids.tidy(" ９２２３１１０２-ma1y 000189\u200b") == "92231102MA1Y000189"
    assert ids.explain_code("92231102MAIY000189").suggestion == "92231102MA1Y000189"
    assert ids.explain_code("92231102MAIY000188").suggestion == ""


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("4403 0110 3097 413", ""),
        ("440301103097412", "校验位"),
        ("JY33202810257113", ""),
        ("JY33202810257114", "校验位"),
        ("71774346-9", "组织机构代码"),
        ("92231102MA1Y00018", "17 位"),
        ("92231102MAIY000189", "I、O、S、V、Z"),
        ("96231102MA1Y000189", "96"),
        ("92231102MA1Y000188", "校验位"),
        ("110101 19900307 0679", "身份证"),
    ],
)
def test_whatever_is_typed_is_explained(typed: str, word: str) -> None:
    explained = ids.explain(typed)
    assert explained.valid == (not word)
    assert word in explained.reason


def test_two_misread_letters_are_among_the_suggestions() -> None:
    assert next(ids.misread_codes("9223IIO2MA1Y000189")) == "92231102MA1Y000189"


def test_nine_areas_and_former_divisions() -> None:
    assert len(AREAS) == 9
    assert area_name("231102") == "爱辉区"
    assert division_name("231121") == "嫩江县"
    assert "未收录" in division_name("239999")
    assert not is_known_province("990000")
