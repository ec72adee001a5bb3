"""Ink: what is a signature, and its picture."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.inspection import Stroke
from inspector.signature import SCALE, THICK, THIN, bounds, length, objection, svg
from tests.inspector.papers.records import scribble

share = st.floats(0, 1)
points = st.lists(st.tuples(share, share, share, st.integers(0, 60_000)), min_size=1, max_size=30)
inks = st.lists(points.map(lambda p: Stroke(tuple(p))), max_size=6).map(tuple)


def line(*at: tuple[float, float]) -> tuple[Stroke, ...]:
    return (Stroke(tuple((x, y, 0.5, n * 10) for n, (x, y) in enumerate(at))),)


@pytest.mark.parametrize(
    ("ink", "says"),
    [
        ((), "请在框内签名"),
        ((Stroke(()),), "请在框内签名"),
        (line((0.5, 0.5)), "太短"),
        (line((0.1, 0.1), (0.9, 0.1)), "太短"),
        (line(*[(0.5 + n % 2 * 0.03, 0.5) for n in range(20)]), "太小"),
    ],
)
def test_a_slip_is_no_signature(ink: tuple[Stroke, ...], says: str) -> None:
    assert says in objection(ink)


def test_a_name_is_a_signature() -> None:
    assert objection(scribble()) == ""
    assert length(scribble()) > 0.5


@given(inks)
def test_any_ink_has_a_picture_that_holds_it(ink: tuple[Stroke, ...]) -> None:
    box, picture = bounds(ink), svg(ink)
    if box is None:
        assert picture == ""
        return
    root = ElementTree.fromstring(picture)
    _, _, width, height = (float(n) for n in root.attrib["viewBox"].split())
    assert width >= box.width * SCALE
    assert height >= box.height * SCALE
    paths = root.findall(".//{http://www.w3.org/2000/svg}path")
    assert len(paths) == sum(len(s.points) for s in ink)
    for path in paths:
        assert THIN * SCALE - 0.1 <= float(path.attrib["stroke-width"]) <= THICK * SCALE + 0.1


def test_pressure_widens_and_speed_thins_the_line() -> None:
    def widest(pressure: float, step: int) -> float:
        ink = (Stroke(tuple((n / 20, 0.5, pressure, n * step) for n in range(20))),)
        root = ElementTree.fromstring(svg(ink))
        return max(float(p.attrib["stroke-width"]) for p in list(root.iter())[2:])

    assert widest(0.9, 200) > widest(0.2, 200)
    slow = (Stroke(tuple((n / 20, 0.5, 0.8, n * 500) for n in range(20))),)
    fast = (Stroke(tuple((n / 20, 0.5, 0.8, n * 5) for n in range(20))),)
    last = [float(list(ElementTree.fromstring(svg(i)).iter())[-1].attrib["stroke-width"]) for i in (slow, fast)]
    assert last[0] > last[1]
