"""Codes and frames for the tests of the scanner."""

import cv2
import numpy as np
import zxingcpp

from inspector.scan.pictures import Image

LINK = "https://www.gsxt.gov.cn/index.html?uniscid=91231100MA18W0000X"


def code(content: str | bytes, module: int = 6, **options: object) -> Image:
    """A clean symbol in gray with its quiet zone."""
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCodeModel2, **options)
    return np.array(barcode.to_image(scale=module, add_quiet_zones=True))


def page(*codes: Image, width: int = 900, height: int = 700) -> Image:
    """Codes side by side on white paper."""
    paper = np.full((height, width), 245, np.uint8)
    x = 20
    for image in codes:
        h, w = image.shape
        paper[40 : 40 + h, x : x + w] = image
        x += w + 20
    return paper


def blob(image: Image, x: float, y: float, radius: float, tone: int) -> Image:
    """A spot, placed and sized in shares of the width."""
    out = image.copy()
    size = image.shape[1]
    cv2.circle(out, (round(x * size), round(y * size)), round(radius * size), tone, -1)
    return out
