"""What a file is that is to be converted, by its name and its first bytes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from jupyterlab_datahub.sources.contents import Form, form_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.errors import DataHubError

ARCHIVES = (".tar", ".tar.gz", ".tgz")
"""How the names of archives with a matrix end; of zip archives only some have one."""

_HDF5 = b"\x89HDF"


class Kind(Enum):
    """What becomes an h5ad."""

    LOOM = "Loom"
    TABLE = "table of cells"
    COUNTS = "table of counts"
    TENX_H5 = "10x in HDF5"
    TENX_FILES = "10x in files"
    ZARR = "AnnData in Zarr"


def kind_of(source: Path, name: str) -> Kind:
    """Return what a file is that has a name."""
    from jupyterlab_datahub.sources import hdf5_texts

    lower = name.lower()
    if form_of(name) is Form.MCMICRO:
        return Kind.TABLE
    if lower.endswith(".zarr") or _is_store(source):
        return Kind.ZARR
    if source.is_dir() or lower.endswith(ARCHIVES) or form_of(name) is Form.TENX_ARCHIVE:
        return Kind.TENX_FILES
    with source.open("rb") as file:
        if lower.endswith(".loom") or file.read(4) != _HDF5:
            return Kind.LOOM if lower.endswith(".loom") else _table(source, name)
    other = Kind.TENX_H5 if lower.endswith(".h5") else Kind.LOOM
    from jupyterlab_datahub.anndata_io import tenx

    try:
        with hdf5_texts.opened(source) as opened:
            return Kind.TENX_H5 if tenx.is_tenx(opened) else other
    except (OSError, RuntimeError, KeyError):
        return other


def error_of(kind: Kind) -> type[DataHubError]:
    """Return what is raised of a file of a kind that cannot be read."""
    from jupyterlab_datahub.anndata_io.features import FeatureError
    from jupyterlab_datahub.anndata_io.loom import LoomError
    from jupyterlab_datahub.anndata_io.mtx import CountsError
    from jupyterlab_datahub.anndata_io.zarr_store import StoreError

    return {
        Kind.LOOM: LoomError,
        Kind.TABLE: FeatureError,
        Kind.COUNTS: FeatureError,
        Kind.TENX_H5: CountsError,
        Kind.TENX_FILES: CountsError,
        Kind.ZARR: StoreError,
    }[kind]


def _is_store(source: Path) -> bool:
    if not source.is_dir():
        return False
    from jupyterlab_datahub.anndata_io import zarr_store

    return zarr_store.is_store(source)


def _table(source: Path, name: str) -> Kind:
    """Return which kind of table it is, as its columns tell."""
    from jupyterlab_datahub.anndata_io import counts_table

    is_cells = counts_table.is_cells_of_an_image(source, name)
    return Kind.TABLE if is_cells else Kind.COUNTS
