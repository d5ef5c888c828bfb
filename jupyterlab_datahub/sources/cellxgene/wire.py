"""The curation API's records, read as they are: every field may be missing, null or new.

The published specification is older than the service (fields such as ``citation``,
``raw_data_location`` and ``tissue[].tissue_type`` are not in it), so nothing is required and
one field of an unknown form costs that field, not the record.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from jupyterlab_datahub.model.decoding import from_values

T = TypeVar("T", bound=msgspec.Struct)

Record = dict[str, Any]
"""A JSON object as the service sent it."""


class WireTerm(msgspec.Struct):
    """An ontology element; ``tissue_type`` is given for tissues since schema 5."""

    label: str | None = None
    ontology_term_id: str | None = None
    tissue_type: str | None = None


Terms = list[WireTerm | str] | None


class WireAsset(msgspec.Struct):
    """A file; ``filesize`` is bytes, -1 where the service does not know."""

    filesize: float | None = None
    filetype: str | None = None
    url: str | None = None


class WireDataset(msgspec.Struct):
    """A dataset, dataset version or entry of ``/v1/datasets``: one record in three dresses."""

    dataset_id: str | None = None
    dataset_version_id: str | None = None
    title: str | None = None
    assay: Terms = None
    assets: list[WireAsset] | None = None
    cell_count: int | None = None
    cell_type: Terms = None
    citation: str | None = None
    collection_doi: str | None = None
    collection_doi_label: str | None = None
    collection_id: str | None = None
    collection_name: str | None = None
    collection_version_id: str | None = None
    default_embedding: str | None = None
    development_stage: Terms = None
    disease: Terms = None
    embeddings: list[str] | None = None
    explorer_url: str | None = None
    feature_count: int | None = None
    organism: Terms = None
    primary_cell_count: int | None = None
    published_at: str | float | None = None
    raw_data_location: str | None = None
    revised_at: str | float | None = None
    schema_version: str | None = None
    self_reported_ethnicity: Terms = None
    sex: Terms = None
    suspension_type: Terms = None
    tissue: Terms = None
    tombstone: bool | None = None


class WireLink(msgspec.Struct):
    """A link of a collection."""

    link_name: str | None = None
    link_type: str | None = None
    link_url: str | None = None


class WireAuthor(msgspec.Struct):
    """An author: a person has ``family`` and ``given``, a consortium ``name``."""

    family: str | None = None
    given: str | None = None
    name: str | None = None


class WirePublication(msgspec.Struct):
    """What the publisher says of a collection's paper."""

    authors: list[WireAuthor] | None = None
    is_preprint: bool | None = None
    journal: str | None = None
    published_year: int | None = None


class WireCollection(msgspec.Struct):
    """A collection; in the list of collections its datasets are previews without files."""

    collection_id: str | None = None
    collection_version_id: str | None = None
    collection_url: str | None = None
    name: str | None = None
    description: str | None = None
    doi: str | None = None
    consortia: list[str] | None = None
    contact_email: str | None = None
    contact_name: str | None = None
    datasets: list[Record] | None = None
    links: list[WireLink] | None = None
    publisher_metadata: WirePublication | None = None
    published_at: str | float | None = None
    revised_at: str | float | None = None


def read(record: Record, kind: type[T]) -> tuple[T, Record]:
    """Return `record` as `kind`, and the fields that `kind` has no place for.

    A field that `kind` knows but whose form is not the known one is among the latter: it is
    kept, not lost. Nulls are not.
    """
    known = record.keys() & set(kind.__struct_fields__)
    try:
        typed = from_values(record, kind, strict=False)
    except msgspec.ValidationError:
        known = {name for name in known if _readable(name, record[name], kind)}
        typed = from_values({name: record[name] for name in known}, kind, strict=False)
    return typed, {
        name: value for name, value in record.items() if value is not None and name not in known
    }


def _readable(name: str, value: Any, kind: type[msgspec.Struct]) -> bool:
    try:
        from_values({name: value}, kind, strict=False)
    except msgspec.ValidationError:
        return False
    return True
