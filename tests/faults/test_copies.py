"""Fifty copies at once on PostgreSQL are one."""

from tests.faults import copies
from tests.faults.test_kills import source_seed
from tests.postgres import cluster

RECORDS = 40


def test_fifty_couriers_at_once() -> None:
    with cluster() as database:
        assert copies.run(RECORDS, source_seed(), database) == RECORDS
