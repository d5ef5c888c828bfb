"""The store behind the service's redirects: signed addresses, ranges, no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.hca.signing import Signer
from jupyterlab_datahub.demo.messages import Reply, Request, xml_error
from jupyterlab_datahub.demo.ranges import FileHost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.messages import Seen

MANIFEST = "manifest."
"""How the names of manifests begin, which are in a directory of their own."""


class Storage(FileHost):
    """Serves data files and manifests to whoever has a signed address.

    Parameters
    ----------
    directory
        The data files.
    manifests
        The manifests, which come and go.
    etags
        ETags by file name.
    faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`.
    """

    def __init__(
        self,
        directory: Path,
        manifests: Path,
        etags: Mapping[str, str],
        *,
        faults: Faults,
        log: list[Seen],
    ) -> None:
        super().__init__(directory, etags=etags, name="hca-storage", faults=faults, log=log)
        self.manifests = manifests
        self.signer = Signer()

    def signed(self, name: str) -> str:
        """Return an address at which a file may be read for a while."""
        return f"{self.url}/{name}?{self.signer.query(f'/{name}')}"

    def locate(self, name: str) -> Path:
        """Return where a file of a name is, or would be."""
        return (self.manifests if name.startswith(MANIFEST) else self.directory) / name

    def answer(self, request: Request) -> Reply:
        """Return the file, a part of it, or why not."""
        if request.header("authorization"):
            # Real ones do this; and a token that comes here has left the one it was meant for.
            message = "Only one auth mechanism allowed: a signature, or an Authorization header."
            return xml_error(400, "InvalidArgument", message)
        code, message = self.signer.refusal(request)
        if code:
            return xml_error(403, code, message)
        return super().answer(request)
