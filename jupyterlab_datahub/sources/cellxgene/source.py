"""CZ CELLxGENE Discover as a Source.

One call lists everything, but it is slow and often ends in a gateway's 504 (an HTML page), so
there is a second way: the list of collections, then the changed collections one by one. Every
answer is kept on disk; when the service is down, a dataset is shown as it was last seen.
"""

from __future__ import annotations

import hashlib
import logging
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import (
    BusyError,
    CatalogError,
    NotFoundError,
    RequestError,
    SettingsError,
    UnreachableError,
    WithdrawnError,
)
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.sources.cellxgene import refs
from jupyterlab_datahub.sources.cellxgene.api import CurationApi
from jupyterlab_datahub.sources.cellxgene.fetch import Fetched, fetch_changed
from jupyterlab_datahub.sources.cellxgene.kept import (
    COLLECTIONS,
    DATASETS,
    Kept,
    collection_file,
    in_collection,
    version_file,
)
from jupyterlab_datahub.sources.cellxgene.translate import dataset_of, version_of
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.model import Asset, Dataset, DatasetVersion
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.cellxgene.wire import Record

log = logging.getLogger(__name__)


class Standing(Enum):
    """How a dataset's collection is known."""

    KNOWN = auto()
    LAST_SEEN = auto()
    WITHDRAWN = auto()


