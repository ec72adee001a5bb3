"""What an installed program must be able to do, tried part by part: ``--self-check`` of a built folder runs this."""

import os
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

from cache import cipher
from inspector import checklist, divisions, outcomes, register_file
from inspector.entity import Entity, Licence, RegistrationState, SubjectKind
from inspector.papers import press, specimen
from inspector.scan import stages
from inspector.scan.cascade import Scanner
from inspector.scan.isolated import Isolated
from inspector.scan.pictures import Image, decode_picture
from inspector.scan.zxing import Seen

RARE = "垚喆犇昇玥㐱"
"""Characters of everyday names that a lesser font lacks."""
DECODERS = ("plain", "zbar_plain")
"""One stage of the scanner for each decoder that runs in the decoder process: zxing-cpp, ZBar."""
GOOD, BAD = "通过", "失败"
"""Words, not signs: the console of Chinese Windows cannot write check marks."""
SECONDS = 20.0
PAYLOAD = "MSC-SELF-CHECK 92231102MA1Y000189"


def run(say: Callable[[str], object]) -> int:
    """Try everything, one line each; the exit code: 0 when all of it works."""
    parts: tuple[tuple[str, Callable[[], str]], ...] = (
        ("数据文件", _data),
        ("加密数据库", _cipher),
        ("字体", _fonts),
        ("文书", _paper),
        ("识码", _codes),
        ("窗口", _window),
    )
    failed = 0
    for name, part in parts:
        try:
            say(f"{GOOD} {name}：{part()}")
        except Exception:
            failed += 1
            say(f"{BAD} {name}：{traceback.format_exc()}")
    return 1 if failed else 0


def _need(holds: object, what: str) -> None:
    if not holds:
        raise RuntimeError(what)


def _data() -> str:
    templates = checklist.shipped()
    _need(templates and outcomes.shipped() and register_file.schema(), "data files are missing")
    _need(divisions.division_name("231102"), "divisions are missing")
    icons = [f for f in files("ui").joinpath("assets", "icons").iterdir() if f.name.endswith(".svg")]
    _need(icons and files("ui").joinpath("assets", "house.qss").is_file(), "assets are missing")
    return f"检查表 {len(templates)} 份，图标 {len(icons)} 个"


def _cipher() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return f"SQLCipher {cipher.proof(Path(folder))}"


def _fonts() -> str:
    return "、".join(press.families())


def _sticker() -> bytes:
    licence = Licence(
        name=f"{RARE}商行",
        kind="个体工商户",
        representative="周垚鑫",
        premises="",
        scope="",
        authority="",
        established=date(2021, 5, 18),
        state=RegistrationState.ACTIVE,
    )
    return specimen.sticker_png(Entity("92231102MA1Y000189", SubjectKind.INDIVIDUAL, licence), PAYLOAD)


def _paper() -> str:
    data = {"name": RARE, "code": "", "qr": press.qr(PAYLOAD), "qr_mm": 30}
    made = press.pdf("sticker.typ", data, datetime.now(UTC))
    _need(made.startswith(b"%PDF-"), "no PDF")
    return f"PDF/A {len(made)} 字节"


def _codes() -> str:
    picture = decode_picture(_sticker())
    with Scanner() as scanner:
        _need([r.text for r in scanner.still(picture).readings] == [PAYLOAD], "the scanner did not read")
    worker = Isolated(stages.in_process)
    try:
        for decoder in DECODERS:
            answer = worker.ask(decoder, _gray(picture), SECONDS)
            _need(not answer.failed, f"{decoder} did not answer within {SECONDS:g} s, or its process ended")
            _need_reading(decoder, answer.seen)
    finally:
        worker.close()
    # Our own decoder stops early when it is short of time, as in the live picture: here it may take what it needs.
    own = stages.finder_patterns
    _need_reading(own.__name__, own(_gray(picture), seconds=SECONDS))
    return "、".join((*DECODERS, own.__name__))


def _need_reading(decoder: str, seen: Seen) -> None:
    read = [r.text for r in seen.readings]
    _need(PAYLOAD in read, f"{decoder} read {read} instead of {PAYLOAD}")


def _gray(picture: Image) -> Image:
    return picture if picture.ndim == 2 else picture[:, :, 1].copy()


def _window() -> str:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QFontMetrics
    from PySide6.QtSvg import QSvgRenderer
    from PySide6.QtWidgets import QApplication, QLabel

    app = QApplication.instance() or QApplication(["self-check"])
    _need(app, "Qt did not start")
    label = QLabel(RARE)
    try:
        _need(not label.grab().isNull(), "a window cannot be drawn")
        metrics = QFontMetrics(label.font())
        lacking = [c for c in RARE if not metrics.inFontUcs4(ord(c))]
        icon = next(f for f in files("ui").joinpath("assets", "icons").iterdir() if f.name.endswith(".svg"))
        _need(QSvgRenderer(icon.read_bytes()).isValid(), "icons cannot be drawn")
    finally:
        label.deleteLater()
    _need(not lacking, "no glyphs on screen for " + " ".join(f"U+{ord(c):04X}" for c in lacking))
    return QApplication.platformName()
