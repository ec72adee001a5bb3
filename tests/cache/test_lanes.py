"""Connections side by side: every job once, the first failure stops the others, no more connections than work."""

from threading import Barrier, Event, Lock

import pytest

from cache.lanes import Lanes
from cache.session_types import Progress
from cache.tally import Tally


class Connection:
    """Knows whether it was closed and whether two threads used it at once."""

    made: list["Connection"]

    def __init__(self) -> None:
        self.closed = False
        self.using = Lock()
        Connection.made.append(self)

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def fresh() -> None:
    Connection.made = []


@pytest.mark.parametrize(("count", "jobs", "connections"), [(1, 5, 1), (3, 0, 1), (3, 1, 1), (3, 2, 2), (3, 50, 3)])
def test_every_job_is_done_once(count: int, jobs: int, connections: int) -> None:
    lanes, done = Lanes(Connection, count), list[int]()

    def do(connection: Connection, job: int) -> None:
        assert connection.using.acquire(blocking=False), "two threads on one connection"
        done.append(job)
        connection.using.release()

    lanes.each(range(jobs), do)
    assert sorted(done) == list(range(jobs))
    assert len(Connection.made) == connections
    lanes.each(range(jobs), do)
    assert len(Connection.made) == connections, "connections are used again"
    lanes.close()
    assert all(c.closed for c in Connection.made)


def test_jobs_run_side_by_side() -> None:
    """Three jobs that each wait for the other two."""
    together = Barrier(3, timeout=60)
    lanes = Lanes(Connection, 3)
    lanes.each(range(3), lambda *_: together.wait())
    lanes.close()


def test_a_failure_stops_the_other_lanes() -> None:
    begun = []

    def do(_: Connection, job: int) -> None:
        begun.append(job)
        if job == 0:
            raise ValueError
        Event().wait(0.002)  # what a job takes at least

    lanes = Lanes(Connection, 3)
    with pytest.raises(ValueError):  # noqa: PT011  any will do
        lanes.each(range(1000), do)
    assert len(begun) < 1000
    lanes.close()


@pytest.mark.parametrize("count", [1, 3])
def test_after_a_failure_nothing_more_is_begun(count: int) -> None:
    begun = []

    def do(_: Connection, job: int) -> None:
        begun.append(job)
        raise ValueError(job)

    lanes = Lanes(Connection, count)
    with pytest.raises(ValueError, match=r"[012]"):
        lanes.each(range(1000), do)
    assert len(begun) <= count
    lanes.close()


def test_bytes_of_all_lanes_are_one_progress() -> None:
    told: list[Progress] = []
    tally = Tally("上传照片", 300, told.append)
    lanes = Lanes(Connection, 3)
    lanes.each([1] * 300, lambda _, size: tally.add(size))
    assert [p.done for p in told] == list(range(301))
    assert {(p.what, p.total) for p in told} == {("上传照片", 300)}
    lanes.close()
