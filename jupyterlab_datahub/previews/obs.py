"""The columns of obs: what is said of each, and the colours by it, one column after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotFoundError, UnreadableError
from jupyterlab_datahub.model import ColumnKind
from jupyterlab_datahub.previews import columns, frames, hdf5, picture
from jupyterlab_datahub.previews.chunks import bring_values
from jupyterlab_datahub.previews.frames import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import h5py

    from jupyterlab_datahub.model import PreviewColumn
    from jupyterlab_datahub.previews.contents import Contents
    from jupyterlab_datahub.previews.frames import Column
    from jupyterlab_datahub.previews.picture import Chosen
    from jupyterlab_datahub.ranged.bytefile import ByteFile

MOST_COLUMNS = 500

PRIMARY = "is_primary_data"
"""The column that says which cells a file is the first to have."""


class Obs:
    """The columns of obs of one file.

    Parameters
    ----------
    found
        What was found in the file so far; encodings of columns that are not known are added.
    key
        What the state of the file is called.
    keep
        Takes the colours by a column, as ``colours-<column>``.

    Attributes
    ----------
    columns
        The first of them.
    group
        The name of that which cells are coloured by at first, and sampled by; empty for none.
    """

    def __init__(self, found: Contents, key: str, keep: Callable[[str, bytes], None]) -> None:
        self._found = found
        self._key = key
        self._keep = keep
        names = found.obs.names()[:MOST_COLUMNS]
        self.columns: Sequence[Column] = [found.obs.column(name) for name in names]
        found.encodings |= {column.encoding for column in self.columns} - frames.KNOWN
        self.group = picture.group_column(found)

    def affordable(self, most: int) -> list[Column]:
        """Return the columns whose values are read: the groups first, then in their order.

        Parameters
        ----------
        most
            Bytes of the file that these may take.
        """
        taken = []
        for column in sorted(self.columns, key=lambda column: column.name != self.group):
            parts = parts_of(column)
            if not parts or column.kind is ColumnKind.OTHER:
                continue
            size = sum(map(hdf5.stored_size, parts))
            if size <= most:
                most -= size
                taken.append(column)
        return taken

    def told(
        self, affordable: Collection[Column]
    ) -> tuple[tuple[PreviewColumn, ...], float | None, Chosen]:
        """Return what is known of the columns, the share of primary data, and what is shown.

        Of values only those of one column and of the groups are in memory at a time; the colours
        by them are kept.
        """
        names = {column.name for column in affordable}
        groups = next((column for column in affordable if column.name == self.group), None)
        of_groups = None if groups is None else _values(groups)
        shown = self.chosen(of_groups if isinstance(of_groups, Values) else None)
        told: list[PreviewColumn] = []
        primary = None
        for column in self.columns:
            values: Values | str | None = of_groups
            if column is not groups:
                values = _values(column) if column.name in names else None
            told.append(self._column(column, values, shown))
            if column.name == PRIMARY and isinstance(values, Values):
                primary = columns.primary(values)
        return tuple(told), primary, shown

    def chosen(self, groups: Values | None) -> Chosen:
        """Return which cells are shown, each group having its share."""
        return picture.choose(self._found, groups)

    def sampled(self, source: ByteFile) -> Chosen:
        """Return which cells are shown; the groups are read if cells have to be sampled."""
        if not self.group or self.chosen(None).rows is None:
            return self.chosen(None)
        column = self._found.obs.column(self.group)
        bring_values(parts_of(column), source)
        groups = _values(column)
        return self.chosen(None if isinstance(groups, str) else groups)

    def colours(self, name: str, source: ByteFile) -> None:
        """Keep the colours by a column.

        Raises
        ------
        NotFoundError, UnreadableError
        """
        column = next((column for column in self.columns if column.name == name), None)
        if column is None:
            raise NotFoundError(f"obs has no column {name[:80]!r}", hint="Reload the preview.")
        if column.kind is ColumnKind.OTHER:
            raise UnreadableError(
                f"{name} is no column to colour by: {column.note}", hint="Choose another column."
            )
        chosen = self.sampled(source)
        self._keep_colours(column, frames.read(column, chosen.runs), chosen)

    def _column(self, column: Column, values: Values | str | None, chosen: Chosen) -> PreviewColumn:
        if values is None:
            return columns.unread(column, column.note or "too large to be read for a preview")
        if isinstance(values, str):
            return columns.unread(column, values)
        told = columns.summary(column, values)
        if told.colourable and chosen.runs is None:
            self._keep_colours(column, values, chosen)
        return told

    def _keep_colours(self, column: Column, values: Values, chosen: Chosen) -> None:
        uns = self._found.uns
        packed = picture.colours(hdf5.as_text(column.name), values, chosen, self._key, uns)
        self._keep(f"colours-{column.name}", packed)


def parts_of(column: Column) -> list[h5py.Dataset]:
    """Return the arrays that the values of a column are read from."""
    return [part for part in (column.main, column.mask, column.categories) if part is not None]


def _values(column: Column) -> Values | str:
    """Return the values of a column, or why they cannot be read."""
    try:
        return frames.read(column)
    except UnreadableError as error:
        return error.message
