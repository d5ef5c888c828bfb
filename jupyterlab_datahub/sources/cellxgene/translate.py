"""From the curation API's records to the words of the project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyterlab_datahub.model import Asset, Collection, Dataset, DatasetVersion, Link, Term
from jupyterlab_datahub.sources.cellxgene.refs import (
    KIND,
    SHORT,
    asset_ref,
    dataset_ref,
    file_of,
)
from jupyterlab_datahub.sources.cellxgene.wire import (
    WireCollection,
    WireDataset,
    WirePublication,
    read,
)
from jupyterlab_datahub.sources.files import file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterlab_datahub.sources.cellxgene.wire import Record, Terms, WireAsset

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

FACETS = (
    "organism",
    "tissue",
    "disease",
    "assay",
    "cell_type",
    "sex",
    "development_stage",
    "suspension_type",
    "self_reported_ethnicity",
)
HIDDEN = {"suspension_type": "na", "self_reported_ethnicity": "na"}
"""Values that CELLxGENE's own filters leave out: they say that the question does not apply."""

JOINT = " || "
"""Between several diseases of one cell, in labels and term ids alike (schema 5.3)."""

ANNDATA = frozenset({"h5ad", "raw_h5ad"})
WRAPPERS = frozenset({".gz", ".bgz", ".zip", ".tbi"})
"""Extensions that need the one before them to say what a file is."""

LINK_TITLES = {
    "PROTOCOL": "Protocol",
    "RAW_DATA": "Raw data",
    "LAB_WEBSITE": "Lab website",
    "DATA_SOURCE": "Data source",
    "OTHER": "Link",
}


def dataset_of(
    record: Record,
    source: str,
    collection: Record | None = None,
    *,
    manifest: Mapping[str, str] | None = None,
    withdrawn: bool = False,
    newest: str = "",
) -> Dataset | None:
    """Return a record as a dataset, None if it does not say which version it is.

    Parameters
    ----------
    record
        A dataset, dataset version, or entry of ``/v1/datasets``.
    source
        Name of the Source.
    collection
        Its collection, where known.
    manifest
        File kinds and addresses beside the record's assets (``atac_fragment`` and the like).
    withdrawn
        Whether the collection was taken back.
    newest
        Version id of the newest version, where that is another one.
    """
    wire, extra = read(record, WireDataset)
    version = wire.dataset_version_id
    if not version:
        return None
    group, more = read(collection or {}, WireCollection)
    publication = group.publisher_metadata or WirePublication()
    if publication.journal:
        extra["journal"] = publication.journal
    if "curator_name" in more:
        extra["curator_name"] = more["curator_name"]
    if wire.collection_doi_label:
        extra["collection_doi_label"] = wire.collection_doi_label
    title = wire.title or wire.collection_name or group.name or version
    doi = group.doi or wire.collection_doi or ""
    assets = assets_of(wire, title, manifest or {})
    return Dataset(
        ref=dataset_ref(version),
        source=source,
        kind=KIND,
        id=wire.dataset_id or version,
        version=version,
        title=title,
        collection=collection_of(wire, group),
        facets=facets_of(wire, group),
        cells=wire.cell_count,
        primary_cells=wire.primary_cell_count,
        genes=wire.feature_count,
        assets=assets,
        licence=LICENCE,
        licence_url=LICENCE_URL,
        citation=wire.citation or citation_of(doi, assets, group),
        doi=doi,
        published=when(wire.published_at),
        revised=when(wire.revised_at),
        withdrawn=withdrawn or bool(wire.tombstone),
        newest_ref=dataset_ref(newest) if newest and newest != version else "",
        schema_version=wire.schema_version or "",
        raw_counts=wire.raw_data_location or "",
        default_embedding=wire.default_embedding or "",
        embeddings=tuple(wire.embeddings or ()),
        url=wire.explorer_url or group.collection_url or "",
        links=links_of(group),
        extra=extra,
    )


def version_of(record: Record, *, current: bool) -> DatasetVersion | None:
    """Return a record of a dataset's history, None if it does not say which version it is."""
    wire, _ = read(record, WireDataset)
    if not wire.dataset_version_id:
        return None
    sizes = (size_of(asset) for asset in wire.assets or () if _format(asset) in ANNDATA)
    return DatasetVersion(
        ref=dataset_ref(wire.dataset_version_id),
        version=wire.dataset_version_id,
        date=when(wire.revised_at or wire.published_at),
        title=wire.title or "",
        cells=wire.cell_count,
        size=next(sizes, None),
        withdrawn=bool(wire.tombstone),
        current=current,
    )


def collection_of(wire: WireDataset, group: WireCollection) -> Collection | None:
    """Return the collection of a dataset, from its own record where that is all there is."""
    id_ = group.collection_id or wire.collection_id
    if not id_:
        return None
    contact = group.contact_name or ""
    if group.contact_email:
        contact = f"{contact} <{group.contact_email}>".strip()
    return Collection(
        id=id_,
        title=group.name or wire.collection_name or id_,
        version=group.collection_version_id or wire.collection_version_id or "",
        description=group.description or "",
        url=group.collection_url or "",
        doi=group.doi or wire.collection_doi or "",
        authors=authors_of(group),
        contact=contact,
    )


