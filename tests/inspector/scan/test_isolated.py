"""The decoder process: what it may do to itself, and what it must never do to the program."""

import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest

from inspector.scan.isolated import MAX_FAILED_STARTS, Isolated
from inspector.scan.pictures import Image
from inspector.scan.reading import Reading
from inspector.scan.zxing import Seen

GRAY = np.arange(48 * 64, dtype=np.uint8).reshape(48, 64)
PATIENT, SHORT = 20.0, 0.2


def work(kind: str, gray: Image) -> Seen:
    """Runs in the process."""
    if kind == "hang":
        time.sleep(1000)
    if kind == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if kind == "raise":
        raise ValueError("a decoder's complaint")
    if kind == "memory":
        np.ones(4_000_000_000, np.uint8)
    if kind == "noise":
        os.write(2, b"warning from a C library")
    if kind == "flood":
        return Seen(tuple(_reading(b"x" * 4000) for _ in range(400)))
    return Seen((_reading(gray.tobytes()[:300]),))


def _reading(data: bytes) -> Reading:
    return Reading(data, "text", ((1.5, 2), (3, 4), (5, 6), (7, 8)), "test")


@pytest.fixture
def isolated() -> Iterator[Isolated]:
    worker = Isolated(work, megabytes=512)
    yield worker
    worker.close()


def test_pixels_go_there_and_readings_come_back(isolated: Isolated) -> None:
    answer = isolated.ask("read", GRAY, PATIENT)
    assert not answer.failed
    assert answer.seen == Seen((_reading(GRAY.tobytes()[:300]),))
    assert answer.cpu_ms >= 0
    larger = np.full((300, 400), 9, np.uint8)
    assert isolated.ask("read", larger, PATIENT).seen.readings[0].data == bytes([9]) * 300
    assert isolated.ask("read", GRAY, PATIENT).seen.readings[0].data == GRAY.tobytes()[:300]


@pytest.mark.parametrize("kind", ["hang", "crash", "flood"])
def test_after_its_death_it_is_started_anew(isolated: Isolated, kind: str) -> None:
    isolated.warm()
    before = isolated.pid
    assert isolated.ask(kind, GRAY, SHORT if kind == "hang" else PATIENT).failed
    assert isolated.pid is None
    assert not isolated.ask("read", GRAY, PATIENT).failed
    assert isolated.pid not in (None, before)


@pytest.mark.parametrize("kind", ["raise", "memory"])
def test_complaints_and_memory_blow_ups_are_answers(isolated: Isolated, kind: str) -> None:
    isolated.warm()
    before = isolated.pid
    assert isolated.ask(kind, GRAY, PATIENT).failed
    assert isolated.pid == before
    assert not isolated.ask("read", GRAY, PATIENT).failed


def test_live_work_never_waits(isolated: Isolated) -> None:
    isolated.warm()
    assert isolated.submit("read", GRAY, PATIENT)
    assert isolated.busy
    isolated.wait(PATIENT)
    answer = isolated.collect()
    assert answer is not None
    assert answer.seen.readings
    assert not isolated.busy
    assert isolated.collect() is None


def test_one_job_at_a_time(isolated: Isolated) -> None:
    isolated.warm()
    assert isolated.submit("hang", GRAY, PATIENT)
    assert not isolated.submit("read", GRAY, PATIENT)
    assert isolated.collect() is None


def test_an_overdue_job_is_ended_when_looked_at(isolated: Isolated) -> None:
    isolated.warm()
    assert isolated.submit("hang", GRAY, 0.0)
    answer = isolated.collect()
    assert answer is not None
    assert answer.failed
    assert isolated.pid is None


def test_a_process_killed_from_outside_is_noticed(isolated: Isolated) -> None:
    isolated.warm()
    assert isolated.pid is not None
    os.kill(isolated.pid, signal.SIGKILL)
    assert isolated.ask("read", GRAY, PATIENT).failed
    assert not isolated.ask("read", GRAY, PATIENT).failed


def test_a_process_that_never_starts_is_given_up(isolated: Isolated) -> None:
    def broken() -> None:
        isolated.start()
        if isolated.pid is not None:
            os.kill(isolated.pid, signal.SIGKILL)
            started.append(isolated.pid)

    started: list[int] = []
    for _ in range(MAX_FAILED_STARTS + 4):
        broken()
        assert isolated.ask("read", GRAY, PATIENT).failed
    assert len(started) == MAX_FAILED_STARTS


@contextmanager
def files_left(count: int) -> Iterator[None]:
    """This process can open so many files and no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))
    held: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 10, hard))
    try:
        with suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        while count:
            os.close(held.pop())
            count -= 1
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for file in held:
            os.close(file)


@pytest.mark.parametrize("spare", range(6))
def test_without_files_to_be_had_it_goes_on_without_the_process(isolated: Isolated, spare: int) -> None:
    with files_left(spare):
        failed = isolated.ask("read", GRAY, PATIENT).failed
    assert failed or spare > 1
    assert not isolated.ask("read", GRAY, PATIENT).failed


def test_its_warnings_do_not_reach_the_terminal(isolated: Isolated, capfd: pytest.CaptureFixture[str]) -> None:
    assert not isolated.ask("noise", GRAY, PATIENT).failed
    assert capfd.readouterr().err == ""


def test_closed_means_gone(isolated: Isolated) -> None:
    isolated.ask("read", GRAY, PATIENT)
    pid, memory = isolated.pid, isolated.memory_name
    assert pid is not None
    assert memory is not None
    isolated.close()
    isolated.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(FileNotFoundError):
        SharedMemory(name=memory)
    with pytest.raises(RuntimeError):
        isolated.ask("read", GRAY, PATIENT)


ORPHANING = """
import sys
import numpy as np
from inspector.scan.isolated import Isolated
from tests.inspector.scan.test_isolated import work

if __name__ == "__main__":
    worker = Isolated(work)
    worker.warm()
    worker.submit("hang", np.zeros((8, 8), np.uint8), 1000)
    print(worker.pid, flush=True)
    sys.stdin.read()
"""


def test_it_never_outlives_the_program(tmp_path: Path) -> None:
    """Even in the middle of a job that hangs, and when the program is killed without a chance to tidy up."""
    script = tmp_path / "orphaning.py"
    script.write_text(ORPHANING)
    program = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert program.stdout is not None
    handle = os.pidfd_open(int(program.stdout.readline()))
    program.kill()
    program.communicate()
    ended, _, _ = select.select([handle], [], [], PATIENT)
    os.close(handle)
    assert ended


def test_a_job_disowned_says_only_what_it_cost(isolated: Isolated) -> None:
    isolated.warm()
    isolated.disown()  # nothing is under way: nothing is disowned
    assert isolated.submit("read", GRAY, PATIENT)
    isolated.disown()
    isolated.wait(PATIENT)
    answer = isolated.collect()
    assert answer is not None
    assert not answer.seen.readings
    assert isolated.ask("read", GRAY, PATIENT).seen.readings
