"""Ten files as departments really send them: every row is taken or comes back with its number, column and reason."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from central.intake import importing, mapping
from central.intake.importing import Order, Outcome
from central.intake.problems import UnreadableFile
from central.intake.readers import open_table
from central.intake.rules import kinds
from central.service import Service
from tests.central.intake.conftest import FARM, FIRM, OFFICE, SHOP, TODAY, VILLAGE, entity, everything

HEADER = ["统一社会信用代码", "企业名称", "登记状态", "成立日期", "注册资本（万元）", "经营范围"]
WRONG = SHOP[:-1] + ("0" if SHOP[-1] != "0" else "1")


def lines(*rows: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def row(code: str, name: str = "某店", **told: str) -> list[str]:
    said = {"登记状态": "存续", "成立日期": "2024-03-05", "注册资本（万元）": "", "经营范围": ""} | told
    return [code, name, *said.values()]


def book(*sheets: tuple[str, list[list[object]], str]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows, state in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for cells in rows:
            sheet.append(cells)
        if len(rows[0]) == 1:
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADER))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@dataclass
class Delivery:
    """A file, what it should do, and which of its rows come back: row number, column, a word of the reason."""

    name: str
    content: bytes
    new: int
    bad: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0


RARE = "黑河㐱𠅤䶮犇羴食品店"
DAYS = ["2024-03-05", "2024/3/5", "2024.3.5", "20240305", "2024年3月5日", "45356", "2024-03-05 00:00:00"]
CODES = [SHOP, FIRM, FARM, VILLAGE]
DELIVERIES = {
    "GB18030 with rare characters": Delivery("a.csv", lines(HEADER, row(SHOP, RARE)).encode("gb18030"), 1),
    "UTF-16 with its mark, tabs": Delivery(
        "a.txt", ("\ufeff" + lines(HEADER, row(SHOP, RARE)).replace(",", "\t")).encode("utf-16-be"), 1
    ),
    "a mark twice": Delivery("a.csv", b"\xef\xbb\xbf\xef\xbb\xbf" + lines(HEADER, row(SHOP, RARE)).encode(), 1),
    "line breaks and quotes in cells": Delivery(
        "a.csv",
        lines(HEADER, row(SHOP, RARE, 经营范围='餐饮\r\n"零售",\n烟草'), row(FIRM[:-1], "短"), row(FARM)).encode(),
        2,
        [("3", "统一社会信用代码", "17 位")],
    ),
    "full-width digits and letters": Delivery(
        "a.csv",
        lines(
            HEADER,
            row(SHOP.translate({ord(c): ord(c) + 0xFEE0 for c in SHOP}), RARE, 成立日期="２０２４／３／５"),
        ).encode("gb18030"),
        1,
    ),
    "nothing in many words": Delivery(
        "a.csv",
        lines(
            HEADER,
            row(SHOP, RARE, 成立日期="N/A", 经营范围="—"),
            row(FIRM, "无"),
            row("NULL", "某店"),
            row(FARM, "某店", 登记状态="/"),
        ).encode(),
        1,
        [("3", "名称", "缺少"), ("4", "统一社会信用代码", "4 位"), ("5", "登记状态", "缺少")],
    ),
    "days in every style": Delivery(
        "a.csv",
        lines(
            HEADER,
            *(row(code, RARE, 成立日期=day) for code, day in zip(CODES, DAYS, strict=False)),
            *(row(SHOP, RARE, 成立日期=day) for day in DAYS[len(CODES) :]),
            row(SHOP, RARE, 成立日期="2023-02-29"),
            row(SHOP, RARE, 成立日期="24.3.5"),
            row(SHOP, RARE, 成立日期="2031-01-01"),
        ).encode(),
        4,
        [("9", "成立日期", "没有"), ("10", "成立日期", "日期"), ("11", "成立日期", "今天之后")],
        unchanged=3,
    ),
    "amounts with their units": Delivery(
        "a.csv",
        lines(
            HEADER,
            row(SHOP, RARE, **{"注册资本（万元）": "800(万元人民币)"}),
            row(FIRM, "某公司", **{"注册资本（万元）": "1,200.5"}),
            row(FARM, "某社", **{"注册资本（万元）": "约八百万"}),
        ).encode(),
        2,
        [("4", "注册资本", "不是金额")],
    ),
    "titles above, sums below, rows twice, wrong check characters": Delivery(
        "a.csv",
        lines(
            ["黑河市市场主体名录（2026年11月）"],
            ["填报单位：某局", "", "填报日期：2026-11-01"],
            HEADER,
            row(SHOP, RARE),
            row(SHOP, RARE),
            row(SHOP, "另一个名称"),
            row(WRONG, "错码"),
            ["合计", "4 户"],
        ).encode("gb18030"),
        1,
        [("6", "", "同一条记录"), ("7", "统一社会信用代码", "校验位"), ("8", "统一社会信用代码", "2 位")],
        unchanged=1,
    ),
    "Excel: hidden sheet, merged title, days and codes as numbers": Delivery(
        "a.xlsx",
        book(
            ("旧表", [HEADER, row(FARM)], "hidden"),  # type: ignore[list-item]
            (
                "名录",
                [
                    ["某局市场主体名录"],
                    HEADER,  # type: ignore[list-item]
                    [SHOP, RARE, "存续", 45356, 800, "零售"],
                    [FIRM, "某公司", "存续", datetime(2024, 3, 5, 8, 30), 12.5, None],  # noqa: DTZ001 - Excel knows no zones
                    [None, "合并单元格的第二行", "存续", date(2024, 3, 5), None, None],
                    [WRONG, "错码", "存续", date(2024, 3, 5), None, None],
                ],
                "visible",
            ),
        ),
        2,
        [("5", "统一社会信用代码", "缺少"), ("6", "统一社会信用代码", "校验位")],
    ),
    "JSON with its list inside, a field too many": Delivery(
        "a.json",
        json.dumps(
            {
                "code": 0,
                "errors": [],
                "data": {
                    "total": 303,
                    "list": [dict(zip(HEADER, row(SHOP, RARE), strict=True))] * 300
                    + [
                        dict(zip(HEADER, row(FIRM, "某公司"), strict=True)) | {"登记状态": None},
                        dict(zip(HEADER, row(FARM, "某社"), strict=True)) | {"新字段": "x"},
                    ],
                },
            },
            ensure_ascii=False,
        ).encode(),
        1,
        [("302", "登记状态", "缺少"), ("303", "", "表头")],
        unchanged=299,
    ),
}
Take = Callable[[Path], Outcome]


@pytest.fixture
def take(bare: Service, tmp_path: Path) -> Take:
    def take(path: Path) -> Outcome:
        table = open_table(path)
        columns = mapping.columns_of(mapping.guess(kinds()["registration"], table.header, table.sample(200), TODAY))
        table.close()
        (tmp_path / "bad.csv").unlink(missing_ok=True)
        return importing.run(bare, path, Order("registration", OFFICE, TODAY, columns), errors=tmp_path / "bad.csv")

    return take


@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES)
def test_nothing_of_a_file_is_lost(bare: Service, take: Take, tmp_path: Path, delivery: Delivery) -> None:
    path = tmp_path / delivery.name
    path.write_bytes(delivery.content)
    done = take(path)
    assert (done.new, done.unchanged, done.bad) == (delivery.new, delivery.unchanged, len(delivery.bad))
    shop = entity(bare, SHOP)
    assert shop is not None
    assert shop.licence.name == RARE
    assert shop.licence.established in (date(2024, 3, 5), None)
    if not delivery.bad:
        return
    text = (tmp_path / "bad.csv").read_bytes().decode("utf-8-sig")
    came_back = list(csv.reader(io.StringIO(text, newline="")))
    by_number = sorted(came_back[1:], key=lambda told: int(told[0]))
    for told, (number, column, reason) in zip(by_number, delivery.bad, strict=True):
        assert (told[0], told[1]) == (number, column)
        assert reason in told[2]
    # Corrected in the error file itself, each row is taken.
    for at, told in enumerate(came_back[1:]):
        told[3:] = row(CODES[at % 4], RARE)
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(lines(*came_back), encoding="utf-8-sig")
    again = take(corrected)
    assert again.bad == 0
    assert again.rows == len(delivery.bad)


def test_amounts_keep_the_unit_that_was_meant(bare: Service, take: Take, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(DELIVERIES["amounts with their units"].content)
    take(path)
    assert [entity(bare, code).licence.capital for code in (SHOP, FIRM)] == [  # type: ignore[union-attr]
        "800万元人民币",
        "1200.5万元",
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"first": [{"企业名称": "甲"}], "second": [{"企业名称": "乙"}]},
        {"p": {"item": [{"企业名称": "甲"}], "items": [{"企业名称": "乙"}]}},
        {"data": [{"企业名称": "甲", "许可": [{"编号": "1"}]}]},
    ],
)
def test_json_of_which_a_part_would_be_left_out_is_refused(bare: Service, tmp_path: Path, told: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(UnreadableFile):
        list(open_table(path).rows)
    assert everything(bare) == {}
