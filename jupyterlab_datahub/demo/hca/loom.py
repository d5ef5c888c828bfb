"""Loom files as the Data Coordination Platform made them, written with h5py alone.

Three layouts are around: Optimus (10x; the matrix has UMI counts), the multi-sample Smart-seq2
pipeline (the matrix has TPM, the layer ``estimated_counts`` has RSEM's counts), and the matrix
service of the first platform (global attributes on the file itself, as Loom 2 had them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[Any]
    Columns = Mapping[str, Column]

CHUNK = (64, 64)
"""The chunks that loompy makes, which suit neither way of reading."""

LOOM_3 = "3.0.0"
LOOM_2 = "2.0.1"


def write_loom(
    path: Path,
    matrix: NDArray[np.float32],
    *,
    rows: Columns,
    columns: Columns,
    attributes: Mapping[str, str],
    layers: Mapping[str, NDArray[np.float32]] | None = None,
    version: str = LOOM_3,
    compressed: bool = True,
) -> None:
    """Write a Loom file.

    Parameters
    ----------
    path
        Where to.
    matrix
        Genes × cells.
    rows, columns
        What is known of genes and of cells.
    attributes
        What is known of all of it.
    layers
        Further matrices of the same shape.
    version
        3.0.0 keeps the attributes in ``/attrs``, 2.0.1 on the file, and texts in ASCII, each
        as long as the longest.
    compressed
        Whether the matrices are.
    """
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        _write_matrix(file, "matrix", matrix, compressed=compressed)
        group = file.create_group("layers")
        for name, layer in (layers or {}).items():
            _write_matrix(group, name, layer, compressed=compressed)
        for name, values in (("row_attrs", rows), ("col_attrs", columns)):
            group = file.create_group(name)
            for column, content in values.items():
                _write_column(group, column, content, version)
        for name in ("row_graphs", "col_graphs"):
            file.create_group(name)
        if version == LOOM_2:
            for name, text in {"LOOM_SPEC_VERSION": version, **attributes}.items():
                file.attrs[name] = np.bytes_(text.encode("ascii", "xmlcharrefreplace"))
            return
        group = file.create_group("attrs")
        for name, text in {"LOOM_SPEC_VERSION": version, **attributes}.items():
            group.create_dataset(name, data=text, dtype=h5py.string_dtype())


def _write_matrix(group: Any, name: str, values: NDArray[Any], *, compressed: bool) -> None:
    packing: dict[str, Any] = {"compression": "gzip", "compression_opts": 2} if compressed else {}
    chunks = tuple(min(one, size) for one, size in zip(CHUNK, values.shape, strict=True))
    group.create_dataset(name, data=values, chunks=chunks, **packing)


def _write_column(group: Any, name: str, values: Column, version: str) -> None:
    import h5py
    import numpy as np

    if values.dtype.kind in "OU" and version == LOOM_2:
        texts = [str(value).encode("ascii", "xmlcharrefreplace") for value in values]
        group.create_dataset(name, data=np.array(texts))
    elif values.dtype.kind in "OU":
        group.create_dataset(name, data=values.astype(object), dtype=h5py.string_dtype())
    else:
        group.create_dataset(name, data=values)
