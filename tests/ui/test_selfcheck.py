"""The self-check of an installed program tells what works, and fails when something does not."""

import pytest
from PySide6.QtWidgets import QApplication

from inspector.papers import press
from ui import selfcheck


def test_everything_works_here(qapp: QApplication) -> None:
    told: list[str] = []
    assert selfcheck.run(told.append) == 0, "\n".join(told)
    assert [line.split()[0] for line in told] == [selfcheck.GOOD] * 6
    assert any("SQLCipher 4" in line for line in told)
    assert any("zbar_plain" in line for line in told)


def test_a_part_that_fails_is_named_and_the_rest_still_tried(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "CHINESE", frozenset())
    told: list[str] = []
    assert selfcheck.run(told.append) == 1
    bad = {line.split("：")[0].split()[1] for line in told if line.startswith(selfcheck.BAD)}
    assert bad == {"字体", "文书", "识码"}
    assert len(told) == 6
