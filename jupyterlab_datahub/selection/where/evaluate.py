"""Which cells an expression chooses, worked out over whole columns.

A comparison with a value that is missing is false, whatever its sign; ``missing`` finds such cells.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, Protocol

from jupyterlab_datahub.errors import WhereError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.selection.where.tree import (
    And,
    Comparison,
    Flag,
    Literal,
    Membership,
    Missing,
    Name,
    Node,
    Not,
    Or,
    Within,
    columns_of,
    embeddings_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[Any]

MOST_COMPARED = 2000
"""Names that are gone through for one that is like another."""

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Column:
    """Values of a column: ``codes`` (-1 for none) of ``categories``, or ``numbers`` (NaN for none).

    Columns of True and False have codes too, of the categories "False" and "True". A column of
    another kind has no values here, and a note that says why.
    """

    kind: ColumnKind
    codes: NDArray[Any] | None = None
    categories: Sequence[str] = ()
    numbers: NDArray[Any] | None = None
    note: str = ""


class Table(Protocol):
    """What there is to choose from."""

    @property
    def cells(self) -> int:
        """How many cells."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of the columns of obs."""

    @property
    def embeddings(self) -> Sequence[str]:
        """The names of the embeddings."""

    def column(self, name: str) -> Column:
        """Return the values of a column."""

    def axes(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the coordinates in an embedding."""


@dataclass
class Chosen:
    """Which cells are chosen, and what is to be said of it."""

    mask: NDArray[Any]
    notes: list[str] = field(default_factory=list)


def check_names(tree: Node | None, columns: Sequence[str], embeddings: Sequence[str]) -> None:
    """Go on if there is all that an expression names.

    Raises
    ------
    WhereError
    """
    if tree is None:
        return
    for name in columns_of(tree):
        if name.name not in columns:
            raise _unknown(name, "obs has no column", columns)
    for name in embeddings_of(tree):
        if name.name not in embeddings:
            raise _unknown(name, "there is no embedding", embeddings)


def evaluate(tree: Node | None, table: Table) -> Chosen:
    """Return which cells an expression chooses; all of them for none.

    Raises
    ------
    WhereError
        If a name is unknown, or text is compared with a number.
    """
    import numpy as np

    check_names(tree, table.columns, table.embeddings)
    if tree is None:
        return Chosen(np.ones(table.cells, bool))
    work = _Work(table)
    return Chosen(work.mask(tree), work.notes)


class _Work:
    def __init__(self, table: Table) -> None:
        self._table = table
        self.notes: list[str] = []

    def _column(self, name: Name) -> Column:
        column = self._table.column(name.name)
        if column.kind is ColumnKind.OTHER:
            why = f": {column.note}" if column.note else ""
            raise WhereError(f"{name.name} cannot be compared{why}", name.at)
        return column

    def mask(self, node: Node) -> Mask:
        match node:
            case And(parts):
                found = reduce(operator.iand, map(self.mask, parts))
            case Or(parts):
                found = reduce(operator.ior, map(self.mask, parts))
            case Not(part):
                found = ~self.mask(part)
            case Comparison():
                found = self._compared(node)
            case Membership():
                found = self._among(node)
            case Flag(name):
                found = self._flag(name)
            case Missing(name):
                found = ~_there(self._column(name))
            case Within(embedding, corners):
                found = _inside(*self._table.axes(embedding.name), corners)
        return found

    def _compared(self, node: Comparison) -> Mask:
        left, sign, right = node.left, node.sign, node.right
        if not isinstance(left, Name):
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        if not isinstance(left, Name):
            raise WhereError("this compares no column with anything", node.at)
        column = self._column(left)
        if isinstance(right, Name):
            return self._two(left, sign, right, node.at)
        if column.codes is None:
            compared: Mask = _SIGNS[sign](column.numbers, _number(left, right)) & _there(column)
            return compared
        if sign not in ("==", "!="):
            raise WhereError(
                f"{left.name} holds {_what(column)}, which {sign} does not compare",
                node.at,
                hint="Compare it by ==, != or in.",
            )
        chosen = self._coded(left, column, [right])
        return chosen if sign == "==" else ~chosen & _there(column)

    def _two(self, left: Name, sign: str, right: Name, at: int) -> Mask:
        one, other = self._column(left), self._column(right)
        if one.numbers is None or other.numbers is None:
            raise WhereError(
                "two columns can be compared where both hold numbers",
                at,
                hint="Text that stands for itself is put in quotes.",
            )
        compared: Mask = _SIGNS[sign](one.numbers, other.numbers)
        return compared & _there(one) & _there(other)

    def _among(self, node: Membership) -> Mask:
        import numpy as np

        column = self._column(node.name)
        if column.numbers is not None:
            wanted = [_number(node.name, value) for value in node.values]
            chosen: Mask = np.isin(column.numbers, wanted)
        else:
            chosen = self._coded(node.name, column, node.values)
        return ~chosen & _there(column) if node.negated else chosen

    def _coded(self, name: Name, column: Column, values: Iterable[Literal]) -> Mask:
        """Return which cells have one of some values of a column of categories."""
        import numpy as np

        numbers = {label: code for code, label in enumerate(column.categories)}
        # One more, for the code of what is missing.
        wanted = np.zeros(len(numbers) + 1, bool)
        for value in values:
            label = _label(name, column, value)
            if label in numbers:
                wanted[numbers[label]] = True
            else:
                like = _like(label, column.categories)
                self.notes.append(f"{name.name} has no value {label[:80]!r}{like}")
        chosen: Mask = wanted[column.codes]
        return chosen

    def _flag(self, name: Name) -> Mask:
        column = self._column(name)
        if column.kind is not ColumnKind.BOOLEANS:
            raise WhereError(
                f"{name.name} holds {_what(column)}, so it needs a comparison",
                name.at,
                hint=f"For example {name.name} == {'1' if column.codes is None else repr('…')}.",
            )
        return self._coded(name, column, [Literal(value=True, at=name.at)])


def _there(column: Column) -> Mask:
    import numpy as np

    if column.numbers is not None:
        return np.asarray(~np.isnan(column.numbers))
    return np.asarray(column.codes) >= 0


def _what(column: Column) -> str:
    if column.codes is None:
        return "numbers"
    return "True and False" if column.kind is ColumnKind.BOOLEANS else "text"


def _number(name: Name, value: Name | Literal) -> float:
    if isinstance(value, Literal) and not isinstance(value.value, bool | str):
        return value.value
    raise WhereError(
        f"{name.name} holds numbers, and this is none", value.at, hint="Numbers have no quotes."
    )


def _label(name: Name, column: Column, value: Literal) -> str:
    if column.kind is ColumnKind.BOOLEANS:
        if isinstance(value.value, bool):
            return str(value.value)
        raise WhereError(
            f"{name.name} holds True and False, and this is neither",
            value.at,
            hint="True and False have no quotes.",
        )
    if isinstance(value.value, str):
        return value.value
    shown = f"{value.value:g}" if isinstance(value.value, float) else str(value.value)
    raise WhereError(
        f"{name.name} holds text, and this is none", value.at, hint=f"Put it in quotes: '{shown}'."
    )


def _unknown(name: Name, words: str, there: Sequence[str]) -> WhereError:
    like = get_close_matches(name.name, there[:MOST_COMPARED], 3, 0.5)
    shown = ", ".join(like or there[:8])
    if not shown:
        return WhereError(f"{words} {name.name[:80]!r}", name.at, hint="There is none at all.")
    hint = f"Did you mean {shown}?" if like else f"There are {shown}."
    return WhereError(f"{words} {name.name[:80]!r}", name.at, hint=hint)


def _like(label: str, categories: Sequence[str]) -> str:
    found = get_close_matches(label, categories[:MOST_COMPARED], 1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _inside(x: NDArray[Any], y: NDArray[Any], corners: Sequence[tuple[float, float]]) -> Mask:
    """Return which points are inside a polygon, by the rule of even and odd crossings."""
    import numpy as np

    shape = np.asarray(corners)
    (left, bottom), (right, top) = shape.min(axis=0), shape.max(axis=0)
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    px, py = x[near].astype(np.float64), y[near].astype(np.float64)
    odd = np.zeros(len(near), bool)
    for (x1, y1), (x2, y2) in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = np.flatnonzero((py < y1) != (py < y2))
        beyond = px[crosses] < x1 + (py[crosses] - y1) / (y2 - y1) * (x2 - x1)
        odd[crosses[beyond]] ^= True
    mask = np.zeros(len(x), bool)
    mask[near] = odd
    return mask
