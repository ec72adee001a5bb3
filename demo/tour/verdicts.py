"""What the camera may meet on a wall, and what the program says of it: each case scanned, judged and photographed."""

from datetime import timedelta

from cache.session import Checked
from central import issue
from central.demo import look
from central.demo.load import AREA, OTHER_AREA
from central.demo.look import Specimen
from demo.picture import webcam_picture
from demo.place import OFFICER, PASSWORD
from demo.tour.day import Day, typed
from inspector.entity import CreditKind, Entity, RegistrationState
from inspector.freshness import china_day, is_current
from inspector.hosts import HostRules
from inspector.trust.status import State
from inspector.verdict import Colour, Finding, StoreHealth, TokenState
from ui.screens.scan import ScanScreen
from ui.screens.unlock import UnlockScreen

SEED = 23
SHORT = timedelta(minutes=2)
"""Lifetime of the code that will have expired when it is scanned."""
OLD_LINK = "http://hl.gsxt.gov.cn/business/JCXX.jspx?id=8A1F20C39D"
WIFI = "WIFI:T:WPA;S:shop;P:12345678;;"


def hang(day: Day, specimen: Specimen) -> Checked:
    """Take the laptop to another wall: scan what hangs there with the camera and wait for the verdict."""
    stage, window = day.stage, day.program.window
    day.wall.picture.write_bytes(webcam_picture(specimen, SEED))
    window.go("today")
    stage.until("摄像头关闭", lambda: not day.program.camera.on)
    window.go("scan")
    screen = day.at(ScanScreen)
    screen.scan()
    stage.until("识别墙上的码", lambda: screen.checked is not None)
    stage.settle()
    assert screen.checked is not None
    return screen.checked


def scan_walls(day: Day) -> None:
    """Codes that are genuine, and codes that only look so."""
    stage, service = day.stage, day.place.central.service
    revoked, short = look.specimens(service)[1:3]
    issue.set_state(service, look.issued_number(service, revoked.code_text), State.REVOKED)
    short = Specimen(short.entity, issue.issue(service, short.entity, SHORT))
    elsewhere = look.find(service, OTHER_AREA, lambda e: e.licence.state is RegistrationState.ACTIVE)
    far = Specimen(elsewhere, issue.issue(service, elsewhere))
    issue.publish_lists(service)
    before = day.session.sync_status().last_success
    day.program.syncing.ask()
    stage.until("新的码状态表已下达", lambda: day.session.sync_status().last_success != before)
    own = day.specimen
    code = own.entity.code
    host = HostRules().own[0]
    day.clock.ahead = SHORT + timedelta(seconds=30)
    cases = (
        ("code-altered", Specimen(own.entity, _altered(own.code_text)), Finding.FORGED, "改动一个字符的签名码"),
        ("code-revoked", revoked, Finding.NOT_IN_FORCE, "已吊销的签名码"),
        ("code-expired", short, Finding.NOT_IN_FORCE, "已过期的签名码"),
        ("code-unregistered", far, Finding.NO_BASIS, "本机没有的主体的签名码"),
        ("code-unsigned", Specimen(own.entity, f"https://{host}/e/{code}"), Finding.UNSIGNED, "没有签名的旧码"),
        (
            "code-lookalike",
            Specimen(own.entity, f"https://{host}.evil.cn/e/{code}"),
            Finding.FORGED,
            "仿冒网址的码",
        ),
        ("code-wifi", Specimen(own.entity, WIFI), Finding.NOT_ENTITY, "无线网络码"),
    )
    for name, specimen, finding, what in cases:
        checked = hang(day, specimen)
        stage.verify(f"{what}：{checked.verdict.reasons[0].text}", checked.verdict.finding is finding)
        stage.verify("读到的就是墙上的码", checked.payload.text == specimen.code_text)
        stage.verify("没有显示核验通过", checked.verdict.colour is not Colour.PASS)
        if specimen is far:
            stage.verify("本机没有这户，也能证明码是真的", checked.token.state is TokenState.GENUINE)
        stage.shot(name)
    day.clock.ahead = timedelta()
    _bind(day)
    _wrong_premises(day)


