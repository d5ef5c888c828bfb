"""Writing an h5ad file a piece at a time, as anndata's on-disk format has it.

The names of encodings and their versions are those of anndata's documentation ("On-disk format").
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import h5py
    import numpy as np
    from numpy.typing import NDArray

    from jupyterlab_datahub.anndata_io.strips import Slab

CHUNK = 1 << 16
"""Numbers of a chunk of a sparse matrix: small enough for a slice, large enough to be quick."""

PLAIN_CHUNK = 1 << 19
"""Numbers of a chunk that is not packed: larger than HDF5 would copy through its cache."""

LEVEL = 1


def encode(target: h5py.Group | h5py.Dataset, kind: str, version: str) -> None:
    """Say what a group or dataset is."""
    target.attrs["encoding-type"] = kind
    target.attrs["encoding-version"] = version


def write_dict(parent: h5py.Group, name: str) -> h5py.Group:
    """Make a group of named elements."""
    group = parent.require_group(name)
    encode(group, "dict", "0.1.0")
    return group


class Categorical(NamedTuple):
    """A column of text that repeats: what there is, and which of it each row has."""

    categories: NDArray[Any]
    codes: NDArray[Any]


def write_frame(
    parent: h5py.Group,
    name: str,
    index: NDArray[Any] | None,
    columns: Mapping[str, NDArray[Any] | Categorical | None],
    *,
    packed: bool = True,
) -> None:
    """Write a data frame.

    Parameters
    ----------
    index
        The names of its rows; text. None are written already, as ``_index``.
    columns
        Numbers, booleans or text; text that repeats becomes categorical. None is one that was
        written already.
    packed
        Whether it is compressed.
    """
    group = parent.require_group(name)
    encode(group, "dataframe", "0.2.0")
    group.attrs["_index"] = "_index"
    group.attrs.create("column-order", list(columns), dtype=text())
    if index is not None:
        write_array(group, "_index", index, packed=packed)
    for column, values in columns.items():
        if values is None:
            continue
        if isinstance(values, Categorical):
            _write_categorical(group, column, values)
        elif values.dtype.kind == "O" and (found := _categories(values)) is not None:
            _write_categorical(group, column, found)
        else:
            write_array(group, column, values, packed=packed)


def write_array(
    parent: h5py.Group, name: str, values: NDArray[Any], *, packed: bool = True
) -> None:
    """Write an array of numbers, booleans or text."""
    packing = _packed(values) if packed else {}
    if values.dtype.kind == "O":
        dataset = parent.create_dataset(name, data=values, dtype=text(), **packing)
        encode(dataset, "string-array", "0.2.0")
    else:
        dataset = parent.create_dataset(name, data=values, **packing)
        encode(dataset, "array", "0.2.0")


def write_scalar(parent: h5py.Group, name: str, value: str | float) -> None:
    """Write one value."""
    if isinstance(value, str):
        dataset = parent.create_dataset(name, data=value, dtype=text())
        encode(dataset, "string", "0.2.0")
    else:
        dataset = parent.create_dataset(name, data=value)
        encode(dataset, "numeric-scalar", "0.2.0")


def write_sparse(
    parent: h5py.Group,
    name: str,
    shape: tuple[int, int],
    dtype: np.dtype[Any],
    slabs: Iterable[Slab],
    tell: Callable[[int], None] = lambda _: None,
    *,
    packed: bool = True,
    kind: str = "csr_matrix",
) -> int:
    """Write a matrix whose rows come in slabs, and return how many values are not zero.

    Parameters
    ----------
    shape
        Cells by genes.
    dtype
        Of the values.
    tell
        Is given the number of rows that are written.
    packed
        Whether it is compressed, which takes a quarter of the room and three times as long to
        read.
    kind
        Its encoding; the slabs of a ``csc_matrix`` are columns.
    """
    import numpy as np

    group = parent.create_group(name)
    encode(group, kind, "0.1.0")
    group.attrs["shape"] = np.asarray(shape, dtype=np.int64)
    indices = Growing(group, "indices", np.dtype(np.int32), packed=packed)
    data = Growing(group, "data", dtype, packed=packed)
    ends = [np.zeros(1, dtype=np.int64)]
    rows = 0
    for slab in slabs:
        indices.append(slab.genes)
        data.append(slab.values)
        ends.append(ends[-1][-1] + np.cumsum(slab.counts, dtype=np.int64))
        rows += len(slab.counts)
        tell(rows)
    indices.close()
    data.close()
    # One integer type for both, as scipy would make copies of them otherwise.
    small = data.length <= np.iinfo(np.int32).max
    indptr = np.concatenate(ends).astype(np.int32 if small else np.int64)
    group.create_dataset("indptr", data=indptr, **_packed(indptr))
    return data.length


class Growing:
    """A dataset that grows by whole chunks, each written as it is.

    Parameters
    ----------
    parent, name
        Where it is made.
    dtype
        Of its numbers.
    packed
        Whether it is compressed.
    size
        Numbers of a chunk; the last is a whole one, too.
    """

    def __init__(
        self,
        parent: h5py.Group,
        name: str,
        dtype: np.dtype[Any],
        *,
        packed: bool,
        size: int | None = None,
    ) -> None:
        import numpy as np

        self._size = size or (CHUNK if packed else PLAIN_CHUNK)
        # Small numbers pack to half the size, and faster, once their bytes are sorted.
        packing = {"shuffle": True, "compression": "gzip", "compression_opts": LEVEL}
        self._dataset = parent.create_dataset(
            name,
            shape=(0,),
            maxshape=(None,),
            chunks=(self._size,),
            dtype=dtype,
            **(packing if packed else {}),
        )
        self._deflate = _deflater() if packed else None
        self._room = np.empty(self._size, dtype=dtype)
        self._held = 0
        self.length = 0

    def append(self, values: NDArray[Any]) -> None:
        """Take more values."""
        while len(values):
            part = values[: self._size - self._held]
            self._room[self._held : self._held + len(part)] = part
            self._held += len(part)
            self.length += len(part)
            values = values[len(part) :]
            if self._held == self._size:
                self._write()

    def close(self) -> None:
        """Write what is left."""
        if self._held:
            self._room[self._held :] = 0
            self._write()

    def _write(self) -> None:
        import numpy as np

        self._dataset.resize((self.length,))
        offset = (self.length - 1) // self._size * self._size
        planes = self._room.view(np.uint8).reshape(self._size, -1).T
        content = self._deflate(planes.tobytes()) if self._deflate else self._room
        self._dataset.id.write_direct_chunk((offset,), content)
        self._held = 0


def _deflater() -> Callable[[bytes], bytes]:
    """Return the fastest way to deflate that is here."""
    try:
        from isal import isal_zlib
    except ImportError:
        return lambda content: zlib.compress(content, LEVEL)
    return lambda content: isal_zlib.compress(content, LEVEL)


def _packed(values: NDArray[Any]) -> dict[str, Any]:
    """Return how an array is compressed; h5py refuses to where there is nothing."""
    return {"compression": "gzip", "compression_opts": LEVEL} if values.size and values.ndim else {}


def text() -> Any:
    """Return the type of text of any length."""
    import h5py

    return h5py.string_dtype()


def _categories(values: NDArray[Any]) -> Categorical | None:
    """Return the categories of a column of text and their codes, None if few repeat."""
    import numpy as np

    categories, codes = np.unique(values.astype(str), return_inverse=True)
    if 2 * len(categories) > len(values):
        return None
    for kind in (np.int8, np.int16):
        if len(categories) <= np.iinfo(kind).max:
            return Categorical(categories.astype(object), codes.astype(kind))
    return Categorical(categories.astype(object), codes.astype(np.int32))


def _write_categorical(parent: h5py.Group, name: str, values: Categorical) -> None:
    group = parent.create_group(name)
    encode(group, "categorical", "0.2.0")
    group.attrs["ordered"] = False
    write_array(group, "categories", values.categories)
    write_array(group, "codes", values.codes)
