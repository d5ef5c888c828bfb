"""Previews as the rest of the house asks for them; every look is a process of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import BusyError, ConflictError, DataHubError
from jupyterlab_datahub.preview.child import Child
from jupyterlab_datahub.preview.job import Job, What
from jupyterlab_datahub.preview.kept import FACTS, Kept, State
from jupyterlab_datahub.preview.run import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.model import Download, Preview
    from jupyterlab_datahub.settings import SourceConfig

AT_ONCE = 2
"""Processes that look at files."""

FRESH = 600.0
"""Seconds for which a file on a host counts as what it was."""

PATIENCE = 90.0
"""Seconds for which somebody waits for others who look."""


class Place(NamedTuple):
    """Where a file is now, and which Source says so."""

    name: str
    download: Download
    config: SourceConfig


class Previews:
    """What is known of files, looked up where it is not known yet; usable from any thread.

    Parameters
    ----------
    directory
        Where it is kept.
    """

    def __init__(self, directory: Path) -> None:
        self._kept = Kept(directory)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._refs: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._children: set[Child] = set()
        self._closed = False

    def facts(self, ref: str, locate: Callable[[], Place]) -> Preview:
        """Return the facts of a file.

        Parameters
        ----------
        ref
            The file.
        locate
            Says where it is now.

        Raises
        ------
        UnreadableError
            If it is no file that can be looked into.
        NotSupportedError
            If its host sends no parts of it.
        BusyError, SlowError, RequestError, CatalogError, TransferError
        """
        found = self._state(ref, locate, What.FACTS, "").facts()
        if found is None:
            raise DataHubError("what a preview found could not be read", hint="Preview it again.")
        return found

    def points(self, ref: str, embedding: str, locate: Callable[[], Place]) -> bytes:
        """Return the points of an embedding, of the default one for an empty name, packed.

        Raises
        ------
        NotFoundError
            If there is no such embedding; the rest as with :meth:`facts`.
        """
        return self._packed(ref, locate, What.POINTS, embedding)

    def colours(self, ref: str, column: str, locate: Callable[[], Place]) -> bytes:
        """Return the colours by a column of obs, packed.

        Raises
        ------
        NotFoundError
            If there is no such column; the rest as with :meth:`facts`.
        """
        return self._packed(ref, locate, What.COLOURS, column)

    def close(self) -> None:
        """End every look."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()

    def _packed(self, ref: str, locate: Callable[[], Place], what: What, argument: str) -> bytes:
        packed = self._state(ref, locate, what, argument).get(f"{what}-{argument}")
        if packed is None:
            raise DataHubError("what a preview found could not be read", hint="Preview it again.")
        return packed

    def _state(self, ref: str, locate: Callable[[], Place], what: What, argument: str) -> State:
        """Return the state of a file with what is wanted in it."""
        wanted = FACTS if what is What.FACTS else f"{what}-{argument}"
        with self._lock:
            mine = self._refs[ref]
        with _held(mine):
            current = self._kept.current(ref)
            if current and not current.local and time.time() - current.checked < FRESH:
                state = self._kept.state(ref, current.key)
                if state.has(wanted):
                    return state
            place = locate()
            local = place.download.path
            if local and (state := self._kept.state(ref, key_of(Path(local)))).has(wanted):
                return state
            job = Job(
                ref=ref,
                name=place.name,
                download=place.download,
                config=place.config,
                directory=str(self._kept.of(ref)),
                what=what,
                argument=argument,
            )
            key = self._look(job)
            self._kept.saw(ref, key, local=bool(local))
        self._kept.tidy()
        return self._kept.state(ref, key)

    def _look(self, job: Job) -> str:
        with _held(self._turns):
            with self._lock:
                if self._closed:
                    raise ConflictError("the server is stopping", hint="Start it again.")
                child = Child(job)
                self._children.add(child)
            try:
                return child.outcome()
            finally:
                with self._lock:
                    self._children.discard(child)


@contextlib.contextmanager
def _held(turn: threading.Lock | threading.BoundedSemaphore) -> Iterator[None]:
    """Hold a turn for a block, if it comes soon enough."""
    if not turn.acquire(timeout=PATIENCE):
        raise BusyError("too many files are being looked into", hint="Try again in a minute.")
    try:
        yield
    finally:
        turn.release()
