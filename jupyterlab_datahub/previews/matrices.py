"""X, raw.X and layers: what they are, and whether what they hold are counts."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import PreviewMatrix
from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import h5py

SAMPLE = 4096
"""Values that are looked at: what is normalised shows itself in the first few."""

SPARSE = {"csr": "csr", "csr_matrix": "csr", "csc": "csc", "csc_matrix": "csc"}
OLD_FORMAT, OLD_SHAPE = "h5sparse_format", "h5sparse_shape"
"""What anndata called it up to 0.7."""


def describe(node: Any, name: str) -> PreviewMatrix:
    """Return what a matrix says of itself, without its values.

    Raises
    ------
    UnreadableError
    """
    import h5py

    if isinstance(node, h5py.Dataset):
        return _dense(node, name)
    if not isinstance(node, h5py.Group):
        raise UnreadableError(f"{name} is no matrix", hint=damage.HINT)
    word = hdf5.text_attribute(node, "encoding-type") or hdf5.text_attribute(node, OLD_FORMAT)
    if word and word not in SPARSE:
        raise UnreadableError(f"{name}: its encoding {word!r} is not known")
    shape = hdf5.attribute(node, "shape" if "shape" in node.attrs else OLD_SHAPE)
    parts = [hdf5.dataset_at(node, part) for part in ("data", "indices", "indptr")]
    if shape is None or len(shape) != 2 or None in parts or any(part.ndim != 1 for part in parts):
        raise UnreadableError(f"{name} lacks a part of a sparse matrix", hint=damage.HINT)
    rows, columns = (int(side) for side in shape)
    data, _, indptr = parts
    encoding = SPARSE.get(word, "csr" if indptr.size == rows + 1 else "csc")
    # A length that the rows do not have would make every figure below a lie.
    if min(rows, columns) < 0 or indptr.size != (rows if encoding == "csr" else columns) + 1:
        raise UnreadableError(f"{name} is not of the shape it says", hint=damage.HINT)
    stored = int(data.size)
    return PreviewMatrix(
        name=name,
        shape=(rows, columns),
        encoding=encoding,
        dtype=str(data.dtype),
        stored=stored,
        density=stored / (rows * columns) if rows and columns else None,
        memory=sum(hdf5.cost(part) for part in parts),
        compression=hdf5.compression_of(data),
    )


def _dense(node: h5py.Dataset, name: str) -> PreviewMatrix:
    if node.ndim != 2:
        raise UnreadableError(f"{name} is no matrix", hint=damage.HINT)
    return PreviewMatrix(
        name=name,
        shape=tuple(int(side) for side in node.shape),
        encoding="dense",
        dtype=str(node.dtype),
        stored=prod(node.shape),
        density=1.0 if node.size else None,
        memory=hdf5.cost(node),
        compression=hdf5.compression_of(node),
    )


def sampled(matrix: PreviewMatrix, node: Any) -> PreviewMatrix:
    """Return a matrix with what a look at its first values says, or why there was none."""
    import h5py
    import numpy as np

    stored = node if isinstance(node, h5py.Dataset) else hdf5.dataset_at(node, "data")
    if stored.dtype.kind not in "iufb" or not stored.size:
        return matrix
    try:
        if stored.ndim == 1:
            values = hdf5.read(stored, slice(0, SAMPLE), SAMPLE * stored.dtype.itemsize)
        else:
            rows = max(1, min(stored.shape[0], SAMPLE // max(1, stored.shape[1])))
            values = hdf5.read(
                stored, (slice(0, rows), slice(0, SAMPLE)), 2 * SAMPLE * stored.dtype.itemsize
            )
    except UnreadableError as error:
        return msgspec.structs.replace(matrix, note=error.message)
    finite = values[np.isfinite(values)]
    whole = len(finite) == values.size and bool(np.all(finite == np.floor(finite)))
    highest = float(finite.max()) if finite.size else None
    counts = whole and highest is not None and float(finite.min()) >= 0
    return msgspec.structs.replace(matrix, integers=counts, highest=highest, sample=values.size)


def where_counts_are(
    x: PreviewMatrix | None, raw: PreviewMatrix | None, layers: Sequence[PreviewMatrix]
) -> str:
    """Return ``raw.X``, ``layers/<name>`` or ``X``, empty where none looks like counts.

    The order is that of :func:`likely`.
    """
    by_name = {m.name: m for m in (x, raw, *layers) if m is not None}
    names = likely(x, raw, layers)
    return next((n for n in names if by_name[n].integers and by_name[n].highest), "")


def likely(
    x: PreviewMatrix | None, raw: PreviewMatrix | None, layers: Sequence[PreviewMatrix]
) -> list[str]:
    """Return the names of matrices, those first that are most likely to be counts.

    The order is that of the CELLxGENE schema (raw counts are in ``raw.X`` if X is normalised, else
    in X), with the layers that people call counts before X.
    """
    named = [layer for layer in layers if _called_counts(layer.name)]
    others = [layer for layer in layers if not _called_counts(layer.name)]
    return [m.name for m in (raw, *named, x, *others) if m is not None]


def _called_counts(name: str) -> bool:
    return "count" in name.lower() or name.lower() == "layers/raw"
