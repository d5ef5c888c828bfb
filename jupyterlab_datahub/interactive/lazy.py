"""A dataset as dask arrays whose chunks are read where the file is, by whoever computes them.

What a chunk carries is the identifier of the file: each process that computes some opens the file
itself, asks its Source where it is now, and asks again when that address is over.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.cli.configuration import rooms
from jupyterlab_datahub.engine.previews import place_of
from jupyterlab_datahub.errors import AccessError, NotSupportedError, RequestError
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.ranged.file import Manner, RangedFile
from jupyterlab_datahub.ranged.host import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from anndata import AnnData

    from jupyterlab_datahub.ranged.bytefile import ByteFile

# Chunks of a matrix lie one behind the other, so that what follows is wanted next.
MANNER = Manner(block=1 << 20, longest=8, around=(0, 4), held=64)


class _Opened:
    """A file that this process has open; one reads at a time, as HDF5 has it anyway."""

    def __init__(self, ref: str) -> None:
        import h5py

        self.lock = threading.Lock()
        self._source = _source(ref)
        self.file = h5py.File(self._source, "r")

    def close(self) -> None:
        """Close it."""
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
    import h5py

    if name not in file:
        there = ", ".join(file["layers"]) if "layers" in file else "none"
        raise RequestError(f"there is no {name} in the file", hint=f"Its layers: {there}.")
    matrix = file[name]
    encoding = "dense"
    if isinstance(matrix, h5py.Group):
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
    import h5py

    found = file[name]
    matrix = anndata.io.sparse_dataset(found) if isinstance(found, h5py.Group) else found
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


def _source(ref: str) -> ByteFile:
    from pathlib import Path

    found = rooms(alone=False)
    try:
        place = place_of(found, ref)
    finally:
        found.close()
    if not place.name.lower().endswith(".h5ad"):
        raise NotSupportedError(
            f"{place.name} is not opened lazily: it is no .h5ad", hint="Use datahub.load(ref)."
        )
    if place.download.path:
        return LocalFile(Path(place.download.path))
    if place.download.paying or place.stored is not None:
        raise NotSupportedError(
            f"{place.name} cannot be read where it is",
            hint="Fetch it first with jupyter datahub get, then call this again.",
        )
    return RangedFile(Host(place.download, place.config, Budget(sys.maxsize)), manner=MANNER)


def _cut(length: int, step: int) -> tuple[int, ...]:
    whole, rest = divmod(length, step)
    return (*(step,) * whole, *((rest,) if rest or not whole else ()))
