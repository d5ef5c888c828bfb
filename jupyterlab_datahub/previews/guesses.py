"""Where what a look will read most likely is, before what says so was fetched.

A file is written from its beginning to its end: what belongs to a group comes between its header
and that of the next, and the values of an array come behind its header. So some of what would be
asked for after the answer can be asked for with the question. What is guessed is fetched and no
more: HDF5 still follows addresses, and a wrong guess costs some bytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from jupyterlab_datahub.ranged import btree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from jupyterlab_datahub.ranged.bytefile import Span

FRAMES = frozenset({"obs", "var"})
"""What a file has of which something can be guessed."""

HEAD = 64 << 10
"""Bytes behind the header of a group, in which those of what is first in it are."""

NAMES = 1536 << 10
"""Bytes behind the header of var: the names of genes are written before its columns."""

COLUMNS = 5 << 20
LEAST_COLUMNS = 2 << 20
MOST_OBS = 32 << 20
"""Bytes of obs beyond which its columns are spread too far."""

LONGEST = 8 << 20
"""Bytes of a guess, beyond which it is none."""

POINT = 8
"""Bytes of a cell in an embedding of two axes, which do not pack well."""

MOST_POINTS = 4 << 20
FULL = 64
"""Chunks after which HDF5 divides the first leaf of an index, and puts it behind these."""

OFF_BEFORE, OFF_BEHIND = 0.02, 0.06
"""Share by which these may have other sizes than the first of them."""


def of_members(members: Mapping[str, int], names: Set[str], size: int) -> list[Span]:
    """Return what of a file to fetch with the headers of some members of its root.

    Parameters
    ----------
    members
        Where the header of each is, as far as that is known.
    names
        Those that the guess is of.
    size
        Bytes of the file.
    """
    places = sorted(members.values())
    behind = dict(zip(places, [*places[1:], size], strict=True))
    spans = [(members[name], members[name] + HEAD) for name in names]
    if "var" in names:
        start, stop = members["var"], behind[members["var"]]
        spans.append((start, min(stop, start + NAMES)))
    if "obs" in names:
        start, stop = members["obs"], behind[members["obs"]]
        spans += _columns(start, stop, COLUMNS if "var" in members else COLUMNS + NAMES)
    return spans


def of_unnamed(places: Sequence[int], size: int) -> list[Span]:
    """Return what to fetch with the names of members of a root.

    Parameters
    ----------
    places
        Where the headers of the first of them are, by their names.
    size
        Bytes of the file.
    """
    ascending = sorted(places)
    behind = dict(zip(ascending, [*ascending[1:], size], strict=True))
    spans = [(at, at + HEAD) for at in places]
    for at in places[1:3]:
        # They are X, layers, obs, obsm, …; of these only obs, with var behind it, has few bytes.
        spans += _columns(at, behind[at], COLUMNS + NAMES)
    return spans


def _columns(start: int, stop: int, most: int) -> list[Span]:
    """Return where the columns of obs most likely are, which is between two places."""
    if stop - start > MOST_OBS:
        return []
    # The names of cells are written first, and nobody reads them.
    return [(max(start, stop - min(most, max(LEAST_COLUMNS, (stop - start) // 2))), stop)]


def of_points(header: int, cells: int) -> list[Span]:
    """Return where the values of an embedding most likely are."""
    return [(header, header + HEAD + min(POINT * cells, MOST_POINTS))]


def of_first_leaf(root: int, node: bytes, rank: int) -> list[Span]:
    """Return where the first leaf of a chunk index most likely is, by the root of the tree."""
    if node[5] < 2:
        return []
    (first,) = struct.unpack_from("<I", node, 24)
    start = root + btree.node_size(rank)
    behind = FULL * first
    stop = start + int(behind * (1 + OFF_BEHIND)) + btree.node_size(rank)
    return [(start + int(behind * (1 - OFF_BEFORE)), stop)]
