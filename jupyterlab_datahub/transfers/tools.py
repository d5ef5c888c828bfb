"""What all transfers of a worker share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterlab_datahub.transfers.network.ranges import Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.settings import Settings, SourceConfig
    from jupyterlab_datahub.sources.registry import Registry
    from jupyterlab_datahub.transfers.disk.owner import Owner, Watch
    from jupyterlab_datahub.transfers.library.library import Library
    from jupyterlab_datahub.transfers.network.hosts import Hosts
    from jupyterlab_datahub.transfers.queue.claims import Claims
    from jupyterlab_datahub.transfers.schema import Job

PAGES = (".html", ".htm")
"""Ends of the names of files that may be web pages without that being a mistake."""


@dataclass(frozen=True, slots=True)
class Tools:
    """One for a worker; `promised` is what other runs than a given one will still write."""

    settings: Settings
    registry: Registry
    claims: Claims
    library: Library
    hosts: Hosts
    owner: Owner
    watch: Watch
    promised: Callable[[Job], int]

    def config(self, source: str) -> SourceConfig | None:
        """Return the configuration of a Source, None if it is not configured any more."""
        return self.registry.config(source)

    def client(self, job: Job) -> Client:
        """Return what sends the requests of a transfer."""
        return Client(
            self.settings,
            self.config(job.source),
            self.hosts,
            job.source,
            page=job.name.endswith(PAGES),
        )
