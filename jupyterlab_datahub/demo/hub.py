"""Starting and stopping the local services as one."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo import data
from jupyterlab_datahub.demo.cellxgene_api import CellxgeneApi
from jupyterlab_datahub.demo.cellxgene_catalog import COLLECTIONS
from jupyterlab_datahub.demo.cellxgene_records import CellxgeneCatalog
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from jupyterlab_datahub.demo.messages import Seen

Services = dict[str, dict[str, str]]


class DemoHub:
    """CELLxGENE with its asset host, on two ports of 127.0.0.1.

    Parameters
    ----------
    data
        Directory of the files; they are made there if they are not there yet.
    port
        Port of the API, 0 for any that is free. The asset host takes any.
    big
        Whether there is a file of more than a gigabyte.

    Attributes
    ----------
    faults : Faults
        Switches for everything that can go wrong.
    requests : list of Seen
        Every request so far, oldest first; ``clear()`` it as you like.
    catalog : CellxgeneCatalog
        The records; set ``as_of`` or ``withdrawn`` to let the catalog change.
    api, assets : Host
        The two hosts.

    Examples
    --------
    >>> with DemoHub(directory, big=False) as hub:  # doctest: +SKIP
    ...     hub.faults.add("cut", after=100_000, path="*.h5ad")
    ...     print(hub.services["cellxgene"]["url"])
    """

    def __init__(self, data_directory: Path, *, port: int = 0, big: bool = True) -> None:
        self.faults = Faults()
        self.requests: list[Seen] = []
        self._directory = data_directory
        self._big = big
        data.prepare(data_directory, big=big)
        records = data.records(data_directory, big=big)
        self.catalog = CellxgeneCatalog(COLLECTIONS, records)
        self.assets = FileHost(
            data_directory,
            etags={a.name: a.etag for record in records.values() for a in record.assets},
            faults=self.faults,
            log=self.requests,
        )
        self.api = CellxgeneApi(self.catalog, port=port, faults=self.faults, log=self.requests)

    @property
    def services(self) -> Services:
        """The addresses, by kind of Source; known once started."""
        return {
            "cellxgene": {"url": f"{self.api.url}/curation", "assets": self.assets.url},
        }

    def seen(self, path: str = "*", method: str = "GET") -> list[Seen]:
        """Return the requests so far whose path matches a shell pattern, oldest first."""
        return [
            seen
            for seen in list(self.requests)
            if seen.method == method and fnmatchcase(seen.path, path)
        ]

    def start(self) -> Services:
        """Start all services and return their addresses.

        Raises
        ------
        OSError
            If the port is taken.
        """
        self.catalog.assets = self.assets.start()
        try:
            self.api.start()
        except OSError:
            self.assets.stop()
            raise
        return self.services

    def stop(self) -> None:
        """Stop all services and close their connections; stopping twice is fine."""
        self.faults.clear()
        self.api.stop()
        self.assets.stop()

    def __enter__(self) -> Self:
        """Start the services."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the services."""
        self.stop()
