"""Refreshing the catalog beside the server: one process of low priority per Source.

``python -m jupyterlab_datahub.catalog.refresh`` reads a job as JSON from its standard
input and writes a report per line to its standard output; the last one is final. What
came of it is also written into ``refresh.sqlite``, by which other servers learn of it.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.catalog.catalog import age
from jupyterlab_datahub.catalog.child import Child, Job, Report, say
from jupyterlab_datahub.catalog.harvest import harvest, new_owner
from jupyterlab_datahub.catalog.parts import part_key
from jupyterlab_datahub.catalog.state import RefreshStates
from jupyterlab_datahub.errors import DataHubError, NotFoundError
from jupyterlab_datahub.model import CatalogState, ErrorBody
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings import NEVER
from jupyterlab_datahub.settings.saved import sources_in_force

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.catalog.catalog import Catalog
    from jupyterlab_datahub.catalog.state import RefreshState
    from jupyterlab_datahub.model import SourceStatus
    from jupyterlab_datahub.settings import Settings, SourceConfig

log = logging.getLogger(__name__)

_RETRY_SECONDS = 300.0


class Refresher:
    """Keeps the parts of the catalog fresh, each in a process of its own.

    At most one process per Source refreshes, over all servers that share the home. All methods
    may be called from any thread, and return at once.

    Parameters
    ----------
    settings
        The configuration in force.
    catalog
        Where the states are read.
    on_change
        Is told every change of a Source's state by this server's refreshes, in another thread.
    """

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        on_change: Callable[[SourceStatus], None] | None = None,
    ) -> None:
        self.on_change = on_change
        self._settings = settings
        self._catalog = catalog
        self._states = RefreshStates(catalog.home)
        self._running: dict[str, tuple[Child, threading.Thread]] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def refresh_stale(self) -> None:
        """Start the refresh of every Source whose part is missing or old.

        After a failure a Source is left alone for five minutes, or as long as it asked for.
        """
        for config in sources_in_force(self._settings):
            self.refresh(config.name, force=False)

    def refresh(self, name: str, force: bool = True) -> SourceStatus:
        """Start the refresh of a Source, unless one is under way, and return its state.

        Parameters
        ----------
        name
            Name of the Source.
        force
            Refresh also what is not old yet.

        Raises
        ------
        NotFoundError
            If no Source has that name.
        """
        config = self._config(name)
        if force or self._is_due(config):
            self._start(config)
        return self._status(config)

    def stop(self) -> None:
        """End all refreshes of this server; what they had not finished is as before."""
        with self._lock:
            self._stopped = True
            running = list(self._running.values())
        for child, _ in running:
            child.terminate()
        for _, thread in running:
            thread.join()
        self._states.close()

    def _config(self, name: str) -> SourceConfig:
        sources = sources_in_force(self._settings)
        for config in sources:
            if config.name == name:
                return config
        known = ", ".join(config.name for config in sources) or "none"
        raise NotFoundError(f"no source is named {name[:80]!r}", hint=f"Configured are: {known}.")

    def _status(self, config: SourceConfig) -> SourceStatus:
        return self._catalog.statuses([config], self._settings.refresh_after)[0]

    def _is_due(self, config: SourceConfig) -> bool:
        limit = self._settings.refresh_after
        last = self._states.all().get(part_key(config))
        if limit >= NEVER or (last is not None and (last.running or _is_resting(last))):
            return False
        harvested = self._status(config).harvested
        since = age(harvested) if harvested else math.inf
        if not harvested and last is not None and last.state is CatalogState.READY:
            # A Source that cannot be listed as a whole has nothing to refresh.
            since = time.time() - last.updated
        return since > limit

    def _start(self, config: SourceConfig) -> None:
        name, key, owner = config.name, part_key(config), new_owner()
        with self._lock:
            if self._stopped or name in self._running or not self._states.claim(key, owner):
                return
            self._states.set(key, CatalogState.REFRESHING)
            try:
                child = Child(Job(settings=self._settings, source=name, owner=owner))
            except OSError as error:
                self._states.set(key, CatalogState.ERROR, _not_started(name, error))
                self._states.release(key, owner)
                return
            thread = threading.Thread(
                target=self._follow, args=(config, child), name=f"refresh {name}", daemon=True
            )
            self._running[name] = (child, thread)
            thread.start()

    def _follow(self, config: SourceConfig, child: Child) -> None:
        """Pass on what a process says until it ends, and tidy up after one that broke down."""
        name, key = config.name, part_key(config)
        self._tell(config, Report())
        for report in child.reports():
            if not report.final:
                self._tell(config, report)
        code = child.wait()
        if not child.finished:
            self._states.set(key, *self._broken_down(name, child, code))
        self._states.release(key, child.owner)
        with self._lock:
            del self._running[name]
        self._tell(config)

    def _broken_down(
        self, name: str, child: Child, code: int
    ) -> tuple[CatalogState, ErrorBody | None]:
        if self._stopped:
            return CatalogState.READY, None
        log.warning("The refresh of %s broke down:\n%s", name, child.complaints)
        return CatalogState.ERROR, ErrorBody(
            code="refresh",
            message=f"the refresh of {name} broke down (exit code {code})",
            source=name,
            hint="Refresh again; the log of the server says more.",
        )

    def _tell(self, config: SourceConfig, report: Report | None = None) -> None:
        """Tell the listener how a refresh stands: by a report, or at its end."""
        if self.on_change is None:
            return
        status = self._status(config)
        if report is not None:
            status = msgspec.structs.replace(
                status, state=CatalogState.REFRESHING, progress=report.progress, error=None
            )
        try:
            self.on_change(status)
        except Exception:
            # A listener's fault must not keep the refresh from being tidied up.
            log.exception("A listener to the refresh of %s failed", config.name)


def _is_resting(last: RefreshState) -> bool:
    """Return whether a Source that failed is to be left alone for now."""
    if last.error is None:
        return False
    return time.time() - last.updated < max(_RETRY_SECONDS, last.error.retry_after or 0.0)


def _not_started(name: str, error: OSError) -> ErrorBody:
    return ErrorBody(
        code="refresh",
        message=f"the refresh of {name} could not be started: {error.strerror}",
        source=name,
        hint="Free some memory on the server's machine, then refresh again.",
    )


def main() -> int:
    """Do the one job that standard input describes; return the exit code."""
    job = from_json(sys.stdin.buffer.read(), Job)

    def tell(words: str) -> None:
        say(Report(progress=words))

    try:
        harvest(job.settings, job.source, owner=job.owner, parent=job.parent, tell=tell)
    except DataHubError as error:
        say(Report(error=error.body(), final=True))
        return 1
    say(Report(final=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
