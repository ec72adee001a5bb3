"""Periods and limits that an administrator changes: told to every laptop, within limits, audited."""

from pathlib import Path
from threading import Event as Flag

import pytest

from cache.laptop import Laptop
from central.__main__ import main
from central.demo.load import AREA, UNIT
from central.server import EmbeddedService
from tests.cache.officers import PASSWORD


def command(folder: Path, *arguments: str) -> int:
    return main(["--folder", str(folder), *arguments])


def test_a_change_reaches_laptops_and_the_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "central"
    assert command(folder, "officer", "HH0001", "张建国", "23110200327", "2027-12-31", UNIT) == 0
    assert command(folder, "policy", "--lease-days", "30", "--reason", "冬季集中检查", "--by", "王主任") == 0
    assert command(folder, "policy", "--max-data-age-days", "5", "--reason", "按省局通知", "--by", "王主任") == 0
    capsys.readouterr()
    assert command(folder, "policy") == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "数据多少天以内可以核验通过：5",
        "许可到期前多少天开始提醒：30",
        "多少天没有联系中心就不再显示信用数据：30",
    ]
    assert command(folder, "audit") == 0
    told = capsys.readouterr().out
    assert "王主任" in told
    assert "冬季集中检查（多少天没有联系中心就不再显示信用数据：30）" in told
    with EmbeddedService(folder) as running:
        laptop = Laptop(tmp_path / "data")
        session = laptop.enrol(running.enrolment_link(AREA, UNIT), "HH0001", PASSWORD)
        session.sync(lambda _: None, Flag())
        assert (session.policy().lease_days, session.policy().max_data_age_days) == (30, 5)
        laptop.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--lease-days", "30"), "请用 --reason 写明更改的原因。"),
        (("--lease-days", "91", "--reason", "x"), "只能是 1 至 90"),
        (("--idle-lock-minutes", "0", "--reason", "x"), "只能是 1 至 60"),
        (("--max-data-age-days", "-1", "--reason", "x"), "只能是 1 至 30"),
    ],
)
def test_a_slip_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert command(tmp_path, "policy", *arguments) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert "没有更改" in told
    command(tmp_path, "policy")
    assert "多少天没有联系中心就不再显示信用数据：45" in capsys.readouterr().out
