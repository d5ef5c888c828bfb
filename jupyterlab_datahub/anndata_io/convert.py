"""Files of cells as h5ad: ``python -m jupyterlab_datahub.anndata_io.convert``.

It takes the file, where the h5ad goes and what the file is called. Both go through in slabs, so
the memory it takes does not grow with matrices. The first line on standard output that is no
number is the outcome as JSON; numbers before it are the part that is done, from 0 to 1.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from contextlib import ExitStack
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.anndata_io import (
    counts_table,
    feature_table,
    loom_file,
    outputs,
    own_values,
    spatial,
    tenx,
    tiles,
    zarr_store,
)
from jupyterlab_datahub.anndata_io.features import FeatureError
from jupyterlab_datahub.anndata_io.loom import LoomError
from jupyterlab_datahub.anndata_io.members import broken
from jupyterlab_datahub.anndata_io.mtx import CountsError, UnorderedError
from jupyterlab_datahub.anndata_io.zarr_store import StoreError
from jupyterlab_datahub.errors import DataHubError, TransferError
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.settings import memory
from jupyterlab_datahub.sources import hdf5_texts
from jupyterlab_datahub.sources.contents import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import h5py

UNREADABLE = 3
"""The exit code for a file that cannot be converted; the reason is on standard output."""

INTERRUPTED = 130

TOLD_EVERY = 0.01

PLAIN_BYTES = 256 << 20
"""Bytes of a file up to which matrices are written as they are. They take some two to four times
the room of packed ones and a fifth of the time to read."""

ARCHIVES = (".tar", ".tar.gz", ".tgz")
"""How the names of archives with a matrix end; of zip archives only some have one."""

_HDF5 = b"\x89HDF"


class Converted(Struct):
    """What became of a file; ``values`` are those of X that are not zero."""

    size: int
    sha256: str
    cells: int
    genes: int
    values: int
    layers: tuple[str, ...] = ()


def convert(
    source: Path, target: Path, tell: Callable[[float], None] = lambda _: None, name: str = ""
) -> Converted:
    """Write what a file holds as h5ad.

    What it is, its name and first bytes tell: a Loom file
    (:mod:`~jupyterlab_datahub.anndata_io.loom_file`), a matrix by 10x Genomics in HDF5, a folder
    or an archive (:mod:`~jupyterlab_datahub.anndata_io.tenx`), or a table of cells
    (:mod:`~jupyterlab_datahub.anndata_io.feature_table`) or of counts
    (:mod:`~jupyterlab_datahub.anndata_io.counts_table`).

    Parameters
    ----------
    source
        The file, or a folder by 10x Genomics.
    target
        Where the h5ad goes; what is there is replaced once the new one is whole.
    tell
        Is given the part that is done, from 0 to 1.
    name
        What the file is called, if not as on this disk.

    Raises
    ------
    LoomError, FeatureError, CountsError
        If `source` is no such file, or damaged.
    """
    name = name or source.name
    kind = _kind(source, name)
    part = target.with_name(f"{target.name}.part")
    try:
        try:
            converted = _written(kind, source, part, name, tell, ordered=True)
        except UnorderedError:
            converted = _written(kind, source, part, name, tell, ordered=False)
    except DataHubError:
        part.unlink(missing_ok=True)
        raise
    except _damages() as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:
            # The disk's trouble, not the file's.
            raise
        raise _ERRORS[kind](
            f"{name} cannot be read: {error}",
            hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
        ) from error
    size, sha256 = part.stat().st_size, _sha256(part)
    part.replace(target)
    return msgspec.structs.replace(converted, size=size, sha256=sha256)


def _damages() -> tuple[type[Exception], ...]:
    return (OSError, RuntimeError, KeyError, ValueError, *broken())


class _Kind(Enum):
    LOOM = "Loom"
    TABLE = "table of cells"
    COUNTS = "table of counts"
    TENX_H5 = "10x in HDF5"
    TENX_FILES = "10x in files"
    ZARR = "AnnData in Zarr"


_ERRORS = {
    _Kind.LOOM: LoomError,
    _Kind.TABLE: FeatureError,
    _Kind.COUNTS: FeatureError,
    _Kind.TENX_H5: CountsError,
    _Kind.TENX_FILES: CountsError,
    _Kind.ZARR: StoreError,
}


def _kind(source: Path, name: str) -> _Kind:
    """Return what a file is."""
    lower = name.lower()
    if lower.endswith(".zarr") or zarr_store.is_store(source):
        return _Kind.ZARR
    if source.is_dir() or lower.endswith(ARCHIVES) or form_of(name) is Form.TENX_ARCHIVE:
        return _Kind.TENX_FILES
    with source.open("rb") as file:
        if lower.endswith(".loom") or file.read(4) != _HDF5:
            return _Kind.LOOM if lower.endswith(".loom") else _table(source, name)
    other = _Kind.TENX_H5 if lower.endswith(".h5") else _Kind.LOOM
    try:
        with hdf5_texts.opened(source) as opened:
            return _Kind.TENX_H5 if tenx.is_tenx(opened) else other
    except (OSError, RuntimeError, KeyError):
        return other


def _table(source: Path, name: str) -> _Kind:
    """Return which kind of table it is: MCMICRO's names or its columns tell."""
    if form_of(name) is Form.MCMICRO or counts_table.is_cells_of_an_image(source, name):
        return _Kind.TABLE
    return _Kind.COUNTS


