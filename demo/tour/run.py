"""Runs the tour: sets the place up, goes through the day, leaves screenshots and papers, says what failed."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtWidgets import QApplication

from central.demo import look
from central.demo.look import Specimen
from demo.picture import Wall, webcam_picture
from demo.place import Place, SetClock
from demo.tour import courier, evidence, lens, lost, verdicts
from demo.tour import day as steps
from demo.tour.doors import enrol, let_another_in, lock_and_unlock
from demo.tour.looks import every_screen_in_every_theme
from demo.tour.secrecy import Secret, nothing_in_clear, secrets_of
from demo.tour.stage import Stage, TourFailed
from ui.app import Application, prepare

ENTITIES = 20_000
SEED = 11
AFTER = timedelta(days=8)
"""One day more than data may be old and still count as good news."""


def run(folder: Path, picture: Path | None, say: Callable[[str], None], entities: int = ENTITIES) -> int:
    """Go through the day in ``folder`` (emptied first); the exit code is 0 only when every step is as it must be."""
    app = QApplication.instance() or QApplication(["tour"])
    assert isinstance(app, QApplication)
    prepare(app)
    shutil.rmtree(folder, ignore_errors=True)
    stage = Stage(folder, say)
    try:
        with stage.step("启动中心服务，装入演示数据"):
            place = Place(folder / "place", say, entities)
        with place:
            specimen = look.specimens(place.central.service)[0]
            secret = _day(stage, place, specimen, folder, picture)
            with stage.step("丢失的电脑"):
                lost.lose_laptop(stage, place, folder / "place" / "lost")
        _offline(stage, place, specimen, folder)
        with stage.step("数据目录里没有明文"):
            nothing_in_clear(stage, place.laptop_folder, secret)
    except TourFailed as failure:
        say(f"✗ {failure}")
        return 1
    say(f"全部完成，截图和文书在 {os.path.relpath(folder)}")
    return 0


def _day(stage: Stage, place: Place, specimen: Specimen, folder: Path, picture: Path | None) -> Secret:
    """The day with its service; returns what a stolen laptop must not give away."""
    wall = Wall(folder / "camera.jpg")
    with stage.step("样例执照挂在墙上，摄像头拍到的画面"):
        wall.picture.write_bytes(webcam_picture(specimen, SEED))
        stage.verify("画面是 1280×720 的照片，带透视、模糊和噪点", wall.picture.stat().st_size > 20_000)
    clock = SetClock()
    with Application(place.laptop_folder, wall.source, clock) as program:
        _open(stage, program)
        day = steps.Day(stage, place, wall, program, clock, specimen, folder)
        with stage.step("登记这台电脑"):
            enrol(day)
        with stage.step("锁定，密码错误，再解锁"):
            lock_and_unlock(day)
        with stage.step("添加另一名人员"):
            let_another_in(day)
        with stage.step("忘记密码"):
            lost.forget_password(day)
        if picture is not None:
            with stage.step(f"扫描您的图片 {picture.name}"):
                steps.scan_own(day, picture)
        with stage.step("扫码核验"):
            steps.scan(day)
        with stage.step("手持、放大、遮住镜头"):
            lens.hold_zoom_cover(day)
        with stage.step("墙上的各种码"):
            verdicts.scan_walls(day)
        with stage.step("手工输入的代码"):
            verdicts.type_codes(day)
        with stage.step("开始检查：依据、人员、告知、核对"):
            steps.begin(day)
        with stage.step("逐项检查，拍照取证"):
            steps.answer(day)
        with stage.step("宣读并签名"):
            steps.sign(day)
        with stage.step("文书与封存"):
            event_id = steps.seal(day)
        with stage.step("同步与当日证明"):
            steps.prove(day, event_id)
        with stage.step("没有网络：用 U 盘交换"):
            courier.by_stick(day)
        with stage.step("查找记录"):
            steps.look_back(day, event_id)
        with stage.step("导出证据，凭公钥核对"):
            evidence.hand_out(day, event_id)
        with stage.step("每个画面，三种主题，两种尺寸"):
            every_screen_in_every_theme(day)
        return secrets_of(day)


def _offline(stage: Stage, place: Place, specimen: Specimen, folder: Path) -> None:
    """The laptop afterwards, with no service to be reached: its data grow old, and its clock is set back."""
    wall = Wall(folder / "camera.jpg")
    cases = (
        (f"{AFTER.days} 天没有联网", AFTER, verdicts.eight_days_later),
        ("时钟被调回", timedelta(), verdicts.clock_set_back),
    )
    for title, ahead, happens in cases:
        clock = SetClock(ahead)
        with stage.step(title), Application(place.laptop_folder, wall.source, clock) as program:
            _open(stage, program)
            happens(steps.Day(stage, place, wall, program, clock, specimen, folder))


def _open(stage: Stage, program: Application) -> None:
    stage.window = program.window
    program.window.resize(*steps.SIZE)
    program.show()
