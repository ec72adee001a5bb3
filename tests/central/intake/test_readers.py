"""Files as departments send them, and files as attackers do: a table, or a sentence."""

import io
import json
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from central.intake.bad_rows import BadRows, guarded
from central.intake.problems import UnreadableFile
from central.intake.readers import ADDED, open_table
from central.intake.records import BadRow

HEADER = ["统一社会信用代码", "企业名称", "登记状态"]
ROWS = [["92231102MA1Y000189", "老王\n小店", "存续"], ["91231121712345672L", '含"引号",逗号', "注销"]]


def csv_text(delimiter: str = ",") -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in [HEADER, *ROWS])


def read(path: Path, content: bytes, encoding: str = "") -> list[list[str]]:
    path.write_bytes(content)
    table = open_table(path, encoding)
    try:
        return [list(table.header), *(cells for _, cells in table.rows)]
    finally:
        table.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_csv_in_every_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    assert read(tmp_path / "f.csv", csv_text(delimiter).encode(encoding)) == [HEADER, *ROWS]


def test_titles_above_and_remarks_below_the_header(tmp_path: Path) -> None:
    content = "黑河市市场主体登记信息表,,\n填报单位：某局,,\n" + csv_text() + ",,\n"
    path = tmp_path / "f.csv"
    path.write_text(content, encoding="utf-8", newline="")
    table = open_table(path)
    assert table.header == tuple(HEADER)
    assert [number for number, _ in table.rows] == [4, 5], "as the user counts them"


def book(rows: list[list[object]], title: str = "表") -> bytes:
    made = Workbook()
    assert made.active is not None
    made.active.title = title
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_excel_with_dates_and_numbers(tmp_path: Path) -> None:
    rows = [[*HEADER, "成立日期", "注册号"], ["92231102MA1Y000189", "店", "存续", date(2024, 3, 5), 231102600012345]]
    assert read(tmp_path / "f.xlsx", book(rows))[1][3:] == ["2024-03-05", "231102600012345"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("form", ["array", "wrapped", "lines"])
def test_json_in_every_form(tmp_path: Path, encoding: str, form: str) -> None:
    records = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    text = {
        "array": json.dumps(records, ensure_ascii=False),
        "wrapped": json.dumps({"code": 0, "data": {"rows": records}}, ensure_ascii=False),
        "lines": "\n".join(json.dumps(r, ensure_ascii=False) for r in records),
    }[form]
    assert read(tmp_path / "f.json", text.encode(encoding)) == [HEADER, *ROWS]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (50 << 20))
    return out.getvalue()


def no_workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.csv", "x")
    return out.getvalue()


HOSTILE = {
    "empty": b"",
    "blank": b"\n\n \n",
    "no header": b"1,2,3\n4,5,6\n",
    "twice the same header": "企业名称,企业名称,登记状态\na,b,c\n".encode(),
    "wrong encoding in the middle": csv_text().encode() + b"\xff\xff\xff\xfe,\xff\n" + csv_text().encode(),
    "open quote": csv_text().encode() + b'"' + b"a,b\n" * 100,
    "huge cell": csv_text().encode() + b'"' + b"a" * 200_000 + b'",b,c\n',
    "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "broken Excel": b"PK\x03\x04" + b"x" * 100,
    "zip": no_workbook(),
    "zip bomb": bomb(),
    "formula": book([HEADER, ["=1+1", "a", "b"]]),
    "empty Excel": book([]),
    "JSON cut short": ('[{"企业名称": "a", "登记状态": "b"}, {"企业').encode(),
    "JSON of numbers": b"[1, 2, 3]",
    "JSON nested": ('[{"企业名称": {"a": [1]}, "登记状态": "b"}]').encode(),
    "JSON bomb": b"[" * 1_000_000,
    "JSON without a list": b'{"a": {"b": 1}}',
    "JSON line broken": ('{"企业名称": "a", "登记状态": "存续"}\n{"企业\n').encode(),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFile) as problem:
        read(tmp_path / "f.bin", content)
    assert problem.value.sentence.endswith("。")
    assert problem.value.advice


def test_an_encoding_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="编码"):
        read(tmp_path / "f.csv", csv_text().encode(), "klingon")
    with pytest.raises(UnreadableFile):
        open_table(tmp_path / "none.csv")


@given(st.binary(max_size=400), st.sampled_from(["f.csv", "f.json", "f.xlsx"]))
@example(b"\0\1\0", "f.json")
def test_any_bytes_are_a_table_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    for content in (data, csv_text().encode() + data, b'[{"\xe7\x8a\xb6\xe6\x80\x81":' + data):
        with suppress(UnreadableFile):
            assert len(read(path, content)[0]) >= 1


@given(st.lists(st.text(max_size=12), min_size=3, max_size=3).filter(lambda row: any(c.strip() for c in row)))
def test_what_the_error_file_holds_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, row: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "errors.csv"
    row = [cell.encode(errors="replace").decode().replace("\0", "").replace("\r", "") for cell in row]
    with BadRows(path, HEADER) as bad:
        bad.put(7, row, BadRow("登记状态", "不认识"))
        bad.keep()
    table = open_table(path)
    found = [cells for _, cells in table.rows]
    assert table.header == (*ADDED, *HEADER)
    assert found == [["7", "登记状态", "不认识", *row]]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "＝1", "＋1", "－1", "＠a", "\t=1", "  =1", "'=1"])
def test_no_cell_of_the_error_file_runs(cell: str) -> None:
    assert guarded(cell) == "'" + cell
