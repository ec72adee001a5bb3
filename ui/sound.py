"""One soft cue for each colour of a verdict, so that the officer need not look. Silent where there is no sound."""

import io
import math
import shutil
import struct
import sys
import wave
from pathlib import Path

from PySide6.QtCore import QProcess, QTemporaryDir

from inspector.verdict import Colour

RATE = 16_000
VOLUME = 0.28
_NOTES = {
    Colour.PASS: ((784, 0.09), (1047, 0.16)),
    Colour.ATTENTION: ((659, 0.12), (0, 0.05), (659, 0.12)),
    Colour.FAIL: ((392, 0.16), (262, 0.28)),
    Colour.UNKNOWN: ((523, 0.12), (494, 0.12), (523, 0.12)),
}
"""Hertz and seconds; 0 is a rest. Rising is good, falling is bad, repeated asks to look."""
_PLAYERS = ("paplay", "pw-play", "aplay")


def cue(colour: Colour) -> bytes:
    """The cue as a WAV file."""
    samples: list[int] = []
    for hertz, seconds in _NOTES[colour]:
        count = round(seconds * RATE)
        for i in range(count):
            fade = min(1.0, i / 160, (count - i) / 960)
            samples.append(round(32767 * VOLUME * fade * math.sin(2 * math.pi * hertz * i / RATE)))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


class Sound:
    """Plays cues without waiting for them."""

    def __init__(self, on: bool = True) -> None:
        self.on = on
        self._folder = QTemporaryDir()
        self._player = next(filter(None, map(shutil.which, _PLAYERS)), None)

    def play(self, colour: Colour) -> None:
        """Does nothing when muted, or where nothing can play it."""
        if not self.on or not self._folder.isValid():
            return
        path = Path(self._folder.filePath(f"{colour.value}.wav"))
        if not path.exists():
            path.write_bytes(cue(colour))
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
        elif self._player:
            QProcess.startDetached(self._player, [str(path)])
