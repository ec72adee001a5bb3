"""What the scanner as a whole promises: exact bytes, all codes of a picture, live that never waits, nothing left."""

import os
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.scan import stages, thorough
from inspector.scan.cascade import Scanner
from inspector.scan.frames import Frame
from inspector.scan.hints import Hint
from inspector.scan.text import text_of
from inspector.scan.webcam import KINDS, Conditions, clip, degrade, empty
from inspector.scan.zxing import Seen
from tests.inspector.scan.made import LINK, blob, code, page


@pytest.fixture(scope="module")
def scanner() -> Iterator[Scanner]:
    with Scanner() as running:
        running.warm()
        yield running


def frames(images: list[np.ndarray]) -> list[Frame]:
    return [Frame(image, number, number / 30) for number, image in enumerate(images)]


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_in_a_code_come_out_exact(scanner: Scanner, data: bytes) -> None:
    assert [r.data for r in scanner.still(page(code(data, 3))).readings] == [data]


@settings(max_examples=15)
@given(st.binary(min_size=1, max_size=80))
def test_the_second_opinion_is_exact_too(data: bytes) -> None:
    """ZBar re-encodes what it reads unless it is told not to."""
    assert [r.data for r in stages.zbar_plain(page(code(data, 4))).readings] == [data]


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20))
def test_chinese_is_read_in_both_encodings(scanner: Scanner, text: str) -> None:
    for encoding in ("utf-8", "gb18030"):
        data = text.encode(encoding)
        (reading,) = scanner.still(page(code(data, 4))).readings
        assert reading.data == data
    assert text_of(text.encode("utf-8")) == text


def test_encodings_are_told_apart() -> None:
    assert text_of("黑河市爱辉区".encode("gb18030"), "ｺﾚﾊ") == "黑河市爱辉区"
    assert text_of("𠮷野家镕".encode("gb18030")) == "𠮷野家镕"
    assert text_of("デザインQR".encode("shift_jis"), "デザインQR") == "デザインQR"
    assert text_of("ﾃﾞｻﾞｲﾝQR".encode("shift_jis"), "ﾃﾞｻﾞｲﾝQR") == "ﾃﾞｻﾞｲﾝQR"
    assert text_of(b"\xff\xfe\x00") != ""


