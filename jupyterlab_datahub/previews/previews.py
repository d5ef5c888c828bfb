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
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.previews.job import FACTS, MOST_BYTES, Found, Job, What
from jupyterlab_datahub.previews.states import key_of
from jupyterlab_datahub.ranged.child import Children, held
from jupyterlab_datahub.ranged.kept import Kept, digest
from jupyterlab_datahub.ranged.paying import agree
from jupyterlab_datahub.settings.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.model import Download
    from jupyterlab_datahub.previews.job import Stored
    from jupyterlab_datahub.ranged.kept import State
    from jupyterlab_datahub.settings import SourceConfig

FRESH = 600.0
"""Seconds for which a file on a host counts as what it was."""

MOST = 512 << 20
"""Bytes of all that is kept, about."""


class Place(NamedTuple):
    """Where a file is now, and which Source says so; ``stored`` where it has no address."""

    name: str
    download: Download
    config: SourceConfig
    stored: Stored | None = None


class Previews:
    """What is known of files, looked up where it is not known yet; usable from any thread.

    Parameters
    ----------
    directory
        Where it is kept.
    home
        The home directory, which has the ledger.
    memory
        Bytes that a look takes at most.
    spare
        Whether a process is kept ready after each look.
    """

    def __init__(
        self, directory: Path, home: Path, memory: int = MEMORY, *, spare: bool = False
    ) -> None:
        self._kept = Kept(directory, MOST)
        self._home = home
        self._memory = memory
        self._children = Children("jupyterlab_datahub.previews.run", spare=spare, kept=self._kept)
        self._lock = threading.Lock()
        self._refs: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def facts(self, ref: str, locate: Callable[[], Place], max_usd: float | None = None) -> Preview:
        """Return the facts of a file.

        Parameters
        ----------
        ref
            The file.
        locate
            Says where it is now.
        max_usd
            What a look may cost where somebody pays for it; None where nobody was asked.

        Raises
        ------
        UnreadableError
            If it is no file that can be looked into.
        NotSupportedError
            If its host sends no parts of it.
        ConsentError
            If somebody pays for it and nobody agreed to.
        BusyError, SlowError, RequestError, CatalogError, TransferError
        """
        found = self._read(_Wanted(ref, What.FACTS, "", max_usd), locate)
        try:
            return from_json(found, Preview)
        except msgspec.DecodeError as error:
            raise _lost() from error

    def known_facts(self, ref: str) -> Preview | None:
        """Return the facts of a file as it was seen last, None where nobody looked."""
        state = self.known(ref)
        found = state.get(FACTS) if state else None
        try:
            return from_json(found, Preview) if found else None
        except msgspec.DecodeError:
            return None

    def points(
        self, ref: str, embedding: str, locate: Callable[[], Place], max_usd: float | None = None
    ) -> bytes:
        """Return the points of an embedding, of the default one for an empty name, packed.

        Raises
        ------
        NotFoundError
            If there is no such embedding; the rest as with :meth:`facts`.
        """
        return self._read(_Wanted(ref, What.POINTS, embedding, max_usd), locate)

    def colours(
        self, ref: str, column: str, locate: Callable[[], Place], max_usd: float | None = None
    ) -> bytes:
        """Return the colours by a column of obs, packed.

        Raises
        ------
        NotFoundError
            If there is no such column; the rest as with :meth:`facts`.
        """
        return self._read(_Wanted(ref, What.COLOURS, column, max_usd), locate)

    def known(self, ref: str) -> State | None:
        """Return the state of a file as it was seen last, None if it was not."""
        current = self._kept.current(ref)
        return self._kept.state(ref, current.key) if current else None

    def pieces(
        self,
        ref: str,
        names: Sequence[str],
        locate: Callable[[], Place],
        max_usd: float | None = None,
    ) -> State:
        """Return the state of a file with some pieces of it, which are made where they are not.

        Raises as :meth:`facts` does.
        """
        return self._state(_Wanted(ref, What.PIECES, "", max_usd, tuple(names)), locate)

    def expect(self) -> None:
        """Have a process ready for a while, as somebody will likely look into a file."""
        self._children.expect()

    def close(self) -> None:
        """End every look."""
        self._children.close()

    def _read(self, wanted: _Wanted, locate: Callable[[], Place]) -> bytes:
        found = self._state(wanted, locate).get(wanted.name)
        if found is None:
            raise _lost()
        return found

    def _state(self, wanted: _Wanted, locate: Callable[[], Place]) -> State:
        """Return the state of a file with what is wanted in it."""
        ref = wanted.ref
        with self._lock:
            mine = self._refs[ref]
        with held(mine):
            current = self._kept.current(ref)
            if current and not current.local and time.time() - current.checked < FRESH:
                state = self._kept.state(ref, current.key)
                if wanted.is_in(state):
                    return state
            place = locate()
            download = place.download
            key = known_key(download)
            if key and wanted.is_in(state := self._kept.state(ref, key)):
                return state
            agree(download, MOST_BYTES, wanted.max_usd, place.name, place.config.name)
            job = Job(
                ref=ref,
                name=place.name,
                download=download,
                config=place.config,
                directory=str(self._kept.of(ref)),
                what=wanted.what,
                argument=wanted.argument,
                max_usd=wanted.max_usd,
                home=str(self._home),
                pieces=wanted.pieces,
                stored=place.stored,
                memory=self._memory,
            )
            key = self._children.answer(job, Found, place.config.name).key
            self._kept.saw(ref, key, local=bool(download.path))
        return self._kept.state(ref, key)


class _Wanted(NamedTuple):
    """What somebody wants to know of a file, and what that may cost."""

    ref: str
    what: What
    argument: str
    max_usd: float | None
    pieces: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of what is kept of it, where it is no pieces."""
        return FACTS if self.what is What.FACTS else f"{self.what}-{self.argument}"

    def is_in(self, state: State) -> bool:
        """Return whether a state has all of it."""
        return all(map(state.has, self.pieces or (self.name,)))


def known_key(download: Download) -> str:
    """Return what the state of a file is called, empty where only a look tells.

    Raises
    ------
    NotFoundError
        If it was on this machine.
    """
    if download.path:
        return key_of(Path(download.path))
    # An address may be that of a file that was replaced since its Source told of it, and where
    # nobody pays a host is asked in a single request.
    if not download.paying or not download.size or not download.etag.startswith('"'):
        return ""
    return digest(download.etag, download.size)


def _lost() -> DataHubError:
    return DataHubError("what a preview found could not be read", hint="Preview it again.")
