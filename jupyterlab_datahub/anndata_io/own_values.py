"""HDF5 files of somebody else's, opened to be converted: only what is in the file is read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.mtx import CountsError
from jupyterlab_datahub.sources import hdf5_texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import h5py


@contextmanager
def opened(source: Path, name: str) -> Iterator[h5py.File]:
    """Open a file of which all values are in the file itself, for a block.

    Parameters
    ----------
    source
        The file; see :func:`jupyterlab_datahub.sources.hdf5_texts.opened`.
    name
        What it is called in errors.

    Raises
    ------
    CountsError
        If values are elsewhere.
    OSError, RuntimeError, KeyError
        If it cannot be read.
    """
    with hdf5_texts.opened(source) as file:
        file.visititems(lambda _, node: check(node, name))
        yield file


def check(node: Any, name: str) -> None:
    """Refuse a dataset whose values are elsewhere.

    A file could have others of this machine read so, and HDF5 fills in zeros where it does not find
    them.

    Raises
    ------
    CountsError
    """
    import h5py

    if isinstance(node, h5py.Dataset) and (node.is_virtual or node.external):
        raise refused(name, f"{node.name} has its values in other files")


def refused(name: str, why: str) -> CountsError:
    """Return the error for a file that leads out of itself."""
    return CountsError(
        f"{name} is not opened: {why}", hint="Ask whoever made it for a file that is whole."
    )
