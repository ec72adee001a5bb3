"""What the demonstration's webcam sees: a specimen licence on a wall, taken as a webcam takes it."""

from pathlib import Path

from central.demo.look import Specimen
from inspector.papers.specimen import licence_png
from inspector.scan.frames import Pictures
from inspector.scan.pictures import decode_picture, encode_jpeg
from inspector.scan.webcam import Conditions, degrade

CONDITIONS = Conditions(share=0.98, tilt=7, pan=6, turn=2.5, defocus=0.7, light=0.62, shadow=0.25, noise=5, jpeg=75)
"""An indoor shot at arm's length: perspective, a little blur, noise and shadow."""
PPI = 180


def webcam_picture(specimen: Specimen, seed: int) -> bytes:
    """A JPEG of 1280×720: generated, and readable only by really reading it."""
    page = decode_picture(licence_png(specimen.entity, specimen.code_text, PPI))
    return encode_jpeg(degrade(page, CONDITIONS, seed), 90)


class Wall:
    """A camera before which pictures can be changed."""

    def __init__(self, picture: Path) -> None:
        self.picture = picture

    def source(self, _camera: str) -> Pictures:
        """For ``ui.camera``: shows the picture that hangs there when the camera is opened, for ever."""
        return Pictures([self.picture], repeat=0)
