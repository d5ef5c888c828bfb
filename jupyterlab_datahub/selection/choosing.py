"""What is asked while somebody chooses cells and genes, and what answers it from what is kept.

The process that answers is one of its own, so that columns of a million cells are not gone through
beside the event loop of the server; see :mod:`.chooser`.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import SelectionError
from jupyterlab_datahub.model import (
    ColumnValues,
    GeneNames,
    Selection,
    SelectionEstimate,
    ValueCount,
)
from jupyterlab_datahub.previews import pieces
from jupyterlab_datahub.previews.packing import pack
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.ranged.kept import State
from jupyterlab_datahub.selection import genes as gene_names
from jupyterlab_datahub.selection.estimate import estimated, matrix_of
from jupyterlab_datahub.selection.table import KeptTable
from jupyterlab_datahub.selection.where.evaluate import evaluate
from jupyterlab_datahub.selection.where.parse import parse

if TYPE_CHECKING:
    from jupyterlab_datahub.selection.table import Loaded


class Wish(StrEnum):
    """What may be asked."""

    ESTIMATE = "estimate"
    MASK = "mask"
    VALUES = "values"
    GENES = "genes"


class Question(Task, kw_only=True):
    """What somebody wants to know.

    ``directory`` is what is kept of a state of the file, with all that is needed. An estimate and a
    mask are of ``selection``; values are those of the column ``of``, and genes those of the layer
    ``of``, with ``find`` in them, ``limit`` of them at most.
    """

    wish: Wish
    directory: str
    selection: Selection = Selection()
    of: str = ""
    find: str = ""
    limit: int = 0


class Answer(Outcome):
    """What there is to say, by what was asked; a mask comes beside it, packed."""

    estimate: SelectionEstimate | None = None
    values: ColumnValues | None = None
    genes: GeneNames | None = None


def answered(question: Question, loaded: Loaded) -> tuple[Answer, bytes]:
    """Answer a question.

    Raises
    ------
    WhereError
        If an expression compares what cannot be compared.
    SelectionError
        If there is no such column, or it holds numbers.
    DataHubError
        If what is kept went away meanwhile.
    """
    directory = Path(question.directory)
    table = KeptTable(State(directory), loaded)
    match question.wish:
        case Wish.ESTIMATE:
            chosen = evaluate(parse(question.selection.where), table)
            told = estimated(directory.name, table, question.selection, chosen)
            return Answer(estimate=told), b""
        case Wish.MASK:
            return Answer(), _mask(question, directory.name, table)
        case Wish.VALUES:
            return Answer(values=_values(question, table)), b""
        case Wish.GENES:
            genes = table.genes(pieces.var_of(matrix_of(question.of)))
            found = gene_names.like(question.find, genes, question.limit)
            return Answer(genes=GeneNames(genes=found)), b""


def _mask(question: Question, key: str, table: KeptTable) -> bytes:
    import numpy as np

    shown = table.shown(evaluate(parse(question.selection.where), table).mask)
    return pack({"kind": "mask", "key": key}, {"mask": shown.astype(np.uint8)})


def _values(question: Question, table: KeptTable) -> ColumnValues:
    import numpy as np

    column = question.of
    if column not in table.columns:
        raise SelectionError(f"obs has no column {column[:80]!r}", hint="Preview the file again.")
    found = table.column(column)
    if found.codes is None:
        raise SelectionError(
            f"{column} holds no values that could be listed", hint="Compare it with a number."
        )
    codes = found.codes[found.codes >= 0]
    counts = np.bincount(codes, minlength=len(found.categories)).tolist()
    wanted = question.find.casefold()
    chosen = sorted(
        (-count, code)
        for code, count in enumerate(counts)
        if count and wanted in found.categories[code].casefold()
    )
    return ColumnValues(
        values=tuple(
            ValueCount(value=found.categories[code], count=-count)
            for count, code in chosen[: question.limit]
        ),
        more=len(chosen) > question.limit,
    )
