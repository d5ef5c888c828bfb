"""Starting and stopping the local services as one."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo import data
from jupyterlab_datahub.demo.cellxgene.api import CellxgeneApi
from jupyterlab_datahub.demo.cellxgene.catalog import COLLECTIONS
from jupyterlab_datahub.demo.cellxgene.records import CellxgeneCatalog
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons
from jupyterlab_datahub.demo.hca.atlas import HumanCellAtlas
from jupyterlab_datahub.demo.messages import json_reply
from jupyterlab_datahub.demo.openbis import contents, defaults
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.demo.s3.demo_store import DemoStore
from jupyterlab_datahub.demo.synapse.demo_synapse import DemoSynapse
from jupyterlab_datahub.demo.tissue_atlas.site import TissueAtlasSite

if TYPE_CHECKING:
    import ssl
    from typing import Self

    from jupyterlab_datahub.demo.messages import Seen

Services = dict[str, dict[str, str]]


class DemoHub:
    """CELLxGENE, openBIS, Gen3, Human Cell Atlas, a tissue atlas, an object store and Synapse.

    Each host has a port of 127.0.0.1.

    Parameters
    ----------
    data
        Directory of the files; they are made there if they are not there yet.
    port
        Port of CELLxGENE's API, 0 for any that is free. The others take any.
    big
        Whether there is a file of more than a gigabyte.
    openbis_tls
        How openBIS speaks https; None for http.

    Attributes
    ----------
    faults : Faults
        Switches for everything that can go wrong.
    requests : list of Seen
        Every request so far, oldest first; ``clear()`` it as you like.
    catalog : CellxgeneCatalog
        The records; set ``as_of`` or ``withdrawn`` to let the catalog change.
    api, assets : Host
        The two hosts of CELLxGENE.
    openbis : OpenbisService
        openBIS; its ``store`` has the entities, ``store.api_version`` may be set. What is
        uploaded is gone when the hub is stopped.
    gen3 : DemoCommons
        The Gen3 commons; its ``commons`` has the clock, the tokens and the records.
    hca : HumanCellAtlas
        The Human Cell Atlas: the service Azul and its store.
    tissue_atlas : TissueAtlasSite
        The site of a tissue atlas; its ``changes`` let its repository change.
    s3 : DemoStore
        The object store; its ``api`` has the buckets and what was paid for.
    synapse : DemoSynapse
        Synapse; the ``entities`` of its ``api`` may be changed.

    Examples
    --------
    >>> with DemoHub(directory, big=False) as hub:  # doctest: +SKIP
    ...     hub.faults.add("cut", after=100_000, path="*.h5ad")
    ...     print(hub.services["cellxgene"]["url"])
    """

    def __init__(
        self,
        data_directory: Path,
        *,
        port: int = 0,
        big: bool = True,
        openbis_tls: ssl.SSLContext | None = None,
    ) -> None:
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
        self.api.controls["/_services"] = lambda _request: json_reply(self.services)
        self._uploads = Path(tempfile.gettempdir()) / f"datahub-demo-{uuid.uuid4()}"
        store = Store(self._uploads / "store")
        defaults.furnish(store)
        contents.fill(store, data_directory, big=big)
        self.openbis = OpenbisService(
            store, self._uploads, faults=self.faults, log=self.requests, tls=openbis_tls
        )
        self.gen3 = DemoCommons(
            data_directory, self._uploads, big=big, faults=self.faults, log=self.requests
        )
        self.hca = HumanCellAtlas(
            data_directory, self._uploads, faults=self.faults, log=self.requests
        )
        self.tissue_atlas = TissueAtlasSite(faults=self.faults, log=self.requests)
        self.s3 = DemoStore(
            data_directory, self._uploads, big=big, faults=self.faults, log=self.requests
        )
        self.synapse = DemoSynapse(
            data_directory, self._uploads, faults=self.faults, log=self.requests
        )

    @property
    def services(self) -> Services:
        """The addresses, by kind of Source; known once started."""
        return {
            "cellxgene": {"url": f"{self.api.url}/curation", "assets": self.assets.url},
            "openbis": {
                "url": self.openbis.url,
                "host": self.openbis.host,
                "user": defaults.SCIENTIST,
                "password": defaults.SCIENTIST_PASSWORD,
                "reader": defaults.READER,
                "reader_password": defaults.READER_PASSWORD,
                "space": defaults.SPACE,
            },
            "gen3": self.gen3.service,
            "hca": self.hca.services,
            "tissue-atlas": self.tissue_atlas.services,
            "s3": self.s3.service,
            "synapse": self.synapse.service,
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
        self._uploads.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as started:
            started.callback(shutil.rmtree, self._uploads, ignore_errors=True)
            self.catalog.assets = self.assets.start()
            started.callback(self.assets.stop)
            self.openbis.start()
            started.callback(self.openbis.stop)
            self.gen3.start()
            started.callback(self.gen3.stop)
            self.hca.start()
            started.callback(self.hca.stop)
            self.tissue_atlas.start()
            started.callback(self.tissue_atlas.stop)
            self.s3.start()
            started.callback(self.s3.stop)
            self.synapse.start()
            started.callback(self.synapse.stop)
            self.api.start()
            started.pop_all()
        return self.services

    def stop(self) -> None:
        """Stop all services and close their connections; stopping twice is fine."""
        self.faults.clear()
        self.api.stop()
        self.gen3.stop()
        self.hca.stop()
        self.tissue_atlas.stop()
        self.s3.stop()
        self.synapse.stop()
        self.openbis.stop()
        self.assets.stop()
        shutil.rmtree(self._uploads, ignore_errors=True)

    def __enter__(self) -> Self:
        """Start the services."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the services."""
        self.stop()
