"""What the demonstration's webcam sees: a specimen licence on a wall, taken as a webcam takes it."""

from dataclasses import replace
from pathlib import Path

from central.demo.look import Specimen
from inspector.papers.specimen import licence_png
from inspector.scan.frames import Pictures
from inspector.scan.pictures import Image, decode_picture, encode_jpeg
from inspector.scan.webcam import Conditions, clip, degrade

CONDITIONS = Conditions(share=0.98, tilt=7, pan=6, turn=2.5, defocus=0.7, light=0.62, shadow=0.25, noise=5, jpeg=75)
"""An indoor shot at arm's length: perspective, a little blur, noise and shadow."""
HAND_HELD = replace(CONDITIONS, light=0.45, noise=6, motion=1.0, tilt=4, pan=3)
FRAMES = 12
PPI = 180


def webcam_picture(specimen: Specimen, seed: int) -> bytes:
    """A JPEG of 1280×720: generated, and readable only by really reading it."""
    return encode_jpeg(degrade(_page(specimen), CONDITIONS, seed), 90)


def webcam_clip(specimen: Specimen, folder: Path, seed: int) -> Path:
    """A hand-held second of the same in poor light, as pictures in ``folder``."""
    folder.mkdir(exist_ok=True)
    for number, frame in enumerate(clip(_page(specimen), FRAMES, HAND_HELD, seed)):
        (folder / f"{number:02}.jpg").write_bytes(encode_jpeg(frame, 90))
    return folder


def _page(specimen: Specimen) -> Image:
    return decode_picture(licence_png(specimen.entity, specimen.code_text, PPI))


class Wall:
    """A camera before which pictures can be changed."""

    def __init__(self, picture: Path) -> None:
        self.picture = picture

    def source(self, _camera: str) -> Pictures:
        """For ``ui.camera``: shows the picture that hangs there when the camera is opened, for ever."""
        return Pictures([self.picture], repeat=0)
