"""Columns that are arrays beside each other, as Loom and 10x files have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.previews.frames import Column, plain

if TYPE_CHECKING:
    from collections.abc import Sequence


class Table:
    """Arrays of one length in a group; those of another length are no columns.

    Parameters
    ----------
    group
        Where they are; None for a table without columns.
    rows
        The length.
    indices
        Names of arrays that may name the rows, the best first.
    """

    def __init__(self, group: Any, rows: int, indices: Sequence[str]) -> None:
        self._group = group
        self._rows = rows
        names = hdf5.names_in(group)
        self.index_name = next((name for name in indices if name in names), "")
        self._names = [name for name in names if name != self.index_name]

    def names(self) -> list[str]:
        """Return the names of the columns."""
        return self._names

    def column(self, name: str) -> Column:
        """Return what there is of a column."""
        try:
            node = hdf5.dataset_at(self._group, name)
        except UnreadableError as error:
            return Column(name, ColumnKind.OTHER, "", note=error.message)
        if node is None or (node.shape or (None,))[0] != self._rows:
            return Column(name, ColumnKind.OTHER, "", note="it is no column")
        return plain(name, node)

    def index_column(self) -> Column | None:
        """Return the names of the rows, None where there are none."""
        return self.column(self.index_name) if self.index_name else None
