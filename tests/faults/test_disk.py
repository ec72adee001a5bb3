"""What disks do: the power goes, writes fail, the disk is full. Nothing that was told to be done is lost or doubled."""

import pytest

from tests.faults import io_failures, power
from tests.faults.test_kills import source_seed


def test_the_power_goes_at_any_moment() -> None:
    assert power.run(250, source_seed()) == 250


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("side", io_failures.SIDES)
def test_the_disk_fails_at_any_operation(side: str, part: int) -> None:
    assert sum(hit > 0 for hit in io_failures.failures(side, 12, source_seed() + part)) >= 6
