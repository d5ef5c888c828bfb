"""The Source protocol: what every catalog must answer, and what it may.

A Source is one room under ``sources/`` (or a third party's package), found through the entry
point group ``jupyterlab_datahub.sources``. It speaks one wire protocol and nothing else, is
called from threads, keeps no global state, and raises only from :mod:`jupyterlab_datahub.errors`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.errors import BadAnswerError, NotSupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
        Picture,
        Profile,
        SaveForm,
        SaveRequest,
        SearchQuery,
        SearchResult,
        Subject,
    )
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.addresses import TokenAddress
    from jupyterlab_datahub.sources.pieces import PieceReader
    from jupyterlab_datahub.sources.saving import BackEnd, Bundle, Checked, Presets


OF_STORES = "Choose an openBIS, a Gen3 commons or a bucket."


class Source(ABC):
    """A catalog or store we can talk to.

    Parameters
    ----------
    config
        The entry of the configuration this Source was made from.
    cache
        A directory of this Source's own, made when first needed. What is in it may be
        deleted at any time.
    root
        The directory that relative paths of the configuration start from.
    vault
        Where the secrets of connections are; None for Sources that need none.
    """

    kind: ClassVar[str]
    """The kind written in configuration and in front of refs."""

    title: ClassVar[str] = ""
    """What people call this kind of Source, for those that one can connect to."""

    example: ClassVar[str] = ""
    """An address of such a Source, as an example."""

    harvestable: ClassVar[bool] = False
    """Whether :meth:`harvest` gives the whole catalog, to be indexed on this machine."""

    local: ClassVar[bool] = False
    """Whether it reads this machine alone, so that it is asked itself rather than the index."""

    connectable: ClassVar[bool] = False
    """Whether it lets nobody in without credentials: then it is listed among the connections."""

    anonymous: ClassVar[bool] = False
    """Whether a connectable Source tells something to those who are not connected as well."""

    methods: ClassVar[tuple[str, ...]] = ("password", "token")
    """With what one connects: fields of :class:`~jupyterlab_datahub.model.Credentials`."""

    has_graphql: ClassVar[bool] = False
    """Whether it answers questions in GraphQL (:meth:`ask`)."""

    reads_manifests: ClassVar[bool] = False
    """Whether there are lists of its files that people hand on (:meth:`manifest`)."""

    browsable: ClassVar[bool] = False
    """Whether it has a tree (:meth:`children`)."""

    can_save: ClassVar[bool] = False
    """Whether notebooks can be saved to it."""

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        self.config = config
        self.cache = cache
        self.root = root
        self.vault = vault

    @property
    def name(self) -> str:
        """The name of this Source in the configuration, unique among Sources."""
        return self.config.name

    def _cannot(self, words: str, hint: str) -> NotSupportedError:
        return NotSupportedError(f"{self.name} {words}", source=self.name, hint=hint)

    @classmethod
    def understands(cls, ref: str) -> bool:
        """Return whether a ref is written as those of this kind, or in another way it knows."""
        return ref.startswith(f"{cls.kind}:")

    def owns(self, ref: str) -> bool:
        """Return whether `ref` could be one of this Source's, judged by its text alone."""
        return ref.startswith(f"{self.kind}:")

    @abstractmethod
    def dataset(self, ref: str) -> Dataset:
        """Return the dataset a ref (of a dataset or of one of its assets) names.

        Raises
        ------
        NotFoundError, WithdrawnError, AccessError, CatalogError
        """

    @abstractmethod
    def resolve(self, asset: Asset) -> Download:
        """Return how to get an asset's bytes; called just before they are fetched.

        A Download with neither ``url`` nor ``path`` sends whoever asks to :meth:`pieces`.

        Raises
        ------
        NotReadyError
            If the host still makes it; the transfer asks again, with the same Source object.
        NotFoundError, WithdrawnError, AccessError, CatalogError
        """

    def below(self, ref: str, path: str) -> Download:
        """Return how to get a file below a folder that `ref` names, whether it is there or not.

        Parameters
        ----------
        ref
            The folder, without a slash at its end.
        path
            From the folder to the file, with slashes.

        Raises
        ------
        NotSupportedError
            If there are no folders, or none that are read a file at a time.
        AccessError, CatalogError
        """
        raise NotSupportedError(
            f"{self.name} has no folders that can be looked into",
            source=self.name,
            hint="Download the folder, and open it from the library.",
        )

    def members(self, group: Asset) -> Iterator[Asset]:
        """Yield the files of a group, each with its ref, name and what is known of its bytes.

        The order is the same whenever it is asked again. An asset that cannot be had is yielded
        too, with the reason in its ``access_note``.

        Raises
        ------
        NotFoundError, AccessError, CatalogError
        """
        raise self._cannot("has no groups of files", "Fetch its files one by one.")

    def ahead(self, assets: Iterable[Asset]) -> None:  # noqa: B027 - most have no use for it
        """Take note of assets that are resolved soon, in this order; may ask for them together."""

    def manifest(self, text: str) -> tuple[Asset, ...]:
        """Return the files that a manifest lists (a text that people hand on).

        Raises
        ------
        BadRequestError
            If it is no manifest; says in which line or entry.
        """
        raise self._cannot("knows no manifests", "Name the source that the manifest is of.")

    def picture(self, ref: str) -> Picture:
        """Return the thumbnail that a ref of a story's picture names.

        Raises
        ------
        NotFoundError, AccessError, CatalogError
        """
        raise self._cannot("has no pictures", "Open the page of the dataset.")

    def schema(self, endpoint: str = "") -> GraphSchema:
        """Return what can be asked in GraphQL, as introspection says.

        Raises
        ------
        AccessError, CatalogError
        """
        raise self._cannot("has no GraphQL", "Ask a Gen3 commons, or search it.")

    def ask(self, question: GraphQuestion) -> GraphAnswer:
        """Answer a question in GraphQL; what is wrong with it is in the answer.

        Raises
        ------
        AccessError, CatalogError
        """
        raise self._cannot("has no GraphQL", "Ask a Gen3 commons, or search it.")

    def pieces(self, asset: Asset) -> PieceReader:
        """Return how to read an asset that is no HTTP resource: a folder, or a file in pieces.

        Raises
        ------
        NotFoundError, WithdrawnError, AccessError, CatalogError
        """
        raise BadAnswerError(
            f"{self.name} gave no address for {asset.name}",
            source=self.name,
            hint="Refresh the page of the dataset; if it stays so, tell who runs the source.",
        )

    def with_token(self, asset: Asset) -> TokenAddress | None:
        """Return where users get a file with a token of their own, None if there is no such place.

        Raises
        ------
        BadRequestError, NotFoundError, AccessError, CatalogError
        """
        return None

    def versions(self, ref: str) -> tuple[DatasetVersion, ...]:
        """Return the history of a dataset, newest first; empty where none is kept."""
        return ()

    def harvest(self, progress: Callable[[str], None] = lambda _: None) -> Iterator[Dataset]:
        """Yield every dataset of the catalog; `progress` is told words for the user."""
        raise self._cannot("cannot be listed as a whole", "Search it instead.")

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer a search, for Sources that are not harvested."""
        raise self._cannot("has no search of its own", "Search its catalog, which is kept here.")

    @classmethod
    def address(cls, url: str) -> str:
        """Return an address that a user typed as this kind of Source uses it, empty if unusable."""
        return url.strip()

    @classmethod
    def claimed_address(cls, credentials: Credentials) -> str:  # noqa: ARG003 - for others
        """Return the address that credentials say they are of, to be confirmed by the user.

        Nobody has checked what they say. Empty where they say nothing.

        Raises
        ------
        BadRequestError
            If they cannot be read.
        """
        return ""

    @classmethod
    def profiles(cls) -> tuple[Profile, ...]:
        """Return who we are at Sources of this kind, as another tool keeps it on this machine."""
        return ()

    def known(self) -> Connection:
        """Return who we are there as far as is known here; asks nobody.

        One that can be browsed and needs no connection says who it takes us for, if it knows.
        """
        raise self._cannot("needs no connection", "Search it as it is.")

    def unarchive(self, ref: str) -> Dataset:
        """Ask for the files of a dataset to be brought back from the archive.

        Raises
        ------
        ConflictError
            If they are not in the archive.
        NotFoundError, AccessError, CatalogError
        """
        raise self._cannot("has no archive", "Download the files as they are.")

    def connect(self, credentials: Credentials) -> Connection:
        """Let us in, and keep what is needed to be let in again in the vault.

        Raises
        ------
        AccessError
            If the credentials are refused.
        CatalogError
        """
        raise self._cannot("needs no connection", "Search it as it is.")

    def connection(self) -> Connection:
        """Return who we are there now, asking the Source whether that still holds.

        Raises
        ------
        ExpiredError
            If it does not.
        CatalogError
        """
        raise self._cannot("needs no connection", "Search it as it is.")

    def disconnect(self) -> Connection:
        """Log out and forget the secret.

        Raises
        ------
        ConflictError
            If what lets us in is not ours to forget.
        """
        raise self._cannot("needs no connection", "Search it as it is.")

    def children(self, node: str = "", offset: int = 0, limit: int = 100) -> NodePage:
        """Return some children of a node of the tree, of its root for an empty `node`."""
        raise self._cannot("cannot be browsed", "Search it instead.")

    def subject(self, ref: str) -> Subject:
        """Return what a new notebook is about: the entity a ref names, with its datasets.

        Raises
        ------
        NotFoundError, AccessError, CatalogError
        """
        raise NotSupportedError(
            f"{self.name} has no template for notebooks",
            source=self.name,
            hint="Load the dataset into a notebook instead.",
        )

    def form(self) -> SaveForm:
        """Return what the store wants to know of a notebook that is saved to it."""
        raise self._cannot("takes nothing that is saved", OF_STORES)

    def owners(
        self, text: str, limit: int = 20, *, kind: str = "", type_: str = ""
    ) -> tuple[Owner, ...]:
        """Return what a saved notebook can belong to, for a text typed so far.

        Parameters
        ----------
        text
            A part of an identifier, code or name.
        limit
            How many at most.
        kind, type_
            The only kind and type of them that will do, as in a property that names an object;
            any where empty.
        """
        raise self._cannot("takes nothing that is saved", OF_STORES)

    def checked(self, request: SaveRequest, presets: Presets) -> Checked:
        """Return a request to save as the store takes it, with all that is wrong with it.

        What `presets` has is used where the store knows it and the request leaves it open.

        Raises
        ------
        AccessError, CatalogError
            If the store cannot be asked.
        """
        raise self._cannot("takes nothing that is saved", OF_STORES)

    def back_end(self, bundle: Bundle) -> BackEnd:
        """Return what takes a bundle that was checked; called by the transfer worker.

        Raises
        ------
        AccessError, CatalogError
            If the store cannot be asked.
        """
        raise self._cannot("takes nothing that is saved", OF_STORES)
