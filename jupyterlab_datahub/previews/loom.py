"""What there is in a Loom file: genes by cells, described by arrays.

The layout is that of the Loom file format specification, versions 2 and 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import PreviewArray, PreviewMatrix
from jupyterlab_datahub.previews import hdf5, matrices
from jupyterlab_datahub.previews.contents import Axes, Contents
from jupyterlab_datahub.previews.tables import Table
from jupyterlab_datahub.ranged import damage
from jupyterlab_datahub.sources.loom_names import CELL_NAMES, COORDINATES, GENE_NAMES

if TYPE_CHECKING:
    import h5py

FORMAT = "loom"


def is_one(file: h5py.File) -> bool:
    """Return whether a file has what every Loom file has."""
    return {"matrix", "row_attrs", "col_attrs"} <= set(hdf5.names_in(file))


def contents(file: h5py.File) -> Contents:
    """Return what there is in a file.

    Raises
    ------
    UnreadableError
        If its matrix cannot be used.
    """
    matrix = hdf5.dataset_at(file, "matrix")
    if matrix is None or matrix.ndim != 2:
        raise UnreadableError("the Loom file has no matrix", hint=damage.HINT)
    genes, cells = (int(side) for side in matrix.shape)
    columns, rows = hdf5.group_at(file, "col_attrs"), hdf5.group_at(file, "row_attrs")
    obs, var = Table(columns, cells, CELL_NAMES), Table(rows, genes, GENE_NAMES)
    found = Contents(format=FORMAT, cells=cells, genes=genes, obs=obs, var=var)
    found.obs_index = obs.index_name
    found.x = _turned(found, matrix, "X")
    layers = hdf5.group_at(file, "layers")
    for name in hdf5.names_in(layers):
        try:
            layer = hdf5.dataset_at(layers, name)
            if layer is not None and layer.shape == matrix.shape:
                found.layers.append(_turned(found, layer, f"layers/{name}"))
        except UnreadableError as error:
            found.notes.append(error.message)
    _embeddings(found, obs, columns)
    found.notes.append("A Loom file is dense; converted to AnnData it takes less memory")
    found.title = hdf5.text_at(file, "attrs", "title") or hdf5.text_attribute(file, "title")
    return found


def _turned(found: Contents, node: h5py.Dataset, name: str) -> PreviewMatrix:
    """Return a matrix of genes by cells as one of cells by genes."""
    found.nodes[name] = node
    matrix = matrices.describe(node, name)
    return msgspec.structs.replace(matrix, shape=matrix.shape[::-1])


def _embeddings(found: Contents, obs: Table, group: Any) -> None:
    names = obs.names()
    for name in names:
        try:
            node = hdf5.dataset_at(group, name)
        except UnreadableError:
            # Its column says so.
            continue
        shape: tuple[int, ...] = () if node is None else node.shape or ()
        if len(shape) == 2 and shape[0] == found.cells:
            found.obsm.append(PreviewArray(name=name, shape=shape, dtype=str(node.dtype)))
            if shape[1] >= 2 and node.dtype.kind in "iuf":
                found.embeddings[name] = Axes(name, node, node)
    for first, second in COORDINATES:
        x, y = (obs.column(name).main if name in names else None for name in (first, second))
        if x is not None and y is not None and x.dtype.kind in "iuf" and y.dtype.kind in "iuf":
            name = f"{first}, {second}"
            found.embeddings[name] = Axes(name, x, y)
