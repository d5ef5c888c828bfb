"""One refresh of one Source's part of the catalog, wherever it runs."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.catalog.parts import part_key
from jupyterlab_datahub.catalog.state import HEARTBEAT_SECONDS, RefreshStates
from jupyterlab_datahub.errors import (
    BusyError,
    ConflictError,
    DataHubError,
    NotFoundError,
    NotSupportedError,
    SlowError,
    UnreachableError,
)
from jupyterlab_datahub.model import CatalogState
from jupyterlab_datahub.settings.saved import sources_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyterlab_datahub.catalog.replace import ChangeCounts
    from jupyterlab_datahub.model import Dataset
    from jupyterlab_datahub.settings import Settings

_PROGRESS_SECONDS = 0.5


def new_owner() -> str:
    """Return a name for one run, unlike every other."""
    return uuid4().hex


def harvest(
    settings: Settings,
    name: str,
    *,
    owner: str = "",
    parent: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> ChangeCounts | None:
    """Fetch the catalog of a Source and bring its part of ours up to date.

    Parameters
    ----------
    settings
        The configuration in force.
    name
        Name of the Source.
    owner
        What the refresh is claimed as, so that only one process at a time runs it.
    parent
        The process this one works for; when it is gone, the refresh gives up.
    tell
        Is told progress in words, a few times a second at most.

    Returns
    -------
    ChangeCounts or None
        What changed; None where the Source cannot be listed, or where another process is at it.

    Raises
    ------
    DataHubError
        If the catalog could not be had. The state is written before, the former part stays.
    NotFoundError
        If no Source has that name.
    """
    key = _key(settings, name)
    states = RefreshStates(Path(settings.home))
    owner = owner or new_owner()
    if not states.claim(key, owner):
        return None
    watch = _Watch(states, key, owner, parent)
    try:
        with watch:
            counts = _replace(settings, name, watch, _progress(states, key, tell))
    except DataHubError as error:
        states.set(key, failed_state(error), error.body())
        raise
    else:
        states.set(key, CatalogState.READY)
        return counts
    finally:
        states.release(key, owner)
        states.close()


def _key(settings: Settings, name: str) -> str:
    for config in sources_in_force(settings):
        if config.name == name:
            return part_key(config)
    raise NotFoundError(f"no source is named {name!r}", hint="Check the configuration.")


def failed_state(error: DataHubError) -> CatalogState:
    """Return how a Source stands after a refresh that failed with `error`."""
    if isinstance(error, UnreachableError | SlowError):
        return CatalogState.OFFLINE
    if isinstance(error, BusyError | ConflictError):
        return CatalogState.STALE
    return CatalogState.ERROR


def _replace(
    settings: Settings, name: str, watch: _Watch, progress: Callable[[str], None]
) -> ChangeCounts | None:
    from jupyterlab_datahub.sources.registry import Registry

    source = Registry(settings)[name]
    catalog = Catalog(Path(settings.home), sources_in_force(settings))
    progress("")
    try:
        return catalog.replace(name, watch.guard(source.harvest(progress)))
    except NotSupportedError:
        return None
    finally:
        catalog.close()


def _progress(
    states: RefreshStates, key: str, tell: Callable[[str], None]
) -> Callable[[str], None]:
    """Return a function that writes progress down, the first word and then now and again."""
    last = 0.0

    def progress(words: str) -> None:
        nonlocal last
        now = time.monotonic()
        if not words or last == 0.0 or now - last >= _PROGRESS_SECONDS:
            # That it has begun, without a word yet, must not hold up the first word.
            last = now if words else last
            states.set(key, CatalogState.REFRESHING, progress=words)
            tell(words)

    return progress


class _Watch:
    """Says that a refresh lives, and notices when it has no reason to live on."""

    def __init__(self, states: RefreshStates, key: str, owner: str, parent: int | None) -> None:
        self._states = states
        self._key = key
        self._owner = owner
        self._parent = parent
        self._ended = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def guard(self, datasets: Iterable[Dataset]) -> Iterator[Dataset]:
        """Yield `datasets` as long as the refresh is still wanted from this process."""
        for dataset in datasets:
            self._check()
            yield dataset
        self._check()

    def _check(self) -> None:
        if self._parent is not None and os.getppid() != self._parent:
            raise ConflictError("the server that started this refresh is gone")
        if self._lost:
            raise ConflictError("another process took this refresh over")

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            if not self._states.beat(self._key, self._owner):
                self._lost = True
                return