def _bind(day: Day) -> None:
    """An old poster that holds no code: bound on screen, amber until the centre has confirmed it, never green."""
    stage = day.stage
    poster = Specimen(day.specimen.entity, OLD_LINK)
    stage.verify("旧链接里没有代码", hang(day, poster).entity is None)
    screen = day.at(ScanScreen)
    panel = screen.binding.panel
    stage.click(screen.binding.button)
    stage.type(day.specimen.entity.code, panel.field)
    stage.until("按代码查到主体", lambda: bool(panel.lines))
    stage.shot("code-bind")
    stage.click(panel.lines[0])
    stage.until("绑定后打开该主体", lambda: screen.checked is not None and screen.checked.entity is not None)
    stage.settle()
    stage.verify("待中心确认", _said(screen, "alias"))
    stage.shot("code-bound")
    before = day.session.sync_status().last_success
    day.program.syncing.ask()
    stage.until("中心的答复已下达", lambda: day.session.sync_status().last_success != before)
    checked = hang(day, poster)
    stage.verify("中心已确认，仍是需要关注", checked.verdict.colour is Colour.ATTENTION and not _said(screen, "alias"))


def _said(screen: ScanScreen, reason: str) -> bool:
    return screen.checked is not None and reason in {r.code for r in screen.checked.verdict.reasons}


def _wrong_premises(day: Day) -> None:
    """A genuine code that hangs where it should not: the officer sees it and says so."""
    stage = day.stage
    checked = hang(day, day.specimen)
    stage.verify("真码：核验通过", checked.verdict.finding is Finding.GENUINE)
    screen = day.at(ScanScreen)
    stage.click(screen.result.verdict.entity.different)
    stage.until("重新判定", lambda: screen.checked is not None and screen.checked.verdict.finding is Finding.MISUSED)
    stage.settle()
    assert screen.checked is not None
    stage.verify(
        f"真码挂错地方：{screen.checked.verdict.reasons[0].text}", screen.checked.verdict.colour is Colour.FAIL
    )
    stage.shot("code-elsewhere")


def type_codes(day: Day) -> None:
    """Type codes of entities that differ: each colour with its reason, and none of them green."""
    stage, service = day.stage, day.place.central.service
    today = china_day(service.now())

    def listed(entity: Entity) -> bool:
        return any(r.kind is CreditKind.SERIOUS and is_current(r, today) for r in entity.credit)

    def revoked(entity: Entity) -> bool:
        return entity.licence.state is RegistrationState.REVOKED

    cases = (
        ("typed-revoked", look.find(service, AREA, revoked).code, Colour.FAIL),
        ("typed-serious", look.find(service, AREA, listed).code, Colour.FAIL),
        ("typed-right", day.specimen.entity.code, Colour.ATTENTION),
        ("typed-unknown", "92440300MA5EEY5XXT", Colour.UNKNOWN),
    )
    for name, text, colour in cases:
        checked = typed(day, text)
        stage.verify(f"{colour.label}：{checked.verdict.reasons[0].text}", checked.verdict.colour is colour)
        stage.verify("手工输入不会显示核验通过", checked.verdict.finding is not Finding.GENUINE)
        stage.shot(name)


def eight_days_later(day: Day) -> None:
    """The same genuine code, eight days without a connection: good news about the data no longer counts."""
    _offline_scan(day, "too-old", "data-old")


def clock_set_back(day: Day) -> None:
    """The same genuine code after somebody has set the clock back."""
    _offline_scan(day, "clock-set-back", "clock-back")


def _offline_scan(day: Day, reason: str, shot: str) -> None:
    stage, program = day.stage, day.program
    door = program.window.stack.currentWidget()
    assert isinstance(door, UnlockScreen)
    stage.verify("仍是同一名人员", door.officers.value == OFFICER)
    stage.type(PASSWORD, door.password.edit)
    stage.click(door.go)
    stage.until("解锁", lambda: program.session is not None)
    stage.until("校验本机数据", lambda: day.session.register().health is StoreHealth.GOOD)
    checked = hang(day, day.specimen)
    told = [r.text for r in checked.verdict.reasons if r.code == reason]
    stage.verify(f"说明了原因：{''.join(told)}", told)
    stage.verify("无法判定，不是核验通过", checked.verdict.colour is Colour.UNKNOWN)
    stage.shot(shot)


def _altered(code_text: str) -> str:
    """The same code with one character of its signature changed."""
    at = len(code_text) - 9
    return code_text[:at] + ("A" if code_text[at] != "A" else "B") + code_text[at + 1 :]
