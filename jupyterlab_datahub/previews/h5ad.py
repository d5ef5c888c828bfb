"""What there is in an AnnData file, of all encodings from anndata 0.6 to 0.13."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import PreviewArray, PreviewMatrix
from jupyterlab_datahub.previews import hdf5, matrices
from jupyterlab_datahub.previews.contents import Axes, Contents
from jupyterlab_datahub.previews.frames import KNOWN, Frame

if TYPE_CHECKING:
    import h5py

MOST_SHOWN = 500
"""Names of layers, obsm, obsp and uns that are shown."""


def is_one(file: h5py.File) -> bool:
    """Return whether a file is an AnnData: it has obs and var."""
    names = set(hdf5.names_in(file))
    return {"obs", "var"} <= names


def contents(file: h5py.File) -> Contents:
    """Return what there is in a file.

    Raises
    ------
    UnreadableError
        If obs or var cannot be used; what else is damaged becomes a note.
    """
    found = frames_of(file)
    complete(found, file)
    return found


def frames_of(file: h5py.File) -> Contents:
    """Return obs and var of a file, with nothing of all else; see :func:`complete`.

    Raises
    ------
    UnreadableError
    """
    uns = hdf5.group_at(file, "uns")
    obs, var = (Frame(hdf5.member(file, name), uns) for name in ("obs", "var"))
    found = Contents(format="h5ad", cells=obs.length(), genes=var.length(), obs=obs, var=var)
    found.obs_index = obs.index_name
    found.uns = uns
    return found


def complete(found: Contents, file: h5py.File) -> None:
    """Add what there is in a file beside obs and var."""
    uns = found.uns
    _encoding(found, file)
    found.x = _matrix(found, file, "X", "X")
    found.raw = _raw(found, file)
    layers = hdf5.group_at(file, "layers")
    for name in hdf5.names_in(layers)[:MOST_SHOWN]:
        layer = _matrix(found, layers, name, f"layers/{hdf5.as_text(name)}")
        if layer is not None:
            found.layers.append(layer)
    _obsm(found, hdf5.member(file, "obsm"))
    _obsp(found, hdf5.group_at(file, "obsp"))
    found.uns_names = [hdf5.as_text(name) for name in hdf5.names_in(uns)[:MOST_SHOWN]]
    found.title = _text(found, uns, "title")
    found.schema_version = _text(found, uns, "schema_version")
    # CELLxGENE schema: which of obsm is to be shown.
    found.default_embedding = _text(found, uns, "default_embedding")


def _matrix(found: Contents, parent: Any, name: str, called: str) -> PreviewMatrix | None:
    try:
        node = hdf5.member(parent, name)
        if node is None:
            return None
        _encoding(found, node)
        if hdf5.text_attribute(node, "encoding-type") == "null":
            return None
        matrix = matrices.describe(node, called)
    except UnreadableError as error:
        found.notes.append(error.message)
        return None
    expected = (found.cells, None if called == "raw.X" else found.genes)
    if any(side not in (None, matrix.shape[axis]) for axis, side in enumerate(expected)):
        shape = " × ".join(f"{side:,}" for side in matrix.shape)
        found.notes.append(f"{called} is {shape}, which is not the shape of obs and var")
    found.nodes[called] = node
    return matrix


def _raw(found: Contents, file: h5py.File) -> PreviewMatrix | None:
    raw = None
    try:
        raw = hdf5.member(file, "raw")
    except UnreadableError as error:
        found.notes.append(error.message)
    if raw is None and "raw.X" in hdf5.names_in(file):
        # anndata 0.6
        return _matrix(found, file, "raw.X", "raw.X")
    return _matrix(found, raw, "X", "raw.X")


def _obsm(found: Contents, obsm: Any) -> None:
    import h5py

    if isinstance(obsm, h5py.Dataset):
        _compound(found, obsm)
        return
    for name in hdf5.names_in(obsm)[:MOST_SHOWN]:
        shown = hdf5.as_text(name)
        try:
            node = hdf5.member(obsm, name)
            if node is not None:
                _encoding(found, node)
                _array(found, shown, node)
        except UnreadableError as error:
            found.obsm.append(PreviewArray(name=shown, note=error.message))


def _compound(found: Contents, obsm: h5py.Dataset) -> None:
    """Note what is in obsm as anndata 0.6 wrote it: a part of several columns for each array."""
    found.beside += hdf5.cost(obsm)
    for name in (obsm.dtype.names or ())[:MOST_SHOWN]:
        kind = obsm.dtype[name]
        shape = (*(int(side) for side in obsm.shape or ()), *kind.shape)
        found.obsm.append(PreviewArray(name=name, shape=shape, dtype=str(kind.base)))
        drawn = len(shape) == 2 and shape[0] == found.cells and shape[1] >= 2
        if drawn and kind.base.kind in "iuf":
            found.embeddings[name] = Axes(name, obsm, obsm, name)


def _array(found: Contents, name: str, node: Any) -> None:
    import h5py

    if not isinstance(node, h5py.Dataset):
        columns = [Frame(node).column(column) for column in Frame(node).names()]
        axes = [c.main for c in columns if c.main is not None and c.main.dtype.kind in "iuf"]
        sides = (found.cells, len(columns)) if columns else ()
        found.obsm.append(PreviewArray(name=name, shape=sides, dtype="table" if columns else ""))
        if len(axes) >= 2 and all(axis.shape == (found.cells,) for axis in axes[:2]):
            found.embeddings[name] = Axes(name, axes[0], axes[1])
        return
    shape = tuple(int(side) for side in node.shape or ())
    found.obsm.append(PreviewArray(name=name, shape=shape, dtype=str(node.dtype)))
    found.beside += hdf5.cost(node)
    if len(shape) == 2 and shape[0] == found.cells and shape[1] >= 2 and node.dtype.kind in "iuf":
        found.embeddings[name] = Axes(name, node, node)


def _obsp(found: Contents, obsp: Any) -> None:
    for name in hdf5.names_in(obsp)[:MOST_SHOWN]:
        shown = hdf5.as_text(name)
        found.obsp.append(shown)
        try:
            node = hdf5.member(obsp, name)
            _encoding(found, node)
            found.beside += matrices.describe(node, f"obsp/{shown}").memory or 0
        except UnreadableError as error:
            found.notes.append(error.message)


def _text(found: Contents, uns: Any, name: str) -> str:
    try:
        return hdf5.text_at(uns, name)
    except UnreadableError as error:
        found.notes.append(error.message)
        return ""


def _encoding(found: Contents, node: Any) -> None:
    encoding = hdf5.text_attribute(node, "encoding-type") if node is not None else ""
    if encoding not in KNOWN:
        found.encodings.add(encoding)
