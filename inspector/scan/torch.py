"""The lamp of a camera that has one, through the controls of Video4Linux (Linux).

``V4L2_CID_FLASH_LED_MODE`` of the kernel's user interface (linux/v4l2-controls.h); webcams without a lamp do not know
it. Elsewhere OpenCV gives no way to a lamp: the screen's white takes its place.
"""

import os
import struct
import sys
from collections.abc import Callable

FLASH_LED_MODE = 0x009C0901
MODE_NONE, MODE_TORCH = 0, 2
_QUERY = struct.Struct("=II32siiiiI8x")  # struct v4l2_queryctrl
_CONTROL = struct.Struct("=Ii")  # struct v4l2_control
DISABLED = 0x0001


def _both_ways(number: int, size: int) -> int:
    """``_IOWR('V', number, …)`` of linux/ioctl.h."""
    return 3 << 30 | size << 16 | ord("V") << 8 | number


QUERY_CONTROL = _both_ways(36, _QUERY.size)
SET_CONTROL = _both_ways(28, _CONTROL.size)

Ioctl = Callable[[int, int, bytes], bytes]


def _ioctl(file: int, request: int, data: bytes) -> bytes:
    if sys.platform != "linux":
        raise OSError("no Video4Linux here")
    import fcntl

    return fcntl.ioctl(file, request, data)


def light(path: str, on: bool, ioctl: Ioctl = _ioctl) -> bool:
    """Switch the lamp of the camera at ``path``; False when it has none."""
    try:
        file = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        answer = _QUERY.unpack(ioctl(file, QUERY_CONTROL, _QUERY.pack(FLASH_LED_MODE, 0, b"", 0, 0, 0, 0, 0)))
        highest, flags = answer[4], answer[7]
        if highest < MODE_TORCH or flags & DISABLED:
            return False
        ioctl(file, SET_CONTROL, _CONTROL.pack(FLASH_LED_MODE, MODE_TORCH if on else MODE_NONE))
    except OSError:
        return False
    finally:
        os.close(file)
    return True
