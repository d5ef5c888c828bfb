"""What can be known of a file without having it."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model.base import Struct


class ColumnKind(StrEnum):
    """What the values of a column of obs or var are."""

    CATEGORIES = "categories"
    NUMBERS = "numbers"
    BOOLEANS = "booleans"
    TEXTS = "texts"
    OTHER = "other"


class NameKind(StrEnum):
    """What the names of the genes are."""

    ENSEMBL = "ensembl"
    SYMBOLS = "symbols"
    OTHER = "other"


class ValueCount(Struct):
    """A value of a column and how many rows have it."""

    value: str
    count: int


class PreviewColumn(Struct):
    """A column of obs or var.

    ``looked_at`` says whether its values were read; where they were not (``note`` says why), only
    name and type are known, though it may still be asked for as a colour (``colourable``).
    ``missing`` is the share of rows without a value, from 0 to 1. ``categories`` is the number of
    different values, ``top`` the most frequent of them. Numbers have a range (``low``, ``high``,
    ``mean``) and a ``histogram``: counts of bins of equal width from ``low`` to ``high``.
    """

    name: str
    kind: ColumnKind
    dtype: str = ""
    looked_at: bool = False
    colourable: bool = False
    missing: float | None = None
    categories: int | None = None
    ordered: bool = False
    top: tuple[ValueCount, ...] = ()
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    histogram: tuple[int, ...] = ()
    note: str = ""


class PreviewMatrix(Struct):
    """A matrix of cells by genes: ``X``, ``raw.X`` or ``layers/<name>``.

    ``encoding`` is ``csr``, ``csc`` or ``dense``. ``density`` is the share of values that are
    stored, from 0 to 1. ``integers`` says whether the values that were looked at are whole and not
    negative, as counts are; it is None where none were. ``memory`` is the bytes it takes once it
    is loaded, ``compression`` the name of the filter its values are packed with.
    """

    name: str
    shape: tuple[int, ...]
    encoding: str = ""
    dtype: str = ""
    stored: int | None = None
    density: float | None = None
    integers: bool | None = None
    highest: float | None = None
    sample: int = 0
    memory: int | None = None
    compression: str = ""
    note: str = ""


class PreviewVar(Struct):
    """The genes: what their names are, how many of these are there twice, and the columns."""

    names: NameKind = NameKind.OTHER
    duplicates: int | None = None
    examples: tuple[str, ...] = ()
    symbols_in: str = ""
    columns: tuple[PreviewColumn, ...] = ()
    note: str = ""


class PreviewArray(Struct):
    """An array beside the matrices, of obsm: its name and shape."""

    name: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    note: str = ""


class PreviewPicture(Struct):
    """What ``points`` gives: which embedding, and how many of how many cells.

    ``embedding`` is empty where there is none that can be drawn; ``note`` says why, or how the
    cells were chosen. ``by`` is the column of obs to colour by at first.
    """

    embedding: str = ""
    embeddings: tuple[str, ...] = ()
    points: int = 0
    cells: int = 0
    by: str = ""
    note: str = ""


class PreviewMemory(Struct):
    """Bytes of memory that loading all of it takes, as predicted from types and shapes.

    ``matrices`` are X, raw and layers, ``annotations`` all else; ``total`` is what stays, ``peak``
    what the process takes at most, with the libraries it needs.
    """

    matrices: int = 0
    annotations: int = 0
    total: int = 0
    peak: int = 0


class PreviewModality(Struct):
    """A modality of a MuData; ``shape`` is cells by genes, empty where it is no AnnData."""

    name: str
    shape: tuple[int, ...] = ()


class Preview(Struct):
    """The answer of ``GET previews/{ref}``: facts of a file of which only some bytes were read.

    ``key`` names the state of the file; ``points`` and ``colours`` give theirs too, and are of
    another state where it differs. ``shape`` is cells by genes. ``raw_counts`` says where the
    counts are (``raw.X``, ``X``, ``layers/<name>``), empty where none look like counts.
    ``primary`` is the share of cells with ``is_primary_data``, None where nothing says so.
    ``encodings`` are those that this version does not know, which an older anndata does not
    either. ``modalities`` are those of a MuData, of the first of which the rest is said.
    ``notes`` are sentences for the reader: what was sampled, left out or odd.
    ``bytes_fetched`` and ``requests`` are what it cost to find out, ``size`` is that of the file.
    """

    ref: str
    name: str
    format: str
    key: str
    shape: tuple[int, ...]
    size: int | None = None
    x: PreviewMatrix | None = None
    raw: PreviewMatrix | None = None
    layers: tuple[PreviewMatrix, ...] = ()
    raw_counts: str = ""
    obs: tuple[PreviewColumn, ...] = ()
    obs_index: str = ""
    var: PreviewVar = PreviewVar()
    obsm: tuple[PreviewArray, ...] = ()
    obsp: tuple[str, ...] = ()
    uns: tuple[str, ...] = ()
    title: str = ""
    schema_version: str = ""
    primary: float | None = None
    encodings: tuple[str, ...] = ()
    picture: PreviewPicture = PreviewPicture()
    memory: PreviewMemory = PreviewMemory()
    modalities: tuple[PreviewModality, ...] = ()
    notes: tuple[str, ...] = ()
    bytes_fetched: int = 0
    requests: int = 0
    local: bool = False
