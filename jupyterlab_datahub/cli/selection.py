"""Which cells and genes a command is about, and what having them costs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.engine import selections
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Selection

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import SelectionEstimate


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add what chooses cells and genes."""
    parser.add_argument(
        "--where",
        default="",
        metavar="EXPRESSION",
        help="fetch only these cells, such as \"cell_type == 'B cell'\"",
    )
    parser.add_argument(
        "--genes",
        default="",
        metavar="GENES",
        help="fetch only these genes: names or symbols with commas between them, or @FILE",
    )
    parser.add_argument(
        "--layer", default="", metavar="NAME", help="the matrix that becomes X (raw, or a layer)"
    )
    parser.add_argument("--symbols", action="store_true", help="name genes by their symbols")
    parser.add_argument(
        "--estimate",
        action="store_true",
        help="say how many cells and genes these are and what they cost, and fetch nothing",
    )


def selection_of(arguments: argparse.Namespace) -> Selection | None:
    """Return what is chosen, None for whole files.

    Raises
    ------
    BadRequestError
        If a file of genes cannot be read.
    """
    found = Selection(
        where=arguments.where,
        genes=_genes(arguments.genes),
        layer=arguments.layer,
        symbols=arguments.symbols,
    )
    return None if found == Selection() else found


def tell_estimates(
    rooms: Rooms, refs: Iterable[str], selection: Selection, terminal: Terminal
) -> int:
    """Say what a selection of some files has in it, and what it costs."""
    found = {ref: selections.estimate(rooms, ref, selection) for ref in refs}
    for ref, told in found.items():
        terminal.line(ref)
        for line in _lines(told):
            terminal.indented(line)
    terminal.document(found)
    return 0


def _lines(told: SelectionEstimate) -> Iterable[str]:
    yield f"{told.cells:,} of {told.of_cells:,} cells, {told.genes:,} of {told.of_genes:,} genes"
    yield f"Fetches {words.size(told.fetch)} of {words.size(told.whole)}"
    yield f"Takes about {words.size(told.memory.peak)} of memory to load"
    if told.whole_is_cheaper:
        yield "The whole file is fetched with as few bytes"
    if told.unknown_genes:
        yield f"Not in the file: {', '.join(told.unknown_genes)}"
    yield from told.notes


def _genes(text: str) -> tuple[str, ...]:
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadRequestError(
                f"the list of genes {text[1:]} cannot be read",
                hint="Name a text file with one name on each line.",
            ) from error
    return tuple(filter(None, re.split(r"[\s,;]+", text)))
