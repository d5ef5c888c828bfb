"""What a Loom file holds, whichever version of the format and whoever wrote it.

The layout is that of the Loom file format specification, versions 2 and 3: ``/matrix`` is genes
by cells, ``/layers`` are more of its shape, ``/row_attrs`` and ``/col_attrs`` describe genes and
cells, ``/row_graphs`` and ``/col_graphs`` connect them; global attributes are datasets of
``/attrs`` since version 3 and attributes of the root before. Nothing is validated beyond what is
needed to read it, as files of the Human Cell Atlas do not all pass loompy's validation.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import DataHubError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import h5py
    from numpy.typing import NDArray


class LoomError(DataHubError):
    """A file that is no Loom, or not a whole one."""

    code = "unreadable"


class Loom:
    """A Loom file that is open.

    Parameters
    ----------
    file
        The file, for reading.
    name
        What it is called in errors.

    Raises
    ------
    LoomError
        If it has no matrix.
    """

    def __init__(self, file: h5py.File, name: str) -> None:
        import h5py

        self._file = file
        self._name = name
        matrix = file.get("matrix")
        if not isinstance(matrix, h5py.Dataset) or matrix.ndim != 2:
            raise LoomError(
                f"{name} has no matrix, so it is no Loom file or not a whole one",
                hint="Fetch it again, or load it as a path.",
            )
        self.matrix = matrix

    @property
    def genes(self) -> int:
        """Number of genes, the rows of the matrix."""
        return int(self.matrix.shape[0])

    @property
    def cells(self) -> int:
        """Number of cells, its columns."""
        return int(self.matrix.shape[1])

    def layers(self) -> Iterator[tuple[str, h5py.Dataset]]:
        """Yield the further matrices by name.

        Raises
        ------
        LoomError
            If one has another shape.
        """
        for name, layer in self._members("layers"):
            if layer.shape != self.matrix.shape:
                raise LoomError(
                    f"the layer {name} of {self._name} is {layer.shape[0]:,} by "
                    f"{layer.shape[1]:,} and the matrix {self.genes:,} by {self.cells:,}",
                    hint="The file is damaged; ask where it comes from.",
                )
            yield name, layer

    def cell_attributes(self) -> dict[str, NDArray[Any]]:
        """Return what is said of each cell, the first axis being cells."""
        return self._attributes("col_attrs", self.cells)

    def gene_attributes(self) -> dict[str, NDArray[Any]]:
        """Return what is said of each gene, the first axis being genes."""
        return self._attributes("row_attrs", self.genes)

    def cell_graphs(self) -> Iterator[tuple[str, h5py.Group]]:
        """Yield the graphs between cells: groups of ``a``, ``b`` and ``w``."""
        yield from self._graphs("col_graphs")

    def gene_graphs(self) -> Iterator[tuple[str, h5py.Group]]:
        """Yield the graphs between genes."""
        yield from self._graphs("row_graphs")

    def global_attributes(self) -> dict[str, Any]:
        """Return what is said of the whole: text, numbers, and arrays of them."""
        import h5py

        found = {name: _value(value) for name, value in self._file.attrs.items()}
        group = self._file.get("attrs")
        if isinstance(group, h5py.Group):
            found |= {
                name: _value(item[()])
                for name, item in group.items()
                if isinstance(item, h5py.Dataset)
            }
        return found

    def _attributes(self, group: str, length: int) -> dict[str, NDArray[Any]]:
        found = {}
        for name, dataset in self._members(group):
            if dataset.ndim == 0 or dataset.shape[0] != length:
                raise LoomError(
                    f"the attribute {name} of {self._name} has the shape {dataset.shape}, not "
                    f"{length:,} values",
                    hint="The file is damaged; ask where it comes from.",
                )
            found[name] = readable(dataset[()])
        return found

    def _members(self, group: str) -> Iterator[tuple[str, h5py.Dataset]]:
        """Yield the datasets of a group; a name with slashes is a group in a group."""
        import h5py

        top = self._file.get(group)
        if not isinstance(top, h5py.Group):
            return
        names: list[str] = []
        top.visit(names.append)
        for name in names:
            item = top[name]
            if isinstance(item, h5py.Dataset):
                yield name, item

    def _graphs(self, group: str) -> Iterator[tuple[str, h5py.Group]]:
        import h5py

        top = self._file.get(group)
        if isinstance(top, h5py.Group):
            for name, graph in top.items():
                if isinstance(graph, h5py.Group) and {"a", "b", "w"} <= graph.keys():
                    yield name, graph


def readable(values: NDArray[Any]) -> NDArray[Any]:
    """Return an array with text as text; numbers and booleans as they are.

    Version 2 of the format has text as bytes in which what is not ASCII is written as in XML.
    """
    import numpy as np

    if values.dtype.kind in "biuf":
        return values
    texts = [_text(value) for value in values.ravel()]
    return np.array(texts, dtype=object).reshape(values.shape)


def names(
    attributes: Mapping[str, NDArray[Any]], known: tuple[str, ...], length: int
) -> NDArray[Any]:
    """Return a name for each cell or gene, no two of them alike.

    The best attribute whose values are all different is taken; where none is, the best there is
    gets numbers behind what repeats (``-1``, as anndata does), and where there is none at all
    they are numbered through.
    """
    import numpy as np

    texts = [
        attributes[name].astype(str)
        for name in known
        if name in attributes and attributes[name].ndim == 1
    ]
    for one in texts:
        if len(np.unique(one)) == length:
            return one.astype(object)
    return unique(texts[0]) if texts else np.arange(length).astype(str).astype(object)


def unique(values: NDArray[Any]) -> NDArray[Any]:
    """Return text with a number behind what is there already."""
    import numpy as np

    taken = set(values.tolist())
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    result = []
    for value in values.tolist():
        name = value
        while name in seen or (name != value and name in taken):
            numbers[value] = numbers.get(value, 0) + 1
            name = f"{value}-{numbers[value]}"
        seen.add(name)
        result.append(name)
    return np.array(result, dtype=object)


def _value(value: Any) -> Any:
    import numpy as np

    if isinstance(value, bytes | str):
        return _text(value)
    if isinstance(value, np.ndarray):
        array = readable(value)
        return array.item() if array.ndim == 0 or array.size == 1 else array
    return value.item() if isinstance(value, np.generic) else value


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return html.unescape(value.decode("utf-8", errors="replace"))
    return str(value)
