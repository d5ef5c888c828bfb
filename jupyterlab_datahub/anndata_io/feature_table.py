"""A table of cells as h5ad: markers as X, what is known of cells as obs, their places as obsm.

The table goes through a block at a time, so that only what describes cells is held. X keeps what
was measured: no logarithm is taken, no channel is left out.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import features, h5ad, loom, tablerows, tabletext
from jupyterlab_datahub.anndata_io.features import CELL_ID, FeatureError, Layout
from jupyterlab_datahub.anndata_io.growing import GrowingRows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import h5py
    import polars as pl
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.tabletext import Dialect, Text

    Values = NDArray[Any]

CHUNK, SMALL_CHUNK = 1 << 21, 1 << 18
"""Bytes of a chunk of X; the small one is for small tables, as the last chunk is a whole one. It is
not compressed: the noise of a camera hardly gets smaller, and reading it would take several times
as long."""

LARGE = 16 << 20
"""Bytes of a table from which on it is large."""

MARKERS = "markers.csv"


def write(
    source: Path, name: str, target: h5py.File, tell: Callable[[float], None]
) -> tuple[int, int, tuple[str, ...]]:
    """Write what a table holds; return cells, markers and layers.

    Parameters
    ----------
    source
        The table: CSV, alone, packed with gzip or in a zip archive.
    name
        What it is called, which names the image.
    target
        An h5ad that is empty.
    tell
        Is given the part that is done, from 0 to 1.

    Raises
    ------
    FeatureError
        If it is no table of cells, or damaged.
    """
    try:
        with tabletext.opened(source, name) as text:
            start = text.stream.read(tabletext.SAMPLE)
            written = tabletext.dialect(start, name)
            channels = _channels(source, text)
            layout = features.layout(written.header, channels, name)
            kinds = _kinds(layout, written, name)
            size = source.stat().st_size
            table = _Table(target, layout, size)
            lines = tablerows.blocks(start, text.stream, written, size, name)
            for frame in tablerows.frames(lines, written, kinds, name):
                table.add(frame)
                tell(min(text.part(), 1.0))
            if not table.cells:
                raise _empty(name)
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _cut_short(name, str(error)) from error
    image = features.named(name if features.named(name).mask else text.name)
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


def _kinds(layout: Layout, written: Dialect, name: str) -> dict[str, pl.DataType]:
    """Return the types of columns: what is measured gets 32 bits, what names or places a cell 64.

    Raises
    ------
    FeatureError
        If polars is not there.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise FeatureError(
            f"{name} cannot be converted: tables of cells need the package polars",
            hint="Install it where JupyterLab runs: pip install 'jupyterlab-datahub[spatial]'.",
        ) from error
    exact = {layout.cell_id, *layout.centre}
    texts = written.texts & {*layout.described.values(), layout.cell_id}
    return {
        str(number): pl.String()
        if number in texts
        else pl.Float64()
        if number in exact
        else pl.Float32()
        for number in range(len(written.header))
    }


class _Table:
    """An h5ad that grows by blocks of cells."""

    def __init__(self, target: h5py.File, layout: Layout, size: int) -> None:
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
        self._kept = sorted({*layout.described.values(), layout.cell_id} - {-1})
        self._blocks: list[tuple[Values, ...]] = []
        self.cells = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take a block of cells."""
        for matrix, numbers in zip(self._matrices, self._layout.measured.values(), strict=True):
            matrix.add(frame[str(n)].to_numpy() if n >= 0 else None for n in numbers)
        self._blocks.append(tuple(frame[str(number)].to_numpy() for number in self._kept))
        self.cells += len(frame)

    def finish(self, image: features.Named, channels: dict[str, int], name: str) -> None:
        """Write what is known of cells and markers."""
        import numpy as np

        for matrix in self._matrices:
            matrix.close()
        joined = map(np.concatenate, zip(*self._blocks, strict=True))
        columns = dict(zip(self._kept, joined, strict=True))
        self._blocks.clear()
        layout = self._layout
        centre = np.stack([columns[n] for n in layout.centre], axis=1)
        h5ad.write_array(h5ad.write_dict(self._target, "obsm"), "spatial", centre, packed=False)
        ids = _ids(columns.get(layout.cell_id), self.cells)
        obs: dict[str, Values] = {CELL_ID: ids} if ids.dtype.kind != "O" else {}
        obs |= {
            one.replace("/", "_"): columns[n]
            for one, n in layout.described.items()
            if one not in {CELL_ID, "_index", ""}
        }
        names = h5ad.labels(f"{image.image}_", ids)
        if not _ascend(ids):
            names = loom.unique(names)
        images = np.array([image.image], dtype=object)
        same = h5ad.Categorical(images, np.zeros(self.cells, np.int8))
        h5ad.write_frame(self._target, "obs", names, obs | {"imageid": same}, packed=False)
        self._write_markers(channels)
        lost = int(np.count_nonzero(~np.isfinite(centre).all(axis=1)))
        self._write_uns(image, name, lost)

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

    def _write_uns(self, image: features.Named, name: str, lost: int) -> None:
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
        said |= {"values_not_finite": self._matrices[0].not_finite, "cells_without_position": lost}
        for key, value in said.items():
            h5ad.write_scalar(uns, key, value)
        for key in ("varm", "obsp", "varp"):
            h5ad.write_dict(self._target, key)


def _ascend(ids: Values) -> bool:
    """Return whether numbers are all different because each is greater than the one before."""
    return ids.dtype.kind == "i" and bool((ids[1:] > ids[:-1]).all())


def _ids(values: Values | None, cells: int) -> Values:
    """Return the numbers of cells as whole numbers if they are, from 1 if there are none."""
    import numpy as np

    if values is None:
        return np.arange(1, cells + 1)
    if values.dtype.kind == "f" and np.isfinite(values).all():
        whole = values.astype(np.int64)
        return whole if (whole == values).all() else values.astype(str).astype(object)
    return values.astype(str).astype(object)
