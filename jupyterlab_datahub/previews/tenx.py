"""What there is in a 10x HDF5 file, of Cell Ranger 3 and later, or 2.

Its matrix is genes by cells in columns, which is cells by genes in rows. Cell Ranger 3 has it in
``matrix`` with ``features``, Cell Ranger 2 in a group for each genome, of which the first is looked
at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import PreviewMatrix
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.previews.contents import Contents
from jupyterlab_datahub.previews.tables import Table
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    import h5py

PARTS = frozenset({"barcodes", "data", "indices", "indptr", "shape"})
NOT_GENES = frozenset({*PARTS, "features"})

FORMAT = "10x h5"


def is_one(file: h5py.File) -> bool:
    """Return whether there is a matrix as Cell Ranger writes it."""
    return _matrix(file) is not None


def contents(file: h5py.File) -> Contents:
    """Return what there is in a file.

    Raises
    ------
    UnreadableError
        If its matrix is not of the shape it says.
    """
    matrix = _matrix(file)
    data, indices, indptr, sides = (
        hdf5.dataset_at(matrix, name) for name in ("data", "indices", "indptr", "shape")
    )
    if None in (data, indices, indptr, sides) or sides.shape != (2,) or data.ndim != 1:
        raise UnreadableError("a part of the matrix is missing", hint=damage.HINT)
    genes, cells = (int(side) for side in hdf5.read(sides))
    if min(genes, cells) < 0 or indptr.size != cells + 1:
        raise UnreadableError("the matrix is not of the shape it says", hint=damage.HINT)
    features = hdf5.group_at(matrix, "features")
    var = Table(features or matrix, genes, ("id", "genes"))
    obs = Table(matrix, cells, ("barcodes",))
    # All else in that group is the matrix itself, or describes the genes.
    obs.names().clear()
    var.names()[:] = [name for name in var.names() if name not in NOT_GENES]
    found = Contents(format=FORMAT, cells=cells, genes=genes, obs=obs, var=var)
    found.obs_index = obs.index_name
    found.nodes["X"] = matrix
    found.x = PreviewMatrix(
        name="X",
        shape=(cells, genes),
        encoding="csr",
        dtype=str(data.dtype),
        stored=int(data.size),
        density=data.size / (cells * genes) if cells and genes else None,
        memory=sum(hdf5.cost(part) for part in (data, indices, indptr)),
        compression=hdf5.compression_of(data),
    )
    return found


def _matrix(file: h5py.File) -> Any:
    for name in hdf5.names_in(file)[:10]:
        group = hdf5.group_at(file, name)
        if set(hdf5.names_in(group)) >= PARTS:
            return group
    return None
