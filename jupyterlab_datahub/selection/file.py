"""A file as something to choose from, read as far as a choice needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import frames, picture
from jupyterlab_datahub.previews.chunks import bring_values
from jupyterlab_datahub.selection.where.evaluate import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyterlab_datahub.previews.contents import Contents
    from jupyterlab_datahub.ranged.bytefile import ByteFile


class FileTable:
    """The columns and embeddings of an open file.

    Parameters
    ----------
    found
        What is in it.
    source
        Its bytes.
    """

    def __init__(self, found: Contents, source: ByteFile) -> None:
        self._found = found
        self._source = source
        self.cells = found.cells
        self.columns = tuple(found.obs.names())
        self.embeddings = tuple(found.embeddings)

    def column(self, name: str) -> Column:
        """Return the values of a column."""
        column = self._found.obs.column(name)
        if column.kind is ColumnKind.OTHER:
            return Column(ColumnKind.OTHER, note=column.note)
        parts = [p for p in (column.main, column.mask, column.categories) if p is not None]
        bring_values(parts, self._source)
        try:
            values = frames.read(column)
        except UnreadableError as error:
            return Column(ColumnKind.OTHER, note=error.message)
        numbers = values.numbers
        given = values.codes if numbers is None else numbers
        if given is None or len(given) != self.cells:
            return Column(ColumnKind.OTHER, note="it has not one value for each cell")
        if numbers is not None:
            numbers = frames.as_stored(column, numbers)
        return Column(column.kind, values.codes, values.categories, numbers)

    def axes(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the coordinates in an embedding."""
        axes = self._found.embeddings[name]
        bring_values([axes.first, axes.second], self._source)
        return picture.coordinates(axes, None)
