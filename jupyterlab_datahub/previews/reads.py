"""Which members of groups and which arrays of an AnnData a look reads, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.previews.heaps import INDEX
from jupyterlab_datahub.previews.picture import rank

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from jupyterlab_datahub.previews.heaps import Entry

    Names = tuple[str, ...]

LEVELS = 3
NAMES_ONLY = frozenset({"uns", "varm", "varp"})
READ_OF_UNS = frozenset({"title", "schema_version", "default_embedding"})


class Reads:
    """What a look reads of one file, as far as the names that were seen say.

    Attributes
    ----------
    header_drawn : int
        Where the header of the embedding that is drawn is; 0 where that is not known.
    sampled : set
        Arrays of which the first values are read.
    indexes : dict
        The index of a frame by the frame, where it is not called as usual.
    """

    def __init__(self) -> None:
        self.header_drawn = 0
        self.sampled: set[Names] = set()
        self.indexes: dict[Names, Names] = {}
        self._drawn = ""

    def members(self, path: Names, members: Sequence[Entry], root: Set[str]) -> Sequence[Entry]:
        """Return the members of a group that a look reads.

        Parameters
        ----------
        path
            The names that lead to the group.
        members
            Some of its members.
        root
            The names in the root, and some that were there.
        """
        names = {member.name for member in members}
        if not path:
            # Most likely to be counts, as `matrices` has it.
            place: Names = ("raw", "X") if "raw" in root else ("X",)
            self.sampled |= {place, (*place, "data")}
        elif path == ("layers",):
            counts = next((name for name in sorted(names) if "count" in name.lower()), "")
            self.sampled |= {(*path, counts), (*path, counts, "data")}
        elif path == ("obsm",):
            self._drawn = min(names, key=rank)
            self.header_drawn = next(m.address for m in members if m.name == self._drawn)
        elif path == ("uns",):
            return [member for member in members if member.name in READ_OF_UNS]
        elif path == ("raw",):
            return [member for member in members if member.name != "var"]
        elif path[0] in NAMES_ONLY:
            return ()
        return members if len(path) < LEVELS else ()

    def array(self, path: Names) -> bool:
        """Return whether a look reads all values of an array."""
        if path[0] == "obsm":
            return path[1:] == (self._drawn,)
        index = self.indexes.get(path[:1], (path[0], INDEX))
        # Names of genes are read, those of cells are not; either may be values beside a mask.
        if path[0] == "var":
            return path[:2] == index and path[2:] != ("mask",)
        return path[0] == "obs" and path[:2] != index
