"""The Human Cell Atlas as a Source."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import DataHubError, NotFoundError, NotSupportedError, WithdrawnError
from jupyterlab_datahub.model import Dataset
from jupyterlab_datahub.sources.hca import exports, refs, samples
from jupyterlab_datahub.sources.hca.api import PUBLIC, AzulApi, CatalogGoneError
from jupyterlab_datahub.sources.hca.facts import facts_of
from jupyterlab_datahub.sources.hca.fields import FieldNames
from jupyterlab_datahub.sources.hca.files import asset_of
from jupyterlab_datahub.sources.hca.links import EXPLORER, collection_link
from jupyterlab_datahub.sources.hca.members import members
from jupyterlab_datahub.sources.hca.paging import Pages
from jupyterlab_datahub.sources.hca.preparing import Preparing
from jupyterlab_datahub.sources.hca.projects import access_of, dataset_of
from jupyterlab_datahub.sources.hca.records import first, objects
from jupyterlab_datahub.sources.hca.search import LiveSearch
from jupyterlab_datahub.sources.hca.texts import Texts
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, Download, Link, SearchQuery, SearchResult
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.hca.records import Record
    from jupyterlab_datahub.sources.hca.refs import Wanted

log = logging.getLogger(__name__)

Pairs = dict[str, tuple[str, ...]]


class HcaSource(Source):
    """The HCA Data Explorer's service, or another one that speaks Azul's API.

    Identifiers are described in :mod:`jupyterlab_datahub.sources.hca.refs`. Options of the entry
    are those of :class:`jupyterlab_datahub.sources.http.Patience`, ``catalog`` (in place of the
    service's default), ``explorer`` (the address of its pages), ``cellxgene_pairs`` (the address
    of the list of projects that are also collections of CELLxGENE) and ``most_requests`` (in five
    minutes).
    """

    kind = refs.KIND

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self._client = Client(config)
        self._api = AzulApi(self._client, config)
        self._pages = Pages(self._api)
        self._texts = Texts(self._api, cache)
        self._live = LiveSearch(self._api, config, FieldNames(), self._texts)
        self._preparing = Preparing(self._api, self.name)
        self._pairs: Pairs | None = None
        own = EXPLORER if self._api.url == PUBLIC else ""
        self._explorer = str(config.options.get("explorer", own))

    def close(self) -> None:
        """Close the connections kept open."""
        self._client.close()

    def search(self, query: SearchQuery) -> SearchResult:
        """Search for projects, samples or files."""
        return self._live.search(query)

    def dataset(self, ref: str) -> Dataset:
        """Return a project, also for one of its files or tables; or a sample, or a selection.

        What a catalog that was replaced had is looked for in the one that took its place.
        """
        wanted = refs.parse(ref, self.name)
        catalog = self._catalog_for(wanted)
        if wanted.thing is refs.Thing.SAMPLE:
            return self._current(self._sample(wanted, catalog), wanted, catalog)
        if wanted.thing is refs.Thing.FILE:
            return self._current(self._with_file(wanted, catalog), wanted, catalog)
        project = wanted.id or refs.project_of(wanted.filters)
        if project:
            found = self._current(self._project(project, wanted.catalog, catalog), wanted, catalog)
            if wanted.thing is refs.Thing.PROJECT or any(a.ref == ref for a in found.assets):
                return found
        return self._selection(wanted)

    def resolve(self, asset: Asset) -> Download:
        """Return the address of a file's or table's bytes, which is signed for an hour or less."""
        wanted = refs.parse(asset.ref, self.name)
        if wanted.thing is refs.Thing.FILES:
            raise NotSupportedError(
                f"{asset.name} is a group of files",
                source=self.name,
                hint="Its files are fetched one by one.",
            )
        if wanted.thing in (refs.Thing.PROJECT, refs.Thing.SAMPLE):
            main = self.dataset(asset.ref).main_asset
            if main is None or main.group:
                raise NotFoundError(
                    f"{asset.ref} has no file of its own",
                    source=self.name,
                    hint="Choose one of its files.",
                )
            asset, wanted = main, refs.parse(main.ref, self.name)
        return self._preparing.download(asset, wanted, self._catalog_for(wanted))

    def members(self, group: Asset) -> Iterator[Asset]:
        """Yield the files of a selection, by name; 1,000 of them cost one request."""
        wanted = refs.parse(group.ref, self.name)
        if wanted.thing is not refs.Thing.FILES:
            raise NotSupportedError(
                f"{group.name} is no group of files", source=self.name, hint="Fetch it as it is."
            )
        return members(self._pages, self._catalog_for(wanted), wanted.filters)

    def _catalog_for(self, wanted: Wanted) -> str:
        """Return the catalog to ask: that of the ref, else the one that took its place.

        Raises
        ------
        WithdrawnError
            If it is a selection: in another catalog, other files would fit.
        """
        if wanted.catalog in self._api.catalogs().catalogs:
            return wanted.catalog
        newest = self._api.catalog()
        if wanted.thing in (refs.Thing.FILES, refs.Thing.MANIFEST):
            raise WithdrawnError(
                f"{self._api.title} replaced its catalog {wanted.catalog} by {newest}, where other "
                "files may fit this selection",
                source=self.name,
                hint="Search again, then start it from there.",
            )
        return newest

    def _current(self, found: Dataset, wanted: Wanted, catalog: str) -> Dataset:
        """Say where a dataset is now, if its catalog was replaced."""
        if catalog == wanted.catalog:
            return found
        newest = found.ref.replace(f":{wanted.catalog}/", f":{catalog}/", 1)
        return msgspec.structs.replace(found, newest_ref=newest)

    def _project(self, id_: str, named: str, catalog: str) -> Dataset:
        """Return a project as `catalog` has it, under the name of the catalog in the ref."""
        hit = self._one("projects", id_, catalog)
        found = dataset_of(hit, named, self.name, self._explorer, self._elsewhere(id_))
        if found is None:
            raise self._not_found(id_)
        return found

    def _with_file(self, wanted: Wanted, catalog: str) -> Dataset:
        """Return the project of a file, with that file first where it is no matrix."""
        try:
            hit = self._one("files", wanted.id, catalog)
        except NotFoundError:
            return self._with_closed_file(wanted, catalog)
        project = first(hit, "projects", "projectId")
        if not project:
            raise self._not_found(wanted.id)
        found = self._project(project, wanted.catalog, catalog)
        told = facts_of(hit)
        if any(asset.ref == wanted.ref for asset in found.assets):
            assets = tuple(
                msgspec.structs.replace(one, properties=told) if one.ref == wanted.ref else one
                for one in found.assets
            )
            return msgspec.structs.replace(found, assets=assets)
        record = next(objects(hit, "files"), {})
        if first(record, "version") != wanted.version:
            # An older version is still kept where it was; what is known is of the newest.
            record = {"uuid": wanted.id, "name": record.get("name"), "version": wanted.version}
        managed = bool(access_of(hit)[1])
        asset = asset_of(record, wanted.catalog, section="File", managed=managed)
        if asset is None:
            return found
        assets = (msgspec.structs.replace(asset, properties=told), *found.assets)
        return msgspec.structs.replace(found, assets=assets)

    def _with_closed_file(self, wanted: Wanted, catalog: str) -> Dataset:
        """Return the project of a matrix under managed access: its files are in no list of files.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        for project in self._texts.having(catalog, wanted.id):
            found = self._project(project, wanted.catalog, catalog)
            if any(asset.ref == wanted.ref for asset in found.assets):
                return found
        raise self._not_found(wanted.id)

    def _sample(self, wanted: Wanted, catalog: str) -> Dataset:
        hit = self._one("samples", wanted.id, catalog)
        return samples.dataset_of(hit, wanted.catalog, self.name, self._explorer)

    def _selection(self, wanted: Wanted) -> Dataset:
        """Return what has a table or a group of files as its one file."""
        title = f"Selection of {self._api.title}"
        asset = exports.asset_of(wanted, title)
        return Dataset(
            ref=asset.ref,
            source=self.name,
            kind=refs.KIND,
            id=asset.ref,
            version=wanted.catalog,
            title=title,
            description="All that fits: " + refs.written(wanted.filters),
            assets=(asset,),
        )

    def _one(self, entity: str, id_: str, catalog: str) -> Record:
        try:
            return self._api.one(entity, id_, catalog)
        except CatalogGoneError:
            self._api.catalogs(fresh=True)
            newest = self._api.catalog()
            if newest == catalog:
                raise
            return self._api.one(entity, id_, newest)

    def _not_found(self, id_: str) -> NotFoundError:
        return NotFoundError(
            f"{self._api.title} does not say what {id_} is",
            source=self.name,
            hint="Search for the project's title.",
        )

    def _elsewhere(self, project: str) -> tuple[Link, ...]:
        """Return links to the same study in CELLxGENE, as the portals' own list has it."""
        url = self.config.options.get("cellxgene_pairs")
        if not url:
            return ()
        if self._pairs is None:
            try:
                self._pairs = _pairs(self._api.outside(str(url), list[dict[str, Any]]))
            except DataHubError as error:
                # A page without these links is better than none.
                log.info("pairs of projects and collections: %s", error)
                return ()
        return tuple(map(collection_link, self._pairs.get(project, ())))


def _pairs(told: list[dict[str, Any]]) -> Pairs:
    found: Pairs = {}
    for one in told:
        project, collection = str(one.get("hcaProjectId", "")), str(one.get("cellxgeneId", ""))
        if project and collection:
            found[project] = (*found.get(project, ()), collection)
    return found
