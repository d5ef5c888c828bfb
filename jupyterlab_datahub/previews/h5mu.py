"""What there is in a MuData file: the names of its modalities, and what is in the first.

A modality is an AnnData in ``mod/<name>`` (mudata's format 0.1.0), which attributes of ``mod`` put
in order (``mod-order``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import PreviewModality
from jupyterlab_datahub.previews import approach, h5ad, hdf5
from jupyterlab_datahub.previews.frames import Frame
from jupyterlab_datahub.ranged import damage

if TYPE_CHECKING:
    import h5py

    from jupyterlab_datahub.previews.contents import Contents
    from jupyterlab_datahub.ranged.bytefile import ByteFile

FORMAT = "h5mu"
MOST_NAMED = 20

MOST_MODALITIES = 100
"""Modalities of which more than the first is looked at."""


def is_one(file: h5py.File) -> bool:
    """Return whether a file is a MuData: it has modalities."""
    return hdf5.group_at(file, "mod") is not None


def first(file: h5py.File) -> Any:
    """Return the first modality, None where there is none."""
    names = modalities(file)
    return hdf5.group_at(file, "mod", names[0]) if names else None


def modalities(file: h5py.File) -> list[str]:
    """Return the names of modalities in their order."""
    mod = hdf5.group_at(file, "mod")
    if mod is None:
        return []
    there = hdf5.names_in(mod)
    ordered = hdf5.attribute(mod, "mod-order")
    if ordered is None or getattr(ordered, "ndim", 0) != 1:
        return there
    named = [name for name in map(hdf5.as_text, ordered) if name in there]
    return named + [name for name in there if name not in named]


def bring_frames(file: h5py.File, source: ByteFile) -> None:
    """Fetch what says how large the modalities are, of all of them together."""
    mods = [hdf5.group_at(file, "mod", name) for name in modalities(file)[:MOST_MODALITIES]]
    approach.bring_named([one for one in mods if one is not None], source, ("obs", "var"))


def described(file: h5py.File) -> list[PreviewModality]:
    """Return the modalities with their shapes, as far as they have some."""
    return [
        PreviewModality(name=hdf5.as_text(name), shape=_shape(file, name))
        for name in modalities(file)[:MOST_MODALITIES]
    ]


def _shape(file: h5py.File, name: str) -> tuple[int, ...]:
    try:
        modality = hdf5.group_at(file, "mod", name)
        frames = [Frame(hdf5.member(modality, axis)) for axis in ("obs", "var")]
        return tuple(frame.length() for frame in frames)
    except UnreadableError:
        return ()


def contents(file: h5py.File) -> Contents:
    """Return what there is in the first modality.

    Raises
    ------
    UnreadableError
        If there is none, or it is no AnnData.
    """
    names, modality = modalities(file), first(file)
    if modality is None or not h5ad.is_one(modality):
        raise UnreadableError("the file has no modality that is an AnnData", hint=damage.HINT)
    found = h5ad.contents(modality)
    found.format = FORMAT
    found.modalities = described(file)
    shown = ", ".join(hdf5.as_text(name) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    found.notes.insert(0, f"Its modalities are {shown}{more}; this is {hdf5.as_text(names[0])}")
    return found
