"""What every source of frames promises, shown by each of them; and the troubles of cameras."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.errors import CameraBusy, CameraForbidden, CameraLost, NoCamera, ScanProblem, UnreadablePicture
from inspector.scan import cameras
from inspector.scan.frames import Camera, Frame, FrameSource, Pictures, Still, VideoFile, list_cameras

Make = Callable[[Path], FrameSource]


def tick() -> float:
    return 7.0


def film(folder: Path, frames: int = 4) -> Path:
    path = folder / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for i in range(frames):
        writer.write(np.full((48, 64, 3), 40 * i, np.uint8))
    writer.release()
    return path


def folder_of_pictures(folder: Path) -> Path:
    for i in range(4):
        cv2.imwrite(str(folder / f"{i}.png"), np.full((48, 64, 3), 40 * i, np.uint8))
    (folder / "notes.txt").write_text("no picture")
    return folder


def camera_on_film(folder: Path) -> Camera:
    """OpenCV's own capture with a film for a webcam: what happens at the film's end is what unplugging does."""
    return Camera("9", clock=tick, open_device=lambda _: cv2.VideoCapture(str(film(folder))))


SOURCES: dict[str, Make] = {
    "video": lambda folder: VideoFile(film(folder), tick),
    "pictures": lambda folder: Pictures(folder_of_pictures(folder), clock=tick),
    "camera": camera_on_film,
    "still": lambda folder: Still(np.zeros((48, 64, 3), np.uint8), clock=tick),
}


def first_frame(source: FrameSource) -> Frame | None:
    source.open()
    return source.read()


@pytest.fixture(autouse=True)
def no_device_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "PLATFORM", "win32")


@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
def test_frames_are_counted_and_timed(make: Make, tmp_path: Path) -> None:
    source = make(tmp_path)
    assert source.name
    source.open()
    for number in range(4):
        frame = source.read()
        assert frame is not None
        assert (frame.number, frame.at) == (number, 7.0)
        assert frame.image.shape == (48, 64, 3)
        assert frame.image.dtype == np.uint8
    source.close()


@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
def test_closed_sources_give_nothing_and_open_again(make: Make, tmp_path: Path) -> None:
    source = make(tmp_path)
    assert source.read() is None
    source.close()
    for _ in range(2):
        source.open()
        first = source.read()
        assert first is not None
        assert first.number == 0
        source.close()
        source.close()
        assert source.read() is None


@pytest.mark.parametrize("name", ["video", "pictures"])
def test_files_end(name: str, tmp_path: Path) -> None:
    source = SOURCES[name](tmp_path)
    source.open()
    assert [source.read() is not None for _ in range(6)] == [True] * 4 + [False] * 2
    source.close()


def test_a_camera_that_ends_is_lost_and_opens_again(tmp_path: Path) -> None:
    camera = camera_on_film(tmp_path)
    camera.open()
    for _ in range(4):
        camera.read()
    with pytest.raises(CameraLost):
        camera.read()
    assert camera.read() is None
    camera.open()
    assert camera.read() is not None
    camera.close()


def test_no_camera(tmp_path: Path) -> None:
    with pytest.raises(NoCamera):
        Camera("9", open_device=lambda _: cv2.VideoCapture(str(tmp_path / "none.avi"))).open()


def test_a_camera_without_pictures_is_busy(tmp_path: Path) -> None:
    """Another program holds it: it opens, but gives no frame."""
    with pytest.raises(CameraBusy):
        Camera("9", open_device=lambda _: cv2.VideoCapture(str(film(tmp_path, 0)))).open()


def test_linux_names_cameras_without_opening_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "PLATFORM", "linux")
    monkeypatch.setattr(cameras, "_V4L", tmp_path)
    for node, index, name in (("video10", "0", "USB"), ("video2", "0", "Integrated"), ("video3", "1", "Integrated")):
        (tmp_path / node).mkdir()
        (tmp_path / node / "index").write_text(index + "\n")
        (tmp_path / node / "name").write_text(name + "\n")
    (tmp_path / "video4").mkdir()
    assert [(c.id, c.name) for c in list_cameras()] == [("/dev/video2", "Integrated"), ("/dev/video10", "USB")]


def test_a_missing_device_file_is_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "PLATFORM", "linux")
    monkeypatch.setattr(cameras, "_V4L", Path("/nowhere"))
    with pytest.raises(NoCamera):
        Camera("/dev/video4095").open()


def test_a_forbidden_device_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "PLATFORM", "linux")
    monkeypatch.setattr(cameras.os.path, "exists", lambda _: True)
    monkeypatch.setattr(cameras.os, "access", lambda *_: False)
    with pytest.raises(CameraForbidden) as problem:
        Camera("/dev/video0").open()
    assert "权限" in problem.value.sentence


def test_elsewhere_cameras_are_tried_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = film(tmp_path)
    monkeypatch.setattr(
        cameras, "_system_device", lambda n: cv2.VideoCapture(str(path if int(n) < 2 else tmp_path / "none.avi"))
    )
    assert [c.id for c in list_cameras()] == ["0", "1"]


@pytest.mark.parametrize(
    "source",
    [VideoFile("none.avi"), Pictures("none.png"), Pictures([])],
    ids=["no film", "no picture", "nothing"],
)
def test_missing_files_are_problems(source: FrameSource) -> None:
    with pytest.raises(ScanProblem):
        first_frame(source)


def test_a_film_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "film.avi").write_bytes(b"no film")
    with pytest.raises(UnreadablePicture):
        VideoFile(tmp_path / "film.avi").open()


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePicture):
        Pictures(tmp_path).open()


def test_pictures_repeat(tmp_path: Path) -> None:
    folder_of_pictures(tmp_path)
    twice = Pictures(tmp_path, repeat=2)
    twice.open()
    shades = [int(frame.image[0, 0, 0]) for _ in range(8) if (frame := twice.read())]
    assert shades == [0, 0, 40, 40, 80, 80, 120, 120]
    endless = Pictures(tmp_path, repeat=0)
    endless.open()
    assert all(endless.read() is not None for _ in range(9))
