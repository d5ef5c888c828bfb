"""Genes by their names, whatever people call them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import GeneName

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.previews.pieces import Genes


@dataclass(frozen=True)
class Found:
    """Genes that were wished for: their rows in var, in the order of the wish.

    ``unknown`` are the names that nothing has, ``doubled`` those that were wished for twice or that
    several genes have. ``rows`` is None where all genes are wished for.
    """

    rows: tuple[int, ...] | None
    unknown: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


def find(wished: Sequence[str], genes: Genes) -> Found:
    """Return the genes that some names mean.

    A name in var comes before a symbol; of a name that several genes have all are taken, and each
    gene once.
    """
    if not wished:
        return Found(None)
    names, symbols = _places(genes.names), _places(genes.symbols)
    rows: dict[int, None] = {}
    unknown: dict[str, None] = {}
    counts = Counter(name.strip() for name in wished)
    doubled = {name: None for name, count in counts.items() if count > 1}
    for name in counts:
        places = names.get(name) or symbols.get(name) or ()
        if len(places) > 1:
            doubled[name] = None
        if not places:
            unknown[name] = None
        for row in places:
            if row in rows:
                doubled[name] = None
            rows[row] = None
    return Found(tuple(rows), tuple(unknown), tuple(doubled))


def like(text: str, genes: Genes, most: int) -> tuple[GeneName, ...]:
    """Return genes whose name or symbol has a text in it, those first that begin with it."""
    wanted = text.casefold()
    found = sorted(_with(wanted, genes))
    symbols = genes.symbols
    return tuple(
        GeneName(name=genes.names[row], symbol=symbols[row] if symbols else "")
        for _, _, row in found[:most]
    )


def _with(wanted: str, genes: Genes) -> Iterator[tuple[int, int, int]]:
    """Yield rows with how well they fit: the place of the text, and how much there is beside it."""
    for row, name in enumerate(genes.names):
        symbol = genes.symbols[row] if genes.symbols else ""
        fits = [
            (at, len(label))
            for label in (symbol, name)
            if label and (at := label.casefold().find(wanted)) >= 0
        ]
        if fits:
            yield (*min(fits), row)


def _places(labels: Sequence[str]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        places[label].append(row)
    return dict(places)
