"""Whether Windows lets desktop programs use the camera: it gives black frames or none to those it forbids.

The user's choice under Settings → Privacy → Camera is kept in the registry; without an entry nothing is forbidden.
"""

import sys
from collections.abc import Callable

_STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
KEYS = (_STORE, _STORE + r"\NonPackaged")
"""For all programs, and for those that are no app of the store."""


def _value(key: str) -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            return str(winreg.QueryValueEx(opened, "Value")[0])
    except OSError:
        return None


def camera_refused(value: Callable[[str], str | None] = _value) -> bool:
    return any(value(key) == "Deny" for key in KEYS)
