"""Webcams, with the troubles an officer can do something about: none, forbidden, taken, unplugged, hung."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from inspector.errors import CameraBusy, CameraForbidden, CameraLost, CameraStalled, NoCamera, ScanProblem
from inspector.scan import torch
from inspector.scan.consent import camera_refused
from inspector.scan.frame import Frame
from inspector.scan.patience import Errand
from inspector.scan.pictures import Image
from inspector.scan.vigil import Vigil

FIRST_FRAME_TRIES = 10
"""Many webcams answer the first reads with nothing while their sensor starts."""
LOST_AFTER = 5
"""Reads in a row without a frame before a camera counts as gone."""
LOOK_AT_INDEXES = 6
"""Windows names its cameras 0, 1, 2 …; nobody has more than a few."""

PLATFORM = sys.platform
_V4L = Path("/sys/class/video4linux")
_BY_ID = Path("/dev/v4l/by-id")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a driver gets: to open (Windows takes many), for a frame, and to let go."""

    opening: float = 12.0
    frame: float = 3.0
    closing: float = 1.0


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """``id`` opens it again (remember this one); ``name`` is for the list on screen."""

    id: str
    name: str


class Device(Protocol):
    """What is used of OpenCV's VideoCapture."""

    def isOpened(self) -> bool: ...
    def read(self) -> tuple[bool, Image]: ...
    def set(self, key: int, value: float) -> bool: ...
    def release(self) -> None: ...


def _system_device(camera: str) -> Device:
    if PLATFORM == "win32":
        for backend in (cv2.CAP_MSMF, cv2.CAP_DSHOW):
            device: Device = cv2.VideoCapture(int(camera), backend)
            if device.isOpened():
                return device
            device.release()
        return device
    if PLATFORM == "linux":
        return cv2.VideoCapture(camera, cv2.CAP_V4L2)
    return cv2.VideoCapture(int(camera))


def list_cameras() -> list[CameraInfo]:
    """Cameras that are plugged in now, in the system's order.

    Linux tells their names without opening them. Elsewhere they are tried one after the other, which
    lights their lamps for a moment: call it when the user opens the list, not in a loop.
    """
    if PLATFORM == "linux":
        return [info for node in sorted(_V4L.glob("video*"), key=_node_number) if (info := _linux_camera(node))]
    found = []
    for index in range(LOOK_AT_INDEXES):
        device = _system_device(str(index))
        there = device.isOpened()
        device.release()
        if not there:
            break
        found.append(CameraInfo(str(index), f"摄像头 {index + 1}"))
    return found


def _node_number(node: Path) -> int:
    digits = node.name.removeprefix("video")
    return int(digits) if digits.isdigit() else 0


def _linux_camera(node: Path) -> CameraInfo | None:
    """A webcam shows several nodes; only those with index 0 give pictures (the others carry metadata)."""
    try:
        if (node / "index").read_text().strip() != "0":
            return None
        name = (node / "name").read_text(errors="replace").strip()
    except OSError:
        return None
    return CameraInfo(_lasting(f"/dev/{node.name}"), name or node.name)


def _lasting(device: str) -> str:
    """The name that a camera keeps when it is plugged in again elsewhere; its number changes."""
    links = sorted(_BY_ID.glob("*-video-index0")) if _BY_ID.is_dir() else []
    return next((str(link) for link in links if os.path.realpath(link) == device), device)


