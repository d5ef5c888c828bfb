"""One modality of a MuData as an h5ad of its own, copied as it is packed.

A modality is an AnnData in ``mod/<name>`` (mudata's format 0.1.0). What somebody else's file holds
is copied only where it is in that file: a link or a dataset that leads to another file of this
machine would be followed by whoever reads the copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.anndata_io import h5ad, own_values
from jupyterlab_datahub.anndata_io.mtx import CountsError, damaged
from jupyterlab_datahub.sources import hdf5_texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import h5py

MOST_OBJECTS = 200_000
"""Groups and datasets of a modality."""

_NEEDED = frozenset({"obs", "var", "X"})


def write(
    source: Path, name: str, modality: str, target: Path, tell: Callable[[float], None]
) -> None:
    """Copy a modality.

    Parameters
    ----------
    source, name
        The file and what it is called.
    modality
        Its name.
    target
        Where the h5ad goes.
    tell
        Is given the part that is done, from 0 to 1.

    Raises
    ------
    CountsError
        If there is no such modality, it is no AnnData, leads out of the file, or is damaged.
    """
    import h5py

    try:
        with hdf5_texts.opened(source) as file, h5py.File(target, "w") as made:
            group = _found(file, name, modality)
            _check(group, name)
            h5ad.encode(made, "anndata", "0.1.0")
            for number, key in enumerate(group):
                file.copy(group[key], made, name=key)
                tell((number + 1) / len(group))
    except CountsError:
        target.unlink(missing_ok=True)
        raise
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:
            # The disk's trouble, not the file's.
            raise
        raise damaged(name, str(error)) from error


def _found(file: h5py.File, name: str, modality: str) -> h5py.Group:
    import h5py

    mods = file["mod"] if _is_own(file, "mod") else None
    names = list(mods) if isinstance(mods, h5py.Group) else []
    if not isinstance(mods, h5py.Group) or modality not in names:
        there = ", ".join(map(str, names[:20])) or "none"
        raise CountsError(
            f"{name} has no modality {modality[:80]!r}", hint=f"Its modalities: {there}."
        )
    group = mods[modality] if _is_own(mods, modality) else None
    if not isinstance(group, h5py.Group) or not group.keys() >= _NEEDED:
        raise CountsError(
            f"the modality {modality} of {name} is no AnnData",
            hint="Load all of the file, or another modality.",
        )
    return group


def _is_own(parent: h5py.Group, key: str) -> bool:
    import h5py

    return isinstance(parent.get(key, getlink=True), h5py.HardLink)


def _check(top: h5py.Group, name: str) -> None:
    """Refuse what leads out of the file, and what has no end."""
    import h5py

    waiting, seen = [top], 0
    while waiting:
        group = waiting.pop()
        for key in group:
            seen += 1
            if seen > MOST_OBJECTS:
                raise own_values.refused(name, f"it has more than {MOST_OBJECTS:,} parts")
            if not _is_own(group, key):
                raise own_values.refused(name, f"{group.name}/{key} is a link that leads elsewhere")
            node = group[key]
            if isinstance(node, h5py.Group):
                waiting.append(node)
            else:
                own_values.check(node, name)
