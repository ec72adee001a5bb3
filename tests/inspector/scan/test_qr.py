"""Our own way from pixels to codewords: layout against zxing-cpp's symbols, correction, bent and damaged pictures."""

import random

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.scan.qr import decide, layout, read, soft, solomon
from inspector.scan.qr.eyes import eyes
from inspector.scan.qr.layout import VERSIONS, blocks, size_of
from inspector.scan.qr.patterns import patterns
from inspector.scan.qr.solomon import correct
from inspector.scan.qr.triples import triples
from inspector.scan.webcam import Conditions, shoot
from inspector.scan.zxing import Quad
from tests.inspector.scan.made import LINK, blob, code, page


def modules(content: str | bytes, version: int, level: str) -> np.ndarray:
    """+1 dark, -1 light."""
    picture = code(content, 1, version=version, ec_level=level)
    edge = (picture.shape[0] - size_of(version)) // 2
    return np.where(picture[edge:-edge, edge:-edge] < 128, 1.0, -1.0)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_and_level_is_read(version: int) -> None:
    for level in "LMQH":
        grid = modules(f"v{version}{level}", version, level)
        shape = layout.layout(version)
        known = shape.known != 0
        assert (grid[known] == shape.known[known]).all()
        for seen in (grid, grid.T):  # as it is, and mirrored
            found = soft.decode(seen, version)
            assert found is not None
            assert found[0] == b"v%d%s" % (version, level.encode())


@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_come_out_exact(data: bytes) -> None:
    found = soft.decode(modules(data, 6, "M"), 6)
    assert found is not None
    assert found[0] == data


