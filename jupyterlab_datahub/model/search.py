"""Searches, what they find, and the state of the catalogs they ask."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model.base import ErrorBody, Struct
from jupyterlab_datahub.model.dataset import Access


class CatalogState(StrEnum):
    """What can be said of a Source's part of the catalog."""

    READY = "ready"
    REFRESHING = "refreshing"
    STALE = "stale"
    OFFLINE = "offline"
    EMPTY = "empty"
    ERROR = "error"


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
