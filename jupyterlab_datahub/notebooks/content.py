"""What a file or folder holds: what its name says, and on this machine a look inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import FOLDER
from jupyterlab_datahub.sources import hdf5_texts
from jupyterlab_datahub.sources.contents import (
    IMAGE_WAYS,
    PATH,
    TABLES,
    Content,
    Form,
    form_of,
    is_image,
    matrix_among,
    suffix_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Asset

_CONVERTED = frozenset(
    {Form.LOOM, Form.MCMICRO, Form.TENX_ARCHIVE, Form.TENX_H5, Form.CSV, Form.TSV}
)

ZARR = "zarr"
"""The format of stores, which may be of AnnData, of images or of anything."""

MAX_FOLDERS = 2000
"""Folders that are looked into for a matrix; a dataset may be a whole directory tree."""


def content_of(asset: Asset, file: Path | None = None) -> Content:
    """Return what an asset holds.

    Parameters
    ----------
    asset
        Its name and format tell most of it.
    file
        The file or folder on this machine, if it is there: ``.h5`` is said of anything in HDF5,
        and only a look inside tells whether it is a matrix by 10x Genomics.
    """
    if asset.format == FOLDER or (file is not None and file.is_dir()):
        return matrix_among(_files(file)) if file else PATH
    if is_converted(asset) and file is not None and file.suffix == ".h5ad":
        # What was made of it.
        return Content(
            form=Form.H5AD, layers=layers_of(file), note=note_of(file), values=values_of(file)
        )
    if file is not None and suffix_of(asset.name, asset.format) == ".h5":
        return Content(form=Form.TENX_H5) if _is_tenx(file) else PATH
    form = form_of(asset.name, asset.format)
    if form in (Form.TENX_ARCHIVE, Form.PATH):
        # Nothing reads an archive as it is.
        is_seen = form is Form.PATH and is_image(asset.name)
        return Content(form=Form.PATH, layers=IMAGE_WAYS if is_seen else ())
    # What a catalog makes on demand is a table of what it has, never a matrix.
    return Content(
        form=TABLES.get(form, form) if asset.volatile else form,
        layers=modalities_of(file) if form is Form.H5MU and file is not None else (),
        values=values_of(file) if form is Form.H5AD and file is not None else None,
    )


def is_converted(asset: Asset) -> bool:
    """Return whether an asset is read from the h5ad that is made of it, once.

    Loom keeps zeros like everything else: reading it takes minutes and many times its size; so
    do tables of counts, in which rows may be genes. A table of cells is text, in which markers,
    shapes and places are columns alike. Matrices by 10x Genomics in an archive would be unpacked
    first, and those in HDF5 need scanpy to be read. What a catalog makes on demand is a table of
    what it has, and no matrix.
    """
    form = form_of(asset.name, asset.format)
    if asset.beside or (asset.format == ZARR and asset.loads_as_anndata):
        return True
    return form in _CONVERTED and not (asset.volatile and form in TABLES)


def modalities_of(file: Path) -> tuple[str, ...]:
    """Return the modalities of an h5mu, each of which is an AnnData; none of what is no such."""
    import h5py

    try:
        with hdf5_texts.opened(file) as opened:
            modalities = opened.get("mod")
            return tuple(modalities) if isinstance(modalities, h5py.Group) else ()
    except OSError:
        return ()


def layers_of(file: Path) -> tuple[str, ...]:
    """Return the layers of an h5ad, whatever it is called; none of what is no such file."""
    import h5py

    try:
        with hdf5_texts.opened(file) as opened:
            layers = opened.get("layers")
            return tuple(layers) if isinstance(layers, h5py.Group) else ()
    except OSError:
        return ()


def is_by_genes(file: Path) -> bool:
    """Return whether X of an h5ad keeps the values of a gene together (CSC)."""
    try:
        with hdf5_texts.opened(file) as opened:
            matrix = opened.get("X")
            return matrix is not None and matrix.attrs.get("encoding-type") == "csc_matrix"
    except OSError:
        return False


def values_of(file: Path) -> int | None:
    """Return how many values X of an h5ad keeps, None where it does not say."""
    import h5py

    try:
        with hdf5_texts.opened(file) as opened:
            matrix = opened.get("X")
            kept = matrix.get("data") if isinstance(matrix, h5py.Group) else matrix
            return int(kept.size) if isinstance(kept, h5py.Dataset) else None
    except (OSError, RuntimeError):
        return None


def note_of(file: Path) -> str:
    """Return what whoever made an h5ad of a table wants to be said of it, empty if nothing."""
    import h5py

    try:
        with hdf5_texts.opened(file) as opened:
            note = opened.get("uns/datahub/note")
            return note.asstr()[()] if isinstance(note, h5py.Dataset) else ""
    except (OSError, RuntimeError, TypeError):
        return ""


def _is_tenx(file: Path) -> bool:
    """Whether an HDF5 file is laid out as Cell Ranger does, since version 3 or before it."""
    import h5py

    matrix = {"barcodes", "data", "indices", "indptr", "shape"}
    try:
        with hdf5_texts.opened(file) as opened:
            groups = [item for item in opened.values() if isinstance(item, h5py.Group)]
            return any(
                matrix <= group.keys() and not {"features", "genes"}.isdisjoint(group.keys())
                for group in groups
            )
    except (OSError, RuntimeError, KeyError):
        return False


def _files(top: Path) -> Iterator[str]:
    """Yield the paths in a folder, without following links to other folders."""
    waiting, seen = [top], 0
    while waiting and seen < MAX_FOLDERS:
        current, seen = waiting.pop(), seen + 1
        try:
            for path in current.iterdir():
                if not path.is_dir():
                    yield path.relative_to(top).as_posix()
                elif not path.is_symlink():
                    waiting.append(path)
        except OSError:
            continue
