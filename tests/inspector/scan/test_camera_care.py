"""Cameras as they are: silent, hung, black, small, forbidden, plugged in elsewhere. Devices here follow a script."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inspector.errors import CameraBusy, CameraForbidden, CameraLost, CameraStalled, NoCamera
from inspector.scan import cameras, consent, torch
from inspector.scan.cameras import Camera, Patience
from inspector.scan.pictures import Image
from inspector.scan.vigil import DEAD_SECONDS, Vigil

PATIENT = Patience(opening=60, frame=60, closing=0.2)
"""What is no hanging driver must not be taken for one on a slow machine."""


def noise(seed: int, shape: Sequence[int] = (720, 1280, 3)) -> Image:
    return np.random.default_rng(seed).integers(0, 255, shape, np.uint8)


class Scripted:
    """What a driver does: gives pictures, nothing, an error of its own, or hangs until ``free`` is set."""

    def __init__(self, *steps: Any, takes: bool = False) -> None:
        """``takes``: whether it can be set as asked."""
        self._steps, self._takes = list(steps), takes
        self.free, self.released, self.asked = threading.Event(), threading.Event(), list[tuple[int, float]]()

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, Any]:
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, np.ndarray):
            return True, step
        if step == "hang":
            self.free.wait(60)
        if step == "error":
            raise cv2.error("driver")
        return False, None

    def set(self, key: int, value: float) -> bool:
        self.asked.append((key, value))
        return self._takes

    def release(self) -> None:
        self.released.set()


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "PLATFORM", "win32")


@pytest.fixture
def on() -> Iterator[Callable[..., Camera]]:
    """A camera on these devices, one for each time that it is opened; nothing is left behind."""
    made: list[tuple[Camera, list[Scripted]]] = []

    def begin(*devices: Scripted, clock: Callable[[], float] = lambda: 0.0, patience: Patience = PATIENT) -> Camera:
        waiting = list(devices)
        camera = Camera("0", clock=clock, open_device=lambda _: waiting.pop(0), patience=patience)
        made.append((camera, list(devices)))
        return camera

    yield begin
    for camera, devices in made:
        camera.close()
        for device in devices:
            device.free.set()
    for thread in threading.enumerate():
        if thread.name == "camera driver":
            thread.join(10)


@pytest.mark.parametrize("step", [None, "error"])
def test_a_silent_camera_is_busy_and_given_back(on: Callable[..., Camera], step: str | None) -> None:
    device = Scripted(step)
    with pytest.raises(CameraBusy):
        on(device).open()
    assert device.released.is_set()


def test_a_camera_that_hangs_while_it_opens_is_left_and_released_later(on: Callable[..., Camera]) -> None:
    device = Scripted("hang")
    with pytest.raises(CameraStalled):
        on(device, patience=replace(PATIENT, opening=0.2)).open()
    assert not device.released.is_set()
    device.free.set()
    assert device.released.wait(10)


def test_a_camera_whose_pictures_stop_is_told_and_opens_anew(on: Callable[..., Camera]) -> None:
    hung, well = Scripted(noise(1), "hang"), Scripted(noise(2))
    camera = on(hung, well, patience=replace(PATIENT, frame=0.2))
    camera.open()
    assert camera.read() is not None
    with pytest.raises(CameraStalled):
        camera.read()
    assert camera.read() is None
    camera.open()
    frame = camera.read()
    assert frame is not None
    assert frame.number == 0
    hung.free.set()
    assert hung.released.wait(10)


def test_pulled_out_it_is_lost(on: Callable[..., Camera]) -> None:
    device = Scripted(noise(1), None)
    camera = on(device)
    camera.open()
    camera.read()
    with pytest.raises(CameraLost):
        camera.read()
    assert device.released.wait(10)


def test_a_camera_that_is_large_only_uncompressed_is_asked_again(on: Callable[..., Camera]) -> None:
    device = Scripted(noise(1, (480, 640, 3)), noise(2), takes=True)
    camera = on(device)
    camera.open()
    frame = camera.read()
    assert frame is not None
    assert frame.image.shape == (720, 1280, 3)
    forms = [value for key, value in device.asked if key == cv2.CAP_PROP_FOURCC]
    assert forms == [cv2.VideoWriter.fourcc(*"MJPG"), cv2.VideoWriter.fourcc(*"YUYV")]


def test_a_small_camera_is_used_as_it_is(on: Callable[..., Camera]) -> None:
    device = Scripted(noise(1, (240, 320, 3)), takes=True)
    camera = on(device)
    camera.open()
    frame = camera.read()
    assert frame is not None
    assert frame.image.shape == (240, 320, 3)
    forms = [value for key, value in device.asked if key == cv2.CAP_PROP_FOURCC]
    assert forms[-1] == cv2.VideoWriter.fourcc(*"MJPG")  # the quicker of two that are equally small


@pytest.mark.parametrize(
    ("shape", "kind", "seen"),
    [
        ((48, 64), np.uint8, (48, 64)),
        ((48, 64, 1), np.uint8, (48, 64)),
        ((48, 64, 2), np.uint8, (48, 64, 3)),
        ((48, 64, 4), np.uint8, (48, 64, 3)),
        ((48, 64), np.uint16, (48, 64)),
    ],
)
def test_whatever_the_driver_sends_is_a_picture_of_eight_bits(
    on: Callable[..., Camera], shape: tuple[int, ...], kind: Any, seen: tuple[int, ...]
) -> None:
    camera = on(Scripted(np.full(shape, 7, kind)))
    camera.open()
    frame = camera.read()
    assert frame is not None
    assert frame.image.shape == seen
    assert frame.image.dtype == np.uint8


@pytest.mark.parametrize("image", [np.zeros((0, 0, 3), np.uint8), np.zeros((4, 4), np.float32), np.zeros((4, 4, 7))])
def test_what_is_no_picture_is_none(on: Callable[..., Camera], image: Any) -> None:
    with pytest.raises(CameraBusy):
        on(Scripted(image)).open()


def test_the_size_may_change_while_it_runs(on: Callable[..., Camera]) -> None:
    shapes = [(720, 1280, 3), (480, 640, 3), (1080, 1920, 3), (720, 1280)]
    camera = on(Scripted(*[noise(i, shape) for i, shape in enumerate(shapes)]))
    camera.open()
    assert [frame.image.shape for _ in shapes if (frame := camera.read())] == shapes


@pytest.mark.parametrize("dead", [np.zeros((720, 1280, 3), np.uint8), noise(5)], ids=["black", "the same"])
def test_dead_pictures_open_it_anew_once(on: Callable[..., Camera], dead: Image) -> None:
    seconds = iter(range(100))
    first, second = Scripted(dead), Scripted(dead, dead, dead, dead, dead, dead, dead, noise(1))
    camera = on(first, second, clock=lambda: float(next(seconds)))
    camera.open()
    for _ in range(14):
        assert camera.read() is not None
    assert first.released.wait(10)
    assert not second.released.is_set()


def test_the_vigil_begins_again_when_the_picture_lives() -> None:
    vigil, black = Vigil(), np.zeros((48, 64), np.uint8)
    given_up = []
    for at in range(40):
        image = noise(at, (48, 64)) if at % 20 == 0 else black
        given_up.append(vigil.given_up(image, float(at)))
    assert [at for at, gone in enumerate(given_up) if gone] == [1 + DEAD_SECONDS, 21 + DEAD_SECONDS]


def test_windows_settings_forbid_it(on: Callable[..., Camera], monkeypatch: pytest.MonkeyPatch) -> None:
    for key in consent.KEYS:
        assert consent.camera_refused({key: "Deny"}.get)
    assert not consent.camera_refused({key: "Allow" for key in consent.KEYS}.get)
    assert not consent.camera_refused({}.get)
    monkeypatch.setattr(cameras, "camera_refused", lambda: True)
    with pytest.raises(CameraForbidden) as problem:
        on(Scripted(noise(1))).open()
    assert "隐私" in problem.value.advice


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux machine's device files under a folder of the test: one camera with a lasting name."""
    monkeypatch.setattr(cameras, "PLATFORM", "linux")
    for name in ("_V4L", "_BY_ID"):
        monkeypatch.setattr(cameras, name, tmp_path / name)
        (tmp_path / name).mkdir()
    node = tmp_path / "_V4L" / "video2"
    node.mkdir()
    (node / "index").write_text("0\n")
    (node / "name").write_text("USB\n")
    (tmp_path / "_BY_ID" / "usb-Maker_Camera-video-index0").symlink_to("/dev/video2")
    return tmp_path