def test_several_codes_in_one_frame_are_all_found_and_placed(scanner: Scanner) -> None:
    codes = [code(f"{LINK}{i}", 4) for i in range(3)]
    readings = scanner.still(page(*codes)).readings
    assert {r.text for r in readings} == {f"{LINK}{i}" for i in range(3)}
    for reading in readings:
        x = 20 + int(reading.text[-1]) * (codes[0].shape[1] + 20) + 16
        assert np.hypot(reading.corners[0][0] - x, reading.corners[0][1] - 56) < 6
        (ax, ay), (bx, by), (cx, cy), _ = reading.corners
        assert (bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0  # clockwise


def test_the_same_content_twice_is_two_codes(scanner: Scanner) -> None:
    assert len(scanner.still(page(code(LINK, 4), code(LINK, 4))).readings) == 2


def test_a_damaged_code_beside_a_good_one_is_found(scanner: Scanner) -> None:
    damaged = blob(blob(code("damaged " + LINK, 5, ec_level="Q"), 0.55, 0.55, 0.10, 255), 0.3, 0.7, 0.06, 255)
    picture = cv2.GaussianBlur(page(damaged, code("good", 5)), (0, 0), 0.7)
    assert {r.text for r in scanner.still(picture).readings} == {"damaged " + LINK, "good"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_trouble_of_webcams_is_read(scanner: Scanner, kind: str) -> None:
    """One code of a licence's size in a frame of each kind; three chances, as in a hand-held second."""
    picture = cv2.copyMakeBorder(code(LINK, 10, ec_level="Q"), 100, 100, 200, 200, cv2.BORDER_CONSTANT, value=245)
    shots = [degrade(picture, KINDS[kind], seed) for seed in range(3)]
    read = {r.text for shot in shots for r in scanner.still(shot).readings}
    assert read == {LINK}


@pytest.mark.parametrize("way", ["inverted", "mirrored", "turned", "upside down", "colour"])
def test_odd_codes_are_read(scanner: Scanner, way: str) -> None:
    picture = page(code(LINK, 5), width=500, height=400)
    turned = {
        "inverted": 255 - picture,
        "mirrored": cv2.flip(picture, 1),
        "turned": cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE),
        "upside down": cv2.flip(picture, -1),
        "colour": cv2.merge([np.full_like(picture, 200), picture, np.full_like(picture, 180)]),
    }[way]
    assert [r.text for r in scanner.still(turned).readings] == [LINK]


def test_other_symbologies_only_when_asked_for(scanner: Scanner) -> None:
    ean = zxingcpp.create_barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13)
    picture = page(np.array(ean.to_image(scale=3, add_quiet_zones=True)))
    assert not scanner.still(picture).readings
    with Scanner(all_kinds=True) as all_kinds:
        (reading,) = all_kinds.still(picture).readings
        assert reading.data == b"6901234567892"
        assert reading.symbology != "QRCode"
        assert all_kinds.live(Frame(picture, 0, 0.0)).readings[0].data == b"6901234567892"


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (20, 20, 3), (4000, 16)])
def test_odd_shapes_are_harmless(scanner: Scanner, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    assert scanner.still(rng.integers(0, 255, shape, np.uint8)).readings == ()
    assert scanner.live(Frame(np.zeros(shape, np.uint8), 0, 0.0)).readings == ()


def test_hostile_walls_of_finder_patterns_stay_within_the_budget(scanner: Scanner) -> None:
    tile = np.pad(code("x", 2)[8:22, 8:22], 4, constant_values=255)
    wall = np.tile(tile, (40, 60))[:720, :1280]
    assert scanner.still(wall).readings == ()
    assert scanner.live(Frame(wall, 0, 0.0)).readings == ()


def test_halftones_and_noise_give_no_code(scanner: Scanner) -> None:
    rng = np.random.default_rng(2)
    y, x = np.mgrid[0:480, 0:640]
    for picture in (rng.integers(0, 255, (480, 640)), 255 * ((x // 3 + y // 3) % 2), 127 + 120 * np.sin(x / 3.1)):
        assert scanner.still(np.broadcast_to(picture, (480, 640)).astype(np.uint8)).readings == ()


def test_very_large_pictures_are_read(scanner: Scanner) -> None:
    large = cv2.resize(page(code(LINK, 5), width=600, height=450), (6000, 4500), interpolation=cv2.INTER_NEAREST)
    assert [r.text for r in scanner.still(large).readings] == [LINK]


def test_live_reads_at_once_and_costly_stages_follow(scanner: Scanner) -> None:
    plain = scanner.live(Frame(page(code(LINK, 4)), 0, 0.0))
    assert [r.text for r in plain.readings] == [LINK]
    assert plain.hint is None
    hidden = page(
        blob(blob(code(LINK, 6, ec_level="H"), 0.5, 0.5, 0.15, 255), 0.3, 0.65, 0.08, 255), width=640, height=480
    )
    hidden = cv2.GaussianBlur(hidden, (0, 0), 1.2)
    with Scanner() as live:
        live.warm()
        found = False
        for frame in frames([hidden] * 60):
            found = found or bool(live.live(frame).readings)
            live.wait(5)
        assert found


def test_what_hung_there_before_is_not_read_any_more() -> None:
    """A costly stage still works on the last frame of the shop before; its answer must not count for this one."""
    blank = Frame(np.full((480, 640), 128, np.uint8), 0, 0.0)
    with Scanner() as live:
        live.warm()
        for anew in (False, True):
            assert live._worker.submit("plain", page(code(LINK, 4)), 5)
            if anew:
                live.begin_anew()
            live.wait(5)
            assert bool(live.live(blank).readings) is not anew


def test_a_glimpse_that_resists_gets_a_thorough_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found and not corrected by the quick stages: after a moment it gets all that a still picture gets."""
    damaged = blob(blob(code(LINK, 6, ec_level="H"), 0.5, 0.5, 0.15, 255), 0.3, 0.65, 0.08, 255)
    hidden = cv2.GaussianBlur(page(damaged, width=640, height=480), (0, 0), 1.2)
    assert thorough.work(thorough.THOROUGH, hidden).readings
    with Scanner() as live:
        live.warm()
        glimpsed = Seen((), (((100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0)),))
        monkeypatch.setattr(stages, "first_look", lambda _: glimpsed)
        monkeypatch.setattr(stages, "EVERY_FRAME", (lambda _: glimpsed,))
        monkeypatch.setattr(live._planner, "next", lambda _: None)  # nobody else's turn
        read = []
        for number in range(40):
            at = number / 25
            read += [at] * bool(live.live(Frame(hidden, number, at)).readings)
            live.wait(5)
    assert read
    assert read[0] > thorough.FIRST


def test_a_burst_reads_what_single_frames_do_not(scanner: Scanner) -> None:
    picture = cv2.copyMakeBorder(code(LINK, 8), 150, 150, 150, 150, cv2.BORDER_CONSTANT, value=245)
    shaky = Conditions(defocus=2.2, motion=12, light=0.35, noise=9, share=0.9)
    shots = clip(picture, 8, shaky, 4)
    result = scanner.burst(frames(shots))
    assert [r.text for r in result.readings] == [LINK]
    assert scanner.burst([]).readings == ()


def test_the_worst_that_happens_to_the_decoder_process_is_a_lost_frame() -> None:
    empty_frame = empty(KINDS["good"], 1)
    with Scanner() as scanner:
        scanner.warm()
        for number in range(12):
            scanner.live(Frame(empty_frame, number, 0.0))
            pid = scanner.decoder_pid
            if pid is not None and number % 3 == 0:
                os.kill(pid, 9)
        scanner.wait(5)
        assert [r.text for r in scanner.live(Frame(page(code(LINK, 4)), 12, 0.0)).readings] == [LINK]
        assert [r.text for r in scanner.still(page(code(LINK, 4))).readings] == [LINK]


@pytest.mark.parametrize(
    ("picture", "hint"),
    [
        (np.full((720, 1280), 12, np.uint8), Hint.DARK),
        (np.full((720, 1280), 170, np.uint8), Hint.FOGGED),
    ],
    ids=["dark", "fogged"],
)
def test_plain_troubles_have_their_hint(scanner: Scanner, picture: np.ndarray, hint: Hint) -> None:
    assert scanner.still(picture).hint is hint
    scanner.live(Frame(picture, 0, 0.0))
    assert scanner.live(Frame(picture, 1, 0.1)).hint is hint
    assert hint.label
