"""After a first reading: is there more, where, and is it found."""

import cv2
import numpy as np
import pytest

from inspector.scan import stages, zxing
from inspector.scan.cascade import Scanner
from inspector.scan.qr.remains import masked, remaining
from inspector.scan.webcam import KINDS, Conditions, degrade, empty
from tests.inspector.scan.made import LINK, code, page


@pytest.mark.parametrize("turn", [0, 20, 45, 70])
def test_patterns_of_a_symbol_that_was_not_read_remain(turn: float) -> None:
    sheet = page(code(LINK, 4), code("another", 5), width=800, height=500)
    picture = cv2.cvtColor(degrade(sheet, Conditions(turn=turn, share=0.7), 1), cv2.COLOR_BGR2GRAY)
    read = zxing.read(picture).readings
    assert len(read) == 2
    assert len(remaining(picture, [r.corners for r in read])) == 0
    for one, other in (read, read[::-1]):
        left = remaining(picture, [one.corners])
        quad = np.array(other.corners, np.float32)
        assert len(left) >= 1
        assert all(cv2.pointPolygonTest(quad, (float(x), float(y)), False) > 0 for x, y in left)


def test_print_and_walls_hold_no_patterns() -> None:
    for seed, kind in enumerate(KINDS):
        picture = cv2.cvtColor(empty(KINDS[kind], seed), cv2.COLOR_BGR2GRAY)
        small = code(LINK, 3)
        picture[100 : 100 + len(small), 100 : 100 + len(small)] = small // 2 + 60
        (read,) = zxing.read(picture).readings
        assert len(remaining(picture, [read.corners])) == 0, kind


def test_what_is_painted_over_is_not_found_again() -> None:
    picture = page(code(LINK, 4), code("another", 4))
    first, second = zxing.read(picture).readings
    assert [r.data for r in zxing.read(masked(picture, [first.corners])).readings] == [second.data]
    assert not zxing.read(masked(picture, [first.corners, second.corners])).readings
    beyond = [(x - 500, y - 500) for x, y in first.corners]
    assert (masked(picture, [tuple(beyond)]) == picture).all()  # a decoder's corners may lie outside


def test_a_sheet_of_sixty_codes_is_read_whole() -> None:
    sheet = np.full((1500, 1000), 245, np.uint8)
    for i in range(60):
        patch = code(f"item {i}", 4)
        x, y = 20 + i % 6 * 160, 20 + i // 6 * 147
        sheet[y : y + len(patch), x : x + len(patch)] = patch
    shot = degrade(sheet, Conditions(width=1600, height=1200, share=0.9, defocus=0.8, tilt=12, noise=4), 3)
    with Scanner() as scanner:
        assert {r.text for r in scanner.still(shot).readings} == {f"item {i}" for i in range(60)}


def test_a_small_code_beside_a_large_one_is_not_overlooked() -> None:
    picture = page(code("large", 20), width=1980, height=1200)
    small = code("small", 2)
    picture[1000 : 1000 + len(small), 1800 : 1800 + len(small)] = small
    picture = cv2.GaussianBlur(picture, (0, 0), 0.8)
    assert {r.text for r in stages.first_look(picture).readings} == {"large"}
    with Scanner() as scanner:
        assert {r.text for r in scanner.still(picture).readings} == {"large", "small"}
