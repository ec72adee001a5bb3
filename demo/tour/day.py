"""One officer's whole day: enrol, unlock, scan, inspect, sign, seal, sync, prove; and what must not pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cache.session import Checked, RecordState, Session
from central.demo import look
from central.demo.look import Specimen
from demo.picture import Wall
from demo.place import PASSWORD, SECOND, Place, SetClock
from demo.tour.stage import Stage
from inspector import journal
from inspector.inspection import Comparison, SignerRole, items_of
from inspector.verdict import Colour
from ui.app import Application
from ui.desk import Desk
from ui.screens.card import CardScreen
from ui.screens.evidence import EvidenceScreen
from ui.screens.history import HistoryScreen
from ui.screens.inspect import InspectScreen
from ui.screens.notice import NoticeScreen
from ui.screens.review import ReviewScreen
from ui.screens.scan import ScanScreen
from ui.screens.screen import Screen
from ui.screens.sign import SignScreen
from ui.screens.start import StartScreen

S = TypeVar("S", bound=Screen)
SIZE = (1366, 768)
NOTE = "收银员王某未能出示有效健康证明，称证件已到期，正在办理。"
BAD_ITEM = "2.1"
GUIDED_ITEM = "1.4"


@dataclass
class Day:
    """What the steps share."""

    stage: Stage
    place: Place
    wall: Wall
    program: Application
    clock: SetClock
    specimen: Specimen
    folder: Path

    @property
    def session(self) -> Session:
        session = self.program.session
        assert session is not None
        return session

    @property
    def desk(self) -> Desk:
        desk = self.program.desk
        assert desk is not None
        return desk

    def at(self, kind: type[S]) -> S:
        """Wait until the window shows a screen."""
        window = self.program.window
        self.stage.until(f"打开“{kind.title}”", lambda: window.current == kind.name)
        found = window.screen_named(kind.name)
        assert isinstance(found, kind)
        return found


def scan(day: Day) -> None:
    """Hold the specimen before the camera and compare the answer with what the service holds."""
    stage, truth = day.stage, day.specimen.entity
    stage.press("F2")
    screen = day.at(ScanScreen)
    stage.until("识别执照上的码", lambda: screen.checked is not None)
    stage.settle()
    checked = screen.checked
    assert checked is not None
    stage.verify(f"从画面里读出了码：{checked.payload.kind.label}", checked.payload.text == day.specimen.code_text)
    stage.verify(f"本机数据与中心一致：{truth.licence.name}", checked.entity == truth)
    stage.verify("签名已校验，核验通过", checked.verdict.colour is Colour.PASS)
    stage.verify("结论写明依据和数据时间", checked.verdict.data_as_of is not None and bool(checked.verdict.reasons))
    stage.shot("verdict-pass")
    stage.press("I", screen)
    card = day.at(CardScreen)
    stage.settle()
    stage.verify("主体卡显示同一户的全部信息", card.checked is checked)
    stage.shot("card")
    stage.press("Escape", card)
    day.at(ScanScreen)


def scan_own(day: Day, picture: Path) -> None:
    """Hold the user's own picture before the camera: whatever it is, there is an answer."""
    stage, before = day.stage, day.wall.picture
    day.wall.picture = picture
    stage.press("F2")
    screen = day.at(ScanScreen)
    screen.scan()
    screen.stills.read_file(str(picture))
    stage.until("看完图片", lambda: screen.checked is not None or day.program.window.strip.isVisible())
    if screen.checked is None:
        stage.verify("图片里没有读出码，程序说明了原因", day.program.window.strip.isVisible())
    else:
        reason = screen.checked.verdict.reasons[0].text
        stage.verify(f"{screen.checked.verdict.colour.label}：{reason}", screen.checked.verdict.reasons)
    stage.shot("own-picture")
    day.wall.picture = before
    screen.scan()


def typed(day: Day, text: str) -> Checked:
    """Type into the code field and wait for the verdict."""
    stage = day.stage
    stage.press("F3")
    screen = day.at(ScanScreen)
    before = screen.checked
    stage.type(text, screen.lookup.field)
    stage.press("Return", screen.lookup.field)
    stage.until("核验结论", lambda: screen.checked is not None and screen.checked is not before)
    assert screen.checked is not None
    return screen.checked