class Camera:
    """A webcam at ``width`` × ``height`` or the nearest it has. ``camera`` is a CameraInfo id; empty: the first.

    Its driver is called by a thread of its own, because a hung one never comes back.
    """

    def __init__(
        self,
        camera: str = "",
        width: int = 1280,
        height: int = 720,
        clock: Callable[[], float] = time.monotonic,
        open_device: Callable[[str], Device] = _system_device,
        patience: Patience = Patience(),
    ) -> None:
        self._wanted = camera
        self._id = camera
        self._size = (width, height)
        self._clock = clock
        self._open_device = open_device
        self._patience = patience
        self._driver: Errand | None = None
        self._device: Device | None = None
        self._vigil = Vigil()
        self._first: Image | None = None
        self._number = 0

    @property
    def name(self) -> str:
        return self._id or "摄像头"

    def open(self) -> None:
        """Raises NoCamera (none), CameraForbidden, CameraBusy (there, but gives no picture), CameraStalled."""
        self._vigil, self._number = Vigil(), 0
        self._take()

    def _take(self) -> None:
        self.close()
        self._id = self._present()
        self._driver = Errand()
        try:
            self._device, self._first = self._driver.call(self._start, self._patience.opening)
        except TimeoutError:
            self.close()
            raise CameraStalled() from None
        except ScanProblem:
            self.close()
            raise

    def _present(self) -> str:
        """The camera wanted; the first other one when it is not plugged in: the officer scans with what is there."""
        if PLATFORM != "linux":
            if camera_refused():
                raise CameraForbidden()
            return self._wanted or "0"
        wanted = self._wanted
        if not os.path.exists(wanted):
            wanted = next((info.id for info in list_cameras()), "")
        if not wanted:
            raise NoCamera()
        if not os.access(wanted, os.R_OK | os.W_OK):
            raise CameraForbidden("没有使用摄像头的权限。", "请让管理员把您加入 video 用户组，或直接输入代码。")
        return wanted

    def _start(self) -> tuple[Device, Image]:
        device = self._open_device(self._id)
        try:
            if not device.isOpened():
                raise CameraBusy() if self._id.startswith("/dev/") else NoCamera()
            image = self._best_first(device)
            if image is None:
                raise CameraBusy()
        except BaseException:
            device.release()
            raise
        return device, image

    def _best_first(self, device: Device) -> Image | None:
        """Compressed frames: uncompressed 1280 × 720 gives only 10 frames a second over USB 2.

        Some cameras are large only uncompressed; a small one is asked for that once.
        """
        self._ask(device, "MJPG")
        image = _try(device, FIRST_FRAME_TRIES)
        if image is None or image.shape[1] >= self._size[0] or not self._ask(device, "YUYV"):
            return image
        larger = _try(device, FIRST_FRAME_TRIES)
        if larger is not None and larger.shape[1] > image.shape[1]:
            return larger
        self._ask(device, "MJPG")
        return image

    def _ask(self, device: Device, form: str) -> bool:
        taken = device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*form))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return taken

    def read(self) -> Frame | None:
        """The next frame; None when closed. Raises CameraLost when it was unplugged, CameraStalled when it hangs."""
        if (device := self._device) is None or self._driver is None:
            return None
        image, self._first = self._first, None
        if image is None:
            try:
                image = self._driver.call(lambda: _try(device, LOST_AFTER), self._patience.frame)
            except TimeoutError:
                self.close()
                raise CameraStalled() from None
        if image is None:
            self.close()
            raise CameraLost()
        now = self._clock()
        if self._vigil.given_up(image, now):
            self._take()
        frame = Frame(image, self._number, now)
        self._number += 1
        return frame

    def light(self, on: bool) -> bool:
        """Switch the camera's own lamp; False when it has none."""
        return self._device is not None and torch.light(self._id, on)

    def close(self) -> None:
        driver, device = self._driver, self._device
        self._driver, self._device, self._first = None, None, None
        if driver is not None:
            driver.end(device.release if device is not None else _nothing, self._patience.closing)


def _nothing() -> None:
    """There is no device to give back."""


def _try(device: Device, tries: int) -> Image | None:
    for _ in range(tries):
        try:
            there, image = device.read()
        except cv2.error:
            continue
        if there and (picture := _usable(image)) is not None:
            return picture
    return None


def _usable(image: Image | None) -> Image | None:
    """The picture as eight bits, gray or blue-green-red, whatever the driver sent; None when there is none in it."""
    if image is None or not image.size or image.ndim not in (2, 3):
        return None
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.dtype != np.uint8:
        return None
    if image.ndim == 2:
        return image
    channels = image.shape[2]
    if channels == 2:
        return cv2.cvtColor(image, cv2.COLOR_YUV2BGR_YUYV)
    return {1: image[:, :, 0], 3: image, 4: image[:, :, :3]}.get(channels)
