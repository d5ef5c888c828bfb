"""Small, bounded looks into an HDF5 file written by anndata of any age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import h5py

MOST_LABELS = 1000
LONGEST_TEXT = 2000
NO_LABELS = frozenset({"", "nan", "na", "NA", "None", "none"})
"""Categories that say nothing; ``na`` is the CELLxGENE schema's "does not apply"."""


def child(parent: Mapping[str, Any], name: str) -> Any:
    """Return a member that is in the file itself, None if there is none.

    A link into another file is not followed: its target is none of this file's business.
    """
    import h5py

    if isinstance(parent, h5py.Group):
        link = parent.get(name, getlink=True)
        if link is None or isinstance(link, h5py.ExternalLink):
            return None
    return parent.get(name)


def group(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a group, an empty mapping where there is none of that name."""
    import h5py

    node = parent
    for part in name.split("/"):
        node = child(node, part)
        if not isinstance(node, h5py.Group):
            return {}
    return node


def text(parent: Mapping[str, Any], name: str) -> str:
    """Return a text that is stored as a scalar or as the only value of an array."""
    import h5py

    node = child(parent, name)
    if not isinstance(node, h5py.Dataset) or node.size != 1 or node.dtype.kind not in "OSU":
        return ""
    value = node[()] if node.shape == () else node[(0,) * node.ndim]
    return as_text(value)[:LONGEST_TEXT]


def as_text(value: Any) -> str:
    """Return a value of a string array as text."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def length(frame: Any) -> int | None:
    """Return the number of rows of a data frame, as anndata of any age writes it."""
    import h5py

    if isinstance(frame, h5py.Dataset):
        return int(frame.shape[0])
    index = values_of(child(frame, as_text(frame.attrs.get("_index", "_index"))))
    return int(index.shape[0]) if index is not None and index.shape else None


def values_of(array: Any) -> h5py.Dataset | None:
    """Return the values of an array, which since anndata 0.13 may be a group beside a mask."""
    import h5py

    if isinstance(array, h5py.Group):
        array = child(array, "values")
    return array if isinstance(array, h5py.Dataset) else None


def columns(frame: Any) -> list[str]:
    """Return the names of a data frame's columns, without its index."""
    import h5py

    if isinstance(frame, h5py.Dataset):
        return [name for name in frame.dtype.names or () if name != "index"]
    ordered = frame.attrs.get("column-order")
    if ordered is not None:
        return [as_text(name) for name in ordered]
    index = as_text(frame.attrs.get("_index", "_index"))
    return [name for name in frame if name not in (index, "__categories")]


def labels(obs: Any, uns: Mapping[str, Any], column: str) -> list[str]:
    """Return the categories of a column, at most `MOST_LABELS`; none if it is not categorical.

    Three ages: a group with ``categories`` (since 0.8), ``obs/__categories`` (0.7), and
    ``uns/<column>_categories`` beside a compound array (before).
    """
    import h5py

    if isinstance(obs, h5py.Dataset):
        categories = child(uns, f"{column}_categories")
    else:
        node = child(obs, column)
        if isinstance(node, h5py.Group):
            categories = child(node, "categories")
        else:
            categories = child(group(obs, "__categories"), column)
    values = values_of(categories)
    if values is None or values.ndim != 1 or values.dtype.kind not in "OSU":
        return []
    found = (as_text(value).strip()[:LONGEST_TEXT] for value in values[:MOST_LABELS])
    return list(dict.fromkeys(label for label in found if label not in NO_LABELS))
