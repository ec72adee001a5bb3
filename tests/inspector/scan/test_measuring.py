"""What is measured beside other decoders is measured rightly: truths, places, photographs that lie on their side."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.scan import zxing
from inspector.scan.cascade import Scanner
from tests.bench import scan_bench, scan_phoneset
from tests.bench.scan_others import Code, Picture, TimeLimited, pictures_in, with_zxing
from tests.inspector.scan.made import LINK, code, page

SQUARE = [(56.0, 76.0), (300.0, 76.0), (300.0, 320.0), (56.0, 320.0)]
EXIF_TURNED = bytes.fromhex("ffe1002245786966000049492a0008000000010012010300010000000600000000000000")
"""An EXIF segment that says: turn by a quarter before showing."""


def write(folder: Path, name: str, image: np.ndarray, truth: str | bytes | None = None) -> Path:
    path = folder / f"{name}.jpg"
    path.write_bytes(cv2.imencode(".jpg", image)[1].tobytes())
    if truth is not None:
        path.with_suffix(".txt").write_bytes(truth.encode() if isinstance(truth, str) else truth)
    return path


def corners(quad: list[tuple[float, float]]) -> str:
    return "# comment\n\nSETS\r\n" + " ".join(f"{x} {y}" for x, y in quad) + "\r\n"


def scored(picture: Picture) -> tuple[int, int]:
    return picture.right(with_zxing(picture.image))


def test_a_code_counts_when_it_was_read_where_it_is(tmp_path: Path) -> None:
    picture = page(code(LINK, 6))
    quad = list(zxing.read(picture).readings[0].corners)
    write(tmp_path, "here", picture, corners(quad))
    write(tmp_path, "elsewhere", picture, corners([(x + 400, y) for x, y in quad]))
    elsewhere, here = pictures_in(tmp_path)
    assert (here.codes, scored(here)) == (1, (1, 0))
    assert scored(elsewhere) == (0, 0)


def test_corners_are_on_the_pixels_as_stored(tmp_path: Path) -> None:
    picture = page(code(LINK, 6), width=900, height=500)
    quad = list(zxing.read(picture).readings[0].corners)
    path = write(tmp_path, "turned", picture, corners(quad))
    data = path.read_bytes()
    path.write_bytes(data[:2] + EXIF_TURNED + data[2:])
    (stored,) = pictures_in(tmp_path)
    assert stored.image.shape == (500, 900)
    assert scored(stored) == (1, 0)
    upright = [(500 - y, x) for x, y in [(p[0] + 380, p[1]) for p in quad]]
    path.with_suffix(".txt").write_text(corners(upright))
    (upright_picture,) = pictures_in(tmp_path)
    assert upright_picture.image.shape == (900, 500)


def test_texts_and_photographs_without_a_truth(tmp_path: Path) -> None:
    picture = page(code(LINK, 6))
    write(tmp_path, "a", picture, LINK + "\n")
    write(tmp_path, "b", picture, "something else")
    write(tmp_path, "c", picture)
    write(tmp_path, "d", picture, b"\xff\xfe\x00\x80")
    write(tmp_path, "e", picture, "SETS\nthese are no numbers\n")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    assert [scored(p) for p in pictures_in(tmp_path)] == [(1, 0), (0, 1), (1, 0), (1, 0), (0, 0)]


def hang(gray: np.ndarray) -> list[Code]:
    while True:
        gray = gray + 0


def complain(gray: np.ndarray) -> list[Code]:
    raise cv2.error("mode 13 is not implemented")


def test_a_decoder_that_hangs_costs_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.scan_others.SECONDS", 0.2)
    limited = TimeLimited(hang)
    try:
        assert limited(np.zeros((40, 40), np.uint8)) == ([], 200.0)
    finally:
        limited.close()


def test_a_decoder_that_complains_has_read_nothing() -> None:
    """OpenCV's own does so about Chinese (Hanzi) mode; one such picture must not end the whole measurement."""
    limited = TimeLimited(complain)
    try:
        assert limited(np.zeros((40, 40), np.uint8))[0] == []
    finally:
        limited.close()


def test_generated_photographs_are_measured_as_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scan_phoneset, "SIZES", ((800, 600),))
    monkeypatch.setattr(
        scan_phoneset, "MAKERS", {k: scan_phoneset.MAKERS[k] for k in ("nominal", "noncompliant", "curved")}
    )
    count = scan_phoneset.write(tmp_path, each=2, first_seed=3)
    pictures = list(pictures_in(tmp_path))
    assert len(pictures) == count == 6
    assert {p.kind for p in pictures} == {"nominal", "noncompliant", "curved"}
    with Scanner() as scanner:
        beside = {"ours": scan_bench.our_still(scanner), "live": scan_bench.our_live}
        scores = scan_bench.photographs(pictures, beside)
    assert scores["ours"].photographs >= 4
    assert scores["ours"].codes >= scores["live"].photographs >= 3
    assert len(scores["ours"].ms) == 6
    assert "| ours |" in capsys.readouterr().out
