"""A table of cells as h5ad: markers as X, what is known of cells as obs, their places as obsm.

The table goes through a block at a time, so that only names of cells and text are held. X keeps
what was measured: no logarithm is taken, no channel is left out.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import feature_rows, features, h5ad, loom, tabletext
from jupyterlab_datahub.anndata_io.features import CELL_ID, CENTRE, FeatureError, Layout
from jupyterlab_datahub.anndata_io.growing import GrowingRows
from jupyterlab_datahub.anndata_io.growing_names import GrowingNames

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.feature_rows import Rows
    from jupyterlab_datahub.anndata_io.tabletext import Dialect, Text

    Values = NDArray[Any]

CHUNK, SMALL_CHUNK = 1 << 21, 1 << 18
"""Bytes of a chunk of X; the small one is for small tables, as the last chunk is a whole one. It is
not compressed: the noise of a camera hardly gets smaller, and reading it would take several times
as long."""

ROWS, SMALL_ROWS = 1 << 16, 1 << 12
"""Cells of a chunk of what is known of each, of large and of small tables."""

NAMES = 1 << 18
"""Cells of a chunk of the names of those of large tables: larger than HDF5 would copy through its
cache."""

LARGE = 16 << 20
"""Bytes of a table from which on it is large."""

MARKERS = "markers.csv"
IMAGE = "imageid"


def write(
    source: Path, name: str, create: Callable[[], h5py.File], tell: Callable[[float], None]
) -> tuple[int, int, tuple[str, ...]]:
    """Write what a table holds; return cells, markers and layers.

    Parameters
    ----------
    source
        The table: CSV, alone, packed with gzip or in a zip archive.
    name
        What it is called, which names the image.
    create
        Makes an h5ad that is empty. It is called when the first cells are parsed already, because
        others are while it loads what it needs.
    tell
        Is given the part that is done, from 0 to 1.

    Raises
    ------
    FeatureError
        If it is no table of cells, or damaged.
    """
    size = source.stat().st_size
    try:
        with tabletext.opened(source, name) as text:
            start = text.stream.read(tabletext.SAMPLE)
            written = tabletext.dialect(start, name)
            channels = _channels(source, text)
            layout = features.layout(written.header, channels, name)
            dtypes = _dtypes(layout, written)
            image = features.named(name if features.named(name).mask else text.name)
            table: _Table | None = None
            for rows in feature_rows.rows(text, start, written, dtypes, source, name):
                table = table or _Table(create(), layout, dtypes, size, image.image)
                table.add(rows)
                tell(rows.done)
            if table is None or not table.cells:
                raise _empty(name)
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _cut_short(name, str(error)) from error
    table.finish(image, channels, name)
    return table.cells, len(layout.markers), tuple(list(layout.measured)[1:])


def _empty(name: str) -> FeatureError:
    return FeatureError(
        f"{name} has no cells, only the names of columns",
        hint="Ask whoever made it whether the segmentation found any.",
    )


def _cut_short(name: str, why: str) -> FeatureError:
    return FeatureError(
        f"{name} cannot be read to its end: {why}",
        hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
    )


def _channels(source: Path, text: Text) -> dict[str, int]:
    """Return the channels that a list of markers beside the table, or above it, has."""
    if text.markers:
        return features.channels(text.markers)
    for folder in (source.parent, source.parent.parent):
        if (folder / MARKERS).is_file():
            lines = (folder / MARKERS).read_text(encoding="utf-8-sig", errors="replace")
            return features.channels(lines.splitlines())
    return {}


def _dtypes(layout: Layout, written: Dialect) -> list[str]:
    """Return the types of columns: what is measured gets 32 bits, what names or places a cell 64.

    Text has none.
    """
    exact = {layout.cell_id, *layout.centre}
    texts = written.texts & {*layout.described.values(), layout.cell_id}
    return [
        "" if number in texts else "f8" if number in exact else "f4"
        for number in range(len(written.header))
    ]


class _Table:
    """An h5ad that grows by blocks of cells; only their numbers and text are held."""

    def __init__(
        self, target: h5py.File, layout: Layout, dtypes: Sequence[str], size: int, image: str
    ) -> None:
        import numpy as np

        self._target = target
        self._layout = layout
        h5ad.encode(target, "anndata", "0.1.0")
        self._layers = h5ad.write_dict(target, "layers")
        chunk = CHUNK if size >= LARGE else SMALL_CHUNK
        self._matrices = [
            GrowingRows(
                target if n == 0 else self._layers,
                "X" if n == 0 else statistic.replace("/", "_"),
                len(layout.markers),
                chunk,
            )
            for n, statistic in enumerate(layout.measured)
        ]
        obsm = h5ad.write_dict(target, "obsm")
        self._centres = GrowingRows(obsm, "spatial", len(CENTRE), SMALL_CHUNK, "f8")
        obs = target.create_group("obs")
        self._described = {
            one.replace("/", "_"): number
            for one, number in layout.described.items()
            if one not in {CELL_ID, IMAGE, "_index", ""}
        }
        rows = ROWS if size >= LARGE else SMALL_ROWS
        self._numbers: dict[str, h5ad.Growing] = {}
        self._texts: dict[str, list[Values]] = {}
        for one, number in self._described.items():
            if dtype := dtypes[number]:
                column = h5ad.Growing(obs, one, np.dtype(dtype), packed=False, size=rows)
                h5ad.encode(obs[one], "array", "0.2.0")
                self._numbers[one] = column
            else:
                self._texts[one] = []
        self._names = GrowingNames(
            obs, "_index", f"{image}_", NAMES if size >= LARGE else SMALL_ROWS
        )
        self._ids: list[Values] = []
        self._lost = 0
        self.cells = 0

    def add(self, rows: Rows) -> None:
        """Take some cells."""
        import numpy as np

        layout = self._layout
        for matrix, numbers in zip(self._matrices, layout.measured.values(), strict=True):
            if (together := rows.matrix(numbers)) is not None:
                matrix.add_rows(together)
            else:
                matrix.add([rows.column(n) if n >= 0 else None for n in numbers])
        centres = [rows.column(number) for number in layout.centre]
        self._centres.add(centres)
        self._lost += int(np.count_nonzero(~np.isfinite(centres).all(axis=0)))
        for one, column in self._numbers.items():
            column.append(rows.column(self._described[one]))
        for one, texts in self._texts.items():
            texts.append(rows.column(self._described[one]))
        if layout.cell_id >= 0:
            self._ids.append(rows.column(layout.cell_id))
            self._names.append(_whole(self._ids[-1]))
        else:
            self._names.append(np.arange(self.cells, self.cells + rows.length) + 1)
        self.cells += rows.length

    def finish(self, image: features.Named, channels: dict[str, int], name: str) -> None:
        """Write what is known of cells and markers."""
        import numpy as np

        for matrix in (*self._matrices, self._centres):
            matrix.close()
        for numbers in self._numbers.values():
            numbers.close()
        ids = _ids(np.concatenate(self._ids) if self._ids else None, self.cells)
        self._ids.clear()
        obs: dict[str, Values | h5ad.Categorical | None] = {}
        if ids.dtype.kind != "O":
            obs[CELL_ID] = ids
        for column in self._described:
            texts = self._texts.get(column)
            obs[column] = np.concatenate(texts) if texts else None
        images = np.array([image.image], dtype=object)
        obs[IMAGE] = h5ad.Categorical(images, np.zeros(self.cells, np.int8))
        names = None
        if not self._names.whole:
            named = [f"{image.image}_{one}" for one in ids.tolist()]
            names = loom.unique(np.array(named, dtype=object))
        h5ad.write_frame(self._target, "obs", names, obs, packed=False)
        self._write_markers(channels)
        self._write_uns(image, name)

    def _write_markers(self, channels: dict[str, int]) -> None:
        """Write var; without a list the markers are in the order of their channels."""
        import numpy as np

        markers = self._layout.markers
        listed = all(marker in channels for marker in markers)
        numbers = [channels[one] for one in markers] if listed else range(1, len(markers) + 1)
        h5ad.write_frame(
            self._target,
            "var",
            np.array([one or "unnamed" for one in markers], dtype=object),
            {
                "is_dna": np.array([features.is_dna(one) for one in markers]),
                "channel": np.array(list(numbers), dtype=np.int32),
            },
        )

    def _write_uns(self, image: features.Named, name: str) -> None:
        uns = h5ad.write_dict(h5ad.write_dict(self._target, "uns"), "datahub")
        statistic = next(iter(self._layout.measured)) or features.MEAN
        said: dict[str, str | int] = {
            "source": name,
            "sample": image.sample,
            "segmentation": image.method,
            "mask": image.mask,
            "X": statistic,
            "coordinates": "pixels",
        }
        said |= {
            "values_not_finite": self._matrices[0].not_finite,
            "cells_without_position": self._lost,
        }
        for key, value in said.items():
            h5ad.write_scalar(uns, key, value)
        for key in ("varm", "obsp", "varp"):
            h5ad.write_dict(self._target, key)


def _ids(values: Values | None, cells: int) -> Values:
    """Return the numbers of cells as whole numbers if they are, from 1 if there are none."""
    import numpy as np

    if values is None:
        return np.arange(1, cells + 1)
    whole = _whole(values)
    return values.astype(str).astype(object) if whole is None else whole


def _whole(values: Values) -> Values | None:
    """Return numbers as whole ones if they are."""
    import numpy as np

    if values.dtype.kind != "f" or not np.isfinite(values).all():
        return None
    whole = values.astype(np.int64)
    return whole if (whole == values).all() else None
