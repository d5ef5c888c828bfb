"""What is taken of chunks is what lies at the places that are wanted."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews.chunks import Chunks, Filter
from jupyterlab_datahub.selection.decode import CHECKSUM, GZIP, SHUFFLE, decoder
from jupyterlab_datahub.selection.picks import RangePicks, RowPicks
from jupyterlab_datahub.selection.places import Ranges, of_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 100


def chunks(shape: tuple[int, ...], chunk: tuple[int, ...], *filters: int) -> Chunks:
    nothing = np.zeros(0, np.int64)
    told = tuple(Filter(number) for number in filters)
    return Chunks(shape, np.dtype("<i4"), chunk, nothing, nothing, nothing, told)


@pytest.mark.parametrize("length", [0, 1, 3, 40, 900])
def test_ranges_are_taken_of_the_chunks_they_are_in(length: int) -> None:
    dice = np.random.default_rng(length)
    pointers = np.concatenate([[0], np.cumsum(dice.integers(0, length + 1, 300))])
    values = np.arange(pointers[-1])
    count = -(-len(values) // STEP)
    for share in (0.02, 0.5, 1):
        rows = np.flatnonzero(dice.random(300) <= share)
        ranges = of_rows(pointers, rows)
        picks = RangePicks(ranges, STEP, count)
        taken = []
        for number in picks.numbers.tolist():
            chunk = values[number * STEP :][:STEP]
            upto = picks.upto(number)
            assert 0 < upto <= STEP
            taken += picks.of(number, chunk[:upto]).tolist()
            assert picks.of(number, chunk)[-1] == chunk[upto - 1]
            assert picks.count(number) == len(picks.of(number, chunk))
        assert taken == values[ranges.places()].tolist()


@pytest.mark.parametrize("columns", [None, [0, 3, 4, 11], [12]])
def test_rows_are_taken_of_the_chunks_they_are_in(columns: list[int] | None) -> None:
    matrix = np.arange(23 * 13).reshape(23, 13)
    rows, some = np.array([1, 2, 9, 22]), None if columns is None else np.array(columns)
    picks = RowPicks(chunks(matrix.shape, (5, 4)), rows, some)
    whole = np.zeros((25, 16), int)
    whole[:23, :13] = matrix
    parts = []
    for number in picks.numbers.tolist():
        band, tile = divmod(number, 4)
        chunk = whole[band * 5 :][:5, tile * 4 :][:, :4]
        parts.append(picks.of(number, chunk[: picks.upto(number) // 4]))
        assert parts[-1].size <= picks.count(number)
    across = len(picks.tiles)
    found = np.concatenate(
        [np.concatenate(parts[at : at + across], axis=1) for at in range(0, len(parts), across)]
    )
    assert found.tolist() == matrix[rows][:, slice(None) if some is None else some].tolist()


def packed(values: NDArray[np.int32], *filters: int) -> bytes:
    body = values.tobytes()
    for number in filters:
        if number == SHUFFLE:
            body = values.view(np.uint8).reshape(-1, 4).T.tobytes()
        elif number == GZIP:
            body = zlib.compress(body, 4)
        else:
            body += b"1234"
    return body


@pytest.mark.parametrize(
    "filters", [(), (GZIP,), (SHUFFLE, GZIP), (GZIP, CHECKSUM), (CHECKSUM, GZIP), (SHUFFLE,)]
)
def test_a_chunk_is_unpacked_as_far_as_it_is_wanted(filters: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).integers(0, 9, 30_000, np.int32)
    body = packed(values, *filters)
    unpack = decoder(chunks((90_000,), (30_000,), *filters))
    for upto in (1, 20_000, 30_000):
        assert unpack(memoryview(body), 0, upto)[:upto].tolist() == values[:upto].tolist()
    if filters:
        with pytest.raises(UnreadableError):
            unpack(body[: len(body) // 2], 0, 30_000)
    if filters == (GZIP,):
        skipped = unpack(values.tobytes(), 1, 10)
        assert skipped[:10].tolist() == values[:10].tolist()
        with pytest.raises(UnreadableError):
            unpack(packed(np.tile(values, 2), GZIP), 0, 30_000)


def test_nothing_is_taken_of_empty_ranges() -> None:
    nothing = np.array([5, 7])
    assert RangePicks(Ranges(nothing, nothing), STEP, 3).numbers.tolist() == []
