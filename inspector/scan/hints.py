"""Why nothing is read yet, as one short sentence that tells the officer what to do.

Judged on a thumbnail, so that it costs a tenth of a millisecond a frame.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from inspector.scan.pictures import Image
from inspector.scan.zxing import Quad
from inspector.terms import Term


class Hint(Term):
    """What hinders reading, with the sentence for the screen."""

    COVERED = "covered", "画面全黑：请打开镜头盖或摄像头开关"
    DARK = "dark", "光线太暗：请开灯，或让屏幕照亮二维码"
    FOGGED = "fogged", "画面发白、模糊：请擦净镜头上的雾或霜"
    GLARE = "glare", "有反光：请倾斜一下证照，避开灯光"
    FAR = "far", "太远：请再靠近一些"
    CLOSE = "close", "太近：请拿远一些，让整个二维码进入画面"
    MOVING = "moving", "在移动：请拿稳一秒钟"
    BLURRED = "blurred", "没有对准焦：请前后移动一点"
    COARSE = "coarse", "摄像头分辨率太低：请把二维码放到最近，或换用其他摄像头"


THUMB = (160, 90)
BLACK_LEVEL = 12
"""Brightest spot of a thumbnail behind a closed shutter; a dim room still has brighter ones."""
DARK_LEVEL = 45
"""Mean gray below which webcams show more noise than code."""
FOG_CONTRAST = 14
"""Spread of gray (standard deviation) below which ink no longer stands off paper."""
GLARE_SHARE = 0.004
"""Share of burnt-out pixels on a picture that is not bright as a whole."""
MOVING_CHANGE = 9.0
"""Mean gray change between frames; sensor noise alone changes a thumbnail by less than 3."""
FAR_SHARE = 0.08
"""A symbol of 250 bytes (version 11, 61 modules) this much of the width of 1280 px has 1.7 px a module."""
CLOSE_SHARE = 0.95
COARSE_SIDE = 640
"""Pixels of the longer side below which only codes that fill the picture can be read."""
MODULES = 35
"""Of a middling symbol (version 4 or 5); an edge as wide as a module cannot be read."""
SHARP = 3.5
"""Pixels that a sharp edge may be wide."""


def thumbnail(gray: Image) -> Image:
    return cv2.resize(gray, THUMB, interpolation=cv2.INTER_AREA)


def hint_for(gray: Image, thumb: Image, before: Image | None, unread: Sequence[Quad]) -> Hint | None:
    """The first trouble that explains why nothing was read; None when nothing is plainly wrong.

    ``before`` is the thumbnail of the frame before; ``unread`` are symbols found but not read.
    """
    mean = float(thumb.mean())
    if int(thumb.max()) < BLACK_LEVEL:
        return Hint.COVERED
    if mean < DARK_LEVEL:
        return Hint.DARK
    if before is not None and float(cv2.absdiff(thumb, before).mean()) > MOVING_CHANGE:
        return Hint.MOVING
    if float(thumb.std()) < FOG_CONTRAST and mean > 90:
        return Hint.FOGGED
    if unread:
        return _hint_for_symbol(gray, unread[0])
    if mean < 170 and float((thumb >= 253).mean()) > GLARE_SHARE:
        return Hint.GLARE
    return Hint.COARSE if max(gray.shape) < COARSE_SIDE else None


def _hint_for_symbol(gray: Image, quad: Quad) -> Hint | None:
    height, width = gray.shape
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    side = math.sqrt(max(1.0, cv2.contourArea(np.array(quad, np.float32))))
    if side < FAR_SHARE * width:
        return Hint.FAR
    if min(xs) < 2 or min(ys) < 2 or max(xs) > width - 3 or max(ys) > height - 3 or side > CLOSE_SHARE * height:
        return Hint.CLOSE
    x0, y0 = max(0, int(min(xs))), max(0, int(min(ys)))
    inside = gray[y0 : int(max(ys)) + 1, x0 : int(max(xs)) + 1]
    if inside.size and float((inside >= 253).mean()) > 0.02:
        return Hint.GLARE
    if inside.size and _edge_width(inside) > max(SHARP, 0.8 * side / MODULES):
        return Hint.BLURRED
    return None


def _edge_width(inside: Image) -> float:
    """Pixels from dark to light at the steepest edges."""
    dark, light = np.percentile(inside, (5, 95))
    steepness = np.percentile(np.abs(cv2.Sobel(inside, cv2.CV_32F, 1, 0, ksize=1)), 98) / 2
    return float((light - dark) / max(steepness, 0.1))
