"""A file of cells as what is wanted of it: an h5ad, or a store in Zarr 3 with shards.

``python -m jupyterlab_datahub.anndata_io.sharded`` does it in a process with a bound of memory; its
arguments and what it says are those of :mod:`~jupyterlab_datahub.anndata_io.convert`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.anndata_io import own_values, zarr_store
from jupyterlab_datahub.anndata_io.convert import Converted, answer, convert
from jupyterlab_datahub.anndata_io.members import Members, broken
from jupyterlab_datahub.anndata_io.mtx import damaged
from jupyterlab_datahub.anndata_io.zarr_store import StoreError
from jupyterlab_datahub.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

_HALF = 0.5


def convert_to(
    source: Path, target: Path, tell: Callable[[float], None] = lambda _: None
) -> Converted:
    """Write a file as what the name of `target` says, whole or not at all.

    Parameters
    ----------
    source
        An h5ad, or what :func:`~jupyterlab_datahub.anndata_io.convert.convert` reads.
    target
        What is made: ``.h5ad`` or ``.zarr``.
    tell
        Is given the part that is done, from 0 to 1.

    Raises
    ------
    BadRequestError
        If it is to be something else, or is the same.
    DataHubError
        If the file cannot be read, or zarr is not there.
    """
    wanted, given = target.suffix.lower(), source.suffix.lower()
    if wanted not in {".h5ad", ".zarr"} or wanted == given:
        raise BadRequestError(
            f"{source.name} does not become {target.name}",
            hint="What is made ends in .h5ad or .zarr, and is not what is there already.",
        )
    if wanted == ".h5ad":
        return convert(source, target, tell)
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".convert-") as place:
        first, share = source, 0.0
        if given != ".h5ad":
            first, share = Path(place, "made.h5ad"), _HALF
            convert(source, first, lambda part: tell(part * share), source.name)
        part = Path(place, target.name)
        sizes = _store(first, source.name, part, lambda done: tell(share + done * (1 - share)))
        shutil.move(part, target)
    cells, genes, values = sizes
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return Converted(size=size, sha256="", cells=cells, genes=genes, values=values)


def convert_member(
    bundle: Path, member: str, target: Path, tell: Callable[[float], None] = lambda _: None
) -> Converted:
    """Do the same with one file of a folder or of an archive, of which nothing else is unpacked.

    Raises
    ------
    CountsError
        If it is not there, or the archive means harm.
    BadRequestError, DataHubError
    """
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".convert-") as place:
        try:
            source = Members(bundle, bundle.name).take(member, Path(place))
        except broken() as error:
            raise damaged(bundle.name, str(error)) from error
        if source.suffix.lower() == target.suffix.lower():
            cells, genes, values = zarr_store.sizes_of(source, source.name)
            shutil.move(source, target)
            size = target.stat().st_size
            return Converted(size=size, sha256="", cells=cells, genes=genes, values=values)
        return convert_to(source, target, tell)


def _store(
    source: Path, name: str, target: Path, tell: Callable[[float], None]
) -> tuple[int, int, int]:
    try:
        with own_values.opened(source, name) as opened:
            return zarr_store.to_zarr(opened, name, target, tell)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise StoreError(
            f"{name} cannot be read: {error}",
            hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
        ) from error


def main() -> int:
    """Do what the arguments of this process ask for."""
    return answer(_converted)


def _converted(
    source: Path,
    target: Path,
    tell: Callable[[float], None],
    _name: str,
    member: str,
) -> Converted:
    if member:
        return convert_member(source, member, target, tell)
    return convert_to(source, target, tell)


if __name__ == "__main__":
    sys.exit(main())
