"""Searching: whatever an officer types of an entity finds it, and the right one stands first."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import search
from cache.register_reader import Reader
from cache.search import find
from inspector.entity import Entity, RegistrationState
from inspector.identifiers import check_character, organisation_check
from inspector.register_file import in_force, normal
from tests.bench.register_data import entities
from tests.registers import KEY, make_snapshot

MADE = list(entities(190))


def shop(code: str, name: str, **changes: object) -> Entity:
    """An entity with a name, person and address of its own."""
    top = {k: changes.pop(k) for k in ("area", "registration_number", "permits") if k in changes}
    licence = replace(MADE[0].licence, name=name, former_name="", state=RegistrationState.ACTIVE)
    return replace(MADE[0], code=code, licence=replace(licence, **changes), **top)  # type: ignore[arg-type]


HEIHE = shop(
    "92231102MA1C8KXY3A", "黑河市花山鲜果店", representative="欧阳翾", premises="王肃街龘字弄8号", area="231102"
)
RENAMED = shop("91231102MA1BBBBB2C", "瑷珲酒坊", former_name="旧月亮酒坊", area="231102")
DIGITS = shop("92231181MA1ABCDEXT", "北安市A8烧烤2号店", area="beian")
BANK = shop("91231181MA1CCCCC4D", "重庆银行北安营业部", area="beian", registration_number="231181600012345")
GONE = shop("92231102MA1DDDDD6F", "花山鲜果", state=RegistrationState.DEREGISTERED, area="231102")
FAR = shop("92231181MA1EEEEE8G", "花山鲜果行", area="beian")
DRESSES = shop("92231102MA1FFFFF9H", "爱辉区绿源女装店", area="231102", representative="单雄信")
FOODS = shop("92231102MA1GGGGG0J", "瑞祥食品商店", area="231102", premises="通江路12号")
FAR_FOODS = shop("92231181MA1HHHHH1K", "瑞祥食品商店", area="231181")
_FIRST = "92231102MA7WXQJY" + organisation_check("MA7WXQJY")
LONG = shop(_FIRST + check_character(_FIRST), "兴长商行", area="231102", representative="Иванов")
PLANS = shop("92231102MA1KKKKK3M", "策略咨询部", area="231102")
OWN = [HEIHE, RENAMED, DIGITS, BANK, GONE, FAR, DRESSES, FOODS, FAR_FOODS, LONG, PLANS]
ROWS = [*MADE, *OWN]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path: Path = tmp_path_factory.mktemp("search") / "r.db"
    make_snapshot(path, ROWS)
    opened = Reader(path, KEY)
    yield opened
    opened.close()


def codes(reader: Reader, text: str, limit: int = 20, **more: object) -> list[str]:
    return [h.code for h in find(reader, text, limit, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("92231102MA1C8KXY3A", HEIHE),
        ("９２２３１１０２ＭＡ１Ｃ８ＫＸＹ３Ａ", HEIHE),
        ("92231102 MA1C8KXY 3A", HEIHE),
        ("MA1C8KXY3", HEIHE),
        ("ma1c8kxy-3", HEIHE),
        ("C8KX", HEIHE),
        ("1102MA1C8K", HEIHE),
        ("02MA1C8", HEIHE),
        ("231181600012345", BANK),
        ("2311816000", BANK),
        ("黑河市花山鲜果店", HEIHE),
        ("黑河市 花山", HEIHE),
        ("黑 河市 花山 店", HEIHE),
        ("欧 阳 翾", HEIHE),
        ("黑河花山鲜果店", HEIHE),
        ("花山新果店", HEIHE),
        ("欧阳翾", HEIHE),
        ("阳翾", HEIHE),
        ("王肃街龘字弄", HEIHE),
        ("龘字弄８号", HEIHE),
        ("hhshsxgd", HEIHE),
        ("hsxg", HEIHE),
        ("huashanxianguo", HEIHE),
        ("huashanxiang", HEIHE),
        ("HuaShanXianGuoDian", HEIHE),
        ("xianguodian", HEIHE),
        ("guod", HEIHE),
        ("aihuijiu", RENAMED),
        ("yin", BANK),
        ("旧月亮", RENAMED),
        ("瑷珲", RENAMED),
        ("a8", DIGITS),
        ("A8烧烤", DIGITS),
        ("烧烤２号", DIGITS),
        ("basa8sk2hd", DIGITS),
        ("chongqingyinhang", BANK),
        ("cqyh", BANK),
        ("银行 北安", BANK),
        ("lvyuan", DRESSES),
        ("lüyuan", DRESSES),
        ("LÜYUAN", DRESSES),
        ("lǜ yuán nǚ zhuāng", DRESSES),
        ("ｌｖｙｕａｎ", DRESSES),
        ("celue", PLANS),
        ("celüe", PLANS),
        ("celve", PLANS),
        ("zhongqing", BANK),
        ("zqyh", BANK),
        ("xingchang", LONG),
        ("xingzhang", LONG),
        ("иванов", LONG),
        ("绿源nvzhuang", DRESSES),
        ("绿源nüzhuang", DRESSES),
        ("绿源nz", DRESSES),
        ("lv源", DRESSES),
        ("绿y", DRESSES),
        ("LV源 女装", DRESSES),
        ("爱辉lvyuan", DRESSES),
        ("花山xianguo", HEIHE),
        ("黑河huashan", HEIHE),
        ("花山 xg", HEIHE),
        ("花山 8KXY", HEIHE),
        ("huashan 8kxy", HEIHE),
        ("花山 王肃街", HEIHE),
        ("beian A8", DIGITS),
        ("黑河市瑞祥食品商店", FOODS),
        ("爱辉区瑞祥食品商店", FOODS),
        ("黑河市爱辉区瑞祥食品商店", FOODS),
        ("黑龙江省黑河市瑞祥食品", FOODS),
        ("北安瑞祥食品", FAR_FOODS),
        ("黑河瑷珲酒坊", RENAMED),
        ("爱辉区旧月亮酒坊", RENAMED),
        ("绿源女装", DRESSES),
    ],
)
def test_what_an_officer_types(reader: Reader, text: str, expected: Entity) -> None:
    assert expected.code in codes(reader, text, 5)


@pytest.mark.parametrize("entity", ROWS, ids=lambda e: e.code)
def test_every_two_neighbouring_characters_of_a_name_find_it(reader: Reader, entity: Entity) -> None:
    for name in filter(None, (entity.licence.name, entity.licence.former_name)):
        form = normal(name)
        for at in range(len(form) - 1):
            assert entity.code in codes(reader, form[at : at + 2], len(ROWS))


@pytest.mark.parametrize("entity", OWN, ids=lambda e: e.code)
def test_every_part_of_a_code_finds_it(reader: Reader, entity: Entity) -> None:
    for size in (3, 4, 6, 9, 12, 17):
        for at in range(19 - size):
            assert entity.code in codes(reader, entity.code[at : at + size], len(ROWS)), (at, size)


def test_a_mistyped_code_offers_those_that_exist(reader: Reader) -> None:
    code = MADE[7].code
    wrong = [
        code[:9] + ("1" if code[9] != "1" else "2") + code[10:],
        code[:10] + code[11] + code[10] + code[12:],
        code[:12] + code[13:],
        code[:12] + "Q" + code[12:],
    ]
    for text in wrong:
        if text != code:
            assert codes(reader, text)[:1] == [code], text


def test_a_mistyped_number_or_organisation_code_offers_those_that_exist(reader: Reader) -> None:
    number, organisation = BANK.registration_number, LONG.code[8:17]
    permit = next(p.number for e in MADE for p in e.permits)
    holders = [e.code for e in ROWS if permit in [p.number for p in e.permits]]
    for whole, right in ((number, [BANK.code]), (organisation, [LONG.code]), (permit, holders)):
        digit = "1" if whole[-2] != "1" else "2"
        wrong = [
            whole[:-2] + digit + whole[-1],
            whole[:-3] + whole[-2] + whole[-3] + whole[-1],
            whole[:-4] + whole[-3:],
            whole[:-4] + digit + whole[-4:],
        ]
        for text in wrong:
            if text != whole:
                assert set(codes(reader, text, 5)) & set(right), text
    assert codes(reader, "231181600099999") == []


def test_a_town_before_the_name_puts_its_own_first(reader: Reader) -> None:
    assert codes(reader, "北安市瑞祥食品商店", area="231102") == [FAR_FOODS.code, FOODS.code]
    assert codes(reader, "爱辉区瑞祥食品商店", area="231181") == [FOODS.code, FAR_FOODS.code]


def test_hanzi_and_pinyin_must_both_fit(reader: Reader) -> None:
    assert DRESSES.code not in codes(reader, "花山lvyuan")
    assert DRESSES.code not in codes(reader, "lv龘")


def test_numbers_of_permits(reader: Reader) -> None:
    for entity in MADE:
        for permit in entity.permits:
            assert entity.code in codes(reader, permit.number)
            assert entity.code in codes(reader, permit.number[:-2])


def test_ranking(reader: Reader) -> None:
    whole = codes(reader, "花山鲜果")
    assert whole[0] == GONE.code, "a whole name first, whatever its state"
    assert codes(reader, "山鲜") == [FAR.code, HEIHE.code, GONE.code], "in force first, short names first"
    assert codes(reader, "山鲜", area="231102") == [HEIHE.code, GONE.code, FAR.code], "own area first"
    assert codes(reader, "山鲜", recent={GONE.code})[0] == GONE.code, "recently seen first"
    assert codes(reader, "山鲜", 1, area="231102") == [HEIHE.code]


def test_the_own_area_comes_even_behind_many_others(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 3)
    mine = [e for e in ROWS if e.area == "231124" and "超市" in e.licence.name and in_force(e)]
    assert mine
    assert codes(reader, "超市", 1, area="231124")[0] in [e.code for e in mine]


def test_what_was_seen_recently_comes_even_behind_many_others(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 3)
    last = [e.code for e in MADE if "超市" in e.licence.name][-1]
    assert last not in codes(reader, "超市", 3)
    assert codes(reader, "超市", 3, recent=[last])[0] == last
    assert last not in codes(reader, "花山", 3, recent=[last])


@pytest.mark.parametrize(
    "text", ["", " ", "红", "1", "'\"*()", "\x00\x00", "\ud800", "()" * 50, "NEAR(q", "no such 名号"]
)
def test_texts_that_say_nothing(reader: Reader, text: str) -> None:
    assert find(reader, text, 5) == []


@given(st.text(max_size=80) | st.text("ahuisxngvü0123MA 黑河市爱辉红山超", max_size=70))
def test_any_text_is_allowed(reader: Reader, text: str) -> None:
    for hit in find(reader, text, 10):
        assert hit.code in {e.code for e in ROWS}
