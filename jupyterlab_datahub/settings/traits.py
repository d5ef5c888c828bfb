"""What an administrator or user may configure in Jupyter's way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets import Bool, Float, Int, List, Unicode
from traitlets.config import Configurable

from jupyterlab_datahub.settings.config import NEVER, Settings, data_home
from jupyterlab_datahub.settings.preconfigured import found_sources
from jupyterlab_datahub.settings.sources_file import (
    DEFAULT_SOURCES,
    by_administrator,
    read_sources,
    source_config,
    sources_file,
    unique,
)


class DataHub(Configurable):
    """What an administrator or user may set as ``c.DataHub.<name>``."""

    home = Unicode(help="Directory of library, queue, index and caches.").tag(config=True)
    sources: List[dict[str, Any]] = List(
        help="Sources, in place of the sources file: mappings with name, kind, url, …"
    ).tag(config=True)
    extra_sources: List[dict[str, Any]] = List(
        help="Sources added to those of the sources file."
    ).tag(config=True)
    shared_library = Unicode(help="A read-only library that is looked into first.").tag(config=True)
    link_directory = Unicode(
        "datahub", help="Folder under the server's root that gets the named links."
    ).tag(config=True)
    reserve_gb = Float(2.0, help="Gigabytes that stay free on the disk.").tag(config=True)
    memory_gb = Float(
        1.0, min=0.25, help="Gigabytes of memory of a process that reads or converts a file."
    ).tag(config=True)
    transfers_at_once = Int(3, help="Transfers that run at the same time.").tag(config=True)
    connections_per_transfer = Int(8, help="Ranges of one file fetched at once.").tag(config=True)
    connections_per_host = Int(8, help="Connections to one host at once.").tag(config=True)
    rate_per_host_mb = Float(0.0, help="Megabytes a second from one host; 0: no limit.").tag(
        config=True
    )
    connect_timeout = Float(20.0, help="Seconds to wait for a connection.").tag(config=True)
    read_timeout = Float(60.0, help="Seconds without a byte before a retry.").tag(config=True)
    attempts = Int(8, help="Tries without progress before a transfer fails.").tag(config=True)
    refresh_hours = Float(6.0, help="Age at which a catalog is fetched again.").tag(config=True)
    offline = Bool(False, help="Never refresh a catalog by itself.").tag(config=True)

    def settings(self, root: Path) -> Settings:
        """Return the settings in force for a server (or command) whose root is `root`.

        Raises
        ------
        SettingsError
        """
        if self.sources:
            sources = by_administrator(self.sources, "c.DataHub.sources")
        elif path := sources_file():
            sources = read_sources(path)
        else:
            sources = tuple(source_config(entry, "defaults") for entry in DEFAULT_SOURCES)
        extra = by_administrator(self.extra_sources, "c.DataHub.extra_sources")
        configured = unique(sources + extra)
        home = Path(self.home).expanduser().absolute() if self.home else data_home()
        return Settings(
            home=str(home),
            root=str(root),
            sources=tuple(
                config.below(root) for config in (*configured, *found_sources(configured))
            ),
            shared_library=self.shared_library,
            link_directory=self.link_directory,
            reserve=int(self.reserve_gb * 1024**3),
            memory=int(self.memory_gb * 1024**3),
            transfers_at_once=self.transfers_at_once,
            connections_per_transfer=self.connections_per_transfer,
            connections_per_host=self.connections_per_host,
            rate_per_host=int(self.rate_per_host_mb * 1e6),
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            attempts=self.attempts,
            refresh_after=NEVER if self.offline else self.refresh_hours * 3600,
        )
