"""The camera thread: frames and codes arrive, troubles are told once, it recovers by itself and ends when told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from inspector.errors import CameraLost, NoCamera, Problem, UnreadablePicture
from inspector.scan.frame import Frame
from inspector.scan.pictures import Image, decode_picture, encode_jpeg
from ui.camera import Camera
from ui.looking import MakeSource

CODE = "92231102MA1B4C4X2Y"


def qr(text: str, scale: int = 6) -> Image:
    """A QR code on a grey page."""
    symbol = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=scale))
    page = np.full((480, 640, 3), 190, np.uint8)
    top, left = (480 - symbol.shape[0]) // 2, (640 - symbol.shape[1]) // 2
    page[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol[..., None]
    return page


class Script:
    """A camera that plays what it is told: a picture for a frame, a problem to raise. The last picture stays."""

    name = "剧本"

    def __init__(self, *steps: Image | Problem, fails_to_open: list[Problem] | None = None) -> None:
        self._steps = list(steps)
        self._openings = fails_to_open or []
        self.opened = 0
        self.closed = 0
        self.has_lamp = False
        self.lamp: list[bool] = []

    def open(self) -> None:
        self.opened += 1
        if self._openings:
            raise self._openings.pop(0)

    def read(self) -> Frame:
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, Problem):
            raise step
        return Frame(step, 0, 0.0)

    def light(self, on: bool) -> bool:
        self.lamp.append(on)
        return self.has_lamp

    def close(self) -> None:
        self.closed += 1


Start = Callable[[Script], Camera]


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Start]:
    made: list[Camera] = []

    def begin(script: Script) -> Camera:
        source: MakeSource = lambda _: script  # noqa: E731
        made.append(Camera(source, pace=0.005, retry=0.02))
        return made[-1]

    yield begin
    for camera in made:
        camera.close()


def test_a_code_is_believed_when_two_frames_agree(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(qr(CODE)))
    shown: list[QImage] = []
    camera.framed.connect(shown.append)
    with qtbot.waitSignal(camera.decoded, timeout=30_000) as decoded:
        camera.start()
    reading = decoded.args[0][0]
    assert reading.data == CODE.encode()
    assert shown[0].size().toTuple() == (640, 480)
    xs = [x for x, _ in reading.corners]
    assert 200 < min(xs) < max(xs) < 440


def test_what_keeps_it_from_reading_is_told(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(np.full((480, 640), 30, np.uint8)))
    with qtbot.waitSignal(camera.hinted, timeout=30_000, check_params_cb=lambda hint: "太暗" in hint):
        camera.start()


def test_a_lost_camera_is_told_once_and_taken_up_again(qtbot: QtBot, start: Start) -> None:
    script = Script(qr(CODE), CameraLost(), qr(CODE))
    camera = start(script)
    told: list[Problem] = []
    camera.failed.connect(told.append)
    works: list[str] = []
    camera.opened.connect(works.append)
    camera.start(reading=False)
    qtbot.waitUntil(lambda: len(works) == 2, timeout=60_000)
    assert [type(p) for p in told] == [CameraLost]


def test_no_camera_is_told_once_however_often_it_is_tried(qtbot: QtBot, start: Start) -> None:
    script = Script(qr(CODE), fails_to_open=[NoCamera() for _ in range(5)])
    camera = start(script)
    told: list[Problem] = []
    camera.failed.connect(told.append)
    with qtbot.waitSignal(camera.opened, timeout=60_000):
        camera.start(reading=False)
    assert script.opened == 6
    assert len(told) == 1


def test_it_is_off_when_nobody_scans(qtbot: QtBot, start: Start) -> None:
    script = Script(qr(CODE))
    camera = start(script)
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        camera.start(reading=False)
    camera.stop()
    qtbot.waitUntil(lambda: script.closed == script.opened == 1)
    assert not camera.on


def test_a_shot_is_a_jpeg_of_the_whole_frame(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(qr(CODE)))
    camera.start(reading=False)
    with qtbot.waitSignal(camera.shot, timeout=60_000) as shot:
        camera.shoot()
    assert decode_picture(shot.args[0]).shape == (480, 640, 3)


def test_turning_turns_picture_and_corners_alike(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(qr(CODE)))
    camera.turn(1)
    sizes: list[tuple[int, int]] = []
    camera.framed.connect(lambda image: sizes.append(image.size().toTuple()))
    with qtbot.waitSignal(camera.decoded, timeout=30_000) as decoded:
        camera.start()
    assert sizes[0] == (480, 640)
    assert min(y for _, y in decoded.args[0][0].corners) > 160


def test_freezing_reads_the_frame_as_a_still(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(qr(CODE)))
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        camera.start()
    with qtbot.waitSignal(camera.decoded, timeout=30_000):
        camera.freeze(True)
    camera.freeze(False)
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        pass


def hidden(text: str) -> Image:
    """A small code, at a quarter of the way into a large frame."""
    page = np.full((720, 1280, 3), 190, np.uint8)
    page[90:570, 0:640] = qr(text, 2)
    return page


def test_a_part_of_the_picture_is_shown_and_read_larger(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(hidden(CODE)))
    sizes: list[tuple[int, int]] = []
    camera.framed.connect(lambda image: sizes.append(image.size().toTuple()))
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        camera.start(reading=False)
    camera.zoom((0.0, 0.0, 0.5, 1.0))
    assert camera.zoomed
    qtbot.waitUntil(lambda: (1280, 1440) in sizes, timeout=60_000)  # half the frame, doubled
    camera.zoom((0.25, 0.25, 0.5, 0.5))  # of what is shown: a quarter of the frame's width
    qtbot.waitUntil(lambda: (640, 720) in sizes, timeout=60_000)
    camera.zoom(None)
    assert not camera.zoomed
    sizes.clear()
    qtbot.waitUntil(lambda: (1280, 720) in sizes, timeout=60_000)


def test_a_code_in_the_part_drawn_around_is_read_there(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(hidden(CODE)))
    camera.start(reading=False)
    camera.zoom((0.1, 0.2, 0.3, 0.6))
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        camera.freeze(True)
    camera.start()
    camera.zoom((0.0, 0.0, 0.5, 1.0))
    with qtbot.waitSignal(camera.decoded, timeout=30_000) as decoded:
        pass
    assert decoded.args[0][0].data == CODE.encode()


def test_another_part_of_the_frozen_picture_is_read_anew(qtbot: QtBot, start: Start) -> None:
    """Two codes, one in each half; the frozen frame does not move, whatever the camera sees since."""
    both = np.full((480, 1280, 3), 190, np.uint8)
    both[:, :640], both[:, 640:] = qr(CODE), qr("WIFI:S:shop;;")
    camera = start(Script(both, both, np.full((480, 1280, 3), 128, np.uint8)))
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        camera.start(reading=False)
    camera.freeze(True)
    read: list[set[bytes]] = []
    camera.decoded.connect(lambda readings: read.append({r.data for r in readings}))
    camera._wishes.want(reading=True)
    camera.zoom((0.0, 0.0, 0.5, 1.0))
    qtbot.waitUntil(lambda: {CODE.encode()} in read, timeout=30_000)
    camera.zoom(None)
    qtbot.waitUntil(lambda: read[-1] == {CODE.encode(), b"WIFI:S:shop;;"}, timeout=30_000)


@pytest.mark.parametrize("has_lamp", [True, False])
def test_a_lamp_is_told_where_there_is_one(qtbot: QtBot, start: Start, has_lamp: bool) -> None:
    script = Script(qr(CODE))
    script.has_lamp = has_lamp
    camera = start(script)
    camera.start(reading=False)
    with qtbot.waitSignal(camera.lit, timeout=60_000) as lit:
        camera.light(True)
    assert lit.args == [has_lamp]
    with qtbot.waitSignal(camera.lit, timeout=60_000) as lit:
        camera.light(False)
    assert lit.args == [False]
    assert script.lamp == [True, False]


class Moments(Script):
    """Plays frames half a second apart."""

    number = 0

    def read(self) -> Frame:
        self.number += 1
        return Frame(super().read().image, self.number, self.number / 2)


def test_freezing_a_blurred_frame_falls_back_on_the_moment_before(qtbot: QtBot, start: Start) -> None:
    """The hand shook just when the officer pressed F: an earlier frame of the same moment is read."""
    shaken = np.full((480, 640, 3), 128, np.uint8)
    camera = start(Moments(qr(CODE), shaken))
    with qtbot.waitSignal(camera.framed):
        camera.start()
    with qtbot.waitSignal(camera.framed):
        pass
    with qtbot.waitSignal(camera.decoded, timeout=60_000) as decoded:
        camera.freeze(True)
    assert decoded.args[0][0].text == CODE


def test_a_picture_file_is_read_without_a_camera(qtbot: QtBot, start: Start) -> None:
    script = Script(qr(CODE))
    camera = start(script)
    with qtbot.waitSignals([camera.framed, camera.decoded], timeout=30_000):
        camera.read_picture(encode_jpeg(qr("WIFI:S:x;;")))
    assert script.opened == 0


def test_a_picture_without_a_code_is_told(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(qr(CODE)))
    with qtbot.waitSignal(camera.nothing, timeout=60_000):
        camera.read_picture(encode_jpeg(np.full((120, 160, 3), 128, np.uint8)))


def test_what_is_no_picture_is_told_in_a_sentence(qtbot: QtBot, start: Start) -> None:
    camera = start(Script(qr(CODE)))
    with qtbot.waitSignal(camera.failed, timeout=60_000) as failed:
        camera.read_picture(b"%PDF-1.7 not a picture")
    assert isinstance(failed.args[0], UnreadablePicture)


def test_closing_while_it_runs_leaves_nothing(qtbot: QtBot, start: Start) -> None:
    script = Script(qr(CODE))
    camera = start(script)
    with qtbot.waitSignal(camera.framed, timeout=60_000):
        camera.start()
    camera.close()
    camera.close()
    assert script.closed == 1


def test_opencv_is_not_imported_with_the_window() -> None:
    import subprocess
    import sys

    root = Path(__file__).parent.parent.parent
    code = "import sys, ui.window, ui.camera, ui.screens.scan; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
