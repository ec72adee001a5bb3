"""SIGKILL at lines all over the store: what the officer was told is done is done, exactly once, and work goes on."""

import json
import subprocess
import sys
from pathlib import Path

from tests.faults.kills import ROOT


def sweep(folder: Path, cases: int) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.faults.kills", str(folder), str(cases)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, int] = json.loads(done.stdout)
    return result


def test_killed_anywhere_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    result = sweep(tmp_path, 100)
    assert result["cases"] >= 100
    assert result["killed"] == result["cases"]
