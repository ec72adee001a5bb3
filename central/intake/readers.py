"""Opens a department's file, whatever it is, as a table: a header and rows of texts, with flat memory.

All input is hostile: a file that is not what it says, or too much of anything, ends in a sentence that says where.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from central.intake.clean import normal_header
from central.intake.problems import UnreadableFile
from central.intake.rules import kinds

LARGEST = 4 << 30
"""Bytes of a file."""
MOST_COLUMNS = 400
LONGEST_CELL = 100_000
"""Characters: more is an opening quote without its end, or worse."""
SAMPLE = 64 * 1024
STEP = 1 << 20
HEADER_ROWS = 10
"""Departments put titles and remarks above the header: it is looked for in the first rows."""
DELIMITERS = ",\t;|"

ADDED = ("行号", "问题所在列", "未采用原因")
"""Columns that the error file puts before those of the file it came from."""
_GUARD = re.compile("^'(?=\\s*'*[=+\\-@＝＋－＠\\t\\r])")
"""The apostrophe that the error file puts before what a spreadsheet would run: it goes again on the way in."""

Numbered = tuple[int, list[str]]
"""Row number as the user sees it in the file (1 is the first), and its cells."""


@dataclass(frozen=True)
class Table:
    """A file that was opened: iterate ``rows`` once, then close it."""

    header: tuple[str, ...]
    rows: Iterator[Numbered]
    form: str
    """What the file was found to be, for the user."""

    def close(self) -> None:
        close = getattr(self.rows, "close", None)
        if close:
            close()

    def sample(self, count: int) -> list[Numbered]:
        """The first rows; uses them up."""
        return list(islice(self.rows, count))


def open_table(path: Path, encoding: str = "") -> Table:
    """Find out what a file is and open it. Raises UnreadableFile; rows raise it too when damage comes later."""
    # Their libraries are large: opened for those who need them.
    from central.intake import excel, json_files

    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        raise UnreadableFile("这个文件打不开。", "请核对路径和权限。") from None
    if not size:
        raise UnreadableFile("文件是空的。")
    if size > LARGEST:
        raise UnreadableFile(f"文件超过 {LARGEST >> 30} GB。", "请分成几个文件导入。")
    if head.startswith(b"PK"):
        return _table(*excel.rows(path))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("这是旧格式（.xls）或加了密码的 Excel 文件。", "请去掉密码，另存为 .xlsx 后再导入。")
    encoding = encoding or _encoding(path)
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"} or _starts_like_json(path, encoding):
        return _table(*json_files.rows(path, encoding))
    return _table(*_csv(path, encoding))


def _table(rows: Iterator[Numbered], form: str) -> Table:
    """Find the header among the first rows: the one that names most known columns."""
    first = [row for row in islice(rows, HEADER_ROWS) if any(cell.strip() for cell in row[1])]
    if not first:
        raise UnreadableFile("文件里没有内容。")
    known = {normal_header(name) for kind in kinds().values() for c in kind.columns for name in c.names}
    scores = [len({normal_header(cell) for cell in row} & known) for _, row in first]
    best = scores.index(max(scores))
    if not scores[best]:
        raise UnreadableFile(
            "没有找到表头：前十行里没有一个认识的列名。", "请在第一行写上列名后再试。没有写入任何数据。"
        )
    header = [cell.strip() for cell in first[best][1]]
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(f"列数超过 {MOST_COLUMNS}。")
    header = [cell or f"第 {at} 列" for at, cell in enumerate(header, 1)]
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    if twice:
        raise UnreadableFile(f"表头中“{twice[0]}”出现了不止一次。", "请改成不同的列名后再试。没有写入任何数据。")
    return Table(tuple(header), _after(rows, first[best + 1 :], len(header), tuple(header[:3]) == ADDED), form)


def _after(rows: Iterator[Numbered], held: Sequence[Numbered], width: int, corrected: bool) -> Iterator[Numbered]:
    """The rows behind the header, without empty ones; short ones are filled up, long ones stay long."""
    try:
        for source in (held, rows):
            for number, cells in source:
                if len(cells) < width:
                    cells += [""] * (width - len(cells))
                elif len(cells) > width and not any(cells[width:]):
                    del cells[width:]
                if corrected:
                    cells = [_GUARD.sub("", cell) for cell in cells]
                if any(cells):
                    yield number, cells
    finally:
        close = getattr(rows, "close", None)
        if close:
            close()


# -- encodings


_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def _encoding(path: Path) -> str:
    """The encoding of the whole file, from its first bytes or by decoding it once."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    zeros = [head[at::2].count(0) * 8 > len(head) for at in (0, 1)]
    if zeros[0] != zeros[1]:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    wrong: dict[str, int] = {}
    for name in ("utf-8", "gb18030"):
        at = _first_wrong(path, name)
        if at is None:
            return name
        wrong[name] = at
    name, at = max(wrong.items(), key=lambda told: told[1])
    raise UnreadableFile(f"文件第 {_line_of(path, at)} 行附近的编码不对（既不是 UTF-8 也不是 GB18030）。")


def _first_wrong(path: Path, encoding: str) -> int | None:
    """Offset of the first bytes that are not of an encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = 0
    with path.open("rb") as file:
        while piece := file.read(STEP):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return seen + error.start
            seen += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return seen
    return None


def _line_of(path: Path, offset: int) -> int:
    lines = 1
    with path.open("rb") as file:
        while offset > 0 and (piece := file.read(min(STEP, offset))):
            lines += piece.count(b"\n")
            offset -= len(piece)
    return lines


def text_file(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open for reading as text; an encoding that does not exist is told."""
    try:
        return path.open("r", encoding=encoding, newline="")
    except LookupError:
        raise UnreadableFile(f"没有“{encoding}”这种编码。", "请用 utf-8、gb18030 或 utf-16。") from None


def _starts_like_json(path: Path, encoding: str) -> bool:
    try:
        with text_file(path, encoding) as file:
            return file.read(1000).lstrip()[:1] in ("[", "{")
    except UnicodeError:
        return False


# -- CSV


def _csv(path: Path, encoding: str) -> tuple[Iterator[Numbered], str]:
    file = text_file(path, encoding)
    try:
        sample = file.read(SAMPLE)
        file.seek(0)
    except UnicodeError:
        file.close()
        raise UnreadableFile(f"文件不是 {encoding} 编码。") from None
    delimiter = _delimiter(sample)
    told = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}[delimiter]
    return _csv_rows(file, delimiter), f"CSV（{encoding}，{told}分隔）"


def _csv_rows(file: io.TextIOWrapper, delimiter: str) -> Iterator[Numbered]:
    number = 0
    with closing(file):
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for number, row in enumerate(reader, 1):
                yield number, row
        except UnicodeError:
            raise UnreadableFile(f"第 {number + 1} 行附近的编码不对。") from None
        except csv.Error as error:
            raise UnreadableFile(f"第 {number + 1} 行的引号没有配对，或单元格过长（{error}）。") from None


def _delimiter(sample: str) -> str:
    """The separator that cuts the first lines into most columns, and into the same number of them."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row][:-1][:30]
        except csv.Error:
            return 0, 0
        widths = [len(row) for row in rows] or [1]
        usual = max(set(widths), key=widths.count)
        return (usual > 1) * widths.count(usual), usual

    return max(DELIMITERS, key=score)
