"""The doors: enrolment with a one-time link, locking, a wrong password, unlocking."""

from demo.place import OFFICER, PASSWORD, SECOND, SECOND_PASSWORD
from demo.tour.day import Day
from inspector.verdict import StoreHealth
from ui.screens.enrol import EnrolScreen
from ui.screens.preferences import PreferencesScreen
from ui.screens.today import TodayScreen
from ui.screens.unlock import UnlockScreen


def enrol(day: Day) -> None:
    """Type what an administrator handed out; wait until the register is here and believed."""
    stage, window = day.stage, day.program.window
    door = window.stack.currentWidget()
    assert isinstance(door, EnrolScreen)
    stage.type("mashangcha://127.0.0.1:1/0123456789#" + "A" * 52, door.link.edit)
    stage.type(OFFICER, door.number.edit)
    for field in (door.password, door.repeat):
        stage.type(PASSWORD, field.edit)
    stage.click(door.go)
    stage.until("连不上的地址有说明", lambda: day.program.worker.idle and door.go.isEnabled())
    stage.verify("地址不通时说明原因，留在登记页", window.stack.currentWidget() is door)
    door.link.edit.clear()
    stage.type(day.place.link(), door.link.edit)
    stage.shot("enrol")
    stage.click(door.go)
    day.at(TodayScreen)
    stage.verify("电脑已登记，保险库已建立", day.program.laptop.enrolled)
    day.program.syncing.ask()
    stage.until("下载并校验本地区数据", lambda: day.session.register().health is StoreHealth.GOOD)
    state = day.session.register()
    stage.verify(f"{state.area_name} {state.rows} 户已安装", state.rows > 0 and state.as_of is not None)
    stage.until("任务已下达", lambda: bool(day.session.tasks()))
    window.go("today")
    stage.until("画面静下来", lambda: day.program.worker.idle)
    stage.shot("today")


def lock_and_unlock(day: Day) -> None:
    """F12 locks at once; a wrong password says how many tries are left; the right one opens."""
    stage, window = day.stage, day.program.window
    stage.press("F12", window)
    stage.until("锁定", lambda: isinstance(window.stack.currentWidget(), UnlockScreen))
    door = window.stack.currentWidget()
    assert isinstance(door, UnlockScreen)
    stage.verify("锁定后不再有会话", day.program.session is None)
    stage.type("not-the-password", door.password.edit)
    stage.click(door.go)
    stage.until("密码错误的提示", lambda: day.program.worker.idle and door.go.isEnabled())
    stage.verify("密码错误不能解锁", day.program.session is None)
    stage.shot("wrong-password")
    stage.type(PASSWORD, door.password.edit)
    stage.click(door.go)
    day.at(TodayScreen)
    stage.verify(f"{day.session.officer.name}已解锁", day.session.officer.number == OFFICER)
    stage.settle()


def let_another_in(day: Day) -> None:
    """A laptop is shared: another officer of the unit gets a number and password of their own."""
    stage, window = day.stage, day.program.window
    window.go(PreferencesScreen.name)
    card = day.at(PreferencesScreen).officer
    stage.type(SECOND, card.number.edit)
    for field in (card.password, card.repeat):
        stage.type(SECOND_PASSWORD, field.edit)
    stage.click(card.go)
    stage.until("添加人员", lambda: SECOND in day.program.laptop.officer_numbers())
    stage.verify(f"{SECOND} 可以用自己的密码解锁", day.program.laptop.tries(SECOND).left > 0)
    stage.shot("officer-added")
