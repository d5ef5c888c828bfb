"""Choosing cells and genes of files that are not here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jupyterlab_datahub.engine.consent import is_paid
from jupyterlab_datahub.engine.made import refuse_unconverted, seen_as, up_to_date
from jupyterlab_datahub.engine.previews import (
    MOST_NAME,
    ZARR,
    as_folder,
    folder_of,
    place_of,
    short,
)
from jupyterlab_datahub.engine.queries import last
from jupyterlab_datahub.engine.transfers import start, to_fetch
from jupyterlab_datahub.errors import (
    BadAnswerError,
    BadRequestError,
    NotSupportedError,
    SelectionError,
)
from jupyterlab_datahub.previews import pieces
from jupyterlab_datahub.selection.choosing import Answer, Question, Wish
from jupyterlab_datahub.selection.estimate import matrix_of
from jupyterlab_datahub.selection.table import KeptTable
from jupyterlab_datahub.selection.where.evaluate import check_names
from jupyterlab_datahub.selection.where.parse import parse
from jupyterlab_datahub.selection.where.tree import columns_of, embeddings_of
from jupyterlab_datahub.transfers.queue.jobs import selected_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import (
        ColumnValues,
        GeneNames,
        Selection,
        SelectionEstimate,
        Transfer,
    )
    from jupyterlab_datahub.ranged.kept import State
    from jupyterlab_datahub.selection.where.tree import Node

Found = TypeVar("Found")

CHOSEN_FROM = frozenset({"h5ad", ZARR})
"""Formats of files that selections are made of."""

MOST_VALUES = 1000
MOST_GENES = 100
MOST_WISHED = 100_000

FIND: dict[str, Any] = {
    "name": "find",
    "description": "What the values have in them, in letters of any case.",
    "schema": {"type": "string", "maxLength": MOST_NAME},
    "example": "CD3",
}

VALUES_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "column",
        "description": "The name of a column of obs.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": MOST_NAME},
        "example": "cell_type",
    },
    FIND,
    {
        "name": "limit",
        "description": "How many values to list.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_VALUES, "default": 100},
        "example": 100,
    },
)

GENES_PARAMETERS: tuple[dict[str, Any], ...] = (
    FIND,
    {
        "name": "limit",
        "description": "How many genes to list.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_GENES, "default": 20},
        "example": 20,
    },
    {
        "name": "layer",
        "description": "The matrix whose genes these are: empty for X, raw, or a layer.",
        "schema": {"type": "string", "maxLength": MOST_NAME},
        "example": "raw",
    },
)


def values_query(get: Callable[[str], Sequence[str]]) -> tuple[str, str, int]:
    """Return the column, the text and the limit that a query asks for.

    Raises
    ------
    BadRequestError
    """
    column = short(last(get("column"), ""))
    if not column:
        raise BadRequestError("column names no column of obs", hint="One is column=cell_type.")
    return column, short(last(get("find"), "")), _limit(get, 100, MOST_VALUES)


def genes_query(get: Callable[[str], Sequence[str]]) -> tuple[str, int, str]:
    """Return the text, the limit and the layer that a query asks for.

    Raises
    ------
    BadRequestError
    """
    layer = short(last(get("layer"), ""))
    return short(last(get("find"), "")), _limit(get, 20, MOST_GENES), layer


def estimate(rooms: Rooms, ref: str, selection: Selection) -> SelectionEstimate:
    """Return what a selection has in it, and what it costs to have it.

    Raises
    ------
    WhereError
        If its expression cannot be read, or names what is not there.
    SelectionError
        If the file has not the layer it names.
    UnconvertedError
        If it has to be converted first.
    BadRequestError, NotFoundError, ConflictError, AccessError, CatalogError, TransferError
        As for a preview.
    """
    if len(selection.genes) > MOST_WISHED:
        raise BadRequestError(f"a selection names at most {MOST_WISHED:,} genes")
    state = _kept(rooms, ref, parse(selection.where), selection.layer)
    asked, _ = _answer(rooms, ref, state, Wish.ESTIMATE, selection=selection)
    return _found(asked.estimate)


def mask(rooms: Rooms, ref: str, selection: Selection) -> bytes:
    """Return which points of a picture are chosen, packed; the rest is as with :func:`estimate`."""
    state = _kept(rooms, ref, parse(selection.where), None, pieces.SHOWN)
    return _answer(rooms, ref, state, Wish.MASK, selection=selection)[1]


def values(rooms: Rooms, ref: str, column: str, find: str, limit: int) -> ColumnValues:
    """Return values of a column of obs that have a text in them, the most frequent first.

    Raises
    ------
    SelectionError
        If there is no such column, or it holds numbers.
    """
    state = _kept(rooms, ref, None, None, f"{pieces.COLUMN}{column}")
    asked, _ = _answer(rooms, ref, state, Wish.VALUES, of=column, find=find, limit=limit)
    return _found(asked.values)


def genes(rooms: Rooms, ref: str, find: str, limit: int, layer: str = "") -> GeneNames:
    """Return genes of a file whose name or symbol has a text in it.

    Raises
    ------
    SelectionError
        If there is no such layer.
    """
    state = _kept(rooms, ref, None, layer)
    asked, _ = _answer(rooms, ref, state, Wish.GENES, of=layer, find=find, limit=limit)
    return _found(asked.genes)


def start_selection(
    rooms: Rooms, ref: str, selection: Selection, directory: Path
) -> tuple[Transfer, bool]:
    """Queue some cells and genes of a file, and see to it that a worker runs.

    Raises
    ------
    WhereError, SelectionError
        If the selection cannot be made, or has nothing in it.
    NotSupportedError
        If selections are not made of such files, or whoever fetches it pays for it.
    UnconvertedError
        If it has to be converted first.
    BadRequestError, NotFoundError, AccessError, ConflictError, CatalogError
        As for :func:`~jupyterlab_datahub.engine.transfers.start`.
    """
    ref = as_folder(rooms, ref)
    found, asset = to_fetch(rooms, ref)
    made = up_to_date(rooms, found, asset)
    if made is None:
        refuse_unconverted(found, asset)
    if not made and asset.format not in CHOSEN_FROM and not (asset.group and folder_of(asset.ref)):
        raise NotSupportedError(
            f"selections are made of .h5ad files and .zarr stores, and {asset.name} is neither",
            hint="Load it, and choose cells and genes in the notebook.",
        )
    if is_paid(asset) and not made and rooms.library.find_asset(asset.ref) is None:
        # A selection that is stopped is made anew, and what is not kept would be paid for again.
        raise NotSupportedError(
            f"no selection is made of {asset.name}, as whoever fetches it pays for it",
            hint="Download it within a limit, then select from it, which costs nothing.",
        )
    parse(selection.where)
    if rooms.library.find_asset(selected_of(asset, selection).ref) is None:
        told = estimate(rooms, asset.ref, selection)
        if not told.cells or not told.genes:
            raise SelectionError(
                f"the selection has no {'genes' if told.cells else 'cells'} in it",
                hint="Choose more, then try again.",
            )
    return start(rooms, asset.ref, directory, selection=selection)


def _answer(rooms: Rooms, ref: str, state: State, wish: Wish, **more: Any) -> tuple[Answer, bytes]:
    """Ask the process that answers while somebody chooses."""
    question = Question(
        ref=ref,
        name=ref.rpartition("/")[2],
        memory=rooms.settings.memory,
        wish=wish,
        directory=str(state.directory),
        **more,
    )
    return rooms.choosers.answer(question, Answer, rooms.registry.for_ref(ref).config.name)


def _found(answer: Found | None) -> Found:
    if answer is None:
        raise BadAnswerError("the process that was asked said something else")
    return answer


def _kept(rooms: Rooms, ref: str, tree: Node | None, layer: str | None, *more: str) -> State:
    """Return the state of a file, with all that an expression names kept of it.

    The genes of a layer come with it, where there is one to be.
    """
    wanted = [pieces.OUTLINE, *more]
    if layer is not None:
        wanted.append(f"{pieces.GENES}{pieces.var_of(matrix_of(layer))}")
        wanted.append(f"{pieces.MATRIX}{matrix_of(layer)}")
    if tree is not None:
        wanted += [f"{pieces.COLUMN}{name.name}" for name in columns_of(tree)]
        wanted += [f"{pieces.AXES}{name.name}" for name in embeddings_of(tree)]
    seen = seen_as(rooms, ref)
    known = rooms.previews.known(seen)
    if known is not None and known.has(pieces.OUTLINE):
        # What is typed is wrong most of the time: that needs no look at the file.
        _check(KeptTable(known), tree, layer)
    # It gets ready while what it needs comes.
    rooms.choosers.expect()
    place = partial(place_of, rooms, ref, to_choose=True)
    state = rooms.previews.pieces(seen, tuple(dict.fromkeys(wanted)), place)
    _check(KeptTable(state), tree, layer)
    return state


def _check(table: KeptTable, tree: Node | None, layer: str | None) -> None:
    check_names(tree, table.columns, table.embeddings)
    if layer is None or matrix_of(layer) in table.outline.matrices:
        return
    there = ", ".join(table.outline.matrices) or "none"
    raise SelectionError(
        f"the file has no matrix {matrix_of(layer)[:80]!r}", hint=f"There are: {there}."
    )


def _limit(get: Callable[[str], Sequence[str]], default: int, most: int) -> int:
    text = last(get("limit"), str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise BadRequestError(f"limit is a whole number from 1 to {most:,}")
    return int(text)