def begin(day: Day) -> None:
    """From the verdict to the first item: basis, second officer, notice, comparison."""
    stage = day.stage
    stage.press("F2")
    screen = day.at(ScanScreen)
    screen.scan()
    stage.until("识别执照上的码", lambda: screen.checked is not None)
    stage.until("可以开始检查", screen.start.isEnabled)
    stage.click(screen.start)
    start = day.at(StartScreen)
    stage.until("读入任务和人员", lambda: start.checklists.value is not None)
    stage.verify("检查依据来自任务", bool(start.number.value) and bool(start.notice.value))
    expired = start.officers.button("HH0003")
    stage.verify("证件过期的人员不能选", not expired.isEnabled())
    stage.click(start.officers.button(SECOND))
    stage.shot("start")
    stage.until("可以登记到场", start.go.isEnabled)
    stage.click(start.go)
    notice = day.at(NoticeScreen)
    stage.click(notice.shown)
    stage.click(notice.told)
    for segments in notice.compared.values():
        stage.click(segments.button(Comparison.SAME))
    stage.type("顾某（店员）", notice.party["contact"].edit)
    stage.shot("notice")
    stage.until("可以开始检查", notice.go.isEnabled)
    stage.click(notice.go)


def answer(day: Day) -> None:
    """Answer every item by keyboard; one is not as it should be, with facts and a photo."""
    stage = day.stage
    screen = day.at(InspectScreen)
    items = items_of(day.desk.inspection, day.desk.template)
    for item in items:
        stage.until(f"到第 {item.id} 项", partial(_is_at, screen, item.id))
        if item.id == BAD_ITEM:
            stage.press("2", screen)
            stage.press("T", screen)
            stage.type(NOTE)
            stage.press("Escape")
            stage.press("P", screen)
            photograph(day)
            stage.shot("checklist")
        else:
            stage.press("2" if item.id == GUIDED_ITEM else "1", screen)
        if screen.current == item.id:
            stage.press("Down", screen)
    stage.until("自动保存", lambda: not day.desk.unsaved)
    stored = day.session.draft(day.desk.inspection.event_id)
    stage.verify(f"{len(items)} 项已自动保存，与屏幕一致", stored.answers == day.desk.inspection.answers)
    stage.until("到检查结果", lambda: screen.current == "result")
    stage.click(screen.outcomes.button("corrected"))
    stage.type("已当场告知限期改正。", screen.outcomes.measures)
    stage.shot("outcome")
    stage.verify("检查结果已选择", day.desk.inspection.outcomes == ("corrected",))
    stage.press("Ctrl+Return", screen)


def _is_at(screen: InspectScreen, item: str) -> bool:
    return screen.current == item


def photograph(day: Day) -> None:
    """Take a photo of evidence; its bytes are stored unchanged and encrypted."""
    stage = day.stage
    screen = day.at(EvidenceScreen)
    stage.until("取证画面", lambda: not screen.finder.image.isNull())
    stage.press("Space", screen)
    stage.until("照片入库", lambda: bool(day.desk.inspection.photos))
    photo = day.desk.inspection.photos[-1]
    data = day.session.picture(photo.sha256)
    stage.verify(f"照片 {photo.sha256[:8]} 原样保存", sha256(data).hexdigest() == photo.sha256)
    file = day.place.laptop_folder / "blobs" / photo.sha256[:2] / photo.sha256
    stage.verify("磁盘上的照片是加密的", file.exists() and data[:64] not in file.read_bytes())
    stage.shot("evidence")
    stage.press("Escape", screen)
    day.at(InspectScreen)


def sign(day: Day) -> None:
    """The party and both officers sign with the mouse."""
    stage = day.stage
    screen = day.at(SignScreen)
    stage.verify("笔录先宣读", NOTE[:10] in screen.aloud.toPlainText())
    for role in (SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B):
        draw(screen.boxes[role].pad)
        stage.settle()
    roles = {s.role for s in day.desk.inspection.signatures}
    stage.verify("当事人和两名执法人员已签名", roles == {SignerRole.PARTY, SignerRole.OFFICER_A, SignerRole.OFFICER_B})
    stage.shot("signatures")
    stage.press("Ctrl+Return", screen)


