"""Excel files (.xlsx), row by row: the first sheet that holds anything, with flat memory."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from central.intake.problems import UnreadableFile

MOST_ROWS = 1_048_576
"""Of a sheet, by Excel's own limit: more are a trap."""
MOST_COLUMNS = 1000
LARGEST_UNPACKED = 8 << 30
"""Bytes of all parts together."""
LARGEST_SHARED = 512 << 20
"""Bytes of the part that holds the texts: the library keeps it in memory."""
MOST_PRESSED = 300
"""Times that a part may shrink: real sheets reach 60, a bomb a thousand."""
SMALL = 1 << 20


def rows(path: Path) -> tuple[Iterator[tuple[int, list[str]]], str]:
    """The rows of a workbook and what it is. Raises UnreadableFile."""
    _refuse_bombs(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception:  # the library raises whatever a damaged part makes it stumble over
        raise UnreadableFile("这不是完好的 Excel（.xlsx）文件。") from None
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not sheets:
        book.close()
        raise UnreadableFile("Excel 文件里没有工作表。")
    told = f"Excel，工作表“{sheets[0].title}”" + (f"（其余 {len(sheets) - 1} 张没有读）" if len(sheets) > 1 else "")
    return _rows(book, sheets[0]), told


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UnreadableFile("这不是完好的 Excel（.xlsx）文件。") from None
    if not any(part.filename.startswith("xl/") for part in parts):
        raise UnreadableFile("这是压缩文件，不是 Excel 文件。", "请解压后导入里面的文件。")
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    pressed = any(p.file_size > SMALL and p.file_size > MOST_PRESSED * max(p.compress_size, 1) for p in parts)
    if pressed or shared > LARGEST_SHARED or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise UnreadableFile("这个 Excel 文件解压后大得不正常，已拒绝。", "请另存为 CSV 后再导入。没有写入任何数据。")


def _rows(book: Any, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    number = 0
    with closing(book):
        # What a sheet says of its own size is not believed.
        sheet.reset_dimensions()
        try:
            for number, cells in enumerate(sheet.iter_rows(), 1):
                if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                    raise UnreadableFile("工作表的行或列多得不正常，已拒绝。", "请另存为 CSV 后再导入。")
                yield number, [_text(cell, number) for cell in cells]
        except UnreadableFile:
            raise
        except Exception:  # as above
            raise UnreadableFile(f"Excel 文件在第 {number + 1} 行附近损坏。") from None


def _text(cell: Any, row: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if cell.data_type == "f":
            raise UnreadableFile(
                f"第 {row} 行 {cell.column_letter} 列是公式。",
                "请复制后“选择性粘贴 → 数值”，再导入。没有写入任何数据。",
            )
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
