"""What a selection has in it and what it costs, from what is kept of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.model import SelectionEstimate
from jupyterlab_datahub.preview import pieces
from jupyterlab_datahub.selection import genes as gene_names

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Selection
    from jupyterlab_datahub.selection.table import KeptTable
    from jupyterlab_datahub.selection.where.evaluate import Chosen

RAW = "raw"


def matrix_of(layer: str) -> str:
    """Return the name that the matrix of a selection has in a preview."""
    if layer in ("", "X"):
        return "X"
    return "raw.X" if layer == RAW else f"layers/{layer}"


def estimated(
    key: str, table: KeptTable, selection: Selection, chosen: Chosen
) -> SelectionEstimate:
    """Return what a selection has in it and what it costs.

    Parameters
    ----------
    key
        The state of the file.
    table
        What is kept of it.
    chosen
        Its cells.
    """
    names = table.genes(pieces.var_of(matrix_of(selection.layer)))
    found = gene_names.find(selection.genes, names)
    of_genes = len(names.names)
    return SelectionEstimate(
        key=key,
        cells=int(chosen.mask.sum()),
        of_cells=table.cells,
        genes=of_genes if found.rows is None else len(found.rows),
        of_genes=of_genes,
        unknown_genes=found.unknown,
        doubled_genes=found.doubled,
        layer=selection.layer,
        notes=tuple(chosen.notes),
    )
