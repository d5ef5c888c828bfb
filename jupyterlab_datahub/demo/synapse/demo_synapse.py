"""The demo's Synapse as the hub starts it: its services, its store, and everybody's tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.synapse import contents
from jupyterlab_datahub.demo.synapse.service import SynapseService
from jupyterlab_datahub.demo.synapse.storage import PUBLIC, Storage
from jupyterlab_datahub.demo.synapse.users import READER, STRANGER

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.demo.synapse.entities import Entities

FOLDER = "synapse"


class DemoSynapse:
    """A Synapse with the demo's data, on two ports.

    Parameters
    ----------
    demo_files
        The demo's data directory.
    directory
        Where small files are kept; it is there before they are first asked for.
    port, faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`.

    Attributes
    ----------
    api : SynapseService
        The services; its ``entities`` may be changed, its ``revoked`` tokens do not count.
    storage : Storage
        Where the bytes are.
    """

    def __init__(
        self,
        demo_files: Path,
        directory: Path,
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        self._demo_files = demo_files
        self._directory = directory / FOLDER
        self.storage = Storage(self._directory, faults=faults, log=log)
        self.api = SynapseService(self._fill, self.storage, port=port, faults=faults, log=log)

    @property
    def service(self) -> dict[str, str]:
        """Address, projects and tokens; known once started."""
        return {
            "url": self.api.url,
            "storage": self.storage.url,
            "user": READER.name,
            "token": READER.token,
            "stranger_token": STRANGER.token,
            "project": contents.CELLS,
            "file": contents.ANNOTATED,
        }

    def start(self) -> str:
        """Listen, and return the address of the services."""
        self.storage.start()
        try:
            return self.api.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both hosts; stopping twice is fine."""
        self.api.stop()
        self.storage.stop()

    def _fill(self, entities: Entities) -> None:
        public = f"{self.storage.url}{PUBLIC.rstrip('/')}"
        contents.fill(entities, self._demo_files, self._directory, public)
