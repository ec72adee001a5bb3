"""One picture on its way from a source to the scanner."""

from dataclasses import dataclass

from inspector.scan.pictures import Image


@dataclass(frozen=True, slots=True)
class Frame:
    """``image`` is gray or blue-green-red; ``number`` counts from 0 since the source was opened.

    ``at`` is in seconds on the source's steady clock: only differences mean anything.
    """

    image: Image
    number: int
    at: float
