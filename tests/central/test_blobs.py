"""Photos by chunks: any order, any number of times, whole only when the whole hash fits."""

import os
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.api.blobs import blob_path
from central.server import EmbeddedService
from inspector.errors import ServiceRefused
from inspector.wire import CHUNK, BlobRef
from tests.laptops import Device, blob_of


def announce(laptop: Device, *blobs: BlobRef) -> None:
    laptop.remote.events([laptop.event(blobs=blobs)])


def chunks(data: bytes) -> list[bytes]:
    return [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)]


def test_chunks_in_any_order_make_the_blob_whole(service: EmbeddedService, laptop: Device) -> None:
    data = os.urandom(2 * CHUNK + 777)
    blob = blob_of(data)
    announce(laptop, blob)
    pieces = chunks(data)
    assert not laptop.remote.have([blob]).blobs[0].complete
    assert laptop.remote.put_chunk(blob.sha256, 2, pieces[2]).chunks == (2,)
    assert laptop.remote.put_chunk(blob.sha256, 0, pieces[0]).chunks == (0, 2)
    assert laptop.remote.put_chunk(blob.sha256, 0, pieces[0]).chunks == (0, 2)
    assert laptop.remote.put_chunk(blob.sha256, 1, pieces[1]).complete
    assert laptop.remote.put_chunk(blob.sha256, 1, pieces[1]).complete
    assert laptop.remote.have([blob]).blobs[0].complete
    assert blob_path(service.service, blob.sha256).read_bytes() == data


def test_wrong_content_is_dropped_and_asked_for_again(service: EmbeddedService, laptop: Device) -> None:
    data = os.urandom(CHUNK + 10)
    blob = blob_of(data)
    announce(laptop, blob)
    laptop.remote.put_chunk(blob.sha256, 0, bytes(CHUNK))
    state = laptop.remote.put_chunk(blob.sha256, 1, data[CHUNK:])
    assert not state.complete
    assert state.chunks == ()
    for number, piece in enumerate(chunks(data)):
        state = laptop.remote.put_chunk(blob.sha256, number, piece)
    assert state.complete


@pytest.mark.parametrize("number", [-1, 1, 99])
def test_chunks_that_do_not_fit_are_refused(laptop: Device, number: int) -> None:
    data = os.urandom(1000)
    blob = blob_of(data)
    announce(laptop, blob)
    with pytest.raises(ServiceRefused):
        laptop.remote.put_chunk(blob.sha256, number, data)
    with pytest.raises(ServiceRefused):
        laptop.remote.put_chunk(blob.sha256, 0, data[:-1])


def test_unknown_blobs_and_strange_names_are_refused(laptop: Device) -> None:
    for name in ("0" * 64, "..%2f..%2fkeys%2freceipt.key", "A" * 64):
        with pytest.raises(ServiceRefused):
            laptop.remote.put_chunk(name, 0, b"x")
    huge = replace(blob_of(b"x"), size=10**12)
    announce(laptop, huge)
    with pytest.raises(ServiceRefused):
        laptop.remote.put_chunk(huge.sha256, 0, b"x")


def test_an_unknown_blob_keeps_no_other_from_an_answer(laptop: Device) -> None:
    known, unknown = blob_of(b"known"), blob_of(b"unknown")
    announce(laptop, known)
    asked = [unknown, known, replace(unknown, sha256="../x"), known]
    assert {s.sha256 for s in laptop.remote.have(asked).blobs} == {known.sha256}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=50), st.integers(0, 3), st.randoms())
def test_any_courier_order_gives_the_same_bytes(
    service: EmbeddedService, laptop: Device, tail: bytes, whole: int, random: object
) -> None:
    data = os.urandom(whole * CHUNK) + tail
    blob = blob_of(data)
    announce(laptop, blob)
    order = list(enumerate(chunks(data))) * 2
    random.shuffle(order)  # type: ignore[attr-defined]
    states = [laptop.remote.put_chunk(blob.sha256, number, piece) for number, piece in order]
    assert states[-1].complete
    assert all(later.complete or not earlier.complete for earlier, later in pairwise(states))
    assert sha256(blob_path(service.service, blob.sha256).read_bytes()).hexdigest() == blob.sha256
