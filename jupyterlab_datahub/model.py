"""The words of the project as typed models.

Everything that crosses a boundary (REST, command line, database, worker process) is one of
these structs. The OpenAPI document and the TypeScript types are generated from them, so this
file is the only definition. Field names are the names on the wire.

Sizes are bytes, times are ISO 8601 strings in UTC, rates are bytes per second.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, dataclass_transform

import msgspec


class Access(StrEnum):
    """What stands between a user and the bytes of an asset."""

    OPEN = "open"
    LOGIN = "login"
    CONTROLLED = "controlled"
    REQUESTER_PAYS = "requester_pays"
    REQUEST = "request"
    VIEW_ONLY = "view_only"


class TransferState(StrEnum):
    """Where a transfer stands; ``done``, ``failed`` and ``cancelled`` are final."""

    QUEUED = "queued"
    RESOLVING = "resolving"
    RUNNING = "running"
    PAUSED = "paused"
    VERIFYING = "verifying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more happens without the user."""
        return self in (TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED)


class CatalogState(StrEnum):
    """What can be said of a Source's part of the catalog."""

    READY = "ready"
    REFRESHING = "refreshing"
    STALE = "stale"
    OFFLINE = "offline"
    EMPTY = "empty"
    ERROR = "error"


# Type checkers see every subclass as frozen and keyword-only too.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all models: immutable, keyword-only, tolerant of unknown fields when decoded."""


class ErrorBody(Struct):
    """What went wrong, in words for the person in front of the screen."""

    code: str
    message: str
    source: str = ""
    hint: str = ""
    retry_after: float | None = None


class Term(Struct):
    """One value of a facet: the label people read and, where known, its ontology term."""

    label: str
    ontology_term_id: str = ""


class Link(Struct):
    """A named link out of the application."""

    title: str
    url: str
    kind: str = ""


class Collection(Struct):
    """What a Source groups datasets in (a CELLxGENE collection, an HCA project, a folder)."""

    id: str
    title: str
    version: str = ""
    description: str = ""
    url: str = ""
    doi: str = ""
    authors: str = ""
    contact: str = ""


class Asset(Struct):
    """One downloadable file of a dataset.

    ``url`` is set only where the catalog publishes an address that never expires; it may be
    written into a notebook. ``checksums`` maps an algorithm (``sha256``, ``md5``, ``crc32``)
    to a lower-case hex digest.
    """

    ref: str
    name: str
    format: str = ""
    size: int | None = None
    checksums: dict[str, str] = {}
    access: Access = Access.OPEN
    access_note: str = ""
    loads_as_anndata: bool = False
    url: str = ""


class Dataset(Struct):
    """What a user chooses, at one version.

    ``facets`` is keyed by facet name (``organism``, ``tissue``, ``disease``, ``assay``,
    ``cell_type``, ``sex``, ``development_stage``, …); a catalog may add names of its own.
    ``extra`` keeps, untouched, every field of the catalog's record that has no place here.
    """

    ref: str
    source: str
    kind: str
    id: str
    version: str
    title: str
    collection: Collection | None = None
    description: str = ""
    facets: dict[str, tuple[Term, ...]] = {}
    cells: int | None = None
    primary_cells: int | None = None
    genes: int | None = None
    assets: tuple[Asset, ...] = ()
    access: Access = Access.OPEN
    access_note: str = ""
    licence: str = ""
    licence_url: str = ""
    citation: str = ""
    doi: str = ""
    published: str = ""
    revised: str = ""
    withdrawn: bool = False
    newest_ref: str = ""
    schema_version: str = ""
    raw_counts: str = ""
    default_embedding: str = ""
    embeddings: tuple[str, ...] = ()
    url: str = ""
    links: tuple[Link, ...] = ()
    extra: dict[str, Any] = {}

    @property
    def date(self) -> str:
        """The newest date the catalog gives: revision, else publication."""
        return self.revised or self.published

    @property
    def main_asset(self) -> Asset | None:
        """The asset "Load" means: the first that becomes an AnnData, else the first."""
        return next((a for a in self.assets if a.loads_as_anndata), next(iter(self.assets), None))

    @property
    def size(self) -> int | None:
        """Bytes of the main asset, None where the catalog does not say."""
        return self.main_asset.size if self.main_asset else None


class DatasetVersion(Struct):
    """One line of a dataset's history, newest first in lists."""

    ref: str
    version: str
    date: str = ""
    title: str = ""
    cells: int | None = None
    size: int | None = None
    withdrawn: bool = False
    current: bool = False


class DatasetPage(Struct):
    """The answer of ``GET datasets/{ref}``."""

    dataset: Dataset
    versions: tuple[DatasetVersion, ...] = ()
    versions_error: ErrorBody | None = None
    in_library: tuple[str, ...] = ()


class Range(Struct):
    """An inclusive interval; an open end is None."""

    min: float | None = None
    max: float | None = None


