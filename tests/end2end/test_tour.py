"""The whole day in the real windows, with the real service: the same tour that ``make run`` shows."""

from pathlib import Path

import pytest

from demo.tour.run import run


@pytest.mark.timeout(900)
def test_a_whole_day(tmp_path: Path) -> None:
    said: list[str] = []
    assert run(tmp_path / "tour", None, said.append, entities=1500) == 0, "\n".join(said[-20:])
    left = {path.suffix for path in (tmp_path / "tour").iterdir()}
    assert {".png", ".pdf"} <= left


@pytest.mark.timeout(900)
def test_a_day_without_a_readable_picture_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tour must be able to fail: a picture without a code ends it with a non-zero code and a reason."""
    monkeypatch.setattr("demo.tour.stage.PATIENCE", 5.0)
    monkeypatch.setattr("demo.tour.run.webcam_picture", lambda specimen, seed: _gray())
    said: list[str] = []
    assert run(tmp_path / "tour", None, said.append, entities=1500) == 1
    assert said[-1].startswith("✗")
    assert (tmp_path / "tour").exists()


def _gray() -> bytes:
    import numpy as np

    from inspector.scan.pictures import encode_jpeg

    noise = np.random.default_rng(1).integers(60, 190, (720, 1280), dtype=np.uint8)
    return encode_jpeg(noise)
