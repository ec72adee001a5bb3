"""Bugs planted into copies of the product: a gate that does not notice its bug proves nothing.

``python -m tests.faults.planted gate NAME SEED`` runs one gate on the product as it lies in the current folder;
``run`` plants one bug after the other and runs the gate that must notice it.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults import io_failures, kills, model, planner, power, power_service
from tests.faults.kills import ROOT
from tests.faults.places import scratch

ROOMS = ("cache", "central", "inspector", "tests")
PATIENCE = 3600
"""Seconds; a gate that still runs then has noticed a bug too: the product hangs."""


@dataclass(frozen=True, slots=True)
class Bug:
    """``old`` stands once in ``file`` and becomes ``new``; ``gate`` notices."""

    name: str
    file: str
    old: str
    new: str
    gate: str


def bugs() -> list[Bug]:
    told = tomllib.loads((Path(__file__).parent / "planted.toml").read_text(encoding="utf-8"))
    return [Bug(**bug) for bug in told["bug"]]


def _sweep(side: str) -> Callable[[int], object]:
    return lambda seed: list(kills.sweep(side, kills.all_shuffled, seed))


def _tests(*files: str) -> Callable[[int], object]:
    def run(_seed: int) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-x", *files]
        subprocess.run(command, check=True)

    return run


GATES: dict[str, Callable[[int], object]] = {
    "power": lambda seed: power.run(400, seed),
    "power-service": lambda seed: power_service.run(5, seed),
    "kills-laptop": _sweep("laptop"),
    "kills-service": _sweep("service"),
    "io-laptop": lambda seed: list(io_failures.failures("laptop", io_failures.some(200), seed)),
    "planner": lambda seed: planner.run(2000, seed),
    "model": lambda seed: model.run(60, 40, seed, shorten=False),
    "restored": _tests("tests/faults/test_model.py", "-k", "backup"),
    "plan": _tests("tests/cache/test_plan.py"),
    "sync": _tests("tests/cache/test_sync.py"),
    "stick": _tests("tests/cache/test_stick.py"),
    "layers": _tests("tests/cache/test_register_layers.py"),
    "publishing": _tests("tests/central/test_publishing.py"),
    "second": _tests("tests/cache/test_second.py"),
    "continuing": _tests("tests/cache/test_continuing.py"),
    "lanes": _tests("tests/cache/test_lanes.py"),
    "events": _tests("tests/central/test_events.py"),
    "blobs": _tests("tests/central/test_blobs.py"),
}


def plant(folder: Path, bug: Bug) -> None:
    """A copy of the product with one bug in it."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    path = folder / bug.file
    source = path.read_text(encoding="utf-8")
    assert source.count(bug.old) == 1, f"{bug.name}: its place in {bug.file} is not there any more"
    path.write_text(source.replace(bug.old, bug.new), encoding="utf-8")


def noticed(bug: Bug, seed: int) -> str:
    """The last line of what the gate said; empty when it noticed nothing."""
    with scratch() as folder:
        plant(folder, bug)
        command = [sys.executable, "-m", "tests.faults.planted", "gate", bug.gate, str(seed)]
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False, env=env
            )
        except subprocess.TimeoutExpired:
            return f"did not end in {PATIENCE} s"
    if done.returncode == 0:
        return ""
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("E  ", "FAILED", "tests.faults", "AssertionError"))]
    return (telling or lines or ["exit " + str(done.returncode)])[-1].strip()[:160]


def run(seed: int, every: int = 1) -> Iterator[tuple[Bug, str]]:
    """Plant each bug (or each ``every``-th, beginning with ``seed``), and say what its gate noticed."""
    for number, bug in enumerate(bugs()):
        if number % every == seed % every:
            yield bug, noticed(bug, seed)


def main(arguments: list[str]) -> int:
    if arguments[0] == "gate":
        GATES[arguments[1]](int(arguments[2]))
        return 0
    missed = 0
    for bug, what in run(int(arguments[1]), int(arguments[2]) if len(arguments) > 2 else 1):
        missed += not what
        sys.stdout.write(f"{'caught' if what else 'MISSED'} | {bug.name} | {bug.gate} | {what}\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
