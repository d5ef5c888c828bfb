"""An openBIS as a Source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.settings.preconfigured import server_address
from jupyterlab_datahub.sources.addresses import TokenAddress
from jupyterlab_datahub.sources.openbis import (
    datasets,
    entities,
    fast_download,
    forms,
    login,
    owners,
    refs,
    saves,
    servlet,
    subject,
    tree,
)
from jupyterlab_datahub.sources.openbis.search import LiveSearch
from jupyterlab_datahub.sources.openbis.session import Session
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import (
        Asset,
        Connection,
        Credentials,
        Dataset,
        DatasetVersion,
        Download,
        NodePage,
        Owner,
        SaveForm,
        SaveRequest,
        SearchQuery,
        SearchResult,
        Subject,
    )
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.pieces import PieceReader
    from jupyterlab_datahub.sources.saving import BackEnd, Bundle, Checked, Presets


class OpenbisSource(Source):
    """One openBIS (20.10 or later), as one of its users."""

    kind: ClassVar[str] = "openbis"
    title: ClassVar[str] = "openBIS"
    example: ClassVar[str] = "https://openbis.example.org"
    connectable: ClassVar[bool] = True
    browsable: ClassVar[bool] = True
    can_save: ClassVar[bool] = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self.session = Session(config, vault, login.renew)
        self._live = LiveSearch(self.session)

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
        """Return the dataset a ref names with the list of its files, or an entity."""
        if identifier := refs.identifier_of(self.session, ref):
            return entities.by_identifier(self.session, identifier)
        try:
            return datasets.dataset(self.session, ref)
        except NotFoundError:
            found = entities.by_permid(self.session, refs.parse(self.session, ref).permid)
            if found is None:
                raise
            return found

    def versions(self, ref: str) -> tuple[DatasetVersion, ...]:
        """Return the saved versions of one notebook; none of other datasets."""
        return datasets.versions(self.session, ref)

    def unarchive(self, ref: str) -> Dataset:
        """Ask for the files of a dataset to be brought back from the archive."""
        return datasets.unarchive(self.session, ref)

    def resolve(self, asset: Asset) -> Download:
        """Return what an asset's bytes will be; they come in pieces."""
        return datasets.resolve(self.session, asset)

    def with_token(self, asset: Asset) -> TokenAddress | None:
        """Return where a file is for users with a token; none for all files of a dataset."""
        permid, path = refs.parse(self.session, asset.ref)
        if not path:
            return None
        return TokenAddress(
            url=servlet.address(self.session, permid, path),
            parameter=servlet.PARAMETER,
            server=self.session.host,
            verify_tls=self.config.verify_tls,
        )

    def pieces(self, asset: Asset) -> PieceReader:
        """Return how to read a file, or all files of a dataset as a folder."""
        return fast_download.reader(self.session, asset)

    def search(self, query: SearchQuery) -> SearchResult:
        """Search as the user who is connected."""
        return self._live.search(query)

    def children(self, node: str = "", offset: int = 0, limit: int = 100) -> NodePage:
        """Return some children of a space, project, collection, object or container."""
        return tree.children(self.session, node, offset, limit)

    def subject(self, ref: str) -> Subject:
        """Return what a new notebook is about: the entity a ref names, with its datasets."""
        named = ref.removeprefix(f"{self.kind}:{self.session.host}/")
        # An identifier begins with a slash; behind a permId may be the path of a file.
        identifier = named if named.startswith("/") else named.partition("/")[0]
        return subject.subject(self.session, identifier)

    def form(self) -> SaveForm:
        """Return the types of datasets with their properties."""
        return forms.form(self.session)

    def owners(
        self, text: str, limit: int = 20, *, kind: str = "", type_: str = ""
    ) -> tuple[Owner, ...]:
        """Return collections and objects for a text typed so far."""
        return owners.search(self.session, text, limit, kind, type_)

    def checked(self, request: SaveRequest, presets: Presets) -> Checked:
        """Return a request to save with permIds in place, and all that is wrong with it."""
        return forms.checked(self.session, request, presets)

    def back_end(self, bundle: Bundle) -> BackEnd:
        """Return what takes a bundle: the data store server, or the file server."""
        return saves.back_end(self.session, bundle)
