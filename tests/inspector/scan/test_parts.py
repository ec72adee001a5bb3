"""Hints, validator, planner, webcam pictures and the command line."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.scan.command import scan_files
from inspector.scan.hints import Hint, hint_for, thumbnail
from inspector.scan.planner import BUDGET_MS, Planner
from inspector.scan.reading import Reading
from inspector.scan.validator import MEMORY, Validator
from inspector.scan.webcam import KINDS, Conditions, clip, degrade, empty, shoot
from inspector.scan.zxing import Quad
from tests.inspector.scan.made import LINK, code, page

PLACE: Quad = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def reading(data: bytes, decoder: str = "zxing-cpp") -> Reading:
    return Reading(data, data.decode(), PLACE, decoder)


def quad(x: float, y: float, side: float) -> Quad:
    return (x, y), (x + side, y), (x + side, y + side), (x, y + side)


def test_a_closed_shutter_and_a_coarse_camera_are_told() -> None:
    black, coarse = np.full((720, 1280), 3, np.uint8), np.full((240, 320), 120, np.uint8)
    coarse[:, ::2] = 200
    assert hint_for(black, thumbnail(black), None, []) is Hint.COVERED
    assert hint_for(coarse, coarse, None, []) is Hint.COARSE


@pytest.mark.parametrize(
    ("symbol", "hint"),
    [(quad(600, 300, 40), Hint.FAR), (quad(1, 100, 400), Hint.CLOSE), (quad(200, 10, 700), Hint.CLOSE)],
)
def test_a_symbol_that_cannot_be_read_tells_where_to_move(symbol: Quad, hint: Hint) -> None:
    gray = cv2.resize(code(LINK, 4), (1280, 720), interpolation=cv2.INTER_NEAREST)
    assert hint_for(gray, thumbnail(gray), None, [symbol]) is hint


def test_blur_and_glare_on_a_symbol() -> None:
    gray = cv2.resize(code(LINK, 8), (1280, 720)) // 2 + 60
    symbol = [quad(300, 100, 400)]
    assert hint_for(gray, thumbnail(gray), None, symbol) is None
    soft = cv2.GaussianBlur(gray, (0, 0), 9)
    assert hint_for(soft, thumbnail(soft), None, symbol) is Hint.BLURRED
    burnt = gray.copy()
    burnt[200:300, 350:500] = 255
    assert hint_for(burnt, thumbnail(burnt), None, symbol) is Hint.GLARE
    assert hint_for(burnt, thumbnail(burnt), None, []) is Hint.GLARE


def test_moving() -> None:
    gray = page(code(LINK, 8), width=1280, height=720)
    moved = np.roll(gray, 200, axis=1)
    assert hint_for(moved, thumbnail(moved), thumbnail(gray), []) is Hint.MOVING
    assert hint_for(gray, thumbnail(gray), thumbnail(gray), []) is None


def test_signed_codes_are_believed_at_once_and_others_when_two_agree() -> None:
    validator = Validator(lambda data: data.startswith(b"signed"))
    signed, a, b = reading(b"signed 1"), reading(b"a"), reading(b"b")
    assert validator.offer([signed, a]) == (signed,)
    assert validator.offer([b]) == ()
    assert validator.offer([a, b]) == (a, b)
    assert validator.offer([]) == ()
    validator.forget()
    assert validator.offer([a]) == ()
    assert validator.offer([reading(b"c"), reading(b"c", "pyzbar")]) == (reading(b"c"),)


def test_a_single_reading_is_forgotten_after_a_second() -> None:
    validator = Validator(lambda _: False)
    assert validator.offer([reading(b"a")]) == ()
    for _ in range(MEMORY):
        assert validator.offer([]) == ()
    assert validator.offer([reading(b"a")]) == ()


@given(st.lists(st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=3), max_size=40))
def test_nothing_unsigned_is_believed_on_first_sight(shown: list[list[bytes]]) -> None:
    validator = Validator(lambda _: False)
    seen: set[bytes] = set()
    for frame in shown:
        believed = validator.offer([reading(data) for data in frame])
        assert {r.data for r in believed} <= seen & set(frame)
        assert len(believed) == len({r.data for r in believed})
        seen |= set(frame)


@given(st.lists(st.floats(0.2, 80), min_size=1, max_size=6), st.floats(0.5, 3.5))
def test_the_planner_keeps_to_its_budget(costs: list[float], frame_ms: float) -> None:
    planner = Planner({str(i): 5.0 for i in range(len(costs))})
    spent, begun = 0.0, set()
    for _ in range(2000):
        planner.frame(frame_ms)
        spent += frame_ms
        if (stage := planner.next(symbol_seen=False)) is not None:
            planner.begun(stage)
            begun.add(stage)
            spent += costs[int(stage)]
            planner.done(costs[int(stage)])
    assert spent <= 2000 * BUDGET_MS + max(costs) + 1
    assert begun == {str(i) for i in range(len(costs))}


def test_an_unread_symbol_goes_first() -> None:
    planner = Planner({"a": 1.0, "unread_symbols": 1.0, "b": 1.0, "c": 1.0})
    for _ in range(5):
        planner.frame(0.0)
    assert planner.next(symbol_seen=False) == "a"
    assert planner.next(symbol_seen=True) == "unread_symbols"
    planner.begun("unread_symbols")
    planner.done(1.0)
    assert planner.next(symbol_seen=True) == "a"


@pytest.mark.parametrize("kind", KINDS)
def test_webcam_pictures_follow_from_their_seed(kind: str) -> None:
    picture = page(code(LINK, 4))
    first, again, other = (degrade(picture, KINDS[kind], seed) for seed in (7, 7, 8))
    assert first.shape == (720, 1280, 3)
    assert (first == again).all()
    assert (first != other).any()


def test_the_homography_says_where_the_page_went() -> None:
    picture = np.full((400, 300, 3), 255, np.uint8)
    cv2.circle(picture, (200, 100), 12, (0, 0, 0), -1)
    shot = shoot(picture, Conditions(noise=0, defocus=0, tilt=20, pan=20, turn=10), 3)
    x, y = cv2.perspectiveTransform(np.array([[(200.0, 100.0)]]), shot.homography)[0][0]
    assert shot.image[round(y), round(x)].max() < 60
    assert shot.image[round(y), round(x) + 60].min() > 120


def test_clips_and_empty_frames_follow_from_their_seed() -> None:
    picture = page(code(LINK, 4))
    film = clip(picture, 3, KINDS["poor"], 1)
    assert len(film) == 3
    assert (film[0] != film[1]).any()
    assert all((a == b).all() for a, b in zip(film, clip(picture, 3, KINDS["poor"], 1), strict=True))
    assert (empty(KINDS["good"], 1) == empty(KINDS["good"], 1)).all()


def test_the_command_line_reads_what_it_can_and_names_what_it_cannot(tmp_path: Path) -> None:
    good, bad, none = tmp_path / "码.png", tmp_path / "bad.png", tmp_path / "none.jpg"
    good.write_bytes(cv2.imencode(".png", page(code("黑河\x1b[31m", 4)))[1].tobytes())
    bad.write_bytes(b"no picture")
    run = subprocess.run(
        [sys.executable, "-m", "inspector", "scan", "--json", str(bad), str(good), str(none)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert run.returncode == 1
    first, second, third = (json.loads(line) for line in run.stdout.splitlines())
    assert first["error"]
    assert third["error"]
    assert set(second) == {"file", "ms", "codes"}
    (found,) = second["codes"]
    assert base64.b64decode(found["bytes"]) == "黑河\x1b[31m".encode()
    assert found["text"] == "黑河\x1b[31m"
    assert len(found["corners"]) == 4
    assert found["decoder"]
    assert second["ms"] > 0
    assert "bad.png" in run.stderr
    assert "none.jpg" in run.stderr


def test_for_people_it_is_in_sentences_and_steers_no_terminal(tmp_path: Path) -> None:
    good, blank = tmp_path / "good.png", tmp_path / "blank.png"
    good.write_bytes(cv2.imencode(".png", page(code("A\x1b[31m", 4)))[1].tobytes())
    blank.write_bytes(cv2.imencode(".png", np.full((99, 99), 30, np.uint8))[1].tobytes())
    out, err = io.StringIO(), io.StringIO()
    assert scan_files([str(good), str(blank)], as_json=False, out=out, err=err) == 0
    assert "A\\x1b[31m" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert Hint.DARK.label in out.getvalue()
    assert err.getvalue() == ""
