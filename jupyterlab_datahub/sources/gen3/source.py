"""A Gen3 data commons as a Source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.sources.gen3 import (
    downloads,
    graph,
    groups,
    keys,
    login,
    manifests,
    records,
    refs,
    saves,
    studies,
    uploads,
)
from jupyterlab_datahub.sources.gen3.dictionary import Dictionary
from jupyterlab_datahub.sources.gen3.explorer import Explorer
from jupyterlab_datahub.sources.gen3.exports import Exports
from jupyterlab_datahub.sources.gen3.filerecords import FileRecords
from jupyterlab_datahub.sources.gen3.made import Made
from jupyterlab_datahub.sources.gen3.rights import Rights
from jupyterlab_datahub.sources.gen3.search import LiveSearch
from jupyterlab_datahub.sources.gen3.session import KIND, Session, address
from jupyterlab_datahub.sources.gen3.studies import Studies
from jupyterlab_datahub.sources.gen3.tree import Tree
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import (
        Asset,
        Connection,
        Credentials,
        Dataset,
        DatasetVersion,
        Download,
        GraphAnswer,
        GraphQuestion,
        GraphSchema,
        NodePage,
        Owner,
        Profile,
        SaveForm,
        SaveRequest,
        SearchQuery,
        SearchResult,
    )
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.pieces import PieceReader
    from jupyterlab_datahub.sources.saving import BackEnd, Bundle, Checked, Presets


class Gen3Source(Source):
    """One data commons, as one of its users or as nobody in particular."""

    kind: ClassVar[str] = KIND
    title: ClassVar[str] = "Gen3"
    example: ClassVar[str] = "https://gen3.example.org"
    connectable: ClassVar[bool] = True
    anonymous: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("key", "profile", "token", "workspace")
    browsable: ClassVar[bool] = True
    can_save: ClassVar[bool] = True
    has_graphql: ClassVar[bool] = True
    reads_manifests: ClassVar[bool] = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self.session = Session(config, vault)
        self.rights = Rights(self.session)
        self._signer = downloads.Signer(self.session)
        self._studies = Studies(self.session)
        self._made = Made(self.session, cache)
        dictionary = self._dictionary = Dictionary(self.session)
        explorer = Explorer(self.session)
        self._exports = Exports(self.session, self.rights, dictionary, self._made, explorer)
        self._tree = Tree(self.session, self.rights, dictionary, self._studies)
        files = FileRecords(self.session, self.rights)
        self._live = LiveSearch(self.session, self.rights, self._studies, files, explorer)

    @classmethod
    def understands(cls, ref: str) -> bool:
        """Return whether a ref is of Gen3, or a DRS identifier."""
        return refs.understood(ref)

    def owns(self, ref: str) -> bool:
        """Return whether a ref names this host and port, or is a DRS identifier without one."""
        return refs.owns(self.session.host, ref)

    @classmethod
    def address(cls, url: str) -> str:
        """Return the address of the commons, whatever page of it was copied."""
        return address(url)

    @classmethod
    def claimed_address(cls, credentials: Credentials) -> str:
        """Return the address of the commons that a key, token or profile says it is of."""
        return login.claimed_address(credentials)

    @classmethod
    def profiles(cls) -> tuple[Profile, ...]:
        """Return the profiles that gen3-client keeps."""
        return keys.profiles()

    def known(self) -> Connection:
        """Return who we are there as far as is known here."""
        return login.known(self.session, self.rights)

    def connect(self, credentials: Credentials) -> Connection:
        """Be let in with a key, a profile, a token or the identity of a workspace."""
        return login.connect(self.session, self.rights, credentials)

    def connection(self) -> Connection:
        """Return who we are there, after asking whether the key is still accepted."""
        return login.check(self.session, self.rights)

    def disconnect(self) -> Connection:
        """Forget the key."""
        return login.disconnect(self.session, self.rights)

    def dataset(self, ref: str) -> Dataset:
        """Return the dataset a ref names: a file, a project, a study, a table, a group."""
        named = refs.parse(self.session, ref)
        if named.kind == refs.FILE:
            found = records.record(self.session, named.value)
            return records.dataset_of(self.session, self.rights, found, named.value)
        if named.kind == refs.STUDY:
            study = self._studies.one(named.value)
            return studies.dataset_of(self.session, self.rights, study)
        if named.kind == refs.PROJECT:
            return self._exports.project(named)
        if named.kind in (refs.NODE, refs.TABLE):
            return self._exports.node(named)
        if named.kind in (refs.GRAPHQL, refs.GUPPY):
            return self._exports.question(named)
        if named.kind == refs.RESOURCE:
            raise NotSupportedError(
                f"{named.value} is no dataset", source=self.name, hint="Choose a project or file."
            )
        return groups.dataset(self.session, self.rights, self._studies, named)

    def versions(self, ref: str) -> tuple[DatasetVersion, ...]:
        """Return the history of a file; nothing else has any."""
        named = refs.parse(self.session, ref)
        return records.versions(self.session, named.value) if named.kind == refs.FILE else ()

    def resolve(self, asset: Asset) -> Download:
        """Return how to get an asset's bytes in the next attempt."""
        named = refs.parse(self.session, asset.ref)
        if named.kind == refs.FILE:
            return downloads.resolve(self.session, self._signer, asset, named.value)
        if named.kind in (refs.TABLE, refs.GRAPHQL, refs.GUPPY):
            return self._exports.resolve(asset, named)
        raise NotSupportedError(
            f"{asset.name} is no file",
            source=self.name,
            hint="Choose one of its files, or fetch it as a group.",
        )

    def pieces(self, asset: Asset) -> PieceReader:
        """Return how to read a table that was made of the answer to a question."""
        return self._made.reader(asset.ref, asset.name)

    def members(self, group: Asset) -> Iterator[Asset]:
        """Yield the files of a study, a kept manifest or a search."""
        named = refs.parse(self.session, group.ref)
        found = groups.members(self.session, self.rights, self._studies, self._live, named)
        self.ahead(found)
        yield from found

    def search(self, query: SearchQuery) -> SearchResult:
        """Search for studies, files or objects."""
        return self._live.search(query)

    def children(self, node: str = "", offset: int = 0, limit: int = 100) -> NodePage:
        """Return some children of a program, project, type, study or manifest."""
        return self._tree.children(node, offset, limit)

    def schema(self, endpoint: str = "") -> GraphSchema:
        """Return what can be asked of the submitted records, or of the explorer."""
        return graph.schema(self.session, self._dictionary, endpoint)

    def ask(self, question: GraphQuestion) -> GraphAnswer:
        """Answer a question in GraphQL."""
        return graph.ask(self.session, question)

    def ahead(self, assets: Iterable[Asset]) -> None:
        """Take note of files that are resolved soon, so that many are asked for at once."""
        prefix = refs.file_ref(self.session, "")
        self._signer.ahead(
            asset.ref.removeprefix(prefix) for asset in assets if asset.ref.startswith(prefix)
        )

    def manifest(self, text: str) -> tuple[Asset, ...]:
        """Return the files that a manifest lists."""
        return manifests.read(self.session, text)

    def form(self) -> SaveForm:
        """Return that files are saved as they are."""
        return saves.FORM

    def owners(
        self, text: str, limit: int = 20, *, kind: str = "", type_: str = ""
    ) -> tuple[Owner, ...]:
        """Return the projects and other resources that we may upload to; none has a type."""
        found = saves.owners(self.session, self.rights, text)
        return tuple(one for one in found if kind in ("", one.kind) and not type_)[:limit]

    def checked(self, request: SaveRequest, presets: Presets) -> Checked:
        """Return a request to save with its project in place, and all that is wrong with it."""
        del presets
        return saves.checked(self.session, self.rights, request)

    def back_end(self, bundle: Bundle) -> BackEnd:
        """Return what takes a bundle: an object for each file."""
        return uploads.Objects(self.session, bundle)