def _strokes(width: int, height: int) -> Iterator[list[QPoint]]:
    """Something that looks written: three strokes."""
    for part in range(3):
        left = width * (0.25 + 0.18 * part)
        yield [
            QPoint(int(left + width * 0.12 * k / 12), int(height * (0.35 + 0.3 * ((k * (part + 2)) % 7) / 7)))
            for k in range(13)
        ]


def draw(pad: QWidget) -> None:
    """Draw on a pad with the left button held."""
    for stroke in _strokes(pad.width(), pad.height()):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, stroke[0])
        for point in stroke[1:]:
            QTest.mouseMove(pad, point)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, stroke[-1])


def seal(day: Day) -> str:
    """Look at the paper, seal it with the password; returns the event's id."""
    stage = day.stage
    screen = day.at(ReviewScreen)
    event_id = day.desk.inspection.event_id
    stage.until("文书排好", screen.save_pdf.button.isEnabled)
    stage.verify("没有缺项", not screen.links)
    stage.shot("review")
    paper = day.session.paper(day.desk.inspection)
    (day.folder / "record.pdf").write_bytes(paper.pdf)
    for number, page in enumerate(paper.pages, 1):
        (day.folder / f"record-{number}.png").write_bytes(page)
    stage.verify("文书是 PDF/A", paper.pdf.startswith(b"%PDF-1.7") and b"pdfaid:part" in paper.pdf)
    stage.type("wrong-password-here", screen.password.edit)
    stage.click(screen.seal)
    stage.until("错误密码被拒绝", lambda: day.program.worker.idle and screen.seal.isEnabled())
    stage.verify("密码不对不能封存", not day.session.records())
    screen.password.edit.clear()
    stage.type(PASSWORD, screen.password.edit)
    stage.click(screen.seal)
    stage.until("封存", lambda: bool(day.session.records()))
    stage.until("封存完成", lambda: screen.today.isVisible())
    record = day.session.records()[0]
    stage.verify(f"已封存：{record.document_number}", record.event_id == event_id and not day.session.drafts())
    stage.shot("sealed")
    stage.press("Return", screen.today)
    return event_id


def prove(day: Day, event_id: str) -> None:
    """Sync, then compare laptop and service entry by entry."""
    stage, service = day.stage, day.place.central.service
    stage.press("F7")
    stage.until("同步页", lambda: day.program.window.current == "sync")
    stage.press("F5")

    def complete() -> bool:
        return bool(day.session.records()) and day.session.records()[0].state is RecordState.COMPLETE

    stage.until("上传完成", complete)
    sealed = day.session.records()[0].seq
    stage.until("中心的证明", lambda: (p := day.session.sync_status().proof) and p.equal and p.local_seq >= sealed)
    stage.settle()
    registered = look.ledger(service)
    ours = [row for row in registered if row.event_id == event_id]
    stage.verify("中心只登记了一次", len(ours) == 1)
    stage.verify("附件全部到齐", look.incomplete_blobs(service) == 0)
    record = day.session.records()[0]
    stage.verify(f"台账号一致：{record.ledger_number}", record.ledger_number == ours[0].ledger_number)
    numbers = [row.device_seq for row in registered]
    stage.verify(f"本机 {len(numbers)} 条，中心一条不缺、一条不重", sorted(numbers) == list(range(1, len(numbers) + 1)))
    entries = [(row.device_seq, journal.entry_hash(row.event), row.content_hash) for row in registered]
    stage.verify("中心保存的就是封存时的字节", all(found == told for _, found, told in entries))
    proof = day.session.sync_status().proof
    assert proof is not None
    stage.verify(proof.text, proof.equal)
    stage.press("F7")
    stage.until("同步页静下来", lambda: day.program.worker.idle)
    stage.shot("sync")


def look_back(day: Day, event_id: str) -> None:
    """The record can be found by name and read as it was sealed."""
    stage = day.stage
    stage.press("F6")
    screen = day.at(HistoryScreen)
    stage.type(day.specimen.entity.licence.name, screen.query.edit)
    stage.until("找到记录", lambda: bool(screen.lines))
    stage.click(screen.lines[0])
    stage.until("排好笔录", screen.save_pdf.button.isEnabled)
    stage.verify("按名称找到封存的记录", day.session.record(event_id).party.code == day.specimen.entity.code)
    stage.shot("history")
