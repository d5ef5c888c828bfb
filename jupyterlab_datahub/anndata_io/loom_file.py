"""A Loom file as h5ad, with all that is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import h5ad, loom, tiles
from jupyterlab_datahub.anndata_io.loom import Loom
from jupyterlab_datahub.anndata_io.strips import Slab
from jupyterlab_datahub.sources.loom_names import CELL_NAMES, COORDINATES, GENE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.parallel import Other


def write(
    opened: h5py.File,
    source: Path,
    name: str,
    target: h5py.File,
    tell: Callable[[float], None],
    *,
    packed: bool,
    others: Sequence[Other] = (),
) -> tuple[int, int, int, tuple[str, ...]]:
    """Write what a Loom file holds; return cells, genes, values that are not zero, and layers.

    The matrix becomes X (cells by genes, sparse, ``float32``), layers stay layers under their
    names, attributes of cells and genes become columns of obs and var or, if they have several
    values each, obsm and varm, graphs become obsp and varp, global attributes uns. Columns that are
    coordinates of cells are in obsm as well.

    Parameters
    ----------
    opened, source
        The file, called `name` in errors, and where it is.
    target
        An h5ad that is empty.
    tell
        Is given the part that is done, from 0 to 1.
    packed
        Whether matrices are compressed.
    others
        Processes that may read the matrix as well.

    Raises
    ------
    LoomError
        If it is no such file, or damaged.
    """
    import numpy as np

    file = Loom(opened, name)
    layers = list(file.layers())
    work = max(file.cells * (1 + len(layers)), 1)
    done = 0

    def told(rows: int) -> None:
        tell((done + rows) / work)

    shape, dtype = (file.cells, file.genes), np.dtype(np.float32)
    # Others read the matrix while cells and genes are described.
    slabs = tiles.slabs(file.matrix, source, dtype, others)
    h5ad.encode(target, "anndata", "0.1.0")
    of_cells = file.cell_attributes()
    _describe(target, "obs", of_cells, CELL_NAMES, file.cells)
    _write_embeddings(target["obsm"], of_cells)
    _describe(target, "var", file.gene_attributes(), GENE_NAMES, file.genes)
    values = h5ad.write_sparse(target, "X", shape, dtype, slabs, told, packed=packed)
    kept = h5ad.write_dict(target, "layers")
    names = []
    for layer_name, layer in layers:
        done += file.cells
        names.append(_free(layer_name, kept))
        slabs = tiles.slabs(layer, source, dtype)
        h5ad.write_sparse(kept, names[-1], shape, dtype, slabs, told, packed=packed)
    _write_graphs(h5ad.write_dict(target, "obsp"), file.cell_graphs(), file.cells)
    _write_graphs(h5ad.write_dict(target, "varp"), file.gene_graphs(), file.genes)
    _write_uns(h5ad.write_dict(target, "uns"), file.global_attributes())
    return file.cells, file.genes, values, tuple(names)


def _describe(
    target: h5py.File,
    frame: str,
    attributes: Mapping[str, NDArray[Any]],
    known: tuple[str, ...],
    length: int,
) -> None:
    """Write obs or var, and what has several values for each cell or gene beside it."""
    many = h5ad.write_dict(target, f"{frame}m")
    columns: dict[str, NDArray[Any]] = {}
    for name, values in attributes.items():
        if values.ndim == 1:
            columns[_free(name, columns)] = values
        elif values.ndim == 2 and values.dtype.kind in "biuf":
            h5ad.write_array(many, _free(name, many), values)
        else:
            for number, column in enumerate(values.reshape(length, -1).T):
                columns[_free(f"{name}_{number}", columns)] = column
    h5ad.write_frame(target, frame, loom.names(attributes, known, length), columns)


def _write_embeddings(target: h5py.Group, attributes: Mapping[str, NDArray[Any]]) -> None:
    """Write columns that are coordinates as what others know as an embedding, too."""
    import numpy as np

    for names, wanted in COORDINATES.items():
        columns = [attributes[name] for name in names if name in attributes]
        numbers = [one for one in columns if one.ndim == 1 and one.dtype.kind in "iuf"]
        if len(numbers) == len(names) and wanted not in target:
            h5ad.write_array(target, wanted, np.column_stack(numbers))


def _write_graphs(
    target: h5py.Group, graphs: Iterable[tuple[str, h5py.Group]], length: int
) -> None:
    import numpy as np

    for name, graph in graphs:
        rows, columns = graph["a"][()], graph["b"][()]
        order = np.lexsort((columns, rows))
        slab = Slab(
            counts=np.bincount(rows, minlength=length),
            genes=columns[order].astype(np.int32),
            values=graph["w"][()][order],
        )
        shape = (length, length)
        h5ad.write_sparse(target, _free(name, target), shape, slab.values.dtype, [slab])


def _write_uns(target: h5py.Group, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        key = _free(name, target)
        if isinstance(value, str | int | float):
            h5ad.write_scalar(target, key, value)
        else:
            h5ad.write_array(target, key, value)


def _free(name: str, taken: Any) -> str:
    """Return a name that h5ad allows and that is not taken: a slash would make a group of it."""
    wanted = name.replace("/", "_").strip() or "unnamed"
    if wanted == "_index":
        wanted = "index"
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}_{number}"
    return free
