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
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.anndata_io import parallel
from jupyterlab_datahub.anndata_io.kinds import Kind, error_of, kind_of
from jupyterlab_datahub.errors import DataHubError, TransferError
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.settings import memory
from jupyterlab_datahub.settings.priority import compute_alone
from jupyterlab_datahub.sources.contents import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import h5py

UNREADABLE = 3
"""The exit code for a file that cannot be converted; the reason is on standard output."""

INTERRUPTED = 130

TOLD_EVERY = 0.01

SHARED = frozenset({Form.LOOM, Form.MCMICRO})
"""What several processes read where it is large."""

PIECE = 4 << 20
"""Bytes that are read at once for a checksum."""

PLAIN_BYTES = 256 << 20
"""Bytes of a file up to which matrices are written as they are. They take some two to four times
the room of packed ones and a fifth of the time to read."""


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
    kind = kind_of(source, name)
    part = target.with_name(f"{target.name}.part")
    try:
        converted = _written(kind, source, part, name, tell)
    except DataHubError:
        part.unlink(missing_ok=True)
        raise
    except _damages() as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:
            # The disk's trouble, not the file's.
            raise
        raise error_of(kind)(
            f"{name} cannot be read: {error}",
            hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
        ) from error
    size, sha256 = part.stat().st_size, _sha256(part)
    part.replace(target)
    return msgspec.structs.replace(converted, size=size, sha256=sha256)


def _damages() -> tuple[type[Exception], ...]:
    from jupyterlab_datahub.anndata_io.members import broken

    return (OSError, RuntimeError, KeyError, ValueError, *broken())


# What reads a kind is imported where it is needed: each is started for one file.


def _written(
    kind: Kind, source: Path, part: Path, name: str, tell: Callable[[float], None]
) -> Converted:
    layers: tuple[str, ...] = ()
    with ExitStack() as stack:
        create = partial(_create, part, stack)
        if kind is Kind.TABLE:
            from jupyterlab_datahub.anndata_io import feature_table

            cells, genes, layers = feature_table.write(source, name, create, tell)
            values = cells * genes
        elif kind is Kind.LOOM:
            cells, genes, values, layers = _loom(source, name, create, stack, tell)
        elif kind is Kind.COUNTS:
            from jupyterlab_datahub.anndata_io import counts_table

            packed = _is_packed(source)
            cells, genes, values = counts_table.write(source, name, create(), tell, packed=packed)
        elif kind is Kind.ZARR:
            from jupyterlab_datahub.anndata_io import zarr_store

            cells, genes, values = zarr_store.from_zarr(source, name, create(), tell)
        else:
            cells, genes, values = _tenx(kind, source, name, create, stack, tell)
    return Converted(size=0, sha256="", cells=cells, genes=genes, values=values, layers=layers)


def _loom(
    source: Path,
    name: str,
    create: Callable[[], h5py.File],
    stack: ExitStack,
    tell: Callable[[float], None],
) -> tuple[int, int, int, tuple[str, ...]]:
    from jupyterlab_datahub.anndata_io import loom_file, own_values, tiles

    # Other processes start before what takes a while to load in this one.
    others = stack.enter_context(tiles.readers(source.stat().st_size))
    written = create()
    opened = stack.enter_context(own_values.opened(source, name))
    packed = _is_packed(source)
    return loom_file.write(opened, source, name, written, tell, packed=packed, others=others)


def _tenx(
    kind: Kind,
    source: Path,
    name: str,
    create: Callable[[], h5py.File],
    stack: ExitStack,
    tell: Callable[[float], None],
) -> tuple[int, int, int]:
    from jupyterlab_datahub.anndata_io import outputs, own_values, spatial, tenx
    from jupyterlab_datahub.anndata_io.mtx import UnorderedError

    packed = _is_packed(source)
    if kind is Kind.TENX_H5:
        written = create()
        opened = stack.enter_context(own_values.opened(source, name))
        found = tenx.write_h5(opened, name, written, tell, packed=packed)
        spatial.join(written, outputs.beside(source, name), name, tenx.said_by(opened))
        return found
    try:
        return tenx.write_archive(source, name, create(), tell, ordered=True, packed=packed)
    except UnorderedError:
        stack.close()
        return tenx.write_archive(source, name, create(), tell, ordered=False, packed=packed)


def _is_packed(source: Path) -> bool:
    return source.is_file() and source.stat().st_size > PLAIN_BYTES


def _create(part: Path, stack: ExitStack) -> h5py.File:
    """Make an HDF5 file that is closed with the stack."""
    import h5py

    return stack.enter_context(h5py.File(part, "w"))


def _sha256(path: Path) -> str:
    """Return the checksum of a file, of which the next piece is read meanwhile."""
    digest = hashlib.sha256()
    current, following = bytearray(PIECE), bytearray(PIECE)
    with path.open("rb", buffering=0) as file, ThreadPoolExecutor(1) as reader:
        reading = reader.submit(file.readinto, current)
        while length := reading.result():
            reading = reader.submit(file.readinto, following)
            digest.update(memoryview(current)[:length])
            current, following = following, current
    return digest.hexdigest()


def main() -> int:
    """Convert the file of the first argument into that of the second; see :func:`answer`."""
    source, name, member = Path(sys.argv[1]), *(*sys.argv[3:5], "", "")[:2]
    shared = not member and form_of(name or source.name) in SHARED
    compute_alone()
    with parallel.expected(source) if shared else nullcontext():
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
    from jupyterlab_datahub.anndata_io.mtx import CountsError

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
