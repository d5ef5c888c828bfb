"""What a selection is made of, opened where it is: a file, a file in pieces, a store of Zarr."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import ChangedError
from jupyterlab_datahub.previews import hdf5, zarr_look
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import LocalFile
from jupyterlab_datahub.ranged.file import Manner, RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.ranged.kept import Blocks, digest
from jupyterlab_datahub.ranged.pieces import MANNER, PieceHost
from jupyterlab_datahub.ranged.rate import at_once
from jupyterlab_datahub.selection.room import Room
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    import h5py

    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.ranged.rate import Wait
    from jupyterlab_datahub.selection.job import Job

AGAIN = "Try again."


class Opened(NamedTuple):
    """A file as HDF5 and as bytes, and the state in which its host says that it is."""

    file: h5py.File
    source: ByteFile
    state: str = ""


@contextmanager
def opened(job: Job, wait: Wait = at_once) -> Iterator[Opened]:
    """Open the file of a selection for a block, at the end of which it is what it was.

    Parameters
    ----------
    job
        The selection.
    wait
        Waits until a host may send more.

    Raises
    ------
    ChangedError
        If it is not.
    DataHubError
    """
    if zarr_look.is_zarr(job.stored, job.download):
        with _store(job, wait) as found:
            yield found
        return
    source = _source(job, wait)
    with source, hdf5.in_words(source), hdf5.opened(source) as file:
        version = getattr(source, "version", None)
        yield Opened(file, source, version.name if version else "")
    path = job.download.path
    if path and Path(path).stat().st_size != source.size:
        raise ChangedError("the file changed while it was read", hint=AGAIN)


def _source(job: Job, wait: Wait) -> ByteFile:
    download = job.download
    if download.path:
        return LocalFile(Path(download.path))

    def shelf(name: str, size: int) -> Blocks | None:
        # What previews fetched is used; what is fetched for this is in the file it becomes.
        return Blocks(Path(job.directory) / digest(name, size), 0) if name else None

    size = download.size or (job.stored and job.stored.asset.size) or 1 << 50
    budget = Budget(2 * size + (256 << 20), wait=wait)
    if job.stored is not None:
        reader = Registry(job.stored.settings)[job.config.name].pieces(job.stored.asset)
        return RangedFile(PieceHost(reader, job.config.name, budget), shelf, _within(job, MANNER))
    manner = _within(job, Manner(measured=True))
    return RangedFile(Host(download, job.config, budget), shelf, manner)


def _within(job: Job, manner: Manner) -> Manner:
    """Return a manner that holds no more blocks than there is room for."""
    return manner._replace(held=Room.of(job.memory).blocks // manner.block)


@contextmanager
def _store(job: Job, wait: Wait) -> Iterator[Opened]:
    import h5py

    zarr_look.need_zarr()
    from jupyterlab_datahub.previews.zarr_file import StoreFile

    budget = Budget(1 << 60, wait=wait)
    where = (job.stored, job.download, job.config, budget)
    folder, state = zarr_look.folder_of(*where)
    with h5py.File(state, "w", driver="core", backing_store=False, libver="latest") as file:
        source = StoreFile(folder, file, lambda: (budget.fetched, budget.requests))
        with hdf5.in_words(source):
            yield Opened(file, source, state)
    if zarr_look.folder_of(*where)[1] != state:
        raise ChangedError("the store changed while it was read", hint=AGAIN)
