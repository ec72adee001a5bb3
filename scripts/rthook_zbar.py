"""Run time hook of the packaged program on Linux: ZBar is taken from the program's folder, not looked for."""

import ctypes.util
import os
import sys

_BUNDLED = os.path.join(getattr(sys, "_MEIPASS", ""), "libzbar.so.0")
_find = ctypes.util.find_library


def _find_library(name: str) -> str | None:
    return _BUNDLED if name == "zbar" and os.path.exists(_BUNDLED) else _find(name)


ctypes.util.find_library = _find_library
