"""Packed numbers are the same whoever unpacks them, and HDF5 has the last word on odd ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.previews.inflate import inflated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKED: dict[str, Any] = {"compression": "gzip"}


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "some.h5", "w") as made:
        yield made


@pytest.mark.parametrize("kind", ["i1", "<f4", ">f8", "u2", "f2"])
@pytest.mark.parametrize(("shape", "chunk"), [((1000,), (64,)), ((501, 3), (50, 2))])
def test_values_are_those_that_hdf5_reads(
    file: h5py.File, kind: str, shape: tuple[int, ...], chunk: tuple[int, ...]
) -> None:
    values = (np.arange(np.prod(shape)) % 100).astype(kind).reshape(shape)
    made = file.create_dataset("some", data=values, chunks=chunk, **PACKED)
    file.flush()
    found = inflated(made)
    assert found is not None
    assert found.dtype == made.dtype
    np.testing.assert_array_equal(found, values)


def test_what_is_unusual_is_left_to_hdf5(file: h5py.File) -> None:
    values = np.arange(1000)
    text = h5py.string_dtype()
    odd = [
        file.create_dataset("plain", data=values),
        file.create_dataset("chunks", data=values, chunks=(64,)),
        file.create_dataset("shuffled", data=values, chunks=(64,), shuffle=True, **PACKED),
        file.create_dataset("texts", data=np.array(["a"] * 99, text), chunks=(64,), **PACKED),
        file.create_dataset("flags", data=values > 5, chunks=(64,), **PACKED),
        file.create_dataset("nothing", (0,), "f4", maxshape=(None,), chunks=(64,), **PACKED),
        file.create_dataset("unwritten", (99,), "f4", chunks=(64,), fillvalue=7, **PACKED),
    ]
    narrow = h5py.h5t.NATIVE_INT32.copy()
    narrow.set_precision(24)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((64,))
    plist.set_deflate(4)
    space = h5py.h5s.create_simple((99,))
    odd.append(h5py.Dataset(h5py.h5d.create(file.id, b"narrow", narrow, space, plist)))
    odd[-1][...] = np.arange(99)
    skipped = file.create_dataset("skipped", (64,), "i1", chunks=(64,), **PACKED)
    skipped.id.write_direct_chunk((0,), bytes(64), 1)
    file.flush()
    assert all(inflated(one) is None for one in [*odd, skipped])


@pytest.mark.parametrize("body", [b"no gzip at all", b"", bytes(70)])
def test_what_is_damaged_is_left_to_hdf5(file: h5py.File, body: bytes) -> None:
    made = file.create_dataset("some", (100,), "f4", chunks=(100,), **PACKED)
    made.id.write_direct_chunk((0,), body or b"\0")
    file.flush()
    assert inflated(made) is None


def test_a_chunk_that_unpacks_to_more_is_left_to_hdf5(file: h5py.File) -> None:
    import zlib

    made = file.create_dataset("some", (100,), "f4", chunks=(100,), **PACKED)
    made.id.write_direct_chunk((0,), zlib.compress(bytes(1 << 20)))
    file.flush()
    assert inflated(made) is None
