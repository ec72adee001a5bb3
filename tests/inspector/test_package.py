"""Packages: what comes out is what went in, whole and in order, or nothing is believed."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import PackageRefused
from inspector.trust import device, package

PRIVATE, OTHER = bytes(range(32)), bytes(range(1, 33))


def made(frames: list[bytes], purpose: str = "up") -> list[bytes]:
    fresh = iter((b"k" * 32, b"e" * 32))
    return list(package.sealed(device.box_public(PRIVATE), purpose, frames, lambda _: next(fresh)))


def read(data: bytes, private: bytes = PRIVATE, purpose: str = "up") -> list[bytes]:
    return list(package.opened(private, purpose, BytesIO(data).read))


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8))
def test_what_went_in_comes_out(frames: list[bytes]) -> None:
    assert read(b"".join(made(frames))) == frames


def test_nobody_else_reads_it_and_for_nothing_else() -> None:
    data = b"".join(made([b"secret of a shop"]))
    assert b"secret" not in data
    for wrong in ({"private": OTHER}, {"purpose": "down"}):
        with pytest.raises(PackageRefused):
            read(data, **wrong)  # type: ignore[arg-type]


@given(st.data())
def test_any_change_is_noticed(data: st.DataObject) -> None:
    whole = b"".join(made([b"one", b"two" * 50, b"three"]))
    at = data.draw(st.integers(0, len(whole) - 1))
    bad = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    with pytest.raises(PackageRefused):
        read(bad)


def test_cut_anywhere_or_longer_is_noticed() -> None:
    whole = b"".join(made([b"one", b"two"]))
    for at in range(len(whole)):
        with pytest.raises(PackageRefused):
            read(whole[:at])
    with pytest.raises(PackageRefused):
        read(whole + b"x")


def test_frames_cannot_be_left_out_doubled_or_moved() -> None:
    head, *frames = made([b"one", b"two", b"three"])
    for order in ([0, 2, 3], [0, 1, 1, 2, 3], [1, 0, 2, 3], [0, 1, 3], [3], [0, 1, 2]):
        with pytest.raises(PackageRefused):
            read(head + b"".join(frames[i] for i in order))


def test_a_frame_that_says_it_is_huge_is_not_read() -> None:
    head = made([])[0]
    asked: list[int] = []

    def reading(size: int) -> bytes:
        asked.append(size)
        return stream.read(size)

    stream = BytesIO(head + b"\xff\xff\xff\xff" + bytes(100))
    with pytest.raises(PackageRefused):
        list(package.opened(PRIVATE, "up", reading))
    assert max(asked) <= len(head)


@pytest.mark.parametrize("size", [0, package.MAX_FRAME + 1])
def test_frames_that_cannot_be_read_are_not_written(size: int) -> None:
    with pytest.raises(ValueError, match="too large"):
        made([bytes(size)])
