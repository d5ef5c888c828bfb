"""Previews as the rest of the house asks for them; every look is a process of its own."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import Preview
from jupyterlab_datahub.preview.job import FACTS, Found, Job, What
from jupyterlab_datahub.preview.run import key_of
from jupyterlab_datahub.ranged.child import Children, held
from jupyterlab_datahub.ranged.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.ranged.kept import State
    from jupyterlab_datahub.settings import SourceConfig

FRESH = 600.0
"""Seconds for which a file on a host counts as what it was."""

MOST = 512 << 20
"""Bytes of all that is kept, about."""


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
        self._kept = Kept(directory, MOST)
        self._children = Children("jupyterlab_datahub.preview.run")
        self._lock = threading.Lock()
        self._refs: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

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
        found = self._read(ref, locate, What.FACTS, "")
        try:
            return msgspec.json.decode(found, type=Preview)
        except msgspec.DecodeError as error:
            raise _lost() from error

    def points(self, ref: str, embedding: str, locate: Callable[[], Place]) -> bytes:
        """Return the points of an embedding, of the default one for an empty name, packed.

        Raises
        ------
        NotFoundError
            If there is no such embedding; the rest as with :meth:`facts`.
        """
        return self._read(ref, locate, What.POINTS, embedding)

    def colours(self, ref: str, column: str, locate: Callable[[], Place]) -> bytes:
        """Return the colours by a column of obs, packed.

        Raises
        ------
        NotFoundError
            If there is no such column; the rest as with :meth:`facts`.
        """
        return self._read(ref, locate, What.COLOURS, column)

    def known(self, ref: str) -> State | None:
        """Return the state of a file as it was seen last, None if it was not."""
        current = self._kept.current(ref)
        return self._kept.state(ref, current.key) if current else None

    def pieces(self, ref: str, names: Sequence[str], locate: Callable[[], Place]) -> State:
        """Return the state of a file with some pieces of it, which are made where they are not.

        Raises as :meth:`facts` does.
        """
        return self._state(ref, locate, What.PIECES, "", tuple(names))

    def close(self) -> None:
        """End every look."""
        self._children.close()

    def _read(self, ref: str, locate: Callable[[], Place], what: What, argument: str) -> bytes:
        wanted = FACTS if what is What.FACTS else f"{what}-{argument}"
        found = self._state(ref, locate, what, argument, (wanted,)).get(wanted)
        if found is None:
            raise _lost()
        return found

    def _state(
        self,
        ref: str,
        locate: Callable[[], Place],
        what: What,
        argument: str,
        wanted: tuple[str, ...],
    ) -> State:
        """Return the state of a file with what is wanted in it."""
        with self._lock:
            mine = self._refs[ref]
        with held(mine):
            current = self._kept.current(ref)
            if current and not current.local and time.time() - current.checked < FRESH:
                state = self._kept.state(ref, current.key)
                if all(map(state.has, wanted)):
                    return state
            place = locate()
            local = place.download.path
            if local:
                state = self._kept.state(ref, key_of(Path(local)))
                if all(map(state.has, wanted)):
                    return state
            job = Job(
                ref=ref,
                name=place.name,
                download=place.download,
                config=place.config,
                directory=str(self._kept.of(ref)),
                what=what,
                argument=argument,
                pieces=wanted if what is What.PIECES else (),
            )
            key = self._children.answer(job, Found, place.config.name).key
            self._kept.saw(ref, key, local=bool(local))
        self._kept.tidy()
        return self._kept.state(ref, key)


def _lost() -> DataHubError:
    return DataHubError("what a preview found could not be read", hint="Preview it again.")
