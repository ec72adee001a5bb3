"""Speed and time left as an officer would reckon them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.session import Progress
from ui.pace import SETTLED, WINDOW, Pace

MB = 1_000_000


def test_a_steady_line() -> None:
    pace = Pace()
    told = [pace.tell(Progress("上传照片", second * MB, 100 * MB), second) for second in range(31)]
    assert told[0] is None
    assert told[1] is None
    assert told[30] == (MB, 70)


def test_a_line_that_got_better_is_noticed_within_the_window() -> None:
    pace, done = Pace(), 0
    for second in range(60):
        done += MB // 10 if second < 30 else MB
        told = pace.tell(Progress("上传照片", done, 100 * MB), second)
    assert told is not None
    assert told[0] == pytest.approx(MB)


def test_each_stage_begins_anew() -> None:
    pace = Pace()
    for second in range(5):
        pace.tell(Progress("上传照片", second * MB, 5 * MB), second)
    assert pace.tell(Progress("下载主体数据", 0, 5 * MB), 5) is None
    assert pace.tell(Progress("下载主体数据", MB, 5 * MB), 8) == (MB / 3, 12)


@given(st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 10**10), st.floats(0, 100)), max_size=30))
def test_nothing_senseless_is_ever_said(steps: list[tuple[int, int, float]]) -> None:
    pace, now = Pace(), 0.0
    for done, total, wait in steps:
        now += wait
        told = pace.tell(Progress("x", done, total), now)
        assert told is None or (told[0] > 0 and told[1] >= 0)
    assert SETTLED < WINDOW
