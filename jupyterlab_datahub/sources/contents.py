"""What the names of files say of their content, as far as it decides how a notebook reads them.

A Source says with it which of its files become an AnnData, and a hand-off cell is written with
it, so that both say the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import LoadWay, Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


class Form(StrEnum):
    """How a file is read; what has no form of its own is handed over as a path."""

    H5AD = "h5ad"
    H5MU = "h5mu"
    LOOM = "loom"
    CSV = "csv"
    TSV = "tsv"
    MCMICRO = "mcmicro"
    TENX_H5 = "10x h5"
    TENX_MTX = "10x mtx"
    TENX_ARCHIVE = "10x archive"
    CSV_TABLE = "csv table"
    TSV_TABLE = "tsv table"
    PATH = "path"


class Picture(Struct):
    """A small picture of the tissue that cells lie in.

    ``library`` names it; coordinates of cells times ``scale`` are its pixels. ``diameter`` is how
    wide a cell is in pixels of the full image; ``grey`` says that it has no colours.
    """

    path: str
    library: str
    scale: float
    diameter: float
    grey: bool


class Content(Struct):
    """A form, and for a 10x folder where in it the matrix is.

    ``below`` is a path with ``/`` between its parts, ``prefix`` stands before the names of the
    three files, and ``compressed`` tells how they are kept (None where scanpy sees it itself).
    ``layers`` are named of an h5ad that was made of a Loom file, whose main matrix is not always
    what is wanted (it is TPM where Smart-seq2 was used); ``layer`` is the one to be X. ``note`` is
    what its reader should know, ``values`` how many X of an h5ad keeps, None where nobody looked.
    ``way`` is how much of it is read, and ``cluster`` where Dask computes; ``by_genes`` says that
    X keeps the values of a gene together, rather than those of a cell. ``picture`` goes with it.
    ``level`` is the one of an image that is opened alone, None opens all.
    """

    form: Form
    below: str = ""
    prefix: str = ""
    compressed: bool | None = None
    layers: tuple[str, ...] = ()
    layer: str = ""
    level: int | None = None
    note: str = ""
    values: int | None = None
    way: LoadWay = LoadWay.WHOLE
    cluster: str = ""
    by_genes: bool = False
    picture: Picture | None = None


PATH = Content(form=Form.PATH)
TABLES = {Form.CSV: Form.CSV_TABLE, Form.TSV: Form.TSV_TABLE}
"""What is read as a table where it is known to be no matrix."""

_BY_SUFFIX = {
    ".h5ad": Form.H5AD,
    ".h5mu": Form.H5MU,
    ".loom": Form.LOOM,
    ".csv": Form.CSV,
    ".tsv": Form.TSV,
}
_FEATURES = re.compile(
    r"[^/]*-[^/]*_(cell|nuclei|nucleus|cyto|cytoplasm|membrane)(mask|ring)?\.csv(\.gz|\.zip)?$"
)
"""Tables of the cells of an image as MCMICRO names them, the segmentation it used behind ``_``:
``unmicst-exemplar-001_cell.csv``, ``exemplar-001--unmicst_cell.csv``."""

_IMAGE = re.compile(r"\.(tiff?|btf|tf[28])$")
"""Images that tifffile reads."""

IMAGE_WAYS = ("dask", "zarr", "napari", "vitessce")
"""How else an image may be opened than as a path: all its levels, of which nothing is read yet,
or a viewer of them."""

_COMPRESSED_TABLE = re.compile(r"(\.csv|\.tsv)\.gz$")
_TENX_NAME = re.compile(r"((feature|gene)_bc_matri(x|ces)|cell_feature_matrix)\w*\.h5$")
_TENX_ARCHIVE = re.compile(
    r"((feature|gene)_bc_matri(x|ces)\w*|cell_feature_matrix\w*|(^|[/_.-])outs"
    r"|spaceranger(_outputs?)?|binned_outputs?|xenium_outputs?)\.(tar|tar\.gz|tgz|zip)$"
)
"""Matrices in archives, and all that Space Ranger or Xenium gave, as 10x Genomics and others
publish it."""
_LIST = re.compile(r"((barcodes|features|genes)\.tsv|tissue_positions(_list)?\.csv)(\.gz)?$")
_MATRIX = re.compile(r"(?P<prefix>.*)matrix\.mtx(?P<gz>\.gz)?$")


def form_of(name: str, kind: str = "") -> Form:
    """Return how a file is read, judged by its name, or by its format where that has no ending.

    ``.h5`` is said of anything in HDF5, and archives may hold anything; of these only what Cell
    Ranger names so is a matrix. The
    lists that it puts beside a matrix are no tables.
    """
    if _LIST.search(name.lower()):
        return Form.PATH
    if _FEATURES.search(name.lower()):
        return Form.MCMICRO
    if _TENX_ARCHIVE.search(name.lower()):
        return Form.TENX_ARCHIVE
    suffix = suffix_of(name, kind)
    if suffix == ".h5":
        return Form.TENX_H5 if _TENX_NAME.search(name.lower()) else Form.PATH
    return _BY_SUFFIX.get(suffix, Form.PATH)


def is_image(name: str) -> bool:
    """Return whether a file is an image that may be opened in one of :data:`IMAGE_WAYS`."""
    return bool(_IMAGE.search(name.lower()))


def suffix_of(name: str, kind: str = "") -> str:
    """Return a file's format as a suffix in lower case, empty where nothing tells it."""
    lower = name.lower()
    if table := _COMPRESSED_TABLE.search(lower):
        return table[1]
    suffix = PurePosixPath(lower).suffix
    if not suffix and kind:
        return f".{kind.lower().lstrip('.')}"
    return suffix


def matrix_among(paths: Iterable[str]) -> Content:
    """Return the one 10x matrix among the files of a folder, given by their paths in it.

    With two of them only a path says what is meant.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        below, _, name = path.rpartition("/")
        names[below].add(name)
    found = [content for below in names for content in _matrices(below, names[below])]
    return found[0] if len(found) == 1 else PATH


ROLES = ("matrix.mtx", "barcodes.tsv", "features.tsv")
"""What the three files of a 10x matrix are called; features were genes before version 3."""


def role_of(name: str) -> str:
    """Return which of the three files one is, packed or not; empty where it is none of them."""
    lower = name.lower()
    gz = ".gz" if lower.endswith(".gz") else ""
    stem = lower.removesuffix(".gz").replace("genes.tsv", "features.tsv")
    return next((f"{role}{gz}" for role in ROLES if stem.endswith(role)), "")


def stem_of(path: str) -> str:
    """Return what the path of one of the three files has before its role."""
    plain = path.removesuffix(".gz").removesuffix(".GZ")
    ends = (*ROLES, "genes.tsv")
    return next((plain[: -len(end)] for end in ends if plain.lower().endswith(end)), path)


def _matrices(below: str, names: Collection[str]) -> Iterator[Content]:
    for name in sorted(names):
        if not (match := _MATRIX.fullmatch(name)):
            continue
        gz = match["gz"] or ""
        barcodes, features, genes = (
            f"{match['prefix']}{what}.tsv" for what in ("barcodes", "features", "genes")
        )
        if not gz and {barcodes, genes} <= set(names):
            compressed = None
        elif {barcodes + gz, features + gz} <= set(names):
            compressed = None if gz else False
        else:
            continue
        yield Content(
            form=Form.TENX_MTX, below=below, prefix=match["prefix"], compressed=compressed
        )
