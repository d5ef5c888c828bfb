"""Where the chunks of a matrix lie: as HDF5 itself says, and nothing that a damaged file says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io.strips import Strips
from jupyterlab_datahub.anndata_io.survey import readable, surveyed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GENES, CELLS = 700, 330
FLOAT = np.dtype("f4")


@pytest.fixture
def values() -> np.ndarray[Any, Any]:
    dice = np.random.default_rng(0)
    values = dice.poisson(0.2, (GENES, CELLS)).astype("f4")
    # Some chunks are never written.
    values[100:500, 60:200] = 0
    return values


@pytest.fixture(params=["earliest", "latest"])
def path(tmp_path: Path, values: np.ndarray[Any, Any], request: pytest.FixtureRequest) -> Path:
    """Return a file with a matrix and an index of either kind."""
    path = tmp_path / "cells.loom"
    with h5py.File(path, "w", libver=request.param) as file:
        shape = (GENES, CELLS)
        matrix = file.create_dataset("matrix", shape, "f4", chunks=(16, 8), compression="gzip")
        for row in range(0, GENES, 16):
            for column in range(0, CELLS, 8):
                block = values[row : row + 16, column : column + 8]
                if block.any():
                    matrix[row : row + 16, column : column + 8] = block
    return path


def test_chunks_lie_where_hdf5_says(path: Path, values: np.ndarray[Any, Any]) -> None:
    told: list[Any] = []
    with h5py.File(path) as file:
        matrix = file["matrix"]
        assert readable(matrix)
        matrix.id.chunk_iter(told.append)
        found = surveyed(matrix, path, FLOAT)
    assert found is not None
    layout, table = found
    rows, _ = layout.rows, layout.strips
    expected = sorted(
        (one.chunk_offset[1] // 8 * rows + one.chunk_offset[0] // 16, one.byte_offset, one.size)
        for one in told
    )
    assert 500 < len(expected) < rows * layout.strips
    assert list(zip(*(column.tolist() for column in table), strict=True)) == expected
    with Strips(layout, table) as strips:
        slabs = [strips.part(number) for number in range(layout.strips)]
    assert np.concatenate([one.counts for one in slabs]).tolist() == (values != 0).sum(0).tolist()
    np.testing.assert_array_equal(
        np.concatenate([one.values for one in slabs]), values.T[values.T != 0]
    )


def _nodes(content: bytearray) -> list[int]:
    """Return where the nodes of trees of chunks are."""
    found, at = [], content.find(b"TREE\x01")
    while at >= 0:
        found.append(at)
        at = content.find(b"TREE\x01", at + 1)
    return found


def _in_a_circle(content: bytearray) -> None:
    """Have a node lead to itself."""
    top = next(at for at in _nodes(content) if content[at + 5])
    content[top + 24 + 32 : top + 24 + 40] = top.to_bytes(8, "little")


def _with_too_many(content: bytearray) -> None:
    content[_nodes(content)[0] + 6 : _nodes(content)[0] + 8] = b"\xff\xff"


def _twice(content: bytearray) -> None:
    """Say of two chunks that they are at one place of the matrix."""
    leaf = next(at for at in _nodes(content) if not content[at + 5])
    first = content[leaf + 24 + 8 : leaf + 24 + 32]
    content[leaf + 24 + 40 + 8 : leaf + 24 + 40 + 32] = first


def _too_long(content: bytearray) -> None:
    leaf = next(at for at in _nodes(content) if not content[at + 5])
    content[leaf + 24 : leaf + 28] = (1 << 30).to_bytes(4, "little")


@pytest.mark.parametrize("path", ["earliest"], indirect=True)
@pytest.mark.parametrize("change", [_in_a_circle, _with_too_many, _twice, _too_long])
def test_an_index_that_contradicts_itself_is_told(
    path: Path, change: Callable[[bytearray], None]
) -> None:
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)
    with h5py.File(path) as file, pytest.raises((OSError, RuntimeError)):
        surveyed(file["matrix"], path, FLOAT)


@pytest.mark.parametrize("path", ["earliest"], indirect=True)
def test_what_lies_beyond_the_edges_is_not_read(path: Path) -> None:
    content = bytearray(path.read_bytes())
    leaf = next(at for at in _nodes(content) if not content[at + 5])
    content[leaf + 24 + 8 : leaf + 24 + 16] = (1 << 40).to_bytes(8, "little")
    with h5py.File(path) as file:
        before = surveyed(file["matrix"], path, FLOAT)
    path.write_bytes(content)
    with h5py.File(path) as file:
        after = surveyed(file["matrix"], path, FLOAT)
    assert before is not None
    assert after is not None
    assert len(after[1].keys) == len(before[1].keys) - 1
