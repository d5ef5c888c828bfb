"""AnnData in Zarr and in HDF5: one copied into the other, a block at a time.

Both have the same tree of groups, arrays and attributes ("On-disk format" of anndata), so nothing
of it has to be understood. What is written is Zarr 3 with shards: a file holds many chunks, and a
store of millions of values is some hundred files.
"""

from __future__ import annotations

import os
import warnings
from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.mtx import CountsError, damaged
from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.sources import hdf5_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import h5py
    import zarr
    from numpy.typing import NDArray

    Tell = Callable[[float], None]

CHUNK, SHARD = 1 << 17, 1 << 23
"""Values of a chunk and of a shard of what is one-dimensional, as the values of a sparse matrix."""

BLOCK = 1 << 24
"""Bytes that are copied at once, where rows are not longer."""

DEEPEST, MOST = 32, 100_000
"""Groups within each other, and groups and arrays in all, of a store that is read."""

_MARKS = ("zarr.json", ".zgroup")


class StoreError(CountsError):
    """A store that is no AnnData, or not a whole one."""


def is_store(source: Path) -> bool:
    """Return whether a folder is a Zarr store."""
    return source.is_dir() and any((source / mark).is_file() for mark in _MARKS)


def from_zarr(source: Path, name: str, target: h5py.File, tell: Tell) -> tuple[int, int, int]:
    """Write a store in Zarr 2 or 3 as h5ad; return cells, genes and values of X.

    Raises
    ------
    StoreError
        If it is no AnnData.
    DataHubError
        If zarr is not there.
    """
    zarr = _zarr(name)
    _refuse_links(source, name)
    store = zarr.open_group(str(source), mode="r")
    if store.attrs.get("encoding-type") != "anndata" and not {"obs", "var"} <= {*store}:
        raise StoreError(
            f"{name} is no AnnData: it has no obs and var",
            hint="A SpatialData or MuData store has several; choose one of its tables.",
        )
    whole = sum(array.nbytes for _, array in _arrays(store, name)) or 1
    done = 0

    def told(size: int) -> None:
        nonlocal done
        done += size
        tell(min(done / whole, 1.0))

    _group_to_hdf5(store, target, told)
    return _sizes(target, name)


def to_zarr(source: h5py.File, name: str, target: Path, tell: Tell) -> tuple[int, int, int]:
    """Write an h5ad as a Zarr 3 store with shards; return cells, genes and values of X.

    Raises
    ------
    StoreError
        If it is no AnnData.
    DataHubError
        If zarr is not there.
    """
    import h5py

    zarr = _zarr(name)
    sizes = _sizes(source, name)
    store = zarr.open_group(str(target), mode="w", zarr_format=3)
    parts: list[tuple[str, h5py.Group | h5py.Dataset]] = []
    source.visititems(lambda path, item: parts.append((path, item)))
    whole = sum(item.nbytes for _, item in parts if isinstance(item, h5py.Dataset)) or 1
    store.attrs.update(_plain(source.attrs))
    done = 0
    for path, item in parts:
        if isinstance(item, h5py.Group):
            store.require_group(path).attrs.update(_plain(item.attrs))
            continue
        _array_to_zarr(item, store, path)
        done += item.nbytes
        tell(min(done / whole, 1.0))
    with warnings.catch_warnings():
        # Readers that do not know of it pass it over; those that do need one request for it.
        warnings.simplefilter("ignore", UserWarning)
        zarr.consolidate_metadata(store.store)
    return sizes


def _group_to_hdf5(group: zarr.Group, target: h5py.Group, told: Callable[[int], None]) -> None:
    import zarr

    _describe(target, dict(group.attrs))
    for key, item in group.members():
        if isinstance(item, zarr.Group):
            _group_to_hdf5(item, target.create_group(key), told)
        else:
            _array_to_hdf5(item, target, key)
            told(item.nbytes)


def _array_to_hdf5(array: zarr.Array[Any], target: h5py.Group, key: str) -> None:
    import h5py
    import numpy as np

    kind = array.dtype.kind
    dtype = h5py.string_dtype() if kind in "OTUS" else array.dtype
    if not array.shape:
        value = array[()]
        value = value.item() if isinstance(value, np.ndarray | np.generic) else value
        dataset = target.create_dataset(key, data=value, dtype=dtype)
    else:
        packing = {"compression": "gzip", "compression_opts": 1} if prod(array.shape) else {}
        dataset = target.create_dataset(key, shape=array.shape, dtype=dtype, **packing)
        for start, stop in _blocks(array.shape, max(array.dtype.itemsize, 8)):
            block: NDArray[Any] = np.asarray(array[start:stop])
            dataset[start:stop] = block.astype(object) if kind in "TU" else block
    _describe(dataset, dict(array.attrs))


