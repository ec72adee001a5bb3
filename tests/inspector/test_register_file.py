"""The register format: bodies go in and out unchanged, the digest minds no order, words find their text."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.entity import CreditKind, CreditRecord, Entity, Licence, Permit, RegistrationState, SubjectKind
from inspector.errors import RegisterDamaged
from inspector.register_file import (
    DICTIONARY_BYTES,
    MIN_SAMPLES,
    BodyCodec,
    Digest,
    canonical,
    code_words,
    grams,
    initial_words,
    make_dictionary,
    name_words,
    normal,
    number_key,
    numbers,
    pair_words,
    syllable_words,
    words,
)
from tests.bench.register_data import entities

TEXT = st.text(max_size=20)
DAY = st.none() | st.dates()
LICENCES = st.builds(
    Licence,
    name=TEXT,
    kind=TEXT,
    representative=TEXT,
    premises=TEXT,
    scope=TEXT,
    authority=TEXT,
    established=DAY,
    state=st.sampled_from(RegistrationState),
    state_since=DAY,
    former_name=TEXT,
    suspended_until=DAY,
)
PERMITS = st.builds(
    Permit, kind=TEXT, number=TEXT, authority=TEXT, scope=TEXT, issued=DAY, valid_from=DAY, valid_to=DAY, state=TEXT
)
CREDIT = st.builds(
    CreditRecord,
    kind=st.sampled_from(CreditKind),
    title=TEXT,
    detail=TEXT,
    authority=TEXT,
    source=TEXT,
    source_date=st.dates(),
    due=DAY,
    repaired=DAY,
)
ENTITIES = st.builds(
    Entity,
    code=TEXT,
    subject=st.sampled_from(SubjectKind),
    licence=LICENCES,
    permits=st.lists(PERMITS, max_size=2).map(tuple),
    credit=st.lists(CREDIT, max_size=2).map(tuple),
    registration_number=TEXT,
    area=TEXT,
    risk=TEXT,
    inspections_this_year=st.integers(0, 1000),
    inspection_cap=st.none() | st.integers(0, 100),
    has_integrity_code=st.booleans(),
    as_of=st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
DICTIONARY = make_dictionary([canonical(e) for e in entities(MIN_SAMPLES)])
SAMPLE = next(entities(1))


@given(ENTITIES)
def test_a_body_comes_out_as_it_went_in(entity: Entity) -> None:
    codec = BodyCodec(DICTIONARY)
    assert codec.unpack(codec.pack(canonical(entity))) == entity


@pytest.mark.parametrize("count", [0, 1, MIN_SAMPLES - 1, MIN_SAMPLES, MIN_SAMPLES * 2])
def test_any_number_of_samples_gives_a_dictionary_that_works(count: int) -> None:
    dictionary = make_dictionary([canonical(e) for e in entities(count)])
    assert len(dictionary) <= DICTIONARY_BYTES
    codec = BodyCodec(dictionary)
    assert codec.unpack(codec.pack(canonical(SAMPLE))) == SAMPLE


def test_samples_that_are_all_alike_give_a_dictionary_too() -> None:
    codec = BodyCodec(make_dictionary([b"x"] * MIN_SAMPLES))
    assert codec.unpack(codec.pack(canonical(SAMPLE))) == SAMPLE


@given(st.binary(max_size=300))
def test_a_body_that_is_none_is_damage(body: bytes) -> None:
    with pytest.raises(RegisterDamaged):
        BodyCodec(DICTIONARY).unpack(body)


def test_a_flipped_bit_is_damage_or_still_an_entity() -> None:
    codec = BodyCodec(DICTIONARY)
    body = codec.pack(canonical(SAMPLE))
    damaged = 0
    for at in range(len(body)):
        for bit in range(8):
            flipped = bytearray(body)
            flipped[at] ^= 1 << bit
            try:
                assert isinstance(codec.unpack(bytes(flipped)), Entity)
            except RegisterDamaged:
                damaged += 1
    assert damaged > 0


def test_canonical_bytes_know_no_zone_and_no_defaults() -> None:
    moment = datetime(2026, 11, 1, 8, tzinfo=UTC)
    here = moment.astimezone(timezone(timedelta(hours=8)))
    one, other = (Entity(SAMPLE.code, SAMPLE.subject, SAMPLE.licence, as_of=t) for t in (moment, here))
    assert canonical(one) == canonical(other)
    assert b"registration_number" not in canonical(one)


@given(st.lists(ENTITIES, max_size=6), st.randoms())
def test_the_digest_minds_no_order_and_forgets_what_is_removed(rows: list[Entity], rng: object) -> None:
    plains = [canonical(e) for e in rows]
    one = Digest()
    for plain in plains:
        one.add(plain)
    rng.shuffle(plains)  # type: ignore[attr-defined]
    other = Digest()
    for plain in [*plains, b"more"]:
        other.add(plain)
    assert len(one.hex()) == 64
    assert one.hex() != other.hex()
    other.remove(b"more")
    assert one.hex() == other.hex()
    assert Digest(one.hex()).hex() == one.hex()


def test_the_digest_sees_a_row_that_comes_twice() -> None:
    twice = Digest()
    twice.add(b"row")
    twice.add(b"row")
    once = Digest()
    once.add(b"row")
    assert len({twice.hex(), once.hex(), Digest().hex()}) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑河市（爱辉区）ＡＢ１２ 超市", "黑河市爱辉区ab12超市"),
        ("A·b_c-D", "abcd"),
        ("龘\U00030000\ue001", "龘\U00030000\ue001"),
        ("\x00'\"*()\u202e\ud800", ""),
        ("㈱①", "株1"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert normal(text) == expected


@given(st.text())
def test_normal_form_is_stable_and_safe_in_an_expression(text: str) -> None:
    form = normal(text)
    assert normal(form) == form
    assert not set(form) & set(" \"'*()^:+-{}\x00")
    assert all(not 0xD800 <= ord(c) <= 0xDFFF for c in form)


def test_grams() -> None:
    assert list(grams("", 2)) == []
    assert list(grams("a", 2)) == ["a"]
    assert list(grams("abc", 2)) == ["ab", "bc"]
    assert name_words("红 山") == {"n红山"}
    assert code_words("MA1X") == {"cma1", "ca1x"}
    assert syllable_words(["hong", "shan"]) == {"shong", "sshan"}
    assert pair_words(["hong"]) == set()
    assert pair_words(["hong", "shan", "shi"]) == {"phongshan", "pshanshi"}
    assert initial_words("hss") == {"ihss"}
    assert initial_words("hs") == {"ihs"}


def test_words_of_an_entity() -> None:
    entity = Entity(
        "92231102MA1ABCDE2X",
        SubjectKind.INDIVIDUAL,
        Licence("红山店", "", "李明", "兴安街", "", "", date(2020, 1, 1), RegistrationState.ACTIVE, former_name="甲"),
        permits=(Permit("", "jy1-2", "", "", None, None, None),),
        registration_number="231100600000001",
        area="aihui",
    )
    spelled = {"红山店": [["hong", "shan", "dian"], ["gong", "shan", "dian"]], "甲": [["jia"]]}
    found = set(words(entity, spelled.__getitem__).split())
    assert {"aaihui", "n红山", "n山店", "n甲", "r李明", "d兴安", "d安街"} <= found
    assert {"pgongshan", "igsd"} <= found, "in each way that it may be read"
    assert {"phongshan", "pshandian", "sjia", "sshan", "ihs", "isd", "ihsd", "ij"} <= found
    assert {"cma1", "ce2x"} <= found
    assert not {"c922", "c231"} & found
    assert numbers(entity) == {"231100600000001", "JY12"}
    assert number_key(" jy１-2 ") == "JY12"
