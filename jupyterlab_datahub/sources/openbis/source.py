"""An openBIS as a Source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.preconfigured import server_address
from jupyterlab_datahub.sources.openbis import login, subject
from jupyterlab_datahub.sources.openbis.session import Session
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, Connection, Credentials, Dataset, Download, Subject
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.vault import Vault


class OpenbisSource(Source):
    """One openBIS (20.10 or later), as one of its users."""

    kind: ClassVar[str] = "openbis"
    connectable: ClassVar[bool] = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self.session = Session(config, vault)

    def owns(self, ref: str) -> bool:
        """Return whether a ref names this host and port."""
        return ref.startswith(f"{self.kind}:{self.session.host}/")

    @classmethod
    def address(cls, url: str) -> str:
        """Return the address of the server, whatever page of it was copied."""
        return server_address(url)

    def known(self) -> Connection:
        """Return who we are there as far as is known here."""
        return login.known(self.session)

    def connect(self, credentials: Credentials) -> Connection:
        """Log in with a password or token, and keep a token."""
        return login.connect(self.session, credentials)

    def connection(self) -> Connection:
        """Return who we are there, after asking whether the token is still valid."""
        return login.check(self.session)

    def disconnect(self) -> Connection:
        """Log out and forget the token."""
        return login.disconnect(self.session)

    def dataset(self, ref: str) -> Dataset:
        """Return the dataset a ref names."""
        raise NotSupportedError(
            f"{self.name} cannot be asked for {ref[:80]!r} yet", source=self.name
        )

    def resolve(self, asset: Asset) -> Download:
        """Return how to get an asset's bytes."""
        raise NotSupportedError(
            f"{self.name} cannot be asked for {asset.name!r} yet", source=self.name
        )

    def subject(self, ref: str) -> Subject:
        """Return what a new notebook is about: the entity a ref names, with its datasets."""
        named = ref.removeprefix(f"{self.kind}:{self.session.host}/")
        # An identifier begins with a slash; behind a permId may be the path of a file.
        identifier = named if named.startswith("/") else named.partition("/")[0]
        return subject.subject(self.session, identifier)
