"""Ink: positions become fractions of the pad's width, times count from the first point."""

from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.ink import Ink

number = st.floats(-500, 2000)


def test_two_strokes() -> None:
    ink = Ink()
    ink.press(0, 0, 0.5, 1000, 400)
    ink.drag(200, 100, 0.7, 1010, 400)
    assert ink.drawing
    assert ink.lift()
    assert not ink.lift()
    ink.press(400, 100, 1.0, 1500, 400)
    ink.lift()
    assert [s.points for s in ink.strokes] == [((0.0, 0.0, 0.5, 0), (0.5, 0.25, 0.7, 10)), ((1.0, 0.25, 1.0, 500),)]


def test_a_move_without_touch_leaves_nothing() -> None:
    ink = Ink()
    ink.drag(10, 10, 0.5, 5, 100)
    assert not ink.all
    assert not ink.lift()


def test_a_second_press_without_release_ends_the_first_stroke() -> None:
    ink = Ink()
    ink.press(10, 10, 0.5, 0, 100)
    ink.press(20, 20, 0.5, 9, 100)
    assert len(ink.strokes) == 1
    assert len(ink.all) == 2


def test_cleared_ink_starts_its_time_anew() -> None:
    ink = Ink()
    ink.press(1, 1, 0.5, 100, 10)
    ink.clear()
    ink.press(1, 1, 0.5, 900, 10)
    ink.lift()
    assert ink.strokes[0].points[0][3] == 0


@given(st.lists(st.tuples(number, number, number, st.integers(0, 10**6)), min_size=1))
def test_points_stay_in_the_pad_whatever_comes(moves: list[tuple[float, float, float, int]]) -> None:
    ink = Ink()
    for i, (x, y, pressure, at) in enumerate(moves):
        (ink.press if i == 0 else ink.drag)(x, y, pressure, at, 300)
    ink.lift()
    for x, y, pressure, at in ink.strokes[0].points:
        assert 0 <= x <= 1
        assert 0 <= y <= 1
        assert 0 <= pressure <= 1
        assert at >= 0
