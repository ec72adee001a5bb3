"""The desk's pages of intake in a real browser, and what they refuse from elsewhere."""

import csv
import http.client
import ssl
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, current_thread

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from central.server import EmbeddedService
from central.service import utc_now
from tests.browser import PATIENCE, browser, click_when_there, overflow, press, resize, wait_for
from tests.central.intake.conftest import OFFICE, REGISTRATIONS, SHOP, VILLAGE, entity


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path / "central") as running:
        yield running


@pytest.fixture
def page(desk: EmbeddedService, tmp_path: Path) -> Iterator[Chrome]:
    """Gone before the service is: it holds connections open that it may never use."""
    with browser(tmp_path / "browser") as started:
        yield started


def send(page: Chrome, desk: EmbeddedService, path: Path) -> None:
    page.get(f"{desk.base_url}/intake")
    page.find_element(By.NAME, "file").send_keys(str(path))
    press(page, "上传并查看")


def test_from_upload_to_undo(desk: EmbeddedService, page: Chrome, tmp_path: Path) -> None:
    delivered = tmp_path / "登记.csv"
    delivered.write_bytes(
        (REGISTRATIONS + f"{SHOP[:-1]}8,<b>坏</b>,存续,甲,街,,\n").replace("企业名称", "怪名字").encode("gb18030")
    )
    send(page, desk, delivered)
    body = page.find_element(By.TAG_NAME, "body").text
    assert "登记.csv" in body
    assert "gb18030" in body
    assert "黑河老王小吃店" in body, "samples"
    page.find_element(By.NAME, "source").send_keys(OFFICE)
    press(page, "试算（不写入）")
    assert "缺少必需的列：名称" in page.find_element(By.TAG_NAME, "h1").text
    page.back()
    Select(page.find_element(By.XPATH, "//select[@aria-label='怪名字']")).select_by_value("name")
    source = page.find_element(By.NAME, "source")
    source.clear()
    source.send_keys(OFFICE)
    page.find_element(By.NAME, "save_profile").send_keys("市局登记")
    press(page, "试算（不写入）")
    wait_for(page, "试算结果")
    assert page.find_elements(By.LINK_TEXT, "下载错误文件"), "before anything is written"
    assert numbers(page) == {"总行数": 4, "新增": 3, "变更": 0, "未变": 0, "未采用": 1, "移出": 0}
    assert entity(desk.service, SHOP) is None, "nothing is written yet"
    press(page, "导入")
    wait_for(page, "已导入，第 1 次归集")
    assert entity(desk.service, SHOP) is not None
    page.find_element(By.LINK_TEXT, "下载错误文件").click()
    path = tmp_path / "browser" / "downloads" / "未采用的行-1.csv"
    WebDriverWait(page, PATIENCE).until(lambda _: path.exists())
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1][1:3] == ["统一社会信用代码", "校验位不对，请逐位核对。"]
    press(page, "返回归集")
    assert "错误文件" in page.find_element(By.TAG_NAME, "table").text
    press(page, "撤销")
    press(page, "撤销")
    assert "已撤销" in page.find_element(By.TAG_NAME, "table").text
    assert entity(desk.service, SHOP) is None
    assert not [p for p in (tmp_path / "central" / "intake").iterdir() if p.suffix == ".file"], "what was sent is gone"


def downloaded(page: Chrome, name: str) -> Path:
    path = Path(page.capabilities["chrome"]["userDataDir"]).parent / "downloads" / name
    # The browser holds the name with an empty file until all is there.
    WebDriverWait(page, PATIENCE).until(lambda _: path.exists() and path.stat().st_size > 0)
    return path


def numbers(page: Chrome) -> dict[str, int]:
    told = [div.text.split("\n") for div in page.find_elements(By.CSS_SELECTOR, ".numbers > div")]
    return {name: int(count) for count, name in told}


def test_a_profile_a_whole_list_and_another_kind(desk: EmbeddedService, page: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(REGISTRATIONS, encoding="utf-8")
    send(page, desk, path)
    page.find_element(By.NAME, "source").send_keys(OFFICE)
    page.find_element(By.NAME, "whole").click()
    page.find_element(By.NAME, "save_profile").send_keys("全量")
    press(page, "试算（不写入）")
    wait_for(page, "试算结果")
    press(page, "导入")
    wait_for(page, "已导入")
    path.write_text("".join(REGISTRATIONS.replace("王五", "王七").splitlines(keepends=True)[:-1]), encoding="utf-8")
    page.get(f"{desk.base_url}/intake")
    Select(page.find_element(By.NAME, "profile")).select_by_visible_text("全量")
    page.find_element(By.NAME, "file").send_keys(str(path))
    press(page, "上传并查看")
    assert page.find_element(By.NAME, "source").get_attribute("value") == OFFICE
    press(page, "试算（不写入）")
    wait_for(page, "已核对：移出的 1 条")
    assert "法定代表人：王五 → 王七" in page.find_element(By.TAG_NAME, "details").text
    press(page, "返回修改列的对应关系")
    Select(page.find_element(By.NAME, "kind")).select_by_visible_text("行政处罚")
    press(page, "换成这个类别")
    assert "处罚决定书文号 *" in page.page_source
    resize(page, 375)
    page.get(f"{desk.base_url}/intake")
    assert overflow(page) <= 0
    resize(page, 1366)


def test_bad_files_are_told_on_a_page(desk: EmbeddedService, page: Chrome, tmp_path: Path) -> None:
    old, bomb = tmp_path / "bad.csv", tmp_path / "bomb.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0 old excel")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(16 << 20))
    for path, told in ((old, "旧格式"), (bomb, "解压后大得不正常")):
        send(page, desk, path)
        assert told in page.find_element(By.TAG_NAME, "h1").text
        press(page, "返回归集")
        assert not list((tmp_path / "central" / "intake").iterdir())


