"""Webcams, with the three troubles an officer can do something about: none, taken, unplugged."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2

from inspector.errors import CameraBusy, CameraLost, NoCamera
from inspector.scan.frame import Frame
from inspector.scan.pictures import Image

FIRST_FRAME_TRIES = 10
"""Many webcams answer the first reads with nothing while their sensor starts."""
LOST_AFTER = 5
"""Reads in a row without a frame before a camera counts as gone."""
LOOK_AT_INDEXES = 6
"""Windows names its cameras 0, 1, 2 …; nobody has more than a few."""

_V4L = Path("/sys/class/video4linux")


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
    if sys.platform == "win32":
        for backend in (cv2.CAP_MSMF, cv2.CAP_DSHOW):
            device: Device = cv2.VideoCapture(int(camera), backend)
            if device.isOpened():
                return device
            device.release()
        return device
    if sys.platform == "linux":
        return cv2.VideoCapture(camera, cv2.CAP_V4L2)
    return cv2.VideoCapture(int(camera))


def list_cameras() -> list[CameraInfo]:
    """Cameras that are plugged in now, in the system's order.

    Linux tells their names without opening them. Elsewhere they are tried one after the other, which
    lights their lamps for a moment: call it when the user opens the list, not in a loop.
    """
    if sys.platform == "linux":
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
    return CameraInfo(f"/dev/{node.name}", name or node.name)


class Camera:
    """A webcam at ``width`` × ``height`` or the nearest it has. ``camera`` is a CameraInfo id or an index."""

    def __init__(
        self,
        camera: int | str = 0,
        width: int = 1280,
        height: int = 720,
        clock: Callable[[], float] = time.monotonic,
        open_device: Callable[[str], Device] = _system_device,
    ) -> None:
        linux_index = sys.platform == "linux" and str(camera).isdigit()
        self._id = f"/dev/video{camera}" if linux_index else str(camera)
        self._size = (width, height)
        self._clock = clock
        self._open_device = open_device
        self._device: Device | None = None
        self._first: Image | None = None
        self._number = 0

    @property
    def name(self) -> str:
        return self._id

    def open(self) -> None:
        """Raises NoCamera (none, or no permission) and CameraBusy (there, but gives no picture)."""
        self.close()
        if self._id.startswith("/dev/"):
            if not os.path.exists(self._id):
                raise NoCamera()
            if not os.access(self._id, os.R_OK | os.W_OK):
                raise NoCamera("没有使用摄像头的权限。", "请让管理员把您加入 video 用户组，或直接输入代码。")
        device = self._open_device(self._id)
        if not device.isOpened():
            device.release()
            raise CameraBusy() if self._id.startswith("/dev/") else NoCamera()
        # Compressed frames: uncompressed 1280 × 720 gives only 10 frames a second over USB 2.
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._first = self._try(device, FIRST_FRAME_TRIES)
        if self._first is None:
            device.release()
            raise CameraBusy()
        self._device, self._number = device, 0

    def read(self) -> Frame | None:
        """The next frame; None when closed. Raises CameraLost when it was unplugged."""
        if self._device is None:
            return None
        image, self._first = self._first, None
        if image is None:
            image = self._try(self._device, LOST_AFTER)
        if image is None:
            self.close()
            raise CameraLost()
        frame = Frame(image, self._number, self._clock())
        self._number += 1
        return frame

    def close(self) -> None:
        device, self._device, self._first = self._device, None, None
        if device is not None:
            device.release()

    @staticmethod
    def _try(device: Device, tries: int) -> Image | None:
        for _ in range(tries):
            try:
                there, image = device.read()
            except cv2.error:
                there, image = False, None
            if there and image is not None and image.size:
                return image
        return None
