"""The chunks of the fast download: read as the server writes them, refused when damaged."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterlab_datahub.demo.openbis.chunks import Chunk as Sent
from jupyterlab_datahub.sources.openbis import ranges
from jupyterlab_datahub.sources.openbis.chunks import SIZE, Damaged, chunks
from jupyterlab_datahub.sources.pieces import Wanted

NAME = "original/Größe, 细胞's #1.txt"


def sent(number: int, payload: bytes, offset: int = 0) -> bytes:
    """Return a chunk as the demo's data store sends it."""
    one = Sent(number, f"2026-1/{NAME}", NAME, offset, len(payload), Path())
    return one.encoded(payload)


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_sent_is_read(payloads: list[bytes]) -> None:
    stream = io.BytesIO(b"".join(sent(n, data, n * SIZE) for n, data in enumerate(payloads)))
    found = list(chunks(stream.read))
    assert [chunk.payload for chunk in found] == payloads
    assert [chunk.offset for chunk in found] == [n * SIZE for n in range(len(payloads))]
    assert all((chunk.path, chunk.directory) == (NAME, False) for chunk in found)
    assert all(chunk.item == f"2026-1/{NAME}" for chunk in found)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_byte_is_noticed_wherever_it_is(place: int, flip: int) -> None:
    whole = bytearray(sent(3, b"some cells") + sent(4, b"more cells"))
    place %= len(whole) // 2
    whole[place] ^= flip
    try:
        found = list(chunks(io.BytesIO(whole).read))
    except Damaged:
        return
    # The payload of the first is damaged; the second is found nevertheless.
    assert [chunk.payload for chunk in found] == [None, b"more cells"]


@pytest.mark.parametrize("length", [1, 20, 60, -1])
def test_an_answer_that_is_cut_is_noticed(length: int) -> None:
    with pytest.raises(Damaged):
        list(chunks(io.BytesIO(sent(0, b"some cells")[:length]).read))


def test_no_bytes_are_no_chunks() -> None:
    assert list(chunks(io.BytesIO(b"").read)) == []


@pytest.mark.parametrize(
    ("span", "size", "numbers", "holding"),
    [
        ((0, 5), 5, (7, 7), (7, 7)),
        ((0, 3 * SIZE), 3 * SIZE, (2, 4), (2, 4)),
        ((SIZE, SIZE + 1), 3 * SIZE, (2, 4), (3, 3)),
        ((SIZE - 1, SIZE + 1), 3 * SIZE, (2, 4), (2, 3)),
        # A server that cuts otherwise sends all.
        ((0, 1), 3 * SIZE, (2, 9), (2, 9)),
    ],
)
def test_only_the_chunks_with_missing_bytes_are_queued(
    span: tuple[int, int], size: int, numbers: tuple[int, int], holding: tuple[int, int]
) -> None:
    assert ranges.holding(Wanted(0, *span), size, numbers) == holding


def test_ranges_are_joined_and_written_as_the_protocol_has_them() -> None:
    assert ranges.joined([(4, 5), (0, 0), (1, 2), (8, 8)]) == [(0, 2), (4, 5), (8, 8)]
    assert ranges.text([(0, 2), (8, 8)]) == "0:2, 8:8"
    assert ranges.parse("3:5") == (3, 5)
    assert ranges.parse("3") == (3, 3)
    with pytest.raises(ValueError, match="invalid"):
        ranges.parse("x")
