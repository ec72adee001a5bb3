"""Where an entity's records come from, and the command line that brings them in."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from central import desk
from central.__main__ import main
from central.intake import provenance
from central.intake.provenance import Told
from central.server import EmbeddedService
from central.service import Service, open_service
from central.settings import Settings
from tests.browser import browser, press
from tests.central.intake.conftest import OFFICE, REGISTRATIONS, SHOP, Import, entity
from tests.central.intake.test_importing import PENALTY, PERMITS
from tests.central.intake.test_repair import REPAIR


def test_each_record_tells_source_date_and_as_of(bare: Service, take: Import) -> None:
    take(REGISTRATIONS, as_of=date(2026, 11, 1))
    take(PERMITS, "permit", source="黑河市烟草专卖局", as_of=date(2026, 11, 5))
    take(PENALTY, "penalty", as_of=date(2026, 11, 10))
    take(PENALTY.replace("黑市监罚〔2026〕1号", "2号"), "penalty", source="省市场监督管理局", as_of=date(2026, 11, 12))
    take(REPAIR, "repair", as_of=date(2026, 11, 19))
    name, told = provenance.of(bare, SHOP) or ("", ())
    assert name == "黑河老王小吃店"
    assert told == (
        Told("登记信息", "黑河老王小吃店（存续）", OFFICE, "", "2026-11-01", 1),
        Told("行政许可", "食品经营许可证 JY22311020000011", "黑河市烟草专卖局", "", "2026-11-05", 2),
        Told("行政许可", "烟草专卖零售许可证 231102100001", "黑河市烟草专卖局", "", "2026-11-05", 2),
        Told("行政处罚", "销售过期食品", "省市场监督管理局", "2026-09-01", "2026-11-12", 4),
        Told("行政处罚", "", OFFICE, "2026-09-01", "2026-11-19", 5, barred=True),
    )
    assert provenance.of(bare, "0" * 18) is None


def test_what_no_import_brought_tells_its_own_source(bare: Service, take: Import) -> None:
    take(REGISTRATIONS)
    take(PENALTY, "penalty")
    shop = entity(bare, SHOP)
    assert shop is not None
    desk.put_entities(bare, [replace(shop, credit=tuple(replace(r, number="另号") for r in shop.credit))])
    _, told = provenance.of(bare, SHOP) or ("", ())
    assert told[-1] == Told("行政处罚", "销售过期食品", OFFICE, "2026-09-01", "", None)


def test_the_desk_shows_where_records_come_from(tmp_path: Path) -> None:
    with EmbeddedService(tmp_path / "central") as running, browser(tmp_path / "browser") as page:
        path = tmp_path / "登记.csv"
        path.write_text(REGISTRATIONS, encoding="utf-8")
        folder = ["--folder", str(running.service.settings.folder), "intake"]
        assert main([*folder, str(path), "--source", OFFICE, "--as-of", "2026-11-01"]) == 0
        page.get(f"{running.base_url}/intake")
        page.find_element(By.NAME, "code").send_keys(SHOP.lower())
        press(page, "查看来源")
        assert "登记信息 黑河老王小吃店（存续） 黑河市市场监督管理局 — 2026-11-01 1" in page.find_element(
            By.TAG_NAME, "table"
        ).text.replace("\n", " ")
        page.get(f"{running.base_url}/intake/entity?code=%3Cscript%3E")
        assert "没有这个代码" in page.find_element(By.TAG_NAME, "h1").text


def test_the_command_line_tries_imports_lists_undoes_and_purges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, errors = tmp_path / "登记.csv", tmp_path / "错误.csv"
    path.write_bytes((REGISTRATIONS + "坏,名,存续,,,,\n").replace("企业名称", "怪名字").encode("gb18030"))

    def told(*arguments: str) -> tuple[int, str, str]:
        status = main(["--folder", str(tmp_path / "central"), "intake", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    assert told(str(path))[0] == 1, "the name has no column"
    order = (str(path), "--map", "名称=怪名字", "--source", OFFICE, "--errors", str(errors))
    status, out, _ = told(*order, "--dry-run")
    assert status == 0
    assert "怪名字 → 名称（例：黑河老王小吃店" in out
    assert "试算（没有写入）：共 4 行，新增 3，变更 0，未变 0，未采用 1；移出 0。" in out
    status, out, _ = told(*order, "--save-profile", "市局")
    assert "第 1 次归集：共 4 行，新增 3" in out
    assert "未采用的行在" in out
    assert errors.exists()
    assert "市局：登记信息" in told("profiles")[1]
    assert "未变 3" in told(str(path), "--profile", "市局")[1]
    assert "未变 3，未采用 1" in told("list")[1]
    assert "请写明" in told("undo")[2]
    assert told("undo", "9")[0] == 1
    assert "已撤销第 2 次归集（记为第 3 次）" in told("undo", "2")[1]
    assert "已撤销（第 3 次）" in told("list")[1]
    assert "已清除 0 条" in told("purge")[1]
    status, _, err = told(str(tmp_path / "没有.csv"))
    assert status == 1
    assert "打不开" in err
    service = open_service(Settings(tmp_path / "central"))
    assert entity(service, SHOP) is not None
    service.close()
