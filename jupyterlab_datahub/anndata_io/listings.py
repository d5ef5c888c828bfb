"""What is in archives as the rest of the house asks for it; the last answers are kept in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.anndata_io.listing import MOST_BYTES, SECONDS, Listed, ListTask
from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.ranged.child import Children
from jupyterlab_datahub.ranged.paying import agree
from jupyterlab_datahub.settings.memory import MEMORY

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.settings import SourceConfig

FRESH = 600.0
"""Seconds for which an archive on a host counts as what it was."""

KEPT = 16
"""Answers in memory: one of the most files takes some 2 MB."""


class Bundle(NamedTuple):
    """An archive: what it is called, where it is now, and which Source says so."""

    ref: str
    name: str
    download: Download
    config: SourceConfig


class Listings:
    """What is in archives, each looked at in a process of its own; usable from any thread.

    Parameters
    ----------
    home
        The home directory, which has the ledger.
    memory
        Bytes of memory that a look takes at most.
    """

    def __init__(self, home: Path, memory: int = MEMORY) -> None:
        self._home = home
        self._memory = memory
        self._children = Children("jupyterlab_datahub.anndata_io.listing")
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[float, Listed]] = OrderedDict()

    def listing(self, bundle: Bundle, max_usd: float | None = None) -> Listed:
        """Return the files of an archive.

        Parameters
        ----------
        bundle
            Where it is.
        max_usd
            What a look may cost where somebody pays for it; None where nobody was asked.

        Raises
        ------
        UnreadableError
            If it is damaged, or means harm.
        NotSupportedError
            If its host sends no parts of it.
        ConsentError
            If somebody pays for it and nobody agreed to.
        NotFoundError, BusyError, SlowError, RequestError, CatalogError, TransferError
        """
        download, config = bundle.download, bundle.config
        key = (bundle.ref, _state_of(download))
        with self._lock:
            at, known = self._kept.get(key, (0.0, None))
            if known is not None and (download.path or time.time() - at < FRESH):
                self._kept.move_to_end(key)
                return known
        agree(download, MOST_BYTES, max_usd, bundle.name, config.name)
        task = ListTask(
            ref=bundle.ref,
            name=bundle.name,
            seconds=SECONDS,
            memory=self._memory,
            download=download,
            config=config,
            max_usd=max_usd,
            home=str(self._home),
        )
        found = self._children.answer(task, Listed, config.name)
        with self._lock:
            self._kept[key] = (time.time(), found)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def close(self) -> None:
        """End every look."""
        self._children.close()


def _state_of(download: Download) -> str:
    """Return what the state of an archive is called: of a host's, what its Source says of it.

    Raises
    ------
    NotFoundError
        If it was on this machine.
    """
    if not download.path:
        return f"{download.etag} {download.size}"
    path = Path(download.path)
    try:
        stat = path.stat()
    except OSError as error:
        raise NotFoundError(
            f"{path.name} cannot be read: {error.strerror}",
            hint="Refresh its source; it may be gone, or not yours to read.",
        ) from error
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
