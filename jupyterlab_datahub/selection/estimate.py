"""What a selection has in it and what it costs, from what is kept of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.model import SelectionEstimate, SelectionMemory
from jupyterlab_datahub.previews import pieces
from jupyterlab_datahub.selection import genes as gene_names
from jupyterlab_datahub.selection.places import of_rows, touched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyterlab_datahub.model import Selection
    from jupyterlab_datahub.selection.table import KeptTable
    from jupyterlab_datahub.selection.where.evaluate import Chosen

RAW = "raw"

LIBRARIES = 330 << 20
"""Bytes of memory that Python takes with anndata and what that needs."""

GAP, LONGEST = 64 << 10, 1 << 20
"""Bytes between chunks, and of the chunks, that one request fetches."""

NEIGHBOURS = 4096
"""Cells of which the annotations are fetched if one of them is wanted, about."""

NO_USE = 0.9
"""Share of the whole file from which on fetching a part of it saves nothing."""


UNTOLD = "How many bytes come is judged by a few chunks, as a store does not say it"


class Price(NamedTuple):
    """Bytes to fetch, in how many requests, and the bytes of memory of what becomes of them."""

    fetch: int
    requests: int
    memory: int


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
    import numpy as np

    matrix = matrix_of(selection.layer)
    names = table.genes(pieces.var_of(matrix))
    found = gene_names.find(selection.genes, names)
    of_genes = len(names.names)
    genes = np.arange(of_genes) if found.rows is None else np.array(sorted(found.rows), np.int64)
    cells = np.flatnonzero(chosen.mask)
    outline = table.outline
    price, notes, whole = Price(0, 0, 0), list(chosen.notes), outline.size
    if len(cells) and len(genes):
        header, arrays = table.matrix(matrix)
        if header["kind"] == pieces.ABSENT:
            notes.append(f"{matrix} cannot be read: {header.get('note', 'it is not there')}")
        else:
            price = _with_annotations(_price(header, arrays, cells, genes), table, cells)
            if not outline.size:
                everything = _price(header, arrays, np.arange(table.cells), np.arange(of_genes))
                whole = everything.fetch + outline.beside_cells + outline.beside_genes
                notes.append(UNTOLD)
    total = price.memory
    return SelectionEstimate(
        key=key,
        cells=len(cells),
        of_cells=table.cells,
        genes=len(genes),
        of_genes=of_genes,
        unknown_genes=found.unknown,
        doubled_genes=found.doubled,
        fetch=price.fetch,
        requests=price.requests,
        whole=whole,
        whole_is_cheaper=whole > 0 and price.fetch >= NO_USE * whole,
        memory=SelectionMemory(total=total, peak=LIBRARIES + total + total // 20),
        layer=selection.layer,
        notes=tuple(notes),
    )


def _with_annotations(matrix: Price, table: KeptTable, cells: NDArray[Any]) -> Price:
    """Return a price with that of obs, var and obsm."""
    import numpy as np

    outline = table.outline
    # Cells are in ascending order, which `numpy.unique` does not know.
    near = (1 + np.count_nonzero(np.diff(cells // NEIGHBOURS))) / max(
        1, -(-table.cells // NEIGHBOURS)
    )
    share = len(cells) / max(1, table.cells)
    return Price(
        matrix.fetch + int(near * outline.beside_cells) + outline.beside_genes,
        matrix.requests + 4,
        matrix.memory + int(share * outline.beside_cells) + outline.beside_genes,
    )


def _price(
    header: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    cells: NDArray[Any],
    genes: NDArray[Any],
) -> Price:
    if header["kind"] == "dense":
        return _dense(header, arrays, cells, genes)
    import numpy as np

    by_cells = header["kind"] == "csr"
    ranges = of_rows(arrays["pointers"], cells if by_cells else genes)
    other = len(genes) / header["shape"][1] if by_cells else len(cells) / header["shape"][0]
    fetch = requests = 0
    for part, step in zip(("data", "indices"), header["steps"], strict=True):
        starts, sizes = arrays[f"{part}_starts"], arrays[f"{part}_sizes"]
        numbers = touched(ranges, step, len(starts))
        fetch += int(sizes[numbers].sum())
        requests += _requests(header, starts[numbers], sizes[numbers])
    stored = int(np.sum(ranges.lengths)) * other
    return Price(fetch, requests, int(stored * (header["itemsize"] + 4)))


def _dense(
    header: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    cells: NDArray[Any],
    genes: NDArray[Any],
) -> Price:
    import numpy as np

    tall, wide = header["steps"]
    across = -(-header["shape"][1] // wide)
    rows, columns = np.unique(cells // tall), np.unique(genes // wide)
    numbers = (rows[:, None] * across + columns[None, :]).reshape(-1)
    starts, sizes = arrays["starts"][numbers], arrays["sizes"][numbers]
    memory = len(cells) * len(genes) * header["itemsize"]
    return Price(int(sizes.sum()), _requests(header, starts, sizes), memory)


def _requests(header: dict[str, Any], starts: NDArray[Any], sizes: NDArray[Any]) -> int:
    import numpy as np

    if header.get("apart") or not len(starts):
        return len(starts)
    order = np.argsort(starts)
    starts, sizes = starts[order], sizes[order]
    apart = starts[1:] - (starts[:-1] + sizes[:-1]) > GAP
    return int(apart.sum()) + 1 + int(sizes.sum() // LONGEST)
