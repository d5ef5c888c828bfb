"""Where spots and cells of a 10x experiment lie, and pictures of the tissue, joined to an h5ad.

``obsm['spatial']`` has x and y in pixels of the full image (Space Ranger) or in micrometres
(Xenium); ``uns['spatial'][library]`` has ``images``, ``scalefactors`` and ``metadata`` as scanpy
and squidpy know them.
"""

from __future__ import annotations

import csv
import io
import json
import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterlab_datahub.anndata_io import h5ad, loom
from jupyterlab_datahub.anndata_io.mtx import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.outputs import Outputs

POSITIONS = (
    "tissue_positions.parquet",
    "tissue_positions.csv",
    "tissue_positions_list.csv",
)
CELLS = ("cells.parquet", "cells.csv")
SCALES = "scalefactors_json.json"
PICTURES = ("hires", "lowres")
COLUMNS = (
    "barcode",
    "in_tissue",
    "array_row",
    "array_col",
    "pxl_row_in_fullres",
    "pxl_col_in_fullres",
)
"""The columns of Space Ranger's positions; before version 2 they had no names in the file."""

ROWS = 50_000
"""Rows of text that are turned into numbers at once."""

LARGEST_JSON = 1 << 20
LARGEST_PICTURE = 64 << 20
"""Bytes of a picture's file, and pixels of it, at which it is left out."""


class Places(NamedTuple):
    """A table of places: which cell each row is, where it is, and what else is said of it."""

    path: str
    names: NDArray[Any]
    centre: NDArray[Any]
    columns: dict[str, NDArray[Any]]


