"""What is in an archive, found out in a process of its own.

Of a zip the list of its files is at its end, so that of one on a host only that is fetched. A tar
is read from its start to its end, and only where it is on this machine.
``python -m jupyterlab_datahub.anndata_io.listing`` is told on its standard input which one.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from jupyterlab_datahub.anndata_io.members import Entry, Members, broken, zip_entries
from jupyterlab_datahub.anndata_io.mtx import damaged
from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import Download, Struct
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.ranged.file import Manner, RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.ranged.process import serve
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.spending.purse import open_purse

MOST_BYTES = 8 << 20
"""Bytes that may be fetched of a zip: the list of the most files that one may have takes less."""

SECONDS = 240.0
"""For a tar that is packed, all of which is unpacked to see what is in it."""

END = Manner(block=16 << 10, first=16 << 10, small=32 << 10, around=(0, 1), held=600)
"""A zip is read a little at its start, and then at its end."""


class ListTask(Task, kw_only=True):
    """An archive: where it is, and what looking at it may cost where somebody pays for it."""

    download: Download
    config: SourceConfig
    max_usd: float | None = None
    home: str = ""


class File(Struct):
    """A file of it, with the bytes that it says it has."""

    path: str
    size: int


class Listed(Outcome):
    """What is in it, and what it cost to find out."""

    files: tuple[File, ...] = ()
    size: int = 0
    fetched: int = 0
    requests: int = 0


def listed(task: ListTask) -> Listed:
    """Return the files of an archive.

    Raises
    ------
    CountsError
        If it is damaged, or means harm.
    DataHubError
        If its host sends no parts of it.
    """
    try:
        if task.download.path:
            path = Path(task.download.path)
            files = _files(Members(path, task.name).entries())
            return Listed(files=files, size=path.stat().st_size)
        return _of_host(task)
    except broken() as error:
        raise damaged(task.name, str(error)) from error


def _of_host(task: ListTask) -> Listed:
    source = task.config.name
    purse = open_purse(
        Path(task.home), task.ref, task.download, task.max_usd, name=task.name, source=source
    )
    file = RangedFile(Host(task.download, task.config, Budget(MOST_BYTES), purse), manner=END)
    try:
        with zipfile.ZipFile(file) as archive:
            files = _files(zip_entries(archive, task.name))
    except Exception:
        # zipfile takes what a host refuses for a file that is no zip.
        if file.failure is not None:
            raise file.failure from None
        raise
    finally:
        file.close()
    return Listed(files=files, size=file.size, fetched=file.fetched, requests=file.requests)


def _files(entries: list[Entry]) -> tuple[File, ...]:
    return tuple(File(path=one.path, size=one.size) for one in entries)


def answered(task: ListTask) -> Listed:
    """Return what there is to say of an archive."""
    try:
        return listed(task)
    except DataHubError as error:
        return Listed(error=error.body())


if __name__ == "__main__":
    serve(ListTask, answered)
