"""The gates notice bugs: a few planted ones here, all of them by ``make faults``."""

import pytest

from tests.faults import planted
from tests.faults.planted import Bug
from tests.faults.test_kills import source_seed


def test_every_bug_has_its_place_and_its_gate() -> None:
    bugs = planted.bugs()
    assert len(bugs) >= 30
    assert len({b.name for b in bugs}) == len(bugs)
    for bug in bugs:
        assert (planted.ROOT / bug.file).read_text(encoding="utf-8").count(bug.old) == 1, bug.name
        assert bug.gate in planted.GATES, bug.name


@pytest.mark.parametrize("gate", ["power", "planner"])
def test_a_planted_bug_is_noticed(gate: str) -> None:
    mine: list[Bug] = [b for b in planted.bugs() if b.gate == gate]
    bug = mine[source_seed() % len(mine)]
    assert planted.noticed(bug, 1), bug.name
