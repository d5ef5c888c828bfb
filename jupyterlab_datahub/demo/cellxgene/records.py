"""The JSON of the CELLxGENE curation API, made from specs and measured files.

Which field is in which answer follows the published API description and the records the live
API gives: a *dataset* (with ``explorer_url`` and ``revised_at``) in collections, a *dataset
version* (without them, with the ids of its collection) in histories, a *preview* in the list
of all collections.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterlab_datahub.demo.cellxgene.specs import (
        CollectionSpec,
        DatasetSpec,
        VersionSpec,
    )
    from jupyterlab_datahub.demo.data import VersionRecord

Json = dict[str, Any]

PREVIEW = ("assay", "disease", "organism", "suspension_type", "tissue")
END_OF_TIME = "9999"


@dataclass
class CellxgeneCatalog:
    """The records, as they stood at ``as_of``, without what is ``withdrawn``.

    Attributes
    ----------
    site
        Address of the pages that records link to.
    assets
        Address of the asset host.
    as_of
        A date or time (ISO 8601); what was published later is not there yet. A test sets it
        back to see what a refresh makes of new versions.
    withdrawn
        Ids of datasets and collections that answer 410.
    """

    collections: Sequence[CollectionSpec]
    records: Mapping[str, VersionRecord]
    site: str = ""
    assets: str = ""
    as_of: str = END_OF_TIME
    withdrawn: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.withdrawn |= {c.id for c in self.collections if c.withdrawn}
        self.withdrawn |= {d.id for c in self.collections for d in c.datasets if d.withdrawn}

    def public(self) -> list[CollectionSpec]:
        """Return the collections that can be seen."""
        return [c for c in self.collections if c.id not in self.withdrawn and self.dates(c)]

    def dates(self, collection: CollectionSpec) -> list[str]:
        """Return when versions of a collection came out, oldest first."""
        known = {
            version.published for spec in collection.datasets for version in self.versions(spec)
        }
        return sorted(known)

    def versions(self, spec: DatasetSpec) -> list[VersionSpec]:
        """Return the versions of a dataset that are published and have a file, oldest first."""
        return [
            version
            for version in spec.versions
            if version.published <= self.as_of and spec.version_id(version) in self.records
        ]

    def datasets(self, collection: CollectionSpec) -> list[DatasetSpec]:
        """Return the datasets of a collection that can be seen, in the order of the API."""
        shown = [
            spec
            for spec in collection.datasets
            if spec.id not in self.withdrawn and self.versions(spec)
        ]
        return sorted(shown, key=lambda spec: spec.id, reverse=True)

    def spec(self, key: str) -> DatasetSpec:
        """Return the dataset of a key such as ``pbmc68k/monocytes``.

        Raises
        ------
        KeyError
        """
        return {spec.key: spec for _, spec in self.everything()}[key]

    def everything(self) -> Iterator[tuple[CollectionSpec, DatasetSpec]]:
        """Yield every dataset that was ever described, withdrawn or not."""
        for collection in self.collections:
            for spec in collection.datasets:
                yield collection, spec

    def collection(self, collection: CollectionSpec, *, preview: bool = False) -> Json:
        """Return a collection with its datasets in full or as previews."""
        dates = self.dates(collection)
        newest = dates[-1]
        one = self.preview if preview else self.dataset
        return {
            **self._collection(collection, newest),
            "collection_url": f"{self.site}/collections/{collection.id}",
            "datasets": [one(collection, spec) for spec in self.datasets(collection)],
            "published_at": dates[0],
            "revised_at": newest if newest != dates[0] else None,
            "revising_in": None,
            "revision_of": None,
            **collection.fields,
        }

    def collection_version(self, collection: CollectionSpec, published: str) -> Json:
        """Return a collection as it was when one of its versions came out."""
        then = (
            (spec, [v for v in self.versions(spec) if v.published <= published])
            for spec in self.datasets(collection)
        )
        version_id = collection.version_id(published)
        return {
            **self._collection(collection, published),
            "collection_url": f"{self.site}/collections/{version_id}",
            "dataset_versions": [
                self.dataset_version(collection, spec, versions[-1])
                for spec, versions in then
                if versions
            ],
            "published_at": published,
        }

    def dataset(self, collection: CollectionSpec, spec: DatasetSpec) -> Json:
        """Return a dataset at its newest version."""
        versions = self.versions(spec)
        first, newest = versions[0].published, versions[-1].published
        return {
            **self._dataset(collection, spec, versions[-1]),
            "explorer_url": f"{self.site}/e/{spec.id}.cxg/",
            "published_at": first,
            "revised_at": newest if newest != first else None,
            **spec.fields,
        }

    def dataset_of_index(self, collection: CollectionSpec, spec: DatasetSpec) -> Json:
        """Return a dataset as the list of all datasets has it, with words of its collection."""
        publisher = collection.publisher
        label = None
        if publisher:
            first, year = publisher["authors"][0]["family"], publisher["published_year"]
            label = f"{first} et al. ({year}) {publisher['journal']}"
        return {
            **self.dataset(collection, spec),
            "collection_doi": collection.doi,
            "collection_doi_label": label,
            "collection_id": collection.id,
            "collection_name": collection.name,
            "collection_version_id": collection.version_id(self.dates(collection)[-1]),
        }

    def dataset_version(
        self, collection: CollectionSpec, spec: DatasetSpec, version: VersionSpec
    ) -> Json:
        """Return one version of a dataset."""
        return {
            **self._dataset(collection, spec, version),
            "collection_id": collection.id,
            "collection_version_id": collection.version_id(version.published),
            "published_at": version.published,
        }

    def preview(self, _: CollectionSpec, spec: DatasetSpec) -> Json:
        """Return the few fields that the list of collections has of a dataset."""
        version_id = spec.version_id(self.versions(spec)[-1])
        measured = self.records[version_id].measured
        return {
            **{name: measured[name] for name in PREVIEW},
            "dataset_id": spec.id,
            "dataset_version_id": version_id,
        }

    def manifest(self, spec: DatasetSpec) -> Json:
        """Return the addresses of the files a dataset was submitted as."""
        record = self.records[spec.version_id(self.versions(spec)[-1])]
        names = {"H5AD": "anndata", "ATAC_FRAGMENT": "atac_fragment"}
        return {
            names[asset.type]: f"{self.assets}/{asset.name}"
            for asset in record.assets
            if asset.type in names
        }

    def _collection(self, collection: CollectionSpec, published: str) -> Json:
        return {
            "collection_id": collection.id,
            "collection_version_id": collection.version_id(published),
            "consortia": list(collection.consortia),
            "contact_email": "demo@example.org",
            "contact_name": "JupyterLab DataHub demo",
            "created_at": published,
            "curator_name": "JupyterLab DataHub demo",
            "description": collection.description,
            "doi": collection.doi,
            "is_pre_analysis": False,
            "links": list(collection.links),
            "name": collection.name,
            "publisher_metadata": collection.publisher,
            "visibility": "PUBLIC",
        }

    def _dataset(self, collection: CollectionSpec, spec: DatasetSpec, version: VersionSpec) -> Json:
        record = self.records[spec.version_id(version)]
        assets = [
            {
                "filesize": asset.size,
                "filetype": asset.type,
                "url": f"{self.assets}/{asset.name}",
            }
            for asset in record.assets
            if asset.listed
        ]
        return {
            **record.measured,
            "assets": assets,
            "citation": self._citation(collection, record.id),
            "dataset_id": spec.id,
            "dataset_version_id": record.id,
            "is_pre_analysis": False,
            "schema_version": version.schema,
            "title": spec.title,
            "tombstone": False,
        }

    def _citation(self, collection: CollectionSpec, version_id: str) -> str:
        publication = f"Publication: https://doi.org/{collection.doi} " if collection.doi else ""
        return (
            f"{publication}Dataset Version: {self.assets}/{version_id}.h5ad curated and "
            "distributed by the JupyterLab DataHub demo hub in Collection: "
            f"{self.site}/collections/{collection.id}"
        )