def _array_to_zarr(dataset: h5py.Dataset, store: zarr.Group, path: str) -> None:
    import h5py
    import numpy as np

    text = h5py.check_string_dtype(dataset.dtype) is not None
    boolean = h5py.check_enum_dtype(dataset.dtype) is not None or dataset.dtype.kind == "b"
    dtype: Any = "bool" if boolean else str if text else dataset.dtype
    chunks, shards = _laid_out(dataset.shape)
    array = store.create_array(
        path, shape=dataset.shape, dtype=dtype, chunks=chunks, shards=None if text else shards
    )
    array.attrs.update(_plain(dataset.attrs))
    read = dataset.asstr() if text else dataset
    if not dataset.shape:
        array[...] = read[()]
        return
    step = shards[0] if shards else 0
    for start, stop in _blocks(dataset.shape, 64 if text else dataset.dtype.itemsize, step):
        block = np.asarray(read[start:stop])
        array[start:stop] = block.astype(bool) if boolean else block


def _laid_out(shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    """Return chunks and shards of whole rows, which have so many values together."""
    if not shape or not prod(shape):
        return tuple(max(one, 1) for one in shape), None
    row = prod(shape[1:])
    rows = min(max(CHUNK // row, 1), shape[0])
    many = min(max(SHARD // row // rows, 1), -(-shape[0] // rows))
    return (rows, *shape[1:]), (rows * many, *shape[1:])


def _blocks(shape: tuple[int, ...], itemsize: int, step: int = 0) -> Iterator[tuple[int, int]]:
    """Yield rows that are copied at once."""
    step = step or max(BLOCK // max(prod(shape[1:]) * itemsize, 1), 1)
    for start in range(0, shape[0], step):
        yield start, min(start + step, shape[0])


def _describe(item: h5py.Group | h5py.Dataset, attributes: dict[str, Any]) -> None:
    """Set attributes; lists of names are text, as anndata writes them."""
    import h5py
    import numpy as np

    for key, value in attributes.items():
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            item.attrs.create(key, np.array(value, dtype=object), dtype=h5py.string_dtype())
        elif value is not None and not isinstance(value, dict):
            item.attrs[key] = value


def _plain(attributes: h5py.AttributeManager) -> dict[str, Any]:
    """Return attributes as JSON has them."""
    import numpy as np

    found: dict[str, Any] = {}
    for key, value in attributes.items():
        plain = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        found[key] = plain.decode("utf-8", "replace") if isinstance(plain, bytes) else plain
    return found


def _arrays(group: zarr.Group, name: str, depth: int = 0) -> Iterator[tuple[str, zarr.Array[Any]]]:
    import zarr

    if depth > DEEPEST:
        raise damaged(name, f"it has more than {DEEPEST} groups within each other")
    for number, (key, item) in enumerate(group.members()):
        if number > MOST:
            raise damaged(name, f"it has more than {MOST:,} parts")
        if isinstance(item, zarr.Group):
            yield from _arrays(item, name, depth + 1)
        else:
            yield key, item


def _refuse_links(source: Path, name: str) -> None:
    """Refuse a store whose files are those of others."""
    for folder, folders, files in os.walk(source):
        for one in (*folders, *files):
            if (path := os.path.join(folder, one)) and os.path.islink(path):  # noqa: PTH114, PTH118 - a store has a million files: no object for each
                raise StoreError(
                    f"{name} is not opened: {os.path.relpath(path, source)} is a link",
                    hint="Put the file itself into the store.",
                )


def sizes_of(source: Path, name: str) -> tuple[int, int, int]:
    """Return cells, genes and values of X of an h5ad.

    Raises
    ------
    StoreError
        If it is none.
    """
    try:
        with hdf5_texts.opened(source) as opened:
            return _sizes(opened, name)
    except (OSError, RuntimeError) as error:
        raise StoreError(
            f"{name} cannot be read: {error}", hint="Fetch it again, or ask where it comes from."
        ) from error


def _sizes(file: h5py.File, name: str) -> tuple[int, int, int]:
    """Return cells, genes and values of X.

    Raises
    ------
    StoreError
        If there are none.
    """
    import h5py

    found = []
    for key in ("obs", "var"):
        frame = file.get(key)
        index = frame.get(frame.attrs.get("_index", "_index")) if frame is not None else None
        if isinstance(index, h5py.Group):
            # Text of which some may be missing, as pandas has it since version 3.
            index = index.get("values") or index.get("codes")
        if not isinstance(index, h5py.Dataset):
            raise StoreError(
                f"{name} is no AnnData that can be read: {key} has no names",
                hint="Open it with the anndata it was written with, and write it again.",
            )
        found.append(int(index.shape[0]))
    matrix = file.get("X")
    kept = matrix.get("data") if isinstance(matrix, h5py.Group) else matrix
    values = int(kept.size) if isinstance(kept, h5py.Dataset) else 0
    return found[0], found[1], values


def _zarr(name: str) -> Any:
    try:
        import zarr
    except ImportError as error:
        raise DataHubError(
            f"{name} cannot be converted: Zarr needs the package zarr",
            hint="Install it where JupyterLab runs: pip install 'jupyterlab-datahub[zarr]'.",
        ) from error
    return zarr
