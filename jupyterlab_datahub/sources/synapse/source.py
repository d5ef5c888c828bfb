"""Synapse as a Source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import DatasetVersion
from jupyterlab_datahub.sources.source import Source
from jupyterlab_datahub.sources.synapse import (
    addresses,
    entities,
    groups,
    keys,
    login,
    records,
    refs,
    search,
    wire,
)
from jupyterlab_datahub.sources.synapse.downloads import Downloads
from jupyterlab_datahub.sources.synapse.session import Session
from jupyterlab_datahub.sources.synapse.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import (
        Asset,
        Connection,
        Credentials,
        Dataset,
        Download,
        NodePage,
        Profile,
        SearchQuery,
        SearchResult,
    )
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault

MOST_VERSIONS = 100


class SynapseSource(Source):
    """Synapse, as one of its users."""

    kind: ClassVar[str] = refs.KIND
    title: ClassVar[str] = "Synapse"
    example: ClassVar[str] = addresses.SITE
    connectable: ClassVar[bool] = True
    methods: ClassVar[tuple[str, ...]] = ("token", "profile")
    browsable: ClassVar[bool] = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self.session = Session(config, vault)
        self._downloads = Downloads(self.session)
        self._tree = Tree(self.session, _projects(config))

    def owns(self, ref: str) -> bool:
        """Return whether a ref is of Synapse; its identifiers name no host."""
        return refs.is_ref(ref)

    @classmethod
    def address(cls, url: str) -> str:
        """Return the address of the services, also for a page of synapse.org."""
        return addresses.address(url)

    @classmethod
    def claimed_address(cls, credentials: Credentials) -> str:
        """Return the address that a profile of synapseclient is of."""
        named = (one for one in keys.profiles() if one.name == credentials.profile)
        return next((one.url for one in named), "")

    @classmethod
    def profiles(cls) -> tuple[Profile, ...]:
        """Return the profiles that synapseclient keeps."""
        return keys.profiles()

    def known(self) -> Connection:
        """Return who we are there as far as is known here."""
        return login.known(self.session)

    def connect(self, credentials: Credentials) -> Connection:
        """Be let in with a personal access token, or a profile that has one."""
        return login.connect(self.session, credentials)

    def connection(self) -> Connection:
        """Return who we are there, after asking whether the token is still accepted."""
        return login.check(self.session)

    def disconnect(self) -> Connection:
        """Forget the token."""
        return login.disconnect(self.session)

    def dataset(self, ref: str) -> Dataset:
        """Return a file, folder, project or dataset; of a link, where it leads."""
        named, found = entities.bundle(self.session, refs.parse(ref, self.name))
        handle = found.entity.data_file_handle_id
        self._downloads.learn(named, handle)
        return records.dataset_of(self.session, named, found)

    def versions(self, ref: str) -> tuple[DatasetVersion, ...]:
        """Return the versions of a file, newest first; folders and projects have none."""
        named = refs.parse(ref, self.name)
        if not named.version:
            return ()
        found = entities.versions(self.session, named, MOST_VERSIONS)
        return tuple(
            DatasetVersion(
                ref=str(named._replace(version=one.version_number)),
                version=str(one.version_number),
                date=records.utc(one.modified_on),
                title=_told(one),
                size=one.content_size,
                current=number == 0,
            )
            for number, one in enumerate(found)
        )

    def resolve(self, asset: Asset) -> Download:
        """Return a fresh signed address of a file."""
        return self._downloads.resolve(refs.parse(asset.ref, self.name))

    def members(self, group: Asset) -> Iterator[Asset]:
        """Yield the files below a folder or project, or of a dataset."""
        return groups.members(self.session, self._tree, refs.parse(group.ref, self.name))

    def search(self, query: SearchQuery) -> SearchResult:
        """Search for files, folders or projects."""
        return search.search(self.session, query)

    def children(self, node: str = "", offset: int = 0, limit: int = 100) -> NodePage:
        """Return some projects, or what is below a project or folder."""
        return self._tree.children(node, offset, limit)


def _told(version: wire.Version) -> str:
    """Return the label of a version, unless it only repeats its number, and its comment."""
    label = version.version_label or ""
    told = (label if label != str(version.version_number) else "", version.version_comment or "")
    return ": ".join(filter(None, told))


def _projects(config: SourceConfig) -> tuple[str, ...]:
    said = config.options.get("projects", ())
    found = (said,) if isinstance(said, str) else tuple(map(str, said or ()))
    for one in found:
        if not refs.is_ref(refs.PREFIX + one):
            raise SettingsError(
                f"{one[:80]!r} in projects of {config.name} is no Synapse ID",
                source=config.name,
                hint="One looks like syn123.",
            )
    return found
