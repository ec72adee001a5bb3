"""The pages: what the public sees of a code, what only the administrator sees, and nothing that runs."""

import http.client
import ssl
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from central import desk, issue
from central.demo.entities import Maker
from central.server import EmbeddedService
from inspector.entity import CreditKind, CreditRecord
from inspector.freshness import china_day
from inspector.trust.status import State
from tests.browser import browser, overflow, resize
from tests.laptops import Device


def get(service: EmbeddedService, path: str) -> tuple[int, str, dict[str, str]]:
    context = ssl.create_default_context(cadata=(service.service.key_folder / "authority.pem").read_text())
    connection = http.client.HTTPSConnection("127.0.0.1", service.service.settings.port, context=context)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


@pytest.fixture
def shop_code(service: EmbeddedService) -> str:
    today = china_day(service.service.now())
    shop = next(Maker(7, today).entities(1))

    def record(kind: CreditKind, title: str, **more: date) -> CreditRecord:
        return CreditRecord(kind, title, "", "某局", "某来源", today - timedelta(9), **more)

    shop = replace(
        shop,
        risk="D",
        licence=replace(shop.licence, name="<script>alert(1)</script>店"),
        credit=(
            record(CreditKind.PENALTY, "仍在公示的处罚"),
            record(CreditKind.PENALTY, "已修复的处罚", repaired=today),
            record(CreditKind.CORRECTION, "内部的责令改正"),
            record(CreditKind.SELF_DECLARED, "自己申报的保险"),
        ),
    )
    desk.put_entities(service.service, [shop])
    return shop.code


def test_the_public_page_shows_public_data_only(service: EmbeddedService, shop_code: str) -> None:
    status, html, headers = get(service, f"/e/{shop_code}")
    assert status == 200
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "仍在公示的处罚" in html
    assert "已修复的处罚" not in html
    assert "内部的责令改正" not in html
    assert "风险" not in html
    assert "自愿申报，未经核实" in html
    assert "数据截至" in html
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("service", ["sqlite"], indirect=True)
def test_a_phone_shows_the_public_page(service: EmbeddedService, shop_code: str, tmp_path: Path) -> None:
    with browser(tmp_path / "browser") as page:
        for width in (320, 375, 1366):
            resize(page, width)
            page.get(f"{service.base_url}/e/{shop_code}#1token")
            text = page.find_element(By.TAG_NAME, "body").text
            assert "<script>alert(1)</script>店" in text, "a name, not a script"
            assert "仍在公示的处罚" in text
            assert overflow(page) <= 0
        assert not page.find_elements(By.CSS_SELECTOR, "script, form, img, a[href^='http']")
        assert not [line for line in page.get_log("browser") if "Content Security Policy" in line["message"]]


@pytest.mark.parametrize("path", ["/e/92231102MA1Y000188", "/e/..%2f..%2fkeys", "/e/" + "A" * 5000, "/docs", "/v1/x"])
def test_other_addresses_tell_nothing(service: EmbeddedService, path: str) -> None:
    status, html, _ = get(service, path)
    assert status in {401, 404}
    assert "Traceback" not in html


def test_the_desk_shows_what_needs_a_person(service: EmbeddedService, laptop: Device) -> None:
    laptop.remote.events([laptop.event(), laptop.event(schema="future/9")])
    status, html, _ = get(service, "/")
    assert status == 200
    assert laptop.device_id in html
    assert "future/9" in html
    assert "线索" in html


def test_codes_are_issued_listed_and_revoked(service: EmbeddedService, shop_code: str, laptop: Device) -> None:
    address = issue.issue_many(service.service, [shop_code])[shop_code]
    assert address.startswith(f"https://msc.heihe.gov.cn/e/{shop_code}#1")
    issue.publish_lists(service.service)
    assert issue.set_state(service.service, 1, State.REVOKED)
    assert not issue.set_state(service.service, 99, State.REVOKED)
    issue.publish_lists(service.service)
    before = len(laptop.remote.feed(0).items)
    issue.repeat_lists(service.service)
    assert len(laptop.remote.feed(0).items) == before, "lists that are fresh are not sent again"
    assert [i.kind for i in laptop.remote.feed(0).items].count("trust") >= 2
