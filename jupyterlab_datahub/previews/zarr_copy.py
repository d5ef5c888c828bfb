"""An AnnData in Zarr as the HDF5 that a look reads, with no more in it than was fetched.

What a look knows of encodings of any age it knows in HDF5. So what it needs of a store is put into
an HDF5 in memory of the same layout: all names, shapes and types, the columns of obs, the names of
genes, one embedding, the first values of each matrix. What was not fetched says so when it is read.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import DataHubError, UnreadableError
from jupyterlab_datahub.previews import h5ad, hdf5, matrices, picture, zarr_store
from jupyterlab_datahub.previews.zarr_store import is_group
from jupyterlab_datahub.ranged import damage
from jupyterlab_datahub.ranged.budget import TooMuch

if TYPE_CHECKING:
    from collections.abc import Iterable

    import h5py

    from jupyterlab_datahub.previews.zarr_store import FolderStore

AFFORDABLE = 64 << 20
"""Bytes in memory of the columns of obs that are read."""

SMALL = 1 << 16
"""Bytes of an array in uns that is read, such as the colours of categories."""

TEXT_BYTES = 20

LIKELY = {
    "": ("obs", "var", "X", "raw", "layers", "obsm", "obsp", "uns"),
    "raw": ("X", "var"),
    "layers": ("counts", "raw", "raw_counts", "logcounts", "data", "spliced", "unspliced"),
    "obsm": ("X_umap", "X_tsne", "X_pca", "spatial", "X_spatial", "X_diffmap", "X_draw_graph_fa"),
    "uns": ("title", "schema_version", "default_embedding"),
}
"""Names that are looked for where nobody says which there are."""


class Copy:
    """What was copied of a store.

    Parameters
    ----------
    store
        The folder.
    target
        An empty file.

    Attributes
    ----------
    notes
        What could not be found out.
    compressions
        What matrices are packed with, by their names.

    Raises
    ------
    UnreadableError
        If it is no AnnData.
    """

    def __init__(self, store: FolderStore, target: h5py.File) -> None:
        import zarr

        try:
            # A folder that can be listed says itself what is in it.
            consolidated = False if store.folder.listing else None
            self._root: Any = zarr.open_group(store, mode="r", use_consolidated=consolidated)
        except FileNotFoundError as error:
            raise UnreadableError(
                "there is no Zarr in this folder", hint="Look for one whose name ends in .zarr."
            ) from error
        self._store = store
        self._target = target
        self._consolidated = self._root.metadata.consolidated_metadata is not None
        self._listed = self._consolidated or store.folder.listing
        self.compressions: dict[str, str] = {}
        self.notes: list[str] = []
        if not self._listed:
            self.notes.append(
                "The store does not say what is in it (it has no consolidated metadata): only the "
                "usual names were looked for"
            )
        if not {"obs", "var"} <= set(self._names(self._root)):
            raise UnreadableError(
                "the folder is Zarr, but no AnnData: it has no obs and var",
                hint="Only AnnData is previewed; OME-Zarr has a picture.",
            )

    def outline(self, column: str = "") -> None:
        """Copy everything but embeddings; `column` of obs in any case."""
        _attributes(self._root, self._target)
        for name in self._names(self._root):
            node = self._member(self._root, name)
            if node is not None:
                self._part(name, node, column)

    def _part(self, name: str, node: Any, column: str) -> None:
        """Copy what is at the top of a store."""
        if name in ("obs", "var", "obsm") and not is_group(node):
            # anndata 0.6 wrote each as one array with named parts.
            self._array(node, self._target, name, read=True)
        elif name == "obs":
            self._obs(node, column)
        elif name == "var":
            self._frame(node, self._target)
        elif name == "uns":
            self._uns(node)
        elif name == "X":
            self._matrix(node, self._target, "X", "X")
        elif name in ("raw", "layers", "obsm", "obsp") and is_group(node):
            self._held(name, node)

    def _held(self, name: str, node: Any) -> None:
        """Copy what a group of matrices says of each."""
        made = self._group(node, self._target)
        for part in self._names(node):
            below = self._member(node, part)
            if name in ("obsm", "obsp"):
                self._declared(below, made, part)
            elif name == "layers" or part == "X":
                self._matrix(below, made, part, {"raw": "raw.X"}.get(name, f"layers/{part}"))

    def embedding(self, name: str) -> None:
        """Copy an embedding, the one that would be shown for an empty name."""
        found = h5ad.contents(self._target)
        chosen = name or picture.default_embedding(found)
        if chosen not in found.embeddings:
            return
        node = self._member(self._member(self._root, "obsm"), chosen)
        held = self._target["obsm"]
        if is_group(node):
            del held[chosen]
            self._frame(node, held, every=True)
            return
        del held[chosen]
        large = prod(node.shape) * node.dtype.itemsize > AFFORDABLE
        try:
            values = self._values(node, (slice(None), slice(0, 2)) if large else ...)
        except UnreadableError as error:
            self._declared(node, held, chosen)
            held[chosen].attrs[hdf5.UNREAD] = error.message
            return
        made = held.create_dataset(chosen, data=values)
        _attributes(node, made)

    def _obs(self, node: Any, first: str) -> None:
        left = AFFORDABLE
        made = self._group(node, self._target)
        names = self._columns(node)
        for name in sorted(names, key=lambda name: name != first):
            below = self._member(node, name)
            cost = _cost(below) if below is not None else 0
            read = cost <= left or name == first
            left -= cost if read else 0
            self._all(below, made, name, read=read)
        # Of the names of cells only their number is of interest.
        index = str(node.attrs.get("_index", "_index"))
        self._all(self._member(node, index), made, index, read=False)

    def _frame(self, node: Any, parent: h5py.Group, *, every: bool = False) -> None:
        """Copy a frame with its index, and what its columns are called."""
        made = self._group(node, parent)
        if not is_group(node):
            return
        index = str(node.attrs.get("_index", "_index"))
        for name in (*self._columns(node), index):
            self._all(self._member(node, name), made, name, read=every or name == index)

    def _columns(self, node: Any) -> list[str]:
        ordered = node.attrs.get("column-order")
        names = ordered if isinstance(ordered, list) else self._names(node)
        return [str(name) for name in names[: hdf5.MOST_MEMBERS] if _is_name(str(name))]

    def _all(self, node: Any, parent: h5py.Group, name: str, *, read: bool) -> None:
        """Copy a column, be it an array or a group of some."""
        if node is None or name in parent:
            return
        if not is_group(node):
            self._array(node, parent, name, read=read)
            return
        made = parent.create_group(name)
        _attributes(node, made)
        for part in ("codes", "categories", "values", "mask"):
            self._all(self._member(node, part), made, part, read=read)

    def _matrix(self, node: Any, parent: h5py.Group, name: str, called: str) -> None:
        """Copy what a matrix says of itself, and its first values."""
        if node is None:
            return
        held = self._member(node, "data") if is_group(node) else node
        self._declared(node, parent, name)
        if held is None or not prod(held.shape) or held.dtype.kind not in "biuf":
            return
        self.compressions[called] = zarr_store.compression_of(held)
        made = parent[name]["data"] if is_group(node) else parent[name]
        if held.ndim == 1:
            place: Any = slice(0, matrices.SAMPLE)
        elif held.ndim == 2:
            rows = max(1, min(held.shape[0], matrices.SAMPLE // max(1, held.shape[1])))
            place = (slice(0, rows), slice(0, matrices.SAMPLE))
        else:
            return
        try:
            made[place] = self._values(held, place)
            del made.attrs[hdf5.UNREAD]
        except UnreadableError as error:
            made.attrs[hdf5.UNREAD] = error.message

    def _declared(self, node: Any, parent: h5py.Group, name: str) -> None:
        """Copy what arrays say of themselves, and none of their values."""
        if node is None or name in parent:
            return
        if not is_group(node):
            self._array(node, parent, name, read=False)
            return
        made = parent.create_group(name)
        _attributes(node, made)
        parts = ("data", "indices", "indptr")
        names = parts if "shape" in node.attrs else self._columns(node)
        for part in names:
            self._all(self._member(node, part), made, part, read=False)

    def _uns(self, node: Any) -> None:
        made = self._group(node, self._target)
        if not is_group(node):
            return
        for name in self._names(node):
            below = self._member(node, name)
            if below is None or name in made:
                continue
            if is_group(below):
                made.create_group(name)
            else:
                self._array(below, made, name, read=_cost(below) <= SMALL)

    def _array(self, node: Any, parent: h5py.Group, name: str, *, read: bool) -> None:
        import h5py
        import numpy as np

        text = node.dtype.kind in "OUST"
        dtype = h5py.string_dtype() if text else node.dtype
        if not text and not _is_known(dtype):
            return
        why = "more of the store than a look may fetch"
        if read:
            try:
                values = self._values(node, ...)
                if text:
                    values = np.array(
                        [hdf5.as_text("" if v is None else v) for v in values.reshape(-1).tolist()],
                        object,
                    ).reshape(values.shape)
                _attributes(node, parent.create_dataset(name, data=values, dtype=dtype))
            except UnreadableError as error:
                why = error.message
            else:
                return
        shape = tuple(map(int, node.shape))
        # In chunks no memory is taken for what is only declared.
        made = parent.create_dataset(name, shape, dtype, chunks=_chunks(shape))
        _attributes(node, made)
        made.attrs[hdf5.UNREAD] = why

    def _values(self, node: Any, place: Any) -> Any:
        """Return values of an array.

        Raises
        ------
        UnreadableError
            If they are damaged, or too many.
        """
        import numpy as np

        zarr_store.check(node)
        self._store.failure = None
        try:
            return np.asarray(node[place])
        except MemoryError:
            raise
        except Exception as error:
            # zarr and codecs raise whatever fits the moment; what a host did is in the store.
            failure = error if isinstance(error, DataHubError) else self._store.failure
            if isinstance(failure, DataHubError) and not isinstance(failure, TooMuch):
                raise failure from error
            words = failure.message if isinstance(failure, TooMuch) else "it is damaged"
            raise UnreadableError(f"/{node.path}: {words}", hint=damage.HINT) from error

    def _group(self, node: Any, parent: h5py.Group) -> h5py.Group:
        made = parent.create_group(node.path.rpartition("/")[2])
        _attributes(node, made)
        return made

    def _member(self, group: Any, name: str) -> Any:
        """Return what a group has under a name, None where there is nothing."""
        if group is None or not is_group(group) or not _is_name(name):
            return None
        try:
            return group[name]
        except KeyError:
            return None
        except (TypeError, ValueError) as error:
            if isinstance(self._store.failure, DataHubError):
                raise self._store.failure from error
            self.notes.append(
                f"{group.name.rstrip('/')}/{name} is of a kind that zarr does not read"
            )
            return None

    def _names(self, group: Any) -> list[str]:
        if self._store.folder.listing:
            there = self._store.folder.names(group.path)
            return [name for name in there if _is_node(name)][: hdf5.MOST_MEMBERS]
        if self._listed:
            names: Iterable[str] = (name for name, _ in group.members())
            return [name for _, name in zip(range(hdf5.MOST_MEMBERS), names, strict=False)]
        likely = LIKELY.get(group.path, ())
        return [name for name in likely if self._member(group, name) is not None]


def _is_node(name: str) -> bool:
    return name != "zarr.json" and not name.startswith(".")


def _is_name(name: str) -> bool:
    return bool(name) and "/" not in name and name not in (".", "..")


def _cost(node: Any) -> int:
    """Return the bytes of memory that all values of an array or a column take, about."""
    if is_group(node):
        parts = [node.get(part) for part in ("codes", "categories", "values", "mask")]
        return sum(_cost(part) for part in parts if part is not None)
    each = TEXT_BYTES if node.dtype.kind in "OUST" else node.dtype.itemsize
    return int(prod(node.shape) * each)


def _is_known(dtype: Any) -> bool:
    if dtype.names:
        return all(_is_known(dtype[name].base) or dtype[name].kind == "S" for name in dtype.names)
    return dtype.kind in "biuf"


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    if not shape or not all(shape):
        return None
    return tuple(min(side, 1024 if place < 2 else 1) for place, side in enumerate(shape))


def _attributes(node: Any, made: Any) -> None:
    """Copy attributes that are texts, numbers, or lists of either."""
    import h5py
    import numpy as np

    for name, value in dict(node.attrs).items():
        if isinstance(value, str | bool | int | float):
            made.attrs[name] = value
        elif isinstance(value, list) and len(value) <= hdf5.LARGEST_ATTRIBUTE >> 6:
            if all(isinstance(one, str) for one in value):
                made.attrs.create(name, np.array(value, object), dtype=h5py.string_dtype())
            elif all(isinstance(one, int) for one in value):
                made.attrs[name] = np.array(value, "i8")


def in_words(store: FolderStore, error: Exception) -> DataHubError:
    """Return what went wrong in words: zarr raises whatever fits the moment."""
    if isinstance(error, DataHubError):
        return error
    if isinstance(store.failure, DataHubError):
        return store.failure
    if isinstance(error, MemoryError):
        return UnreadableError(
            "the store wants more memory than a preview gets", hint="Download it instead."
        )
    return UnreadableError("the store is damaged, or not what it says it is", hint=damage.HINT)
