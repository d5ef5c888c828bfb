"""The store behind the demo's Synapse: signed addresses, and a corner that is open to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3.storage import Signer
from jupyterlab_datahub.demo.gen3.tokens import Clock
from jupyterlab_datahub.demo.messages import Reply, Request, xml_error
from jupyterlab_datahub.demo.ranges import File, FileHost
from jupyterlab_datahub.demo.synapse.entities import md5

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.demo.synapse.entities import Handle

LIFE = 900
"""Seconds that a signed address lasts, as it does at Synapse."""

PUBLIC = "/public/"


class Storage(FileHost):
    """Serves the files of handles to whoever has a signed address.

    Parameters
    ----------
    directory
        Its files are open to all below ``/public/``.
    faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`; faults know it as ``synapse-storage``.

    Attributes
    ----------
    life : int
        Seconds that an address signed from now on lasts.
    clock : Clock
        Decides what has expired.
    """

    def __init__(
        self, directory: Path, *, faults: Faults | None = None, log: list[Seen] | None = None
    ) -> None:
        super().__init__(directory, name="synapse-storage", faults=faults, log=log)
        self.clock = Clock()
        self.life = LIFE
        self._signer = Signer(self.clock)
        self._files: dict[str, Path] = {}

    def start(self) -> str:
        """Listen, and let addresses lead here."""
        self._signer.base = super().start()
        return self.url

    def revoke(self) -> None:
        """Make every address that was signed so far a wrong one."""
        self._signer.revoke()

    def signed(self, handle: Handle) -> str:
        """Return an address at which the file of a handle may be read for a while."""
        place = f"demo-synapse/{handle.id}/{handle.name}"
        if handle.path:
            self._files[place] = handle.path
        return self._signer.sign("GET", place, self.life, {"x-id": "GetObject"})

    def answer(self, request: Request) -> Reply:
        """Return the file, a part of it, or why not."""
        if request.header("authorization"):
            # Real ones do this; and a token that comes here has left the one it was meant for.
            message = "Only one auth mechanism allowed"
            return xml_error(400, "InvalidArgument", message)
        query = {name: values[0] for name, values in request.query.items()}
        refused = self._signer.refused("GET", request.path, query)
        if refused and not request.path.startswith(PUBLIC):
            return xml_error(403, *refused)
        return super().answer(request)

    def _find(self, request: Request) -> File | None:
        path = self._files.get(request.path.removeprefix("/"))
        if request.path.startswith(PUBLIC):
            path = self.directory / request.path.removeprefix(PUBLIC).replace("/", "")
        if path is None or not path.is_file():
            return None
        stat = path.stat()
        found = File(path, stat.st_size, f'"{md5(path)}"', float(int(stat.st_mtime)))
        return self._as_seen(request, found)