def authors_of(group: WireCollection) -> str:
    """Return the authors of a collection's paper, in the publisher's order."""
    authors = (group.publisher_metadata and group.publisher_metadata.authors) or ()
    names = (a.name or " ".join(filter(None, (a.given, a.family))) for a in authors)
    return ", ".join(filter(None, names))


def facets_of(wire: WireDataset, group: WireCollection) -> dict[str, tuple[Term, ...]]:
    """Return the facets of a dataset; a facet without values is left out."""
    facets = {name: terms_of(getattr(wire, name), hidden=HIDDEN.get(name, "")) for name in FACETS}
    facets["tissue_type"] = _distinct(
        Term(label=term.tissue_type)
        for term in wire.tissue or ()
        if not isinstance(term, str) and term.tissue_type
    )
    facets["consortia"] = _distinct(
        Term(label=name.strip()) for name in group.consortia or () if name.strip()
    )
    return {name: terms for name, terms in facets.items() if terms}


def terms_of(terms: Terms, hidden: str = "") -> tuple[Term, ...]:
    """Return ontology elements as terms: joint ones taken apart, each once, none empty."""
    return _distinct(
        Term(label=label, ontology_term_id=id_)
        for term in terms or ()
        for label, id_ in _parts(term if isinstance(term, str) else term.label or "", term)
        if label != hidden
    )


def _parts(label: str, term: object) -> list[tuple[str, str]]:
    ids = getattr(term, "ontology_term_id", None) or ""
    labels = [part.strip() for part in label.split(JOINT)]
    split_ids = [part.strip() for part in ids.split(JOINT)]
    if len(split_ids) != len(labels):
        split_ids = [ids if len(labels) == 1 else ""] * len(labels)
    return [pair for pair in zip(labels, split_ids, strict=True) if pair[0]]


def _distinct(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple({term.label: term for term in terms}.values())


def assets_of(wire: WireDataset, title: str, manifest: Mapping[str, str]) -> tuple[Asset, ...]:
    """Return the files of a dataset, those that become an AnnData first.

    An address that is not on the web is not offered.
    """
    version = wire.dataset_version_id or ""
    found = [(_format(a), a.url or "", size_of(a)) for a in wire.assets or ()]
    listed = {url for _, url, _ in found}
    found += [(kind.lower(), url, None) for kind, url in manifest.items() if url not in listed]
    found.sort(key=lambda file: file[0] not in ANNDATA)
    assets: dict[str, Asset] = {}
    for format_, url, size in found:
        if urlsplit(url).scheme not in ("http", "https"):
            continue
        file = file_of(url) or f"{version}.{format_}"
        ref = asset_ref(version, file)
        assets.setdefault(
            ref,
            Asset(
                ref=ref,
                name=file_name(title, _ending(file, format_), version[:SHORT]),
                format=format_,
                size=size,
                loads_as_anndata=format_ in ANNDATA,
                url=url,
            ),
        )
    return tuple(assets.values())


def size_of(asset: WireAsset) -> int | None:
    """Return the bytes of a file; the service says -1 where it does not know."""
    return int(asset.filesize) if asset.filesize is not None and asset.filesize >= 0 else None


def _format(asset: WireAsset) -> str:
    return (asset.filetype or "").lower()


def _ending(file: str, format_: str) -> str:
    """Return what follows the name in a file name: ``.h5ad``, ``-atac_fragment.tsv.bgz``."""
    kept: list[str] = []
    for suffix in reversed(PurePosixPath(file).suffixes):
        kept.insert(0, suffix)
        if suffix not in WRAPPERS:
            break
    suffixes = "".join(kept) or f".{format_}"
    kind = "" if format_ in suffixes.lower() else f"-{format_}"
    return f"{kind}{suffixes}"


def links_of(group: WireCollection) -> tuple[Link, ...]:
    """Return the links of a collection that lead somewhere on the web."""
    return tuple(
        Link(
            title=link.link_name or LINK_TITLES.get(link.link_type or "", "Link"),
            url=link.link_url,
            kind=(link.link_type or "").lower(),
        )
        for link in group.links or ()
        if link.link_url and urlsplit(link.link_url).scheme in ("http", "https")
    )


def citation_of(doi: str, assets: tuple[Asset, ...], group: WireCollection) -> str:
    """Return a citation in the service's own wording, for records older than the field."""
    parts = (
        f"Publication: https://doi.org/{doi}" if doi else "",
        f"Dataset Version: {assets[0].url}" if assets else "",
        "curated and distributed by CZ CELLxGENE Discover",
        f"in Collection: {group.collection_url}" if group.collection_url else "",
    )
    return " ".join(filter(None, parts))


def when(value: str | float | None) -> str:
    """Return a time as ISO 8601 in UTC; the portal gives text, older services Unix seconds."""
    if not value:
        return ""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
        else:
            moment = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return str(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat()
