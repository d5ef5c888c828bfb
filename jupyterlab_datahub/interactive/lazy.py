"""A dataset as dask arrays whose chunks are read where the file is, by whoever computes them.

What a chunk carries is the identifier of the file: each process that computes some opens the file
itself, asks its Source where it is now, and asks again when that address is over.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.cli.configuration import rooms
from jupyterlab_datahub.engine.previews import place_of
from jupyterlab_datahub.errors import AccessError, NotSupportedError, RequestError, UnreadableError
from jupyterlab_datahub.previews import zarr_look
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.ranged.file import Manner, RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.sources.hdf5_texts import Texts, check_lengths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from anndata import AnnData

    from jupyterlab_datahub.previews.previews import Place
    from jupyterlab_datahub.ranged.bytefile import ByteFile

# Chunks of a matrix lie one behind the other, so that what follows is wanted next.
MANNER = Manner(block=1 << 20, longest=8, around=(0, 4), held=64)


class _Opened:
    """A file or store that this process has open; of a file one reads at a time, as HDF5 has it."""

    def __init__(self, ref: str) -> None:
        found = rooms(alone=False)
        try:
            place = place_of(found, ref)
        finally:
            found.close()
        self.lock: AbstractContextManager[Any] = threading.Lock()
        self._source: ByteFile | None = None
        self.file: Any
        if zarr_look.is_zarr(place.stored, place.download):
            self.lock = nullcontext()
            self.file = _store(place)
        else:
            import h5py

            self._source = source = _source(place)
            # A damaged file makes HDF5 ask for more than there is: it gets zeros, and sees.
            source.padded, source.check = True, partial(_refuse, Texts(), place.name)
            self.file = h5py.File(source, "r")
            with _in_words(place.name):
                check_lengths(self.file)

    def close(self) -> None:
        """Close it."""
        if self._source is not None:
            self.file.close()
            self._source.close()


_open: dict[str, _Opened] = {}
_opening = threading.Lock()


def opened_lazily(ref: str, layer: str, rows: int) -> AnnData:
    """Return an AnnData whose X is a dask array; see :func:`..calls.open_lazy`."""
    import anndata
    import dask.array as da
    from scipy import sparse

    name, beside = _names(layer)
    facts, obs, var = _with_file(ref, partial(_facts, name=name, beside=beside))
    (cells, genes), dtype, encoding = facts
    by_genes = encoding == "csc"
    step = max(1, rows)
    chunks = ((cells,), _cut(genes, step)) if by_genes else (_cut(cells, step), (genes,))
    meta: Any = {"csr": sparse.csr_matrix, "csc": sparse.csc_matrix}.get(encoding)
    if meta is None:
        import numpy as np

        meta = np.empty
    matrix = da.map_blocks(  # type: ignore[no-untyped-call]  # dask declares no types
        partial(_chunk, ref, name), dtype=dtype, chunks=chunks, meta=meta((0, 0), dtype=dtype)
    )
    return anndata.AnnData(matrix, obs=obs, var=var)


def _names(layer: str) -> tuple[str, str]:
    """Return where a matrix is in a file, and the genes beside it."""
    if not layer:
        return "X", "var"
    return ("raw/X", "raw/var") if layer == "raw" else (f"layers/{layer}", "var")


def _facts(file: Any, name: str, beside: str) -> Any:
    import anndata

    if name not in file:
        there = ", ".join(file["layers"]) if "layers" in file else "none"
        raise RequestError(f"there is no {name} in the file", hint=f"Its layers: {there}.")
    matrix = file[name]
    encoding = "dense"
    if not hasattr(matrix, "dtype"):
        encoding = str(matrix.attrs.get("encoding-type", "csr_matrix"))[:3]
        shape = tuple(int(n) for n in matrix.attrs["shape"])
        dtype = matrix["data"].dtype
    else:
        shape, dtype = matrix.shape, matrix.dtype
    read = anndata.io.read_elem
    return (shape, dtype, encoding), read(file["obs"]), read(file[beside])


def _chunk(ref: str, name: str, block_info: Any = None) -> Any:
    """Read the chunk that Dask asks for, in the process that computes it."""
    (first, last), (left, right) = block_info[None]["array-location"]
    return _with_file(ref, partial(_part, name=name, part=(slice(first, last), slice(left, right))))


def _part(file: Any, name: str, part: tuple[slice, slice]) -> Any:
    import anndata

    found = file[name]
    matrix = found if hasattr(found, "dtype") else anndata.io.sparse_dataset(found)
    return matrix[part]


def _with_file(ref: str, work: Callable[[Any], Any]) -> Any:
    """Do something with a file; where its address is over, once more with a new one."""
    try:
        return _once(ref, work)
    except AccessError:
        with _opening:
            old = _open.pop(ref, None)
        if old is None:
            raise
        return _once(ref, work)


def _once(ref: str, work: Callable[[Any], Any]) -> Any:
    with _opening:
        if ref not in _open:
            _open[ref] = _Opened(ref)
        opened = _open[ref]
    with opened.lock:
        return work(opened.file)


def _store(place: Place) -> Any:
    """Return the root of a store, of which only what unpacks is used."""
    zarr_look.need_zarr()
    import zarr

    from jupyterlab_datahub.previews.zarr_seen import Seen
    from jupyterlab_datahub.previews.zarr_store import CheckedStore

    folder, _ = zarr_look.folder_of(place.stored, place.download, place.config, Budget(sys.maxsize))
    return zarr.open_group(CheckedStore(Seen(folder)), mode="r")


def _source(place: Place) -> ByteFile:
    if not place.name.lower().endswith(".h5ad"):
        raise NotSupportedError(
            f"{place.name} is not opened lazily: it is no .h5ad and no .zarr",
            hint="Use datahub.load(ref).",
        )
    if place.download.path:
        return LocalFile(Path(place.download.path))
    if place.download.paying or place.stored is not None:
        raise NotSupportedError(
            f"{place.name} cannot be read where it is",
            hint="Fetch it first with jupyter datahub get, then call this again.",
        )
    return RangedFile(Host(place.download, place.config, Budget(sys.maxsize)), manner=MANNER)


def _refuse(texts: Texts, name: str, at: int, told: memoryview) -> None:
    """Keep from HDF5 what it would work on for ever."""
    with _in_words(name):
        texts.refuse(at, told)


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreadableError(
            f"{name} cannot be opened: {error}",
            hint="Fetch it and compare its checksum, or ask whoever published it.",
        ) from error


def _cut(length: int, step: int) -> tuple[int, ...]:
    whole, rest = divmod(length, step)
    return (*(step,) * whole, *((rest,) if rest or not whole else ()))
