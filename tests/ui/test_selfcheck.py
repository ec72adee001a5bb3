"""The self-check of an installed program tells what works, and fails when something does not."""

import pytest
from PySide6.QtWidgets import QApplication

from inspector.papers import press
from ui import selfcheck


def test_everything_works_here(qapp: QApplication) -> None:
    told: list[str] = []
    assert selfcheck.run(told.append) == 0, "\n".join(told)
    assert [line[0] for line in told] == ["✓"] * 6
    assert any("SQLCipher 4" in line for line in told)
    assert any("zbar_plain" in line for line in told)


def test_a_part_that_fails_is_named_and_the_rest_still_tried(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "CHINESE", frozenset())
    told: list[str] = []
    assert selfcheck.run(told.append) == 1
    marks = {line[2:].split("：")[0]: line[0] for line in told}
    assert marks == {"数据文件": "✓", "加密数据库": "✓", "字体": "✗", "文书": "✗", "识码": "✗", "窗口": "✓"}
