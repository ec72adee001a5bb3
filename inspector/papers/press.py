"""The press: a template of this folder and data in, PDF or pictures out, all in memory.

Text goes in as JSON and is shown as strings, so nothing in it can become markup or reach a file. Characters that
no font at hand can show are written as their code point: PDF/A forbids empty boxes, and so does a record.
"""

import re
from datetime import datetime
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from unicodedata import category

import msgspec
import typst
import zxingcpp

from inspector.errors import PaperProblem

LATIN = "Libertinus Serif"
"""Part of the typesetter: figures, Latin, Cyrillic, Greek in one style on every machine."""
FAMILIES = (
    LATIN,
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "FangSong",
    "SimSun",
    "SimSun-ExtB",
    "Songti SC",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "DejaVu Sans",
    "Segoe UI Symbol",
)
"""Song faces first, of the program or Debian, then of Windows and macOS; one that is not there is passed over."""
CHINESE = frozenset(FAMILIES[1:9])
BUNDLED = "fonts"
"""Folder beside this file into which the packaged program puts its fonts."""
_UNSHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_UNBROKEN = r"[^\s\u3041-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
_LONG = re.compile(f"{_UNBROKEN}{{20}}(?={_UNBROKEN})")
"""Twenty characters and more without a place to break a line; twenty of the widest fit into a cell."""
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_MAX_MARKS = 2
"""Combining marks on one letter: more only serve to blot out the lines above."""


@lru_cache(maxsize=4)
def fonts(folder: Path | None = None) -> typst.Fonts:
    """All fonts at hand: those of ``folder`` or bundled with the program, of the system, of the typesetter."""
    with as_file(files("inspector.papers")) as here:
        bundled = folder or here / BUNDLED
        return typst.Fonts(font_paths=[bundled] if bundled.is_dir() else [])


def families(folder: Path | None = None) -> tuple[str, ...]:
    """The families to set with, best first. Raises PaperProblem when none is Chinese."""
    have = set(fonts(folder).families())
    found = tuple(f for f in FAMILIES if f in have)
    if not CHINESE & set(found):
        raise PaperProblem("没有找到中文字体，文书无法生成。", "请安装宋体或思源宋体（fonts-noto-cjk）后重试。")
    return found


def pdf(template: str, data: dict[str, Any], at: datetime, folder: Path | None = None) -> bytes:
    """PDF/A-2b dated ``at``; the same input on the same fonts gives the same bytes."""
    return _set(template, data, at, folder)[0]


def pictures(
    template: str, data: dict[str, Any], at: datetime, ppi: float, folder: Path | None = None
) -> tuple[bytes, ...]:
    """The pages of the same document as PNG, ``ppi`` pixels an inch."""
    compiler = _set(template, data, at, folder)[1]
    made = compiler.compile(input=_source(template), format="png", ppi=ppi)
    assert made is not None, "no output file was asked for"
    return tuple(made) if isinstance(made, list) else (made,)


def qr(payload: bytes | str) -> str:
    """A QR code as SVG, one unit a module, four modules of quiet zone. Raises PaperProblem when it does not fit."""
    try:
        code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode)
        return str(code.to_svg(add_quiet_zones=True))
    except ValueError as error:
        raise PaperProblem("二维码内容过长，无法生成。") from error


def modules(svg: str) -> int:
    """Modules across a code made by ``qr``, with its quiet zone."""
    found = re.search(r'<svg width="(\d+)"', svg)
    assert found, "made by qr"
    return int(found[1])


def shown(text: str, without: frozenset[str] = frozenset()) -> str:
    """Text as it may be set: nothing invisible, nothing that reorders, and room to break in endless words.

    ``without`` are characters that no font has.
    """
    out: list[str] = []
    marks = 0
    for char in text:
        kind = category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if char == "\n":
            out.append(char)
        elif kind in ("Zs", "Zl", "Zp") or char in "\t\r":
            out.append(char if char == "\u3000" else " ")
        elif kind in _HIDDEN or char in without or marks > _MAX_MARKS:
            out.append(f"[U+{ord(char):04X}]")
        else:
            out.append(char)
    return _LONG.sub("\\g<0>\u200b", "".join(out))


def _clean(value: Any, without: frozenset[str]) -> Any:
    if isinstance(value, str):
        return value if value.startswith(("<svg ", "<?xml ")) else shown(value, without)
    if isinstance(value, list | tuple):
        return [_clean(v, without) for v in value]
    if isinstance(value, dict):
        return {k: _clean(v, without) for k, v in value.items()}
    return value


def _source(template: str) -> bytes:
    return files("inspector.papers").joinpath(template).read_bytes()


def _set(template: str, data: dict[str, Any], at: datetime, folder: Path | None) -> tuple[bytes, typst.Compiler]:
    """Set the document; when the typesetter names characters without a glyph, once more without them."""
    without: frozenset[str] = frozenset()
    with as_file(files("inspector.papers")) as root:
        compiler = typst.Compiler(root=root, font_paths=fonts(folder))
        while True:
            told = _clean(data, without) | {"fonts": families(folder)}
            inputs = {"data": msgspec.json.encode(told).decode()}
            try:
                made = compiler.compile(
                    input=_source(template),
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=["a-2b"],
                    timestamp=at.replace(microsecond=0),
                )
                assert isinstance(made, bytes)
                return made, compiler
            except typst.TypstError as error:
                unshown = _unshown(error.diagnostic) - without
                if not unshown:
                    raise PaperProblem from error
                without |= unshown


def _unshown(diagnostic: str) -> frozenset[str]:
    """The characters that a PDF/A error says no font can show."""
    texts = (_ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], text) for text in _UNSHOWN.findall(diagnostic))
    return frozenset("".join(texts))
