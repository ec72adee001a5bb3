"""Held records on the desk's page, in a real browser: shown, decided once, noted with name and reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from sqlalchemy import select, update

from central import audit, desk
from central.__main__ import main
from central.models import DeskAction, FeedRow, HeldRow
from central.server import EmbeddedService
from inspector.inspection import Officer
from inspector.wire import Answer, SealedEvent
from tests.browser import browser, overflow, press, resize
from tests.laptops import Device

SECRET = "s" * 43


@pytest.fixture
def page(service: EmbeddedService, laptop: Device, tmp_path: Path) -> Iterator[Chrome]:
    """Closed before the service is."""
    with browser(tmp_path / "browser") as started:
        yield started


def held_event(laptop: Device, number: str = "HH0099") -> tuple[SealedEvent, str]:
    """An event of an officer whom the service does not know, and its hash."""
    sealed = laptop.event(officers=(number,), body={"text": "<script>alert(1)</script>"})
    (answer,) = laptop.remote.events([sealed]).answers
    assert answer.answer is Answer.HELD
    return sealed, answer.content_hash


def decide(page: Chrome, label: str, who: str = "李主任", reason: str = "人员已登记") -> None:
    page.find_element(By.NAME, "who").send_keys(who)
    page.find_element(By.NAME, "reason").send_keys(reason)
    press(page, label)


def lines(service: EmbeddedService) -> list[DeskAction]:
    with service.service.sessions() as session:
        return list(session.scalars(select(DeskAction).order_by(DeskAction.number)))


def decisions_told(service: EmbeddedService) -> int:
    with service.service.sessions() as session:
        return len(session.scalars(select(FeedRow).where(FeedRow.kind == "decision")).all())


def test_a_held_record_is_read_sent_again_and_registered(
    service: EmbeddedService, laptop: Device, page: Chrome
) -> None:
    sealed, digest = held_event(laptop)
    page.get(service.base_url)
    press(page, "中心没有这些人员：HH0099。")
    text = page.find_element(By.TAG_NAME, "body").text
    assert "<script>alert(1)</script>" in text, "shown, not run"
    assert laptop.device_id in text
    assert "线索" in text
    decide(page, "让电脑重发")
    assert page.find_elements(By.TAG_NAME, "h2")[0].text == "待人工处理"
    assert "没有。" in page.find_element(By.TAG_NAME, "main").text
    assert "李主任" in page.find_element(By.TAG_NAME, "main").text
    # The cause was not removed: it waits for a person again.
    assert laptop.remote.events([sealed]).answers[0].answer is Answer.HELD
    page.refresh()
    press(page, "中心没有这些人员：HH0099。")
    officer = Officer("HH0099", "新人", "证1", service.service.now().date().replace(year=2099), laptop.enrolment.unit)
    desk.put_officers(service.service, [officer])
    decide(page, "让电脑重发")
    assert laptop.remote.events([sealed]).answers[0].answer is Answer.REGISTERED
    page.get(f"{service.base_url}/held/{digest}")
    assert "已登记，台账号" in page.find_element(By.TAG_NAME, "main").text
    assert not page.find_elements(By.TAG_NAME, "form")
    assert [(line.who, line.action, line.subject, line.reason) for line in lines(service)] == [
        ("李主任", "accepted", digest, "人员已登记")
    ] * 2
    resize(page, 375)
    assert overflow(page) <= 0
    page.get(service.base_url)
    assert overflow(page) <= 0


def test_a_refusal_reaches_the_laptop_once(service: EmbeddedService, laptop: Device, page: Chrome) -> None:
    _, digest = held_event(laptop)
    address = f"{service.base_url}/held/{digest}"
    page.get(address)
    decide(page, "不予登记", "王", "重复")
    page.get(address)
    assert "不予登记" in page.find_element(By.TAG_NAME, "dl").text
    decide(page, "不予登记", "王", "重复")
    assert len(lines(service)) == decisions_told(service) == 1
    page.get(address)
    decide(page, "让电脑重发", "王", "弄错了")
    assert [line.action for line in lines(service)] == ["refused", "accepted"]
    page.get(f"{service.base_url}/held/{'0' * 64}")
    assert "没有这条暂存的记录" in page.find_element(By.TAG_NAME, "h1").text


def test_what_is_no_text_is_shown_all_the_same(service: EmbeddedService, laptop: Device, page: Chrome) -> None:
    _, digest = held_event(laptop)
    for content in (
        b"\xff\xfe no text",
        b'{"deep":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a":"' + b"b" * 30_000 + b'"}',
    ):
        with service.service.sessions.begin() as session:
            session.execute(update(HeldRow).values(event=content))
        page.get(f"{service.base_url}/held/{digest}")
        assert "原始内容" in page.find_element(By.TAG_NAME, "main").text
    assert "只显示开头" in page.find_element(By.TAG_NAME, "main").text


def test_only_the_desks_own_form_decides(service: EmbeddedService, laptop: Device) -> None:
    from tests.central.intake.test_desk import FORM, ask

    _, digest = held_event(laptop)
    cookie = {"Cookie": f"__Host-desk={SECRET}", "Content_Type": FORM}
    proof = f"proof={SECRET}"
    for path, body, headers in (
        ("accept", "who=a&reason=b", cookie),
        ("accept", f"{proof}&who=a&reason=b", {"Content_Type": FORM}),
        ("accept", f"{proof}&who=a&reason=b", cookie | {"Host": "evil.example"}),
        ("accept", f"{proof}&who=+&reason=b", cookie),
        ("accept", f"{proof}&who=a", cookie),
        ("perhaps", f"{proof}&who=a&reason=b", cookie),
    ):
        assert ask(service, "POST", f"/held/{digest}/{path}", body.encode(), **headers)[0] in {400, 404}
    assert ask(service, "GET", f"/held/{digest}", Host="evil.example")[0] == 404
    assert not lines(service)
    assert not decisions_told(service)
    assert ask(service, "POST", f"/held/{digest}/accept", f"{proof}&who=a&reason=b".encode(), **cookie)[0] == 303
    assert len(lines(service)) == 1


def test_a_changed_or_missing_decision_shows(
    service: EmbeddedService, laptop: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, digest = held_event(laptop)
    for accepted in (True, False, True):
        assert desk.decide(service.service, digest, accepted, "理由", who="某人")
    assert audit.first_broken(lines(service)) is None
    for changed in ("at", "who", "action", "subject", "reason"):
        kept = lines(service)
        setattr(kept[1], changed, "另")
        assert audit.first_broken(kept) == kept[1].number
    first, second, third = lines(service)
    assert audit.first_broken([first, third]) == third.number
    assert audit.first_broken([]) is None
    monkeypatch.setenv("MASHANGCHA_DATABASE_URL", service.service.settings.database_url)
    told = ["--folder", str(service.service.settings.folder), "audit"]
    assert main(told) == 0
    with service.service.sessions.begin() as session:
        session.execute(update(DeskAction).where(DeskAction.number == second.number).values(who="另一人"))
    assert main(told) == 1