class CellxgeneSource(Source):
    """Datasets of CZ CELLxGENE Discover, or of a service that speaks its curation API.

    Identifiers are described in :mod:`jupyterlab_datahub.sources.cellxgene.refs`. Options of
    the entry are those of :class:`jupyterlab_datahub.sources.http.Patience`.
    """

    kind = refs.KIND
    harvestable = True

    def __init__(
        self, config: SourceConfig, cache: Path, root: Path, vault: Vault | None = None
    ) -> None:
        super().__init__(config, cache, root, vault)
        self._client = Client(config)
        self._api = CurationApi(self._client, config.url)
        # What another service said under this Source's name is no answer of this one.
        service = hashlib.sha256(self._api.url.encode()).hexdigest()[:12]
        self._kept = Kept(cache / f"answers-{service}")

    def close(self) -> None:
        """Close the connections kept open."""
        self._client.close()

    def harvest(self, progress: Callable[[str], None] = lambda _: None) -> Iterator[Dataset]:
        """Yield every public dataset; what is kept of an earlier harvest outlives a failure.

        Raises
        ------
        CatalogError
            If neither the one call nor the collections one by one give the whole catalog.
        """
        progress("Asking for all datasets")
        records = self._all_at_once(progress)
        collections = self._collections(progress, must=records is None)
        if records is None or (not records and any(c.get("datasets") for c in collections)):
            progress("Asking for the collections one by one")
            fetched = self._fetch(
                self._kept, collections, lambda _done, _total, words: progress(words)
            )
            collections = list(fetched.collections())
            records = [record for group in collections for record in in_collection(group)]
            self._kept.drop(DATASETS)
        by_id = {group.get("collection_id"): group for group in collections}
        for record in records:
            dataset = dataset_of(record, self.name, by_id.get(record.get("collection_id")))
            if dataset is None:
                progress("A dataset without a version was left out")
            else:
                yield dataset

    def dataset(self, ref: str) -> Dataset:
        """Return a dataset as it is now, or as last seen while the service is down.

        A dataset id in place of a version id gives the newest version.
        """
        wanted = refs.parse(ref, self.name)
        try:
            return self._fresh(wanted.id)
        except CatalogError:
            found = self._kept.find(wanted.id)
            dataset = dataset_of(found[0], self.name, found[1]) if found else None
            if dataset is None:
                raise
            return dataset

    def versions(self, ref: str) -> tuple[DatasetVersion, ...]:
        """Return the published versions of a dataset, newest first."""
        id_ = refs.parse(ref, self.name).id
        # A version never changes its dataset, so what is kept is as good as an answer.
        found = self._kept.find(id_)
        record = found[0] if found else self._record(id_)
        history, _ = self._api.dataset_versions(str(record.get("dataset_id")))
        dated = sorted(history, key=lambda r: str(r.get("published_at") or ""), reverse=True)
        newest = next((r for r in dated if not r.get("tombstone")), None)
        made = (version_of(record, current=record is newest) for record in dated)
        return tuple(version for version in made if version is not None)

    def resolve(self, asset: Asset) -> Download:
        """Return the permanent address of a file; whether ranges work, its host says."""
        wanted = refs.parse(asset.ref, self.name)
        if not asset.url:
            asset = self._asset(wanted, asset.ref)
        return Download(url=asset.url, size=asset.size, checksums=dict(asset.checksums))

    def collections(
        self,
        progress: Callable[[int, int, str], None] = lambda _done, _total, _words: None,
        directory: Path | None = None,
    ) -> Fetched:
        """Return every collection as the service has it, fetching only those that changed.

        Parameters
        ----------
        progress
            Is told how many collections are there, of how many, and words.
        directory
            Where the answers are kept as they came, one file each; in this Source's cache
            where not given.

        Raises
        ------
        CatalogError
            If some cannot be had; what was fetched is kept for the next time.
        SettingsError
            If the directory cannot be written.
        """
        kept = Kept(directory) if directory else self._kept
        progress(0, 0, "Asking for the list of collections")
        listed, body = self._api.collections(lambda words: progress(0, 0, words))
        fetched = self._fetch(kept, listed, progress)
        kept.put(COLLECTIONS, body)
        return fetched

    def _fetch(
        self, kept: Kept, entries: list[Record], progress: Callable[[int, int, str], None]
    ) -> Fetched:
        connections = self._client.patience.connections
        return fetch_changed(self._api, kept, entries, connections=connections, progress=progress)

    def _keep(self, name: str, body: bytes) -> None:
        """Keep an answer that is only wanted when the service is down: a full disk is no error."""
        try:
            self._kept.put(name, body)
        except SettingsError as error:
            log.warning("%s", error)

    def _all_at_once(self, progress: Callable[[str], None]) -> list[Record] | None:
        """Return all datasets by the one call, None where the other way must be tried."""
        try:
            records, body = self._api.datasets(progress)
        except UnreachableError:
            raise
        except BusyError as error:
            if error.retry_after is not None:
                raise
            return None
        except (CatalogError, RequestError) as error:
            log.info("all datasets at once: %s", error)
            return None
        self._keep(DATASETS, body)
        return records

    def _collections(self, progress: Callable[[str], None], *, must: bool) -> list[Record]:
        """Return the list of collections, from disk where it is not needed to go on."""
        try:
            collections, body = self._api.collections(progress)
        except (CatalogError, RequestError):
            if must:
                raise
            seen = self._kept.fetched(COLLECTIONS)
            as_of = f"on {seen:%Y-%m-%d %H:%M} UTC" if seen else "never"
            progress(f"Collections are described as last seen: {as_of}")
            return self._kept.get(COLLECTIONS, list[dict[str, Any]]) or []
        self._keep(COLLECTIONS, body)
        return collections

    def _fresh(self, id_: str) -> Dataset:
        record = self._record(id_)
        version = str(record.get("dataset_version_id"))
        collection, standing = self._collection_of(record)
        # A collection as last seen may be older than the record, so it cannot say what is newest.
        current = self._current(record, collection) if standing is Standing.KNOWN else None
        manifest: dict[str, str] = {}
        newest = ""
        if current is not None and current.get("dataset_version_id") == version:
            # The collection's record says more: the explorer's address, the date of revision.
            record = current
            manifest = self._manifest(record)
        elif current is not None:
            newest = str(current.get("dataset_version_id") or "")
        dataset = dataset_of(
            record,
            self.name,
            collection,
            manifest=manifest,
            withdrawn=standing is Standing.WITHDRAWN,
            newest=newest,
        )
        if dataset is None:
            raise NotFoundError(
                f"CELLxGENE does not say which version {id_} is",
                source=self.name,
                hint="Search for the title.",
            )
        return dataset

    def _record(self, id_: str) -> Record:
        """Return the record of a version id, or the newest version of a dataset id."""
        try:
            record, body = self._api.dataset_version(id_)
        except NotFoundError as unknown:
            try:
                history, _ = self._api.dataset_versions(id_)
            except NotFoundError:
                raise unknown from None
            if not history:
                raise
            return history[0]
        self._keep(version_file(id_), body)
        return record

    def _collection_of(self, record: Record) -> tuple[Record | None, Standing]:
        """Return a dataset's collection, as last seen if need be, and how we know it."""
        id_ = str(record.get("collection_id") or "")
        if not refs.ID.fullmatch(id_):
            return None, Standing.LAST_SEEN
        try:
            collection, body = self._api.collection(id_)
        except WithdrawnError:
            return self._kept.collection(id_), Standing.WITHDRAWN
        except (CatalogError, RequestError) as error:
            log.info("collection %s: %s", id_, error)
            return self._kept.collection(id_), Standing.LAST_SEEN
        self._keep(collection_file(id_), body)
        return collection, Standing.KNOWN

    @staticmethod
    def _current(record: Record, collection: Record | None) -> Record | None:
        """Return the record that a collection now has of a dataset."""
        wanted = record.get("dataset_id")
        return next(
            (r for r in in_collection(collection or {}) if r.get("dataset_id") == wanted), None
        )

    def _manifest(self, record: Record) -> dict[str, str]:
        """Return the files beside the assets; a service without manifests has none."""
        try:
            return self._api.manifest(str(record["collection_id"]), str(record["dataset_id"]))
        except (CatalogError, RequestError) as error:
            log.info("manifest of %s: %s", record.get("dataset_id"), error)
            return {}

    def _asset(self, wanted: refs.Wanted, ref: str) -> Asset:
        dataset = self.dataset(ref)
        found = next((a for a in dataset.assets if a.ref == ref), None)
        if found is None and not wanted.file:
            found = dataset.main_asset
        if found is None:
            raise NotFoundError(
                f"{dataset.title} has no file {wanted.file!r}",
                source=self.name,
                hint="Its files are listed on its page.",
            )
        return found