@given(st.integers(0, 2**32), st.sampled_from([(26, 10), (44, 18), (100, 26)]))
def test_errors_and_erasures_within_the_bound_are_corrected(seed: int, sizes: tuple[int, int]) -> None:
    rng = random.Random(seed)
    length, checks = sizes
    clean = codeword(rng, length, checks)
    erasures = rng.randrange(0, checks - 5)
    errors = rng.randrange(0, max(1, (checks - erasures - 6) // 2))
    places = rng.sample(range(length), erasures + errors)
    damaged = list(clean)
    for place in places:
        damaged[place] = rng.randrange(256)
    for place in places[erasures:]:
        damaged[place] = clean[place] ^ rng.randrange(1, 256)
    assert correct(damaged, checks, places[:erasures]) == clean


def codeword(rng: random.Random, length: int, checks: int) -> list[int]:
    """Random data and their check symbols, by polynomial division."""
    word = [rng.randrange(256) for _ in range(length - checks)] + [0] * checks
    generator = [1]
    for i in range(checks):
        generator = solomon._times(generator, [solomon._EXP[i], 1])
    rest = list(word)
    for i in range(length - checks):
        if lead := rest[i]:
            for k, factor in enumerate(reversed(generator)):
                rest[i + k] ^= solomon._EXP[solomon._LOG[factor] + solomon._LOG[lead]]
    return word[: length - checks] + rest[length - checks :]


def test_noise_is_not_taken_for_a_block() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        word = [rng.randrange(256) for _ in range(26)]
        erased = rng.sample(range(26), rng.randrange(0, 16))
        assert correct(word, 16, erased) is None


def test_noise_is_not_taken_for_a_symbol() -> None:
    rng = np.random.default_rng(3)
    for version in (1, 2, 5):
        for _ in range(40):
            assert soft.decode(rng.uniform(-1, 1, (size_of(version),) * 2), version) is None


def test_erasures_correct_what_errors_alone_cannot() -> None:
    """A blotch over a fifth of the modules, known to be doubtful, at level H."""
    grid = modules(LINK, 8, "H")
    for top in (12, 20, 28):
        hidden = grid.copy()
        hidden[top : top + 16, 12:34] = 0.01
        found = soft.decode(hidden, 8)
        assert found is not None
        assert found[0] == LINK.encode()


def test_blocks_cover_the_stream_once() -> None:
    for version in VERSIONS:
        for level in "LMQH":
            places, checks = blocks(version, level)
            every = sorted(int(i) for place in places for i in place)
            assert every == list(range(len(layout.layout(version).rows) // 8))
            assert all(checks < len(place) for place in places)


def test_finder_patterns_are_found_at_all_angles_and_sizes() -> None:
    for angle in range(0, 90, 15):
        for module in (3, 5, 17):
            symbol = code("A", module)
            side = symbol.shape[0]
            paper = cv2.copyMakeBorder(symbol, side, side, side, side, cv2.BORDER_CONSTANT, value=255)
            middle = (paper.shape[1] / 2, paper.shape[0] / 2)
            turned = cv2.warpAffine(
                paper, cv2.getRotationMatrix2D(middle, angle, 1), paper.shape[::-1], borderValue=(255,)
            )
            best = triples(eyes(turned, patterns(turned)))[0]
            assert abs(best.module - module) < 0.08 * module, (angle, module)
            assert 0.8 < best.version < 1.2


@pytest.mark.parametrize("turn", [0, 25, 130])
@pytest.mark.parametrize("tilt", [0, 40, 60])
def test_three_patterns_tell_the_version_and_the_fourth_corner_in_any_perspective(tilt: float, turn: float) -> None:
    symbol = code(LINK, 12, version=6)
    side = symbol.shape[0]
    sheet = np.full((900, 900), 245, np.uint8)
    sheet[150 : 150 + side, 150 : 150 + side] = symbol
    shot = shoot(sheet, Conditions(width=1600, height=1200, tilt=tilt, pan=tilt / 3, turn=turn, noise=2), 5)
    picture = cv2.cvtColor(shot.image, cv2.COLOR_BGR2GRAY)
    best = triples(eyes(picture, patterns(picture)))[0]
    assert round(best.version) == 6
    a, b = 150 + (4 + 3.5) * 12, 150 + side - (4 + 3.5) * 12
    true = cv2.perspectiveTransform(np.array([[(a, a), (b, a), (b, b), (a, b)]], np.float64), shot.homography)[0]
    found = best.corners(6)
    assert found is not None
    assert np.abs(found - true).max() < 2 * best.module


def bent(image: np.ndarray, depth: float) -> np.ndarray:
    height, width = image.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return cv2.remap(image, x, y + depth * np.sin(x / width * np.pi).astype(np.float32), cv2.INTER_LINEAR)


def test_bent_paper_is_read_by_the_finder_patterns() -> None:
    picture = bent(page(code(LINK, 8), width=500, height=480), 26)
    assert [r.data for r in read.search(picture, lambda: False)] == [LINK.encode()]


def test_a_hidden_finder_pattern_is_replaced_by_the_other_two() -> None:
    symbol = code(LINK, 8, ec_level="H")
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8)):
        picture = cv2.GaussianBlur(page(blob(symbol, x, y, 0.09, 255), width=700, height=600), (0, 0), 1)
        assert [r.data for r in read.search(picture, lambda: False)] == [LINK.encode()]


def test_a_symbol_with_known_corners_is_read_and_placed() -> None:
    symbol = code(LINK, 6, ec_level="Q")
    picture = page(blob(symbol, 0.5, 0.6, 0.1, 255))
    left, top, right, bottom = 44.0, 64.0, symbol.shape[0] - 4.0, symbol.shape[0] + 16.0
    quad: Quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    reading = read.from_quad(picture, quad)
    assert reading is not None
    assert reading.text == LINK
    assert np.abs(np.array(reading.corners) - np.array(quad)).max() < 4


def test_a_quad_without_a_symbol_gives_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300), np.uint8)
    for quad in (((10.0, 10), (200, 10), (200, 200), (10, 200)), ((5.0, 5), (6, 5), (6, 6), (5, 6))):
        assert read.from_quad(noise, quad) is None


def test_an_exhausted_search_stops() -> None:
    assert read.search(page(code(LINK)), lambda: True) == []


def test_soft_decisions_undo_blur_between_modules() -> None:
    """Blurred until neighbours run into each other: plain thresholds fail, the learnt filter does not."""
    grid = np.pad(-modules(LINK, 6, "M"), 1, constant_values=1) * 100 + 128
    smeared = cv2.GaussianBlur(grid.astype(np.float32), (0, 0), 0.65)
    first, *others = decide.ways(smeared, 6)
    assert soft.decode(first, 6) is None
    assert any((found := soft.decode(way, 6)) and found[0] == LINK.encode() for way in others)
