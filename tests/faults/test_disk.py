"""What disks do: the power goes, writes fail, the disk is full. Nothing that was told to be done is lost or doubled."""

import pytest

from tests.faults import io_failures, power, power_service
from tests.faults.test_kills import source_seed

CUTS = 1000
PARTS = {"laptop": 4, "service": 1}


@pytest.mark.parametrize("part", range(4))
def test_the_power_goes_at_any_moment(part: int) -> None:
    assert power.run(CUTS, source_seed() + part) == CUTS


def test_the_power_goes_at_the_centre() -> None:
    assert power_service.run(1, source_seed()) > 30


@pytest.mark.parametrize(("side", "part"), [(side, part) for side, parts in PARTS.items() for part in range(parts)])
def test_the_disk_fails_at_any_operation(side: str, part: int) -> None:
    hits = list(io_failures.failures(side, io_failures.a_part(part, PARTS[side]), source_seed() + part))
    assert len(hits) > 30
    # Threads beside write in another order now and then, and a day that fails early has fewer operations.
    assert sum(hit > 0 for hit in hits) >= 0.8 * len(hits)
