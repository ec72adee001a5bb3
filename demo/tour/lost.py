"""What goes missing: a password, and a whole laptop."""

from pathlib import Path

from central import desk, recovery
from central.demo import look
from demo.place import OFFICER, PASSWORD, SECOND, SECOND_PASSWORD, Place
from demo.tour.day import Day
from demo.tour.stage import Stage
from inspector import wire
from inspector.orders import RecoveryRequest
from ui.app import Application
from ui.screens.enrol import EnrolScreen
from ui.screens.recover import RecoverScreen
from ui.screens.today import TodayScreen
from ui.screens.unlock import UnlockScreen
from ui.screens.wiped import WipedScreen

NEW = "松花江-白桦-渡口-晨光"
UNSENT = "丢失前还没有上传的线索"


def forget_password(day: Day) -> None:
    """The second officer forgot the password: a request goes out, the centre's grant comes back."""
    stage, window, folder = day.stage, day.program.window, day.wall.picture.parent
    stage.press("F12", window)
    stage.until("锁定", lambda: isinstance(window.stack.currentWidget(), UnlockScreen))
    lock = window.stack.currentWidget()
    assert isinstance(lock, UnlockScreen)
    stage.click(lock.officers.button(SECOND))
    stage.click(lock.forgotten)
    stage.until("忘记密码", lambda: isinstance(window.stack.currentWidget(), RecoverScreen))
    door = window.stack.currentWidget()
    assert isinstance(door, RecoverScreen)
    asked, given = folder / "恢复申请.json", folder / "恢复授权.json"
    door.to.edit.setText(str(asked))
    stage.click(door.make)
    stage.until("申请已生成", lambda: bool(door.mark.text()))
    request = wire.decode(asked.read_bytes(), RecoveryRequest)
    stage.verify("两边的校验码相同", request.mark in door.mark.text())
    stage.shot("recover")
    given.write_bytes(recovery.grant(day.place.central.service, request, who="管理员", reason="当面核对"))
    door.grant.edit.setText(str(given))
    for field in (door.password, door.repeat):
        stage.type(NEW, field.edit)
    stage.click(door.go)
    day.at(TodayScreen)
    stage.verify(f"{SECOND} 用新密码进入，记录都在", day.session.officer.number == SECOND)
    stage.press("F12", window)
    stage.until("锁定", lambda: isinstance(window.stack.currentWidget(), UnlockScreen))
    lock = window.stack.currentWidget()
    assert isinstance(lock, UnlockScreen)
    stage.click(lock.officers.button(SECOND))
    stage.type(SECOND_PASSWORD, lock.password.edit)
    stage.click(lock.go)
    stage.until("旧密码的提示", lambda: day.program.worker.idle and lock.go.isEnabled())
    stage.verify("旧密码不能再用", day.program.session is None)
    stage.click(lock.officers.button(OFFICER))
    stage.type(PASSWORD, lock.password.edit)
    stage.click(lock.go)
    day.at(TodayScreen)
    stage.settle()


def lose_laptop(stage: Stage, place: Place, folder: Path) -> None:
    """Another laptop is lost with something unsent: at its next contact it seals that, and forgets the rest."""
    with Application(folder) as program:
        stage.window = program.window
        program.show()
        door = program.window.stack.currentWidget()
        assert isinstance(door, EnrolScreen)
        for field, words in ((door.link, place.link()), (door.number, OFFICER)):
            stage.type(words, field.edit)
        for field in (door.password, door.repeat):
            stage.type(PASSWORD, field.edit)
        stage.click(door.go)
        stage.until("登记", lambda: program.session is not None)
        session = program.session
        assert session is not None
        session.lead(None, UNSENT)
        service = place.central.service
        desk.wipe(service, look.newest_device(service), who="管理员", reason="下乡时丢失")
        program.syncing.ask()
        stage.until("清除", lambda: isinstance(program.window.stack.currentWidget(), WipedScreen))
        stage.shot("wiped")
        stage.verify("不能再解锁", not program.laptop.enrolled)
    left = [p for p in folder.rglob("*") if p.is_file()]
    stage.verify(
        f"只剩 {len(left)} 个文件，没有明文",
        len(left) < 5 and not any(UNSENT.encode() in p.read_bytes() for p in left),
    )