def _written(
    kind: _Kind,
    source: Path,
    part: Path,
    name: str,
    tell: Callable[[float], None],
    *,
    ordered: bool,
) -> Converted:
    size = 0 if source.is_dir() else source.stat().st_size
    packed = size > PLAIN_BYTES
    layers: tuple[str, ...] = ()
    with ExitStack() as stack:
        create = partial(_create, part, stack)
        if kind is _Kind.TABLE:
            cells, genes, layers = feature_table.write(source, name, create, tell)
            values = cells * genes
        elif kind is _Kind.COUNTS:
            cells, genes, values = counts_table.write(source, name, create(), tell, packed=packed)
        elif kind is _Kind.ZARR:
            cells, genes, values = zarr_store.from_zarr(source, name, create(), tell)
        elif kind is _Kind.TENX_FILES:
            cells, genes, values = tenx.write_archive(
                source, name, create(), tell, ordered=ordered, packed=packed
            )
        elif kind is _Kind.TENX_H5:
            written = create()
            opened = stack.enter_context(own_values.opened(source, name))
            cells, genes, values = tenx.write_h5(opened, name, written, tell, packed=packed)
            spatial.join(written, outputs.beside(source, name), name, tenx.said_by(opened))
        else:
            # Other processes start before what takes a while to load in this one.
            others = stack.enter_context(tiles.readers(size))
            written = create()
            opened = stack.enter_context(own_values.opened(source, name))
            cells, genes, values, layers = loom_file.write(
                opened, source, name, written, tell, packed=packed, others=others
            )
    return Converted(size=0, sha256="", cells=cells, genes=genes, values=values, layers=layers)


def _create(part: Path, stack: ExitStack) -> h5py.File:
    """Make an HDF5 file that is closed with the stack."""
    import h5py

    return stack.enter_context(h5py.File(part, "w"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Convert the file of the first argument into that of the second; see :func:`answer`."""
    return answer(_converted)


def answer(
    work: Callable[[Path, Path, Callable[[float], None], str, str], Converted],
) -> int:
    """Do what the arguments of this process ask for, say what became of it, and return the status.

    The first argument is the file, the second what is made, a third its name, a fourth what of it
    is converted, and a fifth are the bytes of memory that this takes at most.

    Parameters
    ----------
    work
        Is given the file, what is made, what to tell of its progress, the name, and what of the
        file is converted.
    """
    # The process is short, and its few cycles are small.
    gc.disable()
    memory.keep()
    source, target = map(Path, sys.argv[1:3])
    name, member, most = (*sys.argv[3:6], "", "", "")[:3]
    if most:
        memory.limit(int(most))
    told = 0.0

    def tell(part: float) -> None:
        nonlocal told
        if part >= told + TOLD_EVERY:
            told = part
            _say(f"{part:.2f}".encode())

    try:
        outcome: Converted | ErrorBody = work(source, target, tell, name, member)
    except (DataHubError, MemoryError) as error:
        outcome = _in_words(error, name or source.name, int(most or memory.MEMORY)).body()
    except OSError as error:
        # The disk's trouble; what is wrong with a file was told otherwise.
        why = os.strerror(error.errno) if error.errno else str(error)
        outcome = TransferError(
            f"the conversion of {name or source.name} could not go on: {why}",
            hint="Look whether its disk has room, and may be written to.",
        ).body()
    except KeyboardInterrupt:
        # Whoever started this was told to end as well, and says so.
        return INTERRUPTED
    _say(msgspec.json.encode(outcome))
    return UNREADABLE if isinstance(outcome, ErrorBody) else 0


def _in_words(error: DataHubError | MemoryError, name: str, most: int) -> DataHubError:
    if isinstance(error, DataHubError) and not memory.was_short(error):
        return error
    return CountsError(memory.words(f"the conversion of {name}", most), hint=memory.HINT)


def _converted(
    source: Path, target: Path, tell: Callable[[float], None], name: str, member: str
) -> Converted:
    if not member:
        return convert(source, target, tell, name)
    # It converts by what is above.
    from jupyterlab_datahub.anndata_io.bundled import write_member

    return write_member(source, name, member, target, tell)


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # All is closed; taking the libraries apart would take a twentieth of a second.
    os._exit(status)