class SearchQuery(Struct):
    """A search. Values of one facet are alternatives, facets are conditions that all hold.

    ``sort`` is ``relevance``, ``date``, ``cells``, ``size`` or ``title``; a leading ``-``
    turns the direction round. ``ranges`` knows ``cells``, ``size`` and ``year``.
    """

    text: str = ""
    facets: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, Range] = {}
    sort: str = "relevance"
    offset: int = 0
    limit: int = 50


class Hit(Struct):
    """One line of a result list."""

    ref: str
    id: str
    source: str
    kind: str
    title: str
    collection: str = ""
    organism: tuple[str, ...] = ()
    tissue: tuple[str, ...] = ()
    disease: tuple[str, ...] = ()
    assay: tuple[str, ...] = ()
    cells: int | None = None
    size: int | None = None
    format: str = ""
    loads_as_anndata: bool = False
    access: Access = Access.OPEN
    date: str = ""
    in_library: bool = False
    newer_than_library: bool = False


class FacetValue(Struct):
    """A value of a facet and the datasets it would give, its own facet's choice ignored."""

    value: str
    count: int
    selected: bool = False


class Facet(Struct):
    """A facet with its values, chosen ones first, then by count."""

    name: str
    title: str
    values: tuple[FacetValue, ...] = ()
    more: int = 0


class Summary(Struct):
    """The line above the results: what the filters leave."""

    datasets: int = 0
    cells: int = 0
    bytes: int = 0
    unknown_sizes: int = 0


class SourceStatus(Struct):
    """A Source and the state of its part of the catalog."""

    name: str
    title: str
    kind: str
    url: str = ""
    state: CatalogState = CatalogState.EMPTY
    datasets: int = 0
    matches: int | None = None
    harvested: str = ""
    progress: str = ""
    error: ErrorBody | None = None


class SearchResult(Struct):
    """The answer of ``GET search``.

    ``corrected`` is the text that was searched where the typed one found nothing.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: tuple[Facet, ...] = ()
    summary: Summary = Summary()
    sources: tuple[SourceStatus, ...] = ()
    corrected: str = ""
    offset: int = 0


class Download(Struct):
    """How to get the bytes of an asset just now; never stored, as its URL may expire.

    ``ranges`` is None where only the host can tell. ``expires`` is a Unix time or None.
    ``path`` is set instead of ``url`` where the file is already on this machine.
    """

    url: str = ""
    path: str = ""
    headers: dict[str, str] = {}
    size: int | None = None
    checksums: dict[str, str] = {}
    etag: str = ""
    expires: float | None = None
    ranges: bool | None = None


class Transfer(Struct):
    """One line of the durable queue.

    ``note`` says in words what the transfer waits for; ``path`` is the named link in the
    working folder once the transfer is done.
    """

    id: str
    ref: str
    title: str
    name: str
    source: str
    state: TransferState
    done: int = 0
    size: int | None = None
    rate: float = 0.0
    remaining: float | None = None
    note: str = ""
    path: str = ""
    sha256: str = ""
    error: ErrorBody | None = None
    created: str = ""
    updated: str = ""
    sequence: int = 0


class LibraryItem(Struct):
    """A verified file of the library and what it is."""

    sha256: str
    size: int
    name: str
    path: str
    ref: str = ""
    title: str = ""
    source: str = ""
    version: str = ""
    licence: str = ""
    citation: str = ""
    doi: str = ""
    retrieved: str = ""
    used: str = ""
    links: tuple[str, ...] = ()
    shared: bool = False


class LibraryListing(Struct):
    """The library with its place on the disk."""

    items: tuple[LibraryItem, ...] = ()
    path: str = ""
    used: int = 0
    free: int = 0
    reserve: int = 0
    partial: int = 0


class CellRequest(Struct):
    """What the front knows when it asks for a hand-off cell.

    ``names`` are the names alive in the kernel; ``path_visible`` is the kernel's answer to
    the probe (None: not asked); ``directory`` is where the notebook is, relative to the
    server's root.
    """

    ref: str
    language: str = "python"
    variable: str = ""
    names: tuple[str, ...] = ()
    path_visible: bool | None = None
    directory: str = ""


class ProvenanceInput(Struct):
    """An entry of ``notebook.metadata.datahub.inputs``."""

    ref: str
    variable: str
    title: str
    version: str = ""
    size: int | None = None
    sha256: str = ""
    retrieved: str = ""
    licence: str = ""
    citation: str = ""
    doi: str = ""
    selection: str = ""


class CellReply(Struct):
    """A hand-off cell ready to be inserted and run."""

    code: str
    language: str
    variable: str
    note: str = ""
    path: str = ""
    input: ProvenanceInput | None = None


def kind_of(ref: str) -> str:
    """Return the kind a ref belongs to (``s3://…`` and ``cellxgene:…`` alike).

    Raises
    ------
    ValueError
        If the text has no scheme.
    """
    kind, colon, rest = ref.partition(":")
    if not colon or not kind or not rest.strip("/"):
        msg = f"{ref[:80]!r} is not a dataset identifier; one looks like 'cellxgene:<version id>'"
        raise ValueError(msg)
    return kind
