"""Where the raw counts of an AnnData file are, judged by a look at its first values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.sources.hdf5_nodes import child, group

if TYPE_CHECKING:
    import h5py

SAMPLE = 4096
"""Stored values that are looked at; log-normalised data shows itself in the first few."""


def where_counts_are(file: h5py.File) -> str:
    """Return ``raw.X``, ``layers/<name>`` or ``X``, empty where none looks like counts.

    The order is that of the CELLxGENE schema: raw counts are in ``raw.X`` if X is normalised,
    else in X.
    """
    layers = group(file, "layers")
    places = [("raw.X", child(group(file, "raw"), "X"))]
    places += [
        (f"layers/{name}", child(layers, name)) for name in layers if "count" in name.lower()
    ]
    places.append(("X", child(file, "X")))
    return next((place for place, node in places if _looks_like_counts(node)), "")


def _looks_like_counts(node: Any) -> bool:
    import h5py
    import numpy as np

    stored = child(node, "data") if isinstance(node, h5py.Group) else node
    if not isinstance(stored, h5py.Dataset) or stored.dtype.kind not in "iuf" or not stored.size:
        return False
    try:
        values = stored[:SAMPLE] if stored.ndim == 1 else stored[0, :SAMPLE]
    except OSError:
        return False  # a compression filter that is not installed here
    return bool(values.size and values.max() > 0 and values.min() >= 0 and _whole(np, values))


def _whole(np: Any, values: Any) -> bool:
    return bool(np.all(np.isfinite(values)) and np.all(values == np.floor(values)))