def test_a_camera_is_remembered_by_the_name_it_keeps(plugged: Path) -> None:
    lasting = plugged / "_BY_ID" / "usb-Maker_Camera-video-index0"
    assert [info.id for info in cameras.list_cameras()] == [str(lasting)]


def test_the_first_other_camera_takes_the_place_of_one_that_is_not_there(
    plugged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = plugged / "there"
    there.touch()
    lasting = plugged / "_BY_ID" / "usb-Maker_Camera-video-index0"
    monkeypatch.setattr(cameras.os, "access", lambda *_: True)
    opened: list[str] = []

    def device(name: str) -> Scripted:
        opened.append(name)
        return Scripted(noise(1))

    for wanted in ("/dev/nowhere", "", str(there)):
        camera = Camera(wanted, open_device=device, patience=PATIENT)
        camera.open()
        camera.close()
    assert opened == [str(lasting), str(lasting), str(there)]


def test_without_any_camera_there_is_none(plugged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "_V4L", plugged / "empty")
    with pytest.raises(NoCamera):
        Camera().open()


class Kernel:
    """What the kernel answers about the control of a lamp."""

    def __init__(self, highest: int | None) -> None:
        self._highest = highest
        self.set: list[tuple[int, int]] = []

    def __call__(self, file: int, request: int, data: bytes) -> bytes:
        if self._highest is None:
            raise OSError("no such control")
        if request == torch.SET_CONTROL:
            self.set.append(torch._CONTROL.unpack(data))
            return data
        assert request == torch.QUERY_CONTROL
        return torch._QUERY.pack(torch.FLASH_LED_MODE, 3, b"LED Mode", 0, self._highest, 1, 0, 0)


def test_a_lamp_is_switched_where_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.touch()
    kernel = Kernel(torch.MODE_TORCH)
    assert torch.light(str(path), True, kernel)
    assert torch.light(str(path), False, kernel)
    assert kernel.set == [(torch.FLASH_LED_MODE, 2), (torch.FLASH_LED_MODE, 0)]
    assert not torch.light(str(path), True, Kernel(1))  # flashes, but does not stay on
    assert not torch.light(str(path), True, Kernel(None))
    assert not torch.light(str(path), True)  # a real ioctl on what is no camera
    assert not torch.light(str(tmp_path / "none"), True)


def test_the_requests_are_those_of_the_kernels_headers() -> None:
    assert torch.QUERY_CONTROL == 0xC0445624  # VIDIOC_QUERYCTRL
    assert torch.SET_CONTROL == 0xC008561C  # VIDIOC_S_CTRL
