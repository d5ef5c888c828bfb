"""Datasets, their files and their history."""

from __future__ import annotations

from typing import Any

from jupyterlab_datahub.model.access import Access
from jupyterlab_datahub.model.base import ErrorBody, Struct
from jupyterlab_datahub.model.tree import NodePage

FOLDER = "folder"
"""The format of an asset that is all files of a dataset."""

TABLES = frozenset({"csv", "tsv"})
"""Formats in which a matrix of cells may be, or anything else that fits a table."""


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


class Property(Struct):
    """A named value of a dataset, as its Source labels it.

    ``ref`` is set where it names an entity, ``url`` where it leads somewhere on the web or, as
    ``mailto:``, to a person.
    """

    code: str
    label: str
    value: str
    section: str = ""
    ref: str = ""
    url: str = ""


class Asset(Struct):
    """One downloadable file of a dataset.

    ``url`` is set only where the catalog publishes an address that never expires; it may be
    written into a notebook. ``checksums`` maps an algorithm (``sha256``, ``md5``, ``crc32``)
    to a lower-case hex digest. ``path`` is where the file lies in the dataset, for datasets with
    folders. ``volatile`` says that the ref names a question rather than bytes (a table of what
    is there today), so that each transfer of it fetches it anew. The bytes of a ``group`` are
    those of other assets, which the Source tells one by one; ``members`` is how many these are,
    None where that is not known. ``section`` is the heading it stands under where a catalog sorts
    its files, ``note`` says in a line what it is of, ``properties`` in more lines, where the file
    was asked for by itself. ``elsewhere`` is the identifier under which a Source of another kind
    has the same bytes. ``rounded_size`` is what a page for people says of the bytes where ``size``
    is not known: a figure to show with "about", never one to rely on. ``usd_per_gb`` is
    what 10^9 bytes cost at most whoever fetches them, by prices of ``price_date``; None where that
    costs nothing. ``beside`` are the files without which it is of no use: the barcodes and the
    features of a matrix in coordinates.
    """

    ref: str
    name: str
    path: str = ""
    volatile: bool = False
    group: bool = False
    format: str = ""
    size: int | None = None
    rounded_size: int | None = None
    checksums: dict[str, str] = {}
    access: Access = Access.OPEN
    access_note: str = ""
    loads_as_anndata: bool = False
    url: str = ""
    section: str = ""
    note: str = ""
    elsewhere: str = ""
    usd_per_gb: float | None = None
    price_date: str = ""
    members: int | None = None
    properties: tuple[Property, ...] = ()
    beside: tuple[Asset, ...] = ()


class Story(Struct):
    """Something to look at in the browser: pictures with a text, told by a page at ``url``.

    ``picture`` is the ref of its thumbnail, empty where none can be had; ``kind`` is
    ``narrated``, ``curated``, ``automatic`` or nothing.
    """

    id: str
    title: str
    url: str = ""
    picture: str = ""
    kind: str = ""
    date: str = ""


class Picture(Struct):
    """A picture for the screen: its media type and its bytes."""

    content_type: str
    data: bytes


class Related(Struct):
    """Another dataset or entity that this one hangs together with."""

    ref: str
    title: str
    type: str = ""


class Dataset(Struct):
    """What a user chooses, at one version.

    ``facets`` is keyed by facet name (``organism``, ``tissue``, ``disease``, ``assay``,
    ``cell_type``, ``sex``, ``development_stage``, …); a catalog may add names of its own.
    ``properties`` are what a store labels itself; ``parents`` and ``children`` are the datasets
    it was made from and those made from it, ``related`` what else there is of the same study;
    ``status`` says in the store's words where the bytes are (``AVAILABLE``, ``ARCHIVED``);
    ``place`` is the way to it in the Source's tree, as ids of nodes.
    A store also describes what datasets belong to: then ``entity`` is its kind in the tree's
    words (``space``, ``project``, ``collection``, ``object``), ``contents`` begins what belongs to
    it, one page for each kind, and ``can_save`` says whether this user may save to it.
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
    stories: tuple[Story, ...] = ()
    properties: tuple[Property, ...] = ()
    parents: tuple[Related, ...] = ()
    children: tuple[Related, ...] = ()
    related: tuple[Related, ...] = ()
    owner: Related | None = None
    status: str = ""
    entity: str = ""
    identifier: str = ""
    contents: tuple[NodePage, ...] = ()
    place: tuple[str, ...] = ()
    can_save: bool = False
    extra: dict[str, Any] = {}

    @property
    def date(self) -> str:
        """The newest date the catalog gives: revision, else publication."""
        return self.revised or self.published

    @property
    def main_asset(self) -> Asset | None:
        """The asset "Load" means: the first that becomes an AnnData, else all files or the first.

        A table is meant only where it is the only one: of several none is the data.
        """
        tables = [asset for asset in self.assets if asset.format in TABLES]
        whole = [asset for asset in self.assets if asset.format == FOLDER]
        loadable = [asset for asset in self.assets if asset.loads_as_anndata]
        meant = [asset for asset in loadable if asset not in tables]
        alone = [asset for asset in loadable if len(tables) == 1]
        return next(iter((*meant, *alone, *whole, *self.assets)), None)

    def asset(self, ref: str) -> Asset | None:
        """Return the asset that `ref` names, the main one where it names the dataset."""
        named = next((one for one in self.assets if one.ref == ref), None)
        # A catalog may also know a dataset by a shorter name, such as the one of all its versions,
        # or by one in words that are not its own (GA4GH DRS).
        other = "/" not in ref or not ref.startswith(f"{self.kind}:")
        return named or (self.main_asset if ref in (self.ref, self.id) or other else None)

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
    """The answer of ``GET datasets/{ref}``.

    ``converts`` are the refs of assets that are converted to h5ad where they are loaded, ``made``
    those of which the library has it, as they are now. ``layers`` names, by the refs of assets,
    the further matrices of files in the library, and ``elsewhere`` what the other Sources are
    called that have their bytes.
    """

    dataset: Dataset
    versions: tuple[DatasetVersion, ...] = ()
    versions_error: ErrorBody | None = None
    in_library: tuple[str, ...] = ()
    converts: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    layers: dict[str, tuple[str, ...]] = {}
    elsewhere: dict[str, str] = {}


class Download(Struct):
    """How to get the bytes of an asset just now; never stored, as its URL may expire.

    ``ranges`` is None where only the host can tell. ``expires`` is a Unix time or None.
    ``path`` is set instead of ``url`` where the file is already on this machine. Where whoever
    fetches pays ``usd_per_gb`` for 10^9 bytes (by prices of ``price_date``), ``headers`` are
    refused, and ``paying`` are those with which the bytes come and are charged.
    """

    url: str = ""
    path: str = ""
    headers: dict[str, str] = {}
    size: int | None = None
    checksums: dict[str, str] = {}
    etag: str = ""
    expires: float | None = None
    ranges: bool | None = None
    paying: dict[str, str] = {}
    usd_per_gb: float = 0.0
    price_date: str = ""


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
