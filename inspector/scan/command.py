"""The scanner on the command line: for scripts, for measuring, and to see what a picture holds without a window."""

import base64
import json
from collections.abc import Sequence
from typing import TextIO

from inspector.errors import UnreadablePicture
from inspector.scan.cascade import Scanner, Still
from inspector.scan.pictures import load_picture
from inspector.scan.reading import Reading


def scan_files(paths: Sequence[str], *, as_json: bool, out: TextIO, err: TextIO, all_kinds: bool = False) -> int:
    """Print every code of every picture; 0 when all files were pictures, else 1 (the others are done all the same)."""
    code = 0
    with Scanner(all_kinds) as scanner:
        for path in paths:
            try:
                result = scanner.still(load_picture(path, gray=True))
            except UnreadablePicture as problem:
                code = 1
                print(f"{path}：{problem.sentence}{problem.advice}", file=err)
                if as_json:
                    print(json.dumps({"file": path, "error": problem.sentence}, ensure_ascii=False), file=out)
                continue
            print(_line(path, result) if as_json else _lines(path, result), file=out, flush=True)
    return code


def _line(path: str, result: Still) -> str:
    codes = [
        {
            "text": r.text,
            "bytes": base64.b64encode(r.data).decode("ascii"),
            "corners": [[round(x, 1), round(y, 1)] for x, y in r.corners],
            "decoder": r.decoder,
            "symbology": r.symbology,
        }
        for r in result.readings
    ]
    return json.dumps({"file": path, "ms": round(result.cpu_ms, 3), "codes": codes}, ensure_ascii=False)


def _lines(path: str, result: Still) -> str:
    head = f"{path}：{len(result.readings)} 个码，处理器时间 {result.cpu_ms:.1f} 毫秒"
    if not result.readings and result.hint is not None:
        head += f"（{result.hint.label}）"
    return "\n".join([head, *(_block(r) for r in result.readings)])


def _block(reading: Reading) -> str:
    corners = " ".join(f"({x:.0f},{y:.0f})" for x, y in reading.corners)
    return (
        f"  内容  {_visible(reading.text)}\n"
        f"  字节  {reading.data.hex(' ')}\n"
        f"  四角  {corners}\n"
        f"  解码  {reading.decoder}（{reading.symbology}）"
    )


def _visible(text: str) -> str:
    """Hostile text must not steer the terminal: control characters are written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