def test_an_error_file_is_corrected_and_sent_again(desk: EmbeddedService, page: Chrome, tmp_path: Path) -> None:
    """What a spreadsheet or a browser would run stays a text, in cells and in the file's name."""
    delivered = tmp_path / "<img src=x onerror=alert(1)>.csv"
    delivered.write_text(f"{REGISTRATIONS}{VILLAGE},=1+1,怪,<script>alert(1)</script>,街,,\n", encoding="utf-8")
    send(page, desk, delivered)
    assert page.find_element(By.TAG_NAME, "h1").text == delivered.name
    page.find_element(By.NAME, "source").send_keys(OFFICE)
    press(page, "试算（不写入）")
    wait_for(page, "试算结果")
    page.find_element(By.LINK_TEXT, "下载错误文件").click()
    path = downloaded(page, "未采用的行.csv")
    text = path.read_text(encoding="utf-8-sig")
    assert ",'=1+1,怪," in text
    path.write_text(text.replace(",怪,", ",存续,"), encoding="utf-8")
    press(page, "导入")
    wait_for(page, "已导入，第 1 次归集")
    send(page, desk, path)
    page.find_element(By.NAME, "source").send_keys(OFFICE)
    press(page, "试算（不写入）")
    wait_for(page, "试算结果")
    press(page, "导入")
    wait_for(page, "已导入，第 2 次归集")
    taken = entity(desk.service, VILLAGE)
    assert taken is not None
    assert taken.licence.name == "=1+1"
    assert taken.licence.representative == "<script>alert(1)</script>"


def test_a_job_shows_its_progress_and_is_stopped(tmp_path: Path) -> None:
    """The job waits at the clock for as long as the page is looked at: nothing here depends on speed."""
    gate = Event()

    def now() -> datetime:
        if current_thread().name == "intake":
            gate.wait()
        return utc_now()

    path = tmp_path / "a.csv"
    path.write_text(REGISTRATIONS, encoding="utf-8")
    with EmbeddedService(tmp_path / "central", now=now) as desk, browser(tmp_path / "browser") as page:
        try:
            send(page, desk, path)
            page.find_element(By.NAME, "source").send_keys(OFFICE)
            press(page, "试算（不写入）")
            wait_for(page, "已处理 0 行")
            job = page.current_url
            send(page, desk, path)
            page.find_element(By.NAME, "source").send_keys(OFFICE)
            press(page, "试算（不写入）")
            assert "另一个文件正在归集" in page.find_element(By.TAG_NAME, "h1").text, "one at a time"
            page.get(job)
            click_when_there(page, "form[action$='/stop'] button")
            wait_for(page, "正在停止")
        finally:
            gate.set()
        wait_for(page, "没有写入任何数据")
        press(page, "放弃这个文件")
        assert "还没有归集过数据" in page.find_element(By.TAG_NAME, "main").text


def ask(desk: EmbeddedService, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    context = ssl.create_default_context(cadata=(desk.service.key_folder / "authority.pem").read_text())
    connection = http.client.HTTPSConnection("127.0.0.1", desk.service.settings.port, context=context)
    try:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


FORM = "application/x-www-form-urlencoded"
SECRET = "s" * 43


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b""),
        ({"Cookie": f"__Host-desk={SECRET}"}, b"proof=other"),
        ({"Cookie": "__Host-desk="}, b"proof="),
        ({}, f"proof={SECRET}".encode()),
        ({"Cookie": f"__Host-desk={SECRET}", "Host": "evil.example"}, f"proof={SECRET}".encode()),
    ],
)
def test_forms_of_other_sites_do_nothing(desk: EmbeddedService, headers: dict[str, str], body: bytes) -> None:
    for path in ("/intake", "/intake/undo/1", f"/intake/job/{'a' * 32}/take", f"/intake/file/{'a' * 32}"):
        status, html = ask(desk, "POST", path, body, Content_Type=FORM, **headers)
        assert status == 404
        assert "归集" not in html


def test_what_is_not_there_or_too_large_is_told(desk: EmbeddedService) -> None:
    mine = {"Cookie": f"__Host-desk={SECRET}", "Content_Type": FORM}
    proof = f"proof={SECRET}".encode()
    for method, path in (
        ("GET", "/intake/file/../../keys"), ("GET", "/intake/file/" + "a" * 32), ("GET", "/intake/job/" + "b" * 32),
        ("GET", "/intake/errors/7"), ("GET", "/intake/undo/7"), ("POST", "/intake/undo/7"), ("POST", "/intake"),
        ("POST", "/intake/file/" + "a" * 32), ("POST", f"/intake/job/{'a' * 32}/what"),
    ):  # fmt: skip
        status, html = ask(desk, method, path, proof if method == "POST" else b"", **mine)
        assert status in {400, 404}, path
        assert "Traceback" not in html
    status, html = ask(desk, "POST", "/intake", b"", **(mine | {"Content_Length": str(2 << 30)}))
    assert status == 400
    assert "超过" in html


def test_the_desk_is_for_this_machine_and_this_name_only(desk: EmbeddedService) -> None:
    for path in ("/", "/intake"):
        assert ask(desk, "GET", path)[0] == 200
        assert ask(desk, "GET", path, Host="evil.example")[0] == 404
