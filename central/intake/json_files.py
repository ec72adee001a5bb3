"""JSON files: an array of flat objects, objects with such an array inside, or one object a line."""

import re
from collections.abc import Iterator
from contextlib import closing
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import Any

import ijson
import msgspec

from central.intake.problems import UnreadableFile

LONGEST_LINE = 1 << 20
"""Characters of one object on a line."""
LEARN = 200
"""Objects that the columns are learnt from."""
DEEPEST = 6
STEP = 1 << 20
_QUOTE_FREE = 4 << 20
"""Bytes without a quotation mark: no table looks like this, a bomb of brackets does."""

Record = dict[str, Any]


def rows(path: Path, encoding: str) -> tuple[Iterator[tuple[int, list[str]]], str]:
    """A first row of names and the rows of texts; numbers count objects, the names being row 1."""
    lines = _is_lines(path, encoding)
    records = _lines(path, encoding) if lines else _array(path, encoding)
    return _rows(records), "JSON（每行一条）" if lines else "JSON（数组）"


def _rows(records: Iterator[Record]) -> Iterator[tuple[int, list[str]]]:
    with closing(records):  # type: ignore[type-var]
        first = list(islice(records, LEARN))
        names = list(dict.fromkeys(name for record in first for name in record))
        places = {name: at for at, name in enumerate(names)}
        yield 1, list(names)
        for number, record in enumerate(chain(first, records), 2):
            cells = [""] * len(names)
            for name, value in record.items():
                at = places.get(name)
                if at is None:
                    cells.append(f"{name}：{_text(value)}")  # one cell more than the header has: a bad row
                else:
                    cells[at] = _text(value)
            yield number, cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        raise UnreadableFile("有的单元格里还套着列表或对象。", "请导出为一层的表格后再试。没有写入任何数据。")
    return str(value)


def _is_lines(path: Path, encoding: str) -> bool:
    try:
        with _open(path, encoding) as file:
            line = file.readline(LONGEST_LINE)
        record = msgspec.json.decode(line)
        return isinstance(record, dict) and not any(isinstance(value, dict | list) for value in record.values())
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False


def _open(path: Path, encoding: str) -> TextIOWrapper:
    try:
        return path.open("r", encoding=encoding)
    except LookupError:
        raise UnreadableFile(f"没有“{encoding}”这种编码。", "请用 utf-8、gb18030 或 utf-16。") from None


def _lines(path: Path, encoding: str) -> Iterator[Record]:
    number = 0
    with _open(path, encoding) as file:
        try:
            while line := file.readline(LONGEST_LINE):
                number += 1
                if not line.strip():
                    continue
                record = msgspec.json.decode(line)
                if not isinstance(record, dict):
                    raise UnreadableFile(f"第 {number} 行不是 JSON 对象。")
                yield record
        except UnicodeError:
            raise UnreadableFile(f"第 {number + 1} 行附近的编码不对。") from None
        except (msgspec.MsgspecError, RecursionError):
            raise UnreadableFile(f"第 {number} 行不是完整的 JSON。") from None


def _array(path: Path, encoding: str) -> Iterator[Record]:
    _refuse_bombs(path)
    where = _where(path, encoding)
    with _open(path, encoding) as file:
        number = 0
        try:
            for number, record in enumerate(ijson.items(_Utf8(file), where, use_float=True), 1):
                if not isinstance(record, dict):
                    raise UnreadableFile(f"第 {number} 条不是 JSON 对象。")
                yield record
        except (ijson.JSONError, UnicodeError, ValueError, OverflowError):
            raise UnreadableFile(f"JSON 文件在第 {number + 1} 条附近损坏。") from None


def _where(path: Path, encoding: str) -> str:
    """ijson's name of the place of the only list of objects in the file.

    A second one would be left out without a word, so all of an object is looked through; a bare list ends with itself.
    """
    found, opened = "", ""
    with _open(path, encoding) as file:
        try:
            for prefix, event, _ in ijson.parse(_Utf8(file)):
                if found and f"{prefix}.".startswith(f"{found}."):
                    continue
                if event == "start_array":
                    opened = f"{prefix}.item" if prefix else "item"
                elif event == "start_map" and prefix == opened:
                    if opened == "item":
                        return opened
                    if found:
                        lists = "、".join(f"“{name.removesuffix('.item')}”" for name in (found, opened))
                        raise UnreadableFile(
                            f"JSON 文件里有不止一个数据列表：{lists}。", "请分成几个文件后再试。没有写入任何数据。"
                        )
                    found = opened
                elif prefix.count(".") >= DEEPEST:
                    break
        except (ijson.JSONError, UnicodeError, ValueError):
            if not found:  # damage behind the first record is told with its number
                raise UnreadableFile("这不是完整的 JSON 文件。") from None
    if not found:
        raise UnreadableFile("JSON 文件里没有找到数据列表。")
    return found


class _Utf8:
    """A text file as the UTF-8 bytes that ijson wants."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        return self._file.read(size).encode()


def _refuse_bombs(path: Path) -> None:
    quiet = 0
    with path.open("rb") as file:
        while piece := file.read(STEP):
            last = piece.rfind(b'"')
            quiet = quiet + len(piece) if last < 0 else len(piece) - last
            if quiet > _QUOTE_FREE or re.search(rb"[\[{]{64}", piece):
                raise UnreadableFile("JSON 文件的结构不正常，已拒绝。")
