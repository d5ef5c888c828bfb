"""Which cells and genes of a file are wanted, and what having them costs."""

from __future__ import annotations

from jupyterlab_datahub.model.base import Struct
from jupyterlab_datahub.model.preview import ValueCount


class Selection(Struct, forbid_unknown_fields=True):
    """Which cells and genes of an AnnData file are wanted.

    ``where`` is an expression over the columns of obs, empty for all cells. ``genes`` are names or
    symbols, none for all genes. ``layer`` is the matrix that becomes X: empty for X itself, ``raw``
    for raw.X, else the name of a layer. With ``symbols`` genes are named by their symbols, made
    unique.
    """

    where: str = ""
    genes: tuple[str, ...] = ()
    layer: str = ""
    symbols: bool = False


class SelectionMemory(Struct):
    """Bytes of memory that a selection takes in a kernel: what stays, and the most it takes."""

    total: int = 0
    peak: int = 0


class SelectionEstimate(Struct):
    """The answer of ``POST previews/{ref}/selection``: what there is of it, and what it costs.

    ``unknown_genes`` are those of the wish that the file does not have, ``doubled_genes`` those
    that are wished for, or in the file, more than once. ``fetch`` is the bytes to fetch for it, in
    about ``requests`` requests, ``whole`` those of the whole file. ``key`` is the state of the
    file, as in a preview.
    """

    key: str
    cells: int
    of_cells: int
    genes: int
    of_genes: int
    unknown_genes: tuple[str, ...] = ()
    doubled_genes: tuple[str, ...] = ()
    fetch: int = 0
    requests: int = 0
    whole: int | None = None
    whole_is_cheaper: bool = False
    memory: SelectionMemory = SelectionMemory()
    layer: str = ""
    notes: tuple[str, ...] = ()


class ColumnValues(Struct):
    """Values of a column of obs with their counts (``GET previews/{ref}/values``)."""

    values: tuple[ValueCount, ...] = ()
    more: bool = False


class GeneName(Struct):
    """A gene of a file: its name in var, and its symbol where a column has it."""

    name: str
    symbol: str = ""


class GeneNames(Struct):
    """Genes that a text finds (``GET previews/{ref}/genes``)."""

    genes: tuple[GeneName, ...] = ()
