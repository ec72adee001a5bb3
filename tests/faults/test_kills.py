"""SIGKILL at every line of store, sync and service: what was told is done, exactly once, and work goes on."""

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.faults.kills import ROOT, SIDES

PARTS = {"laptop": 12, "service": 5}
DOUBLES = 2


def source_seed() -> int:
    """Another moment at which each line runs whenever the code is another one."""
    return zlib.crc32(b"".join(Path(name).read_bytes() for names in SIDES.values() for name in names))


@pytest.mark.parametrize(("side", "part"), [(side, part) for side, parts in PARTS.items() for part in range(parts)])
def test_killed_anywhere_nothing_is_lost_or_doubled(side: str, part: int) -> None:
    """The parts together: each line that a day executes, and two days in each part with two kills."""
    arguments = (side, part, PARTS[side], source_seed(), DOUBLES)
    command = [sys.executable, "-m", "tests.faults.kills", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, int] = json.loads(done.stdout)
    assert result["cases"] > 50
    # A thread beside may end a line earlier or later than in the run that counted the lines.
    assert result["killed"] >= 0.9 * result["cases"]
