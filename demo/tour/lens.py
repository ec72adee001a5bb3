"""The camera in the officer's hand: a shaking picture in poor light, a part of it brought near, a covered lens."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from demo.picture import webcam_clip
from demo.tour.day import Day
from inspector.scan.hints import Hint
from inspector.scan.pictures import Image, encode_jpeg
from inspector.scan.webcam import Conditions, empty
from inspector.verdict import Colour
from ui.screens.scan import ScanScreen

SEED = 11


def hold_zoom_cover(day: Day) -> None:
    """What hangs before the camera changes; the program says what it sees."""
    stage, before = day.stage, day.wall.picture
    day.wall.picture = webcam_clip(day.specimen, before.parent / "clip", SEED)
    screen = _scan_anew(day)
    stage.until("从晃动的画面中识别", lambda: screen.checked is not None)
    stage.settle()
    assert screen.checked is not None
    stage.verify("手持、光线不足也能核验", screen.checked.verdict.colour is Colour.PASS)
    stage.shot("scan-hand-held")
    day.wall.picture = before.with_name("wall.jpg")
    _hang(day, empty(Conditions(), SEED))
    screen = _scan_anew(day)
    stage.until("看到画面", lambda: screen.finder.hint not in ("", Hint.COVERED.label))
    QTest.keyClick(screen, Qt.Key.Key_Z)
    stage.until("放大", lambda: day.program.camera.zoomed and screen.finder.lens("zoom").isChecked())
    stage.settle()
    stage.shot("scan-zoomed")
    _hang(day, empty(Conditions(light=0.0, noise=0.5), SEED))
    screen = _scan_anew(day)
    stage.until("提示镜头被遮住", lambda: screen.finder.hint == Hint.COVERED.label)
    stage.shot("scan-covered")
    day.wall.picture = before


def _hang(day: Day, picture: Image) -> None:
    day.wall.picture.write_bytes(encode_jpeg(picture))


def _scan_anew(day: Day) -> ScanScreen:
    day.program.window.go("today")
    day.stage.until("摄像头关闭", lambda: not day.program.camera.on)
    day.program.window.go("scan")
    screen = day.at(ScanScreen)
    screen.scan()
    return screen
