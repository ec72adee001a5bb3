"""Cells in all the styles that departments use, and columns under all the names."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.intake import clean, mapping
from central.intake.rules import kinds
from inspector.entity import CreditKind, RegistrationState
from tests.central.intake.conftest import FIRM, SHOP, TODAY


@pytest.mark.parametrize(
    "cell",
    ["2024-03-05", "2024/3/5", "20240305", "2024年3月5日", "45356", "2024.03.05", "2024-03-05 00:00:00",
     "2024/3/5 0:00", "２０２４年３月５日", "2024-03-05T00:00:00", "45356.0"],
)  # fmt: skip
def test_dates(cell: str) -> None:
    assert clean.day(clean.tidy_cell(cell)) == date(2024, 3, 5)


@pytest.mark.parametrize("cell", ["2024-02-30", "昨天", "20241301", "1", "3024-01-01", "123456789", "2024-3"])
def test_what_is_no_date(cell: str) -> None:
    with pytest.raises(clean.Unclean):
        clean.day(cell)


@pytest.mark.parametrize("cell", ["", "N/A", "无", "—", "--", "NULL", "/"])
def test_nothing_in_its_many_spellings(cell: str) -> None:
    assert clean.text(cell) == ""
    assert clean.day(cell) is None
    assert clean.amount(cell) == ""


@pytest.mark.parametrize("cell", ["长期", "2099-12-31", "--", "9999-12-31", "永久"])
def test_permits_without_end(cell: str) -> None:
    assert clean.ending(cell) is None


@pytest.mark.parametrize("cell", ["", "无", "N/A"])
def test_a_permit_whose_end_is_not_said_is_not_taken_for_endless(cell: str) -> None:
    with pytest.raises(clean.Unclean):
        clean.ending(cell)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("800(万元人民币)", "800万元人民币"), ("800（万元）", "800万元"), ("1,000.50万元", "1000.50万元"), ("30", "30")],
)
def test_amounts(cell: str, amount: str) -> None:
    assert clean.amount(clean.tidy_cell(cell)) == amount


@pytest.mark.parametrize(
    ("cell", "state"),
    [("在营（开业）企业", "1"), ("吊销，未注销", "2"), ("吊销，已注销", "3"), ("注销", "4"), ("迁往市外", "6"),
     ("正常", "1"), ("", ""), ("K", "1"), ("DA", "1"), ("X", "4"), ("C", "5"), ("D", "2"), ("Q", "6"), ("歇业", "1"),
     ("9", "9"), ("存续（在营、开业、在册）", "1"), ("吊销,未注销", "2"), ("撤销", "5")],
)  # fmt: skip
def test_registration_states(cell: str, state: str) -> None:
    assert clean.state(cell) is RegistrationState(state)


def test_a_state_that_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(clean.Unclean, match="奇怪"):
        clean.state("奇怪")


def test_codes_areas_and_small_answers() -> None:
    assert clean.code("９２２３１１０２ma1y000189") == SHOP
    for wrong in ("", "92231102MA1Y000188", "11010519491231002X"):
        with pytest.raises(clean.Unclean):
            clean.code(wrong)
    assert (clean.area("爱辉区"), clean.area("黑河市爱辉区"), clean.area("230102"), clean.area("")) == (
        "231102", "231102", "230102", "",
    )  # fmt: skip
    assert (clean.division("231102000000"), clean.risk("A级"), clean.count("2次"), clean.yes("是"), clean.yes("")) == (
        "231102", "A", 2, True, False,
    )  # fmt: skip
    assert clean.credit_kind("行政处罚") is CreditKind.PENALTY
    assert clean.credit_kind("经营异常名录") is CreditKind.ABNORMAL
    for name, wrong in (("area", "某地"), ("division", "黑河"), ("risk", "E"), ("count", "多"), ("yes", "也许"),
                        ("credit_kind", "天气"), ("registration_number", "12"), ("text", "长" * 8001)):  # fmt: skip
        with pytest.raises(clean.Unclean):
            clean.cleaner(name, TODAY)(wrong)
    with pytest.raises(clean.Unclean, match="之后"):
        clean.cleaner("past", TODAY)("2026-11-21")
    assert clean.cleaner("past", TODAY)("2026-11-20") == TODAY


@given(st.text(max_size=60), st.sampled_from(sorted({c.clean for k in kinds().values() for c in k.columns})))
def test_any_cell_is_taken_or_refused(cell: str, name: str) -> None:
    tidied = clean.tidy_cell(cell)
    with suppress(clean.Unclean):
        assert clean.cleaner(name, TODAY)(tidied) == clean.cleaner(name, TODAY)(tidied)


@given(st.text(max_size=60))
def test_tidying_twice_is_tidying_once(cell: str) -> None:
    once = clean.tidy_cell(cell)
    assert clean.tidy_cell(once) == once


@given(st.lists(st.text(st.sampled_from("店 1１Ａ＋－\t\n\0\u00a0\u200b\u3000"), max_size=4), min_size=1, max_size=4))
def test_a_row_is_tidy_when_all_its_cells_are(cells: list[str]) -> None:
    assert clean.is_tidy("~".join(cells)) == all(clean.tidy_cell(cell) == cell for cell in cells)


def test_personal_numbers_are_hidden_and_others_are_not() -> None:
    text = f"身份证11010519491231002X电话138 1234 5678，座机0456-8223456，代码{SHOP}，注册号231102600012345"
    hidden, count = clean.without_personal(text)
    assert count == 2
    assert hidden == f"身份证（已隐去）电话（已隐去），座机0456-8223456，代码{SHOP}，注册号231102600012345"


GUESSES = {
    "registration": (
        "UNISCID ENTNAME REGSTATE_CN LEREP DOM OPSCOPE ESTDATE REGCAP REGORG localAdm",
        "code name state representative premises scope established capital division office",
        [SHOP, "店", "存续", "王", "街1号", "餐饮", "2024-03-05", "10万元", "231102", "兴安所"],
    ),
    "permit": (
        "统一社会信用代码 名称 许可证书名称 许可编号 发证日期 有效期自 有效期至 许可内容 许可机关",
        "code holder permit_kind permit_number issued valid_from valid_to permit_scope authority",
        [SHOP, "店", "食品经营许可证", "JY1", "2024-03-05", "2024-03-05", "2029-03-04", "餐饮", "某局"],
    ),
    "penalty": (
        "行政相对人代码_1(统一社会信用代码) 行政相对人名称 行政处罚决定书文号 违法行为类型 处罚类别 "
        "罚款金额（万元） 处罚决定日期",
        "code holder number title category fine source_date",
        [FIRM, "公司", "1号", "无证", "罚款", "0.5", "2026-01-01"],
    ),
}


@pytest.mark.parametrize("key", GUESSES)
def test_columns_are_guessed_and_so_is_the_kind(key: str) -> None:
    names, expected, cells = GUESSES[key]
    header = names.split()
    rows = [(2, list(cells)), (3, list(cells))]
    assert [g.name for g in mapping.guess(kinds()[key], header, rows, TODAY)] == expected.split()
    assert mapping.likely_kind(header, rows, TODAY).key == key


def test_contents_tell_what_a_strange_name_does_not() -> None:
    header = ["编码甲", "乙", "丙"]
    rows = [(2, [SHOP, "某店", "存续"]), (3, [FIRM, "某公司", "注销"])]
    told = mapping.guess(kinds()["registration"], header, rows, TODAY)
    assert told[0].name == "code"
    assert told[1].name == ""


def test_personal_columns_are_never_collected_nor_shown() -> None:
    rows = [(2, ["店", "11010519491231002X", "13812345678"])]
    told = mapping.guess(kinds()["registration"], ["企业名称", "法人身份证号", "联系电话"], rows, TODAY)
    assert [(g.name, g.personal, g.samples) for g in told[1:]] == [("", True, ()), ("", True, ())]


def test_every_kind_has_a_code_and_known_cleaners() -> None:
    for kind in kinds().values():
        assert kind.column("code") is not None
        for column in kind.columns:
            assert callable(clean.cleaner(column.clean, TODAY)), column.name
