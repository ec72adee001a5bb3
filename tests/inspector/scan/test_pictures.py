"""Hostile and odd picture files: each is either pixels or UnreadablePicture, never anything else."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import UnreadablePicture
from inspector.scan.frames import decode_picture, encode_jpeg, load_picture
from inspector.scan.pictures import MAX_PIXELS, picture_size

PICTURE = np.arange(60 * 40 * 3, dtype=np.uint8).reshape(40, 60, 3)


def encoded(suffix: str, image: np.ndarray = PICTURE) -> bytes:
    return cv2.imencode(suffix, image)[1].tobytes()


def png(width: int, height: int) -> bytes:
    """A PNG that only announces its size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def read_or_refused(data: bytes) -> bool:
    try:
        image = decode_picture(data)
    except UnreadablePicture as problem:
        return bool(problem.sentence and problem.advice)
    return image.ndim == 3 and image.dtype == np.uint8


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_the_three_formats_are_read(suffix: str) -> None:
    data = encoded(suffix)
    assert picture_size(data) == (60, 40)
    assert decode_picture(data).shape == (40, 60, 3)
    assert decode_picture(data, gray=True).shape == (40, 60)


@pytest.mark.parametrize("suffix", [".bmp", ".tiff", ".ppm"])
def test_other_formats_are_refused(suffix: str) -> None:
    with pytest.raises(UnreadablePicture):
        decode_picture(encoded(suffix))


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 1), (MAX_PIXELS, 2), (0, 10), (33_000, 10)])
def test_sizes_beyond_the_cap_are_refused_by_the_header(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadablePicture):
        decode_picture(png(*size))


def test_a_webp_canvas_beyond_the_cap_is_refused() -> None:
    data = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\xff" * 2
    with pytest.raises(UnreadablePicture):
        decode_picture(data)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    with pytest.raises(UnreadablePicture):
        decode_picture(encoded(".jpg") + b"\xff\xda" * 200)


def test_a_code_on_transparent_ground_stands_on_white() -> None:
    image = np.zeros((20, 20, 4), np.uint8)
    image[5:15, 5:15, 3] = 255  # black ink; the rest is transparent black
    for suffix in (".png", ".webp"):
        gray = decode_picture(cv2.imencode(suffix, image, [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes(), gray=True)
        assert gray[0, 0] == 255
        assert gray[10, 10] == 0


def test_sixteen_bits_a_channel_become_eight() -> None:
    image = np.full((8, 8, 4), 65535, np.uint16)
    assert decode_picture(cv2.imencode(".png", image)[1].tobytes()).max() == 255


def test_exif_orientation_turns_the_picture_upright() -> None:
    data = encoded(".jpg")
    tag = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tag
    turned = data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    assert decode_picture(turned).shape == (60, 40, 3)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    for head in (
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"RIFF\0\0\0\0WEBPVP8L",
    ):
        assert read_or_refused(head + data)


@given(st.sampled_from([".png", ".jpg", ".webp"]), st.data())
def test_damaged_pictures_are_refused_or_read(suffix: str, data: st.DataObject) -> None:
    whole = bytearray(encoded(suffix))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    assert read_or_refused(bytes(whole[:cut]))


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.png", tmp_path):
        with pytest.raises(UnreadablePicture):
            load_picture(path)


def test_jpeg_survives_the_way_there_and_back() -> None:
    image = np.full((30, 40, 3), 128, np.uint8)
    assert np.abs(decode_picture(encode_jpeg(image, 95)).astype(int) - 128).max() < 4
    assert encode_jpeg(image[:, :, 0], 50)[:2] == b"\xff\xd8"
