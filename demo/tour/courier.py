"""Without a network: what waits goes to the centre on a stick, receipts and changed data come back on it."""

from dataclasses import replace

from central import desk, stick
from central.demo.load import AREA
from central.publishing import publish
from demo.tour.day import Day
from ui.screens.sync import SyncScreen

CLUE = "乡镇集市上的线索，没有网络"
RENAMED = "（已更名）"


def by_stick(day: Day) -> None:
    """Paused, so that nothing goes by the network; two of everything would be noticed by the proof at the end."""
    stage, session, service = day.stage, day.session, day.place.central.service
    usb = (day.wall.picture.parent / "usb").resolve()
    usb.mkdir()
    stage.press("F7")
    screen = day.at(SyncScreen)
    stage.press("P", screen)
    stage.until("自动同步已暂停", lambda: session.sync_status().paused)
    session.lead(None, CLUE)
    before = session.register()
    old = day.specimen.entity
    name = replace(old, licence=replace(old.licence, name=old.licence.name + RENAMED))
    desk.put_entities(service, [name])
    publish(service, AREA)
    stage.press("U", screen)
    screen.stick.path.edit.setText(str(usb))
    stage.click(screen.stick.copy)
    stage.until("复制到 U 盘并读回核对", lambda: not screen.running and any(usb.rglob("*.up")))
    stage.shot("stick")
    data = b"".join(path.read_bytes() for path in usb.rglob("*.up"))
    stage.verify("U 盘上没有明文", CLUE.encode() not in data)
    came = stick.exchange(service, usb, lambda _: None)
    stage.verify("中心导入了 U 盘上的记录", [c.problem for c in came] == [None] and came[0].entries > 0)
    stage.click(screen.stick.take)
    stage.until("取回回执和主体数据的变化", lambda: not screen.running and session.register() != before)
    stage.verify("回执已到，只剩“已复制”这条留痕待上传", session.sync_status().pending_events == 1)
    found = session.search(name.licence.name, 5)
    stage.verify(f"新名称马上能搜到：{name.licence.name}", [hit.code for hit in found][:1] == [name.code])
    stage.press("P", screen)
    stage.until("自动同步已继续", lambda: not session.sync_status().paused)
    desk.put_entities(service, [day.specimen.entity])
    publish(service, AREA)
    stage.press("F5", screen)
    stage.until("改回原名的变化由网络取回", lambda: not screen.running and not session.search(RENAMED, 1))
