"""What is in a store of Zarr, with none of its values, and where these are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.previews.zarr_copy import Copy
from jupyterlab_datahub.previews.zarr_store import is_group

if TYPE_CHECKING:
    import h5py

    from jupyterlab_datahub.previews.zarr_store import FolderStore

DEEPEST = 8
"""Groups in groups of uns that are looked into."""


class Outline(Copy):
    """What is in a store, and where the values of its arrays are."""

    def __init__(self, store: FolderStore, target: h5py.File) -> None:
        super().__init__(store, target)
        self.arrays: dict[str, Any] = {}

    def _array(self, node: Any, parent: h5py.Group, name: str, *, read: bool) -> None:
        del read
        super()._array(node, parent, name, read=False)
        if name in parent:
            self.arrays[parent[name].name] = node

    def _matrix(self, node: Any, parent: h5py.Group, name: str, called: str) -> None:
        del called
        self._declared(node, parent, name)

    def _declared(self, node: Any, parent: h5py.Group, name: str) -> None:
        if is_group(node) and node.attrs.get("encoding-type") == "dataframe":
            self._frame(node, parent)
        else:
            super()._declared(node, parent, name)

    def _part(self, name: str, node: Any, column: str) -> None:
        if name in ("varm", "varp") and is_group(node):
            self._held("obsm", node)
        elif name == "raw" and is_group(node):
            self._raw(node)
        else:
            super()._part(name, node, column)

    def _raw(self, node: Any) -> None:
        made = self._group(node, self._target)
        self._declared(self._member(node, "X"), made, "X")
        var = self._member(node, "var")
        if var is not None and is_group(var):
            self._frame(var, made)

    def _uns(self, node: Any) -> None:
        self._all_of(node, self._group(node, self._target))

    def _all_of(self, node: Any, made: h5py.Group, depth: int = 0) -> None:
        """Declare all that is below a group."""
        if not is_group(node) or depth > DEEPEST:
            return
        for name in self._names(node):
            below = self._member(node, name)
            if below is None or name in made:
                continue
            if is_group(below):
                self._all_of(below, self._group(below, made), depth + 1)
            else:
                self._array(below, made, name, read=False)
