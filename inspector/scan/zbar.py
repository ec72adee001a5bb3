"""ZBar through pyzbar's bindings: the second opinion, in the decoder process only.

pyzbar's own ``decode`` raises on structured-append symbols, hands out the bytes re-encoded after a guess at
their charset, and loses the order of the corners; so the library's calls are made here, with its binary
mode on. Only QR symbols are enabled (CVE-2023-40889 and -40890 show how little its parsers were tried).
"""

from ctypes import c_void_p, cast, string_at

import numpy as np
from pyzbar import wrapper as z

from inspector.scan.pictures import Image

_BINARY = z.ZBarConfig.CFG_NUM.value
"""ZBAR_CFG_BINARY since 0.23.1; the value was the end of the list before, so old libraries refuse it."""
_Y800 = int.from_bytes(b"Y800", "little")

NAME = "pyzbar"
Found = tuple[bytes, bool, list[tuple[float, float]]]
"""Bytes, whether they are exact, corners clockwise from the code's own top left (may be fewer than four)."""


def decode(gray: Image) -> list[Found]:
    """QR codes in a gray picture."""
    gray = np.ascontiguousarray(gray)
    height, width = gray.shape
    scanner = z.zbar_image_scanner_create()
    image = z.zbar_image_create()
    try:
        z.zbar_image_scanner_set_config(scanner, 0, z.ZBarConfig.CFG_ENABLE, 0)
        z.zbar_image_scanner_set_config(scanner, z.ZBarSymbol.QRCODE, z.ZBarConfig.CFG_ENABLE, 1)
        exact = z.zbar_image_scanner_set_config(scanner, z.ZBarSymbol.QRCODE, _BINARY, 1) == 0
        z.zbar_image_set_format(image, _Y800)
        z.zbar_image_set_size(image, width, height)
        z.zbar_image_set_data(image, cast(gray.ctypes.data, c_void_p), gray.size, None)
        if z.zbar_scan_image(scanner, image) < 0:
            return []
        found: list[Found] = []
        symbol = z.zbar_image_first_symbol(image)
        while symbol:
            data = string_at(z.zbar_symbol_get_data(symbol), z.zbar_symbol_get_data_length(symbol))
            corners = [
                (float(z.zbar_symbol_get_loc_x(symbol, i)), float(z.zbar_symbol_get_loc_y(symbol, i)))
                for i in range(z.zbar_symbol_get_loc_size(symbol))
            ]
            if data:
                found.append((data, exact, corners))
            symbol = z.zbar_symbol_next(symbol)
        return found
    finally:
        z.zbar_image_destroy(image)
        z.zbar_image_scanner_destroy(scanner)
