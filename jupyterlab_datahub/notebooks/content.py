"""What a file or folder holds, as far as it decides how a notebook reads it."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import Asset

FOLDER = "folder"
"""The format of an asset that is all files of a dataset."""

MAX_FOLDERS = 2000
"""Folders that are looked into for a matrix; a dataset may be a whole directory tree."""


class Form(StrEnum):
    """How a file is read; what has no form of its own is handed over as a path."""

    H5AD = "h5ad"
    LOOM = "loom"
    CSV = "csv"
    TSV = "tsv"
    TENX_H5 = "10x h5"
    TENX_MTX = "10x mtx"
    PATH = "path"


class Content(Struct):
    """A form, and for a 10x folder where in it the matrix is.

    ``below`` is a path with ``/`` between its parts, ``prefix`` stands before the names of the
    three files, and ``compressed`` tells how they are kept (None where scanpy sees it itself).
    """

    form: Form
    below: str = ""
    prefix: str = ""
    compressed: bool | None = None


PATH = Content(form=Form.PATH)

_BY_SUFFIX = {
    ".h5ad": Form.H5AD,
    ".loom": Form.LOOM,
    ".csv": Form.CSV,
    ".tsv": Form.TSV,
}
_COMPRESSED_TABLE = re.compile(r"(\.csv|\.tsv)\.gz$")
_TENX_NAME = re.compile(r"(feature|gene)_bc_matri(x|ces)\w*\.h5$")
_MATRIX = re.compile(r"(?P<prefix>.*)matrix\.mtx(?P<gz>\.gz)?$")


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
        return _matrix_in(file) if file else PATH
    suffix = suffix_of(asset)
    if suffix == ".h5":
        is_matrix = _is_tenx(file) if file else _TENX_NAME.search(asset.name.lower())
        return Content(form=Form.TENX_H5) if is_matrix else PATH
    return Content(form=_BY_SUFFIX[suffix]) if suffix in _BY_SUFFIX else PATH


def suffix_of(asset: Asset) -> str:
    """Return the asset's format as a suffix in lower case, empty where nothing tells it."""
    name = asset.name.lower()
    if table := _COMPRESSED_TABLE.search(name):
        return table[1]
    suffix = PurePosixPath(name).suffix
    if not suffix and asset.format:
        return f".{asset.format.lower().lstrip('.')}"
    return suffix


def _is_tenx(file: Path) -> bool:
    """Whether an HDF5 file is laid out as Cell Ranger does, since version 3 or before it."""
    import h5py

    matrix = {"barcodes", "data", "indices", "indptr", "shape"}
    try:
        with h5py.File(file, "r", locking=False) as opened:
            groups = [item for item in opened.values() if isinstance(item, h5py.Group)]
            return any(
                matrix <= group.keys() and not {"features", "genes"}.isdisjoint(group.keys())
                for group in groups
            )
    except (OSError, RuntimeError, KeyError):
        return False


def _matrix_in(folder: Path) -> Content:
    """Return the one 10x matrix in a folder; with two of them only a path says what is meant."""
    found = [content for below in _folders(folder) for content in _matrices(folder, below)]
    return found[0] if len(found) == 1 else PATH


def _folders(folder: Path) -> Iterator[Path]:
    waiting, seen = [folder], 0
    while waiting and seen < MAX_FOLDERS:
        current, seen = waiting.pop(), seen + 1
        yield current
        try:
            waiting += [one for one in current.iterdir() if one.is_dir() and not one.is_symlink()]
        except OSError:
            continue


def _matrices(top: Path, folder: Path) -> Iterator[Content]:
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return
    for name in sorted(names):
        if not (match := _MATRIX.fullmatch(name)):
            continue
        gz = match["gz"] or ""
        barcodes, features, genes = (
            f"{match['prefix']}{what}.tsv" for what in ("barcodes", "features", "genes")
        )
        below = folder.relative_to(top).as_posix()
        if not gz and {barcodes, genes} <= names:
            compressed = None
        elif {barcodes + gz, features + gz} <= names:
            compressed = None if gz else False
        else:
            continue
        yield Content(
            form=Form.TENX_MTX,
            below="" if below == "." else below,
            prefix=match["prefix"],
            compressed=compressed,
        )
