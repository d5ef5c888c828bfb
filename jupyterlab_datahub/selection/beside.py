"""What goes along with the chosen cells and genes: embeddings, and what is said of the whole."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io.h5ad import encode, write_dict
from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.previews import approach, hdf5
from jupyterlab_datahub.previews.chunks import bring_values, chunks_of
from jupyterlab_datahub.previews.frames import Frame
from jupyterlab_datahub.selection.matrix import bands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import h5py
    from numpy.typing import NDArray

    from jupyterlab_datahub.ranged.bytefile import ByteFile
    from jupyterlab_datahub.selection.frames import Frames, Kept
    from jupyterlab_datahub.selection.stream import Reader

LARGEST_OF_UNS = 4 << 20
MOST_OF_UNS = 32 << 20
DEEPEST = 6


def fetch_ahead(file: h5py.File, frames: Frames, name: str, rows: NDArray[Any]) -> None:
    """Begin to fetch what :func:`copy_arrays` will be asked for."""
    group = hdf5.group_at(file, name)
    for label in hdf5.names_in(group):
        with contextlib.suppress(UnreadableError):
            node = hdf5.member(group, label)
            if _is_array(node):
                frames.ahead([node], rows)


def _is_array(node: Any) -> bool:
    import h5py

    return isinstance(node, h5py.Dataset) and node.dtype.kind in "iufb" and node.ndim == 2


def copy_arrays(
    file: h5py.File,
    source: ByteFile,
    frames: Frames,
    reader: Reader,
    name: str,
    target: h5py.Group,
    rows: NDArray[Any],
    note: Callable[[str], object],
) -> None:
    """Write some rows of all that is in obsm or varm, and tell what is left out."""
    made = write_dict(target, name)
    group = hdf5.group_at(file, name)
    for label in hdf5.names_in(group):
        try:
            node = hdf5.member(group, label)
            if _is_array(node):
                _copy_array(node, file, source, frames, reader, label, made, rows)
            elif hdf5.text_attribute(node, "encoding-type") == "dataframe":
                frames.copy(Frame(node), made, label, rows)
            else:
                note(f"{name}/{label} was left out, as it is no simple array")
        except UnreadableError as error:
            note(f"{name}/{label} was left out: {error.message}")


def _copy_array(
    node: h5py.Dataset,
    file: h5py.File,
    source: ByteFile,
    frames: Frames,
    reader: Reader,
    label: str,
    made: h5py.Group,
    rows: NDArray[Any],
) -> None:
    parts: Iterable[NDArray[Any]]
    if frames.is_coming(node):
        parts = frames.rows([node], rows)
    else:
        [chunks] = chunks_of([node], source, file, [rows])
        parts = bands(chunks, reader, rows, None)
    write_bands(made, label, (len(rows), node.shape[1]), node.dtype, parts)


def write_bands(
    parent: h5py.Group, name: str, shape: tuple[int, int], dtype: Any, parts: Any
) -> None:
    """Write an array whose rows come in parts."""
    packing = {"compression": "gzip", "compression_opts": 1} if all(shape) else {}
    dataset = parent.create_dataset(name, shape=shape, dtype=dtype, **packing)
    encode(dataset, "array", "0.2.0")
    row = 0
    for part in parts:
        dataset[row : row + len(part)] = part
        row += len(part)


class Uns:
    """Copies what a file says of the whole, within a bound.

    Parameters
    ----------
    kept
        Which categories of columns of obs are left, whose colours go with them.
    note
        Is told what is left out.
    """

    def __init__(self, kept: dict[str, Kept], note: Callable[[str], object]) -> None:
        self._kept = kept
        self._note = note
        self._left = MOST_OF_UNS

    def copy(self, file: h5py.File, source: ByteFile, target: h5py.File) -> h5py.Group:
        """Write uns, and return it."""
        made = write_dict(target, "uns")
        group = hdf5.group_at(file, "uns")
        if group is not None:
            approach.bring_members(group, source, DEEPEST)
            self._group(group, source, made, "")
        return made

    def _group(self, group: h5py.Group, source: ByteFile, made: h5py.Group, path: str) -> None:
        import h5py

        for name in hdf5.names_in(group):
            shown = f"uns{path}/{name}"
            try:
                node = hdf5.member(group, name)
                if isinstance(node, h5py.Group) and path.count("/") < DEEPEST:
                    below = made.create_group(name)
                    _attributes(node, below)
                    self._group(node, source, below, f"{path}/{name}")
                elif isinstance(node, h5py.Dataset):
                    self._dataset(node, source, made, name, "" if path else name)
                else:
                    self._note(f"{shown} was left out")
            except (UnreadableError, OSError, ValueError, TypeError) as error:
                why = getattr(error, "message", "it cannot be read")
                self._note(f"{shown} was left out: {why}")

    def _dataset(
        self, node: h5py.Dataset, source: ByteFile, made: h5py.Group, name: str, top: str
    ) -> None:
        size = hdf5.cost(node)
        if size > min(LARGEST_OF_UNS, self._left):
            raise UnreadableError("it is large")
        self._left -= size
        bring_values([node], source)
        values: Any = hdf5.read(node)
        if top.endswith("_colors") and (kept := self._kept.get(top.removesuffix("_colors"))):
            if len(values.reshape(-1)) != kept.of:
                return
            values = values.reshape(-1)[kept.left]
        copied = made.create_dataset(name, data=values, dtype=node.dtype)
        _attributes(node, copied)


def _attributes(node: Any, made: Any) -> None:
    import h5py

    for name in node.attrs:
        value = hdf5.attribute(node, name)
        kind = node.attrs.get_id(name).dtype
        if kind.kind == "O" and h5py.check_string_dtype(kind) is None:
            continue
        made.attrs.create(name, value, dtype=kind)
