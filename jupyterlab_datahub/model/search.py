"""Searches, what they find, and the state of the catalogs they ask."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model.access import Access
from jupyterlab_datahub.model.base import ErrorBody, Struct


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


class EntityType(Struct):
    """One kind of thing that a Source can search for, as in HCA's projects, samples and files."""

    name: str
    title: str


class RangeFacet(Struct):
    """A number that a search can be narrowed by; ``unit`` is ``count``, ``bytes``, ``year``, ….

    ``least`` and ``most`` are what the Source has, where it says so.
    """

    name: str
    title: str
    group: str = ""
    unit: str = "count"
    least: float | None = None
    most: float | None = None


class Export(Struct):
    """A table or list of files that a Source makes of all that a search has found.

    ``ref`` names it; a transfer of it brings it to the working folder. ``members`` is the number
    of files that come with it, None for a single file.
    """

    ref: str
    title: str
    format: str = ""
    description: str = ""
    members: int | None = None
    size: int | None = None


class SearchQuery(Struct):
    """A search. Values of one facet are alternatives, facets are conditions that all hold.

    ``sort`` is ``relevance``, ``date``, ``cells``, ``size`` or ``title``; a leading ``-``
    turns the direction round. ``ranges`` knows ``cells``, ``size`` and ``year``, and what a Source
    has of its own. ``entity`` is the name of what a Source is searched for, empty for its
    datasets. ``find`` has texts by facet: of these facets only values that contain it are listed.
    """

    text: str = ""
    facets: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, Range] = {}
    sort: str = "relevance"
    offset: int = 0
    limit: int = 50
    entity: str = ""
    find: dict[str, str] = {}

    def lists(self, facet: str, value: str) -> bool:
        """Return whether a value of a facet is to be listed, by what is looked for among them."""
        return self.find.get(facet, "").casefold() in value.casefold()


class Hit(Struct):
    """One line of a result list.

    ``entity`` is what it is where it is no dataset: ``project``, ``sample``, ``study`` or ``file``.
    ``exports`` are what can be made of it alone: a list of its files, or all of them.
    ``stories`` is how many pages of pictures tell of it.
    """

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
    stories: int = 0
    access: Access = Access.OPEN
    date: str = ""
    in_library: bool = False
    newer_than_library: bool = False
    entity: str = ""
    exports: tuple[Export, ...] = ()


class FacetValue(Struct):
    """A value of a facet and the datasets it would give, its own facet's choice ignored."""

    value: str
    count: int
    selected: bool = False


class Facet(Struct):
    """A facet with its values, chosen ones first, then by count; ``group`` is a heading."""

    name: str
    title: str
    group: str = ""
    values: tuple[FacetValue, ...] = ()
    more: int = 0


class Figure(Struct):
    """A number of the line above the results; ``unit`` is ``count`` or ``bytes``."""

    name: str
    title: str
    value: float
    unit: str = "count"


class Summary(Struct):
    """The line above the results: what the filters leave.

    ``figures`` stand in place of the other numbers where a Source counts what others do not.
    """

    datasets: int = 0
    cells: int = 0
    bytes: int = 0
    unknown_sizes: int = 0
    figures: tuple[Figure, ...] = ()


class SourceStatus(Struct):
    """A Source and the state of its part of the catalog.

    ``live`` says that it is asked itself, as no catalog of it is kept on this machine; ``login``
    that it can tell nothing to somebody who is not connected.
    """

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
    live: bool = False
    login: bool = False


class SearchResult(Struct):
    """The answer of ``GET search``.

    ``corrected`` is the text that was searched where the typed one found nothing. ``entities``
    are what the Source can be searched for, ``entity`` is what was searched for; ``ranges`` and
    ``exports`` are what this Source offers beside facets and hits.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: tuple[Facet, ...] = ()
    summary: Summary = Summary()
    sources: tuple[SourceStatus, ...] = ()
    corrected: str = ""
    offset: int = 0
    entity: str = ""
    entities: tuple[EntityType, ...] = ()
    ranges: tuple[RangeFacet, ...] = ()
    exports: tuple[Export, ...] = ()
