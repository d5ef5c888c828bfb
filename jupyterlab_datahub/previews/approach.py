"""Fetching what describes the content of a file together, level by level.

HDF5 reads the description of one object after the other, each from somewhere else in the file: over
a network every one of them would be waited for. Where they are, the group they are in knows before
they are read, so those of one level come at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.previews import hdf5
from jupyterlab_datahub.previews.chunks import bring_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import h5py

    from jupyterlab_datahub.ranged.bytefile import ByteFile, Span

LEVELS = 3
"""The file itself, frames and matrices, categories within a frame."""

SMALL = 1 << 20
"""Bytes of an array that is fetched with its header."""

NOT_INTO = frozenset({"uns", "varm", "varp"})
"""Groups of which only the names of members are of interest."""


def bring_headers(file: h5py.File, source: ByteFile) -> None:
    """Fetch the headers of what is in a file, as far as a look needs them."""
    level: list[Any] = [file]
    for number in range(LEVELS):
        spans: list[Span] = []
        members = []
        for group in level:
            for name in hdf5.names_in(group):
                address = _address(group, name)
                if address is not None:
                    spans.append((address, address + 1))
                    members.append((group, name))
        source.ensure(spans)
        if number < LEVELS - 1:
            level = [node for group, name in members if (node := _group(group, name)) is not None]


def bring_named(groups: Sequence[h5py.Group], source: ByteFile, names: Sequence[str]) -> None:
    """Fetch some members of groups and the headers of what is in these."""
    source.ensure([(at, at + 1) for one in groups for at in _addresses(one, names)])
    named = [node for one in groups for name in names if (node := _group(one, name)) is not None]
    source.ensure([(at, at + 1) for one in named for at in _addresses(one, hdf5.names_in(one))])


def _addresses(group: h5py.Group, names: Sequence[str]) -> list[int]:
    return [at for name in names if (at := _address(group, name)) is not None]


def bring_members(group: h5py.Group, source: ByteFile, levels: int) -> None:
    """Fetch the headers of all that is below a group, level by level, and what is small of it."""
    import h5py

    level: list[Any] = [group]
    for _ in range(levels):
        named = [(one, name) for one in level for name in hdf5.names_in(one)]
        places = [place for one, name in named if (place := _address(one, name)) is not None]
        source.ensure([(place, place + 1) for place in places])
        nodes = [node for one, name in named if (node := _member(one, name)) is not None]
        small = [n for n in nodes if isinstance(n, h5py.Dataset) and hdf5.cost(n) < SMALL]
        bring_values(small, source)
        level = [node for node in nodes if isinstance(node, h5py.Group)]


def _member(parent: h5py.Group, name: str) -> Any:
    try:
        return hdf5.member(parent, name)
    except hdf5.OutsideError:
        return None


def _address(group: h5py.Group, name: str) -> int | None:
    """Return where the header of a member is, None if it is not in this file."""
    import h5py

    try:
        link = group.id.links.get_info(name.encode())
    except (KeyError, ValueError):
        return None
    return int(link.u) if link.type == h5py.h5l.TYPE_HARD else None


def _group(parent: h5py.Group, name: str) -> Any:
    """Return a member if it is a group to look into."""
    import h5py

    if name in NOT_INTO:
        return None
    node = _member(parent, name)
    return node if isinstance(node, h5py.Group) else None