def join(
    target: h5py.File, outputs: Outputs, name: str, said: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Write what lies around a matrix into the h5ad that was made of it.

    Nothing is written where there is nothing of the kind; what is there and cannot be used becomes
    a note in ``uns``.

    Parameters
    ----------
    target
        The h5ad; its cells are named by their barcodes.
    outputs
        What lies around the matrix.
    name
        What the matrix is called, in errors.
    said
        What the matrix says of its experiment: ``library`` is its name.

    Raises
    ------
    CountsError
        If a file is damaged.
    """
    scales = _scales(outputs, name)
    if positions := outputs.find(*POSITIONS):
        places = _positions(outputs, positions, name)
    elif scales:
        note(target, "No places of spots: there are scale factors, and no tissue_positions.csv.")
        return
    elif cells := outputs.find(*CELLS):
        places = _cells(outputs, cells, name)
        scales = {"tissue_hires_scalef": 1.0, "spot_diameter_fullres": _diameter(places)}
    else:
        return
    if _joined(target, places):
        _write_uns(target, _library(said, outputs, name), scales, _pictures(outputs, name), said)


def files(outputs: Outputs) -> Iterator[str]:
    """Yield the paths of what lies around a matrix, of which :func:`join` reads some."""
    pictures = ((f"tissue_{kind}_image.png", f"tissue_{kind}_image.jpg") for kind in PICTURES)
    for names in (POSITIONS, CELLS, (SCALES,), *pictures):
        if path := outputs.find(*names):
            yield path


def _joined(target: h5py.File, places: Places) -> bool:
    """Write places of cells, and return whether there are any."""
    import h5py
    import numpy as np

    obs = target["obs"]
    cells = loom.readable(obs["_index"][()]).tolist()
    rows = {cell: row for row, cell in enumerate(places.names.tolist())}
    order = np.array([rows.get(cell, -1) for cell in cells], dtype=np.int64)
    there = order >= 0
    found = int(there.sum())
    if not found:
        note(
            target,
            f"No places of cells: none of the {len(cells):,} barcodes is among the {len(rows):,}"
            f" of {places.path}, which are of another sample.",
        )
        return False
    h5ad.write_array(target["obsm"], "spatial", _taken(places.centre, order, there), packed=False)
    for key, values in places.columns.items():
        h5ad.write_array(obs, key, _taken(values, order, there))
    listed = [*obs.attrs["column-order"], *places.columns]
    obs.attrs.create("column-order", listed, dtype=h5py.string_dtype())
    if found < len(cells):
        note(
            target,
            f"{len(cells) - found:,} of {len(cells):,} cells have no place in {places.path}.",
        )
    return True


def _taken(values: NDArray[Any], order: NDArray[Any], there: NDArray[Any]) -> NDArray[Any]:
    """Return rows in an order; those that are nowhere are not a number."""
    import numpy as np

    if there.all():
        whole: NDArray[Any] = values[order]
        return whole
    taken: NDArray[Any] = values[np.where(there, order, 0)].astype(np.float64)
    taken[~there] = np.nan
    return taken


def _positions(outputs: Outputs, path: str, name: str) -> Places:
    """Read the places of spots; x is the column of a pixel, y its row."""
    import numpy as np

    columns = _read(outputs, path, COLUMNS, name)
    if missing := [one for one in COLUMNS if one not in columns]:
        raise damaged(name, f"{path} has no column {missing[0]}")
    centre = np.stack([columns["pxl_col_in_fullres"], columns["pxl_row_in_fullres"]], axis=1)
    kept = {one: columns[one].astype(np.int64) for one in COLUMNS[1:4]}
    return Places(path, columns["barcode"], centre.astype(np.float64), kept)


def _cells(outputs: Outputs, path: str, name: str) -> Places:
    """Read the places of cells, in micrometres, and what was measured of them."""
    import numpy as np

    columns = _read(outputs, path, (), name)
    for one in ("cell_id", "x_centroid", "y_centroid"):
        if one not in columns:
            raise damaged(name, f"{path} has no column {one}")
    ids = columns.pop("cell_id")
    centre = np.stack([columns.pop("x_centroid"), columns.pop("y_centroid")], axis=1)
    numbers = {
        one.replace("/", "_"): values
        for one, values in columns.items()
        if values.dtype.kind in "iuf"
    }
    return Places(path, ids, centre.astype(np.float64), numbers)


def _read(
    outputs: Outputs, path: str, unnamed: Sequence[str], name: str
) -> dict[str, NDArray[Any]]:
    """Return the columns of a table; its first is text, others are numbers where they can be."""
    with outputs.opened(path) as stream:
        if path.endswith(".parquet"):
            return _of_parquet(stream.read(), path, name)
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        rows = csv.reader(text)
        first = next(rows, [])
        header = [one.strip() for one in first]
        begun: list[list[str]] = []
        if unnamed and header[:1] != [unnamed[0]]:
            header, begun = list(unnamed), [first]
        blocks = list(_blocks(rows, begun, len(header), path, name))
    return _columns(header, blocks, path, name)


def _blocks(
    rows: Iterator[list[str]], begun: list[list[str]], width: int, path: str, name: str
) -> Iterator[list[NDArray[Any]]]:
    block = begun
    for row in rows:
        if row:
            block.append(row)
        if len(block) >= ROWS:
            yield _block(block, width, path, name)
            block = []
    if block:
        yield _block(block, width, path, name)


def _block(rows: list[list[str]], width: int, path: str, name: str) -> list[NDArray[Any]]:
    import numpy as np

    if any(len(row) != width for row in rows):
        raise damaged(name, f"a line of {path} has not {width} columns")
    first, *others = zip(*rows, strict=True)
    columns: list[NDArray[Any]] = [np.array(first, dtype=object)]
    for values in others:
        try:
            columns.append(np.array(values, dtype=np.float64))
        except ValueError:
            columns.append(np.array(values, dtype=object))
    return columns


def _columns(
    header: list[str], blocks: list[list[NDArray[Any]]], path: str, name: str
) -> dict[str, NDArray[Any]]:
    import numpy as np

    if not blocks:
        raise damaged(name, f"{path} has no rows")
    columns = {
        one: np.concatenate(parts)
        for one, parts in zip(header, zip(*blocks, strict=True), strict=True)
    }
    for one in (*COLUMNS[1:], "x_centroid", "y_centroid"):
        if one in columns and not _is_finite(columns[one]):
            raise damaged(name, f"{one} in {path} is not always a number")
    return columns


def _is_finite(values: NDArray[Any]) -> bool:
    import numpy as np

    return values.dtype.kind in "iuf" and bool(np.isfinite(values).all())


def _of_parquet(content: bytes, path: str, name: str) -> dict[str, NDArray[Any]]:
    try:
        import polars as pl
    except ImportError as error:
        raise damaged(name, f"{path} needs the package polars") from error
    import numpy as np

    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise damaged(name, f"{path}: {error}") from error
    columns = {one: frame[one].to_numpy() for one in frame.columns}
    for one in ("barcode", "cell_id"):
        if one in columns:
            texts = [v.decode() if isinstance(v, bytes) else str(v) for v in columns[one].tolist()]
            columns[one] = np.array(texts, dtype=object)
    return columns


def _scales(outputs: Outputs, name: str) -> dict[str, float]:
    path = outputs.find(SCALES)
    if not path:
        return {}
    with outputs.opened(path) as stream:
        content = stream.read(LARGEST_JSON)
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise damaged(name, f"{path} is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise damaged(name, f"{path} has no scale factors")
    return {
        str(key): float(value)
        for key, value in said.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


def _pictures(outputs: Outputs, name: str) -> dict[str, NDArray[Any]]:
    """Return the pictures of the tissue; a table without them is as good."""
    try:
        import numpy as np
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        return {}
    found = {}
    for kind in PICTURES:
        path = outputs.find(f"tissue_{kind}_image.png", f"tissue_{kind}_image.jpg")
        if not path:
            continue
        with outputs.opened(path) as stream:
            content = stream.read(LARGEST_PICTURE + 1)
        try:
            with Image.open(io.BytesIO(content)) as picture:
                if len(content) <= LARGEST_PICTURE >= picture.width * picture.height:
                    plain = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
                    found[kind] = np.asarray(plain)
        except (UnidentifiedImageError, OSError, ValueError) as error:
            raise damaged(name, f"{path} is no picture: {error}") from error
    return found


def _diameter(places: Places) -> float:
    """Return how wide a typical cell is."""
    import numpy as np

    area = places.columns.get("cell_area")
    middle = float(np.nanmedian(area)) if area is not None and len(area) else 0.0
    return 2 * math.sqrt(middle / math.pi) if middle > 0 else 10.0


def _library(said: Mapping[str, str], outputs: Outputs, name: str) -> str:
    """Return what the experiment is called, as the matrix says or its name begins."""
    plain = outputs.prefix.strip("_-. ") or name.partition(".")[0]
    return (said.get("library", "") or plain or "library").replace("/", "_")


def _write_uns(
    target: h5py.File,
    library: str,
    scales: dict[str, float],
    pictures: dict[str, NDArray[Any]],
    said: Mapping[str, str],
) -> None:
    spatial = h5ad.write_dict(h5ad.write_dict(target, "uns"), "spatial")
    group = h5ad.write_dict(spatial, library)
    images = h5ad.write_dict(group, "images")
    for kind, pixels in pictures.items():
        h5ad.write_array(images, kind, pixels)
    factors = h5ad.write_dict(group, "scalefactors")
    for key, value in scales.items():
        h5ad.write_scalar(factors, key.replace("/", "_"), value)
    metadata = h5ad.write_dict(group, "metadata")
    for key, text in said.items():
        if key != "library":
            h5ad.write_scalar(metadata, key, text)


def note(target: h5py.File, words: str) -> None:
    """Say something of an h5ad to whoever loads it, after what was said of it before."""
    ours = h5ad.write_dict(h5ad.write_dict(target, "uns"), "datahub")
    if "note" in ours:
        words = f"{ours['note'].asstr()[()]} {words}"
        del ours["note"]
    h5ad.write_scalar(ours, "note", words)
