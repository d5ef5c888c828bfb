"""A Loom file or a table of cells as h5ad: ``python -m jupyterlab_datahub.anndata_io.convert``.

It takes the file, where the h5ad goes and what the file is called. Both go through in slabs, so
the memory it takes does not grow with matrices. The first line on standard output that is no
number is the outcome as JSON; numbers before it are the part that is done, from 0 to 1.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.anndata_io import feature_table, h5ad, loom, tiles
from jupyterlab_datahub.anndata_io.features import FeatureError
from jupyterlab_datahub.anndata_io.loom import Loom, LoomError
from jupyterlab_datahub.anndata_io.strips import Slab
from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import ErrorBody, Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import h5py
    from numpy.typing import NDArray

UNREADABLE = 3
"""The exit code for a file that cannot be converted; the reason is on standard output."""

TOLD_EVERY = 0.01

PLAIN_BYTES = 256 << 20
"""Bytes of a file up to which matrices are written as they are. They take some two to four times
the room of packed ones and a fifth of the time to read."""

_HDF5 = b"\x89HDF"


class Converted(Struct):
    """What became of a file; ``values`` are those of X that are not zero."""

    size: int
    sha256: str
    cells: int
    genes: int
    values: int
    layers: tuple[str, ...] = ()


def convert(
    source: Path, target: Path, tell: Callable[[float], None] = lambda _: None, name: str = ""
) -> Converted:
    """Write what a Loom file or a table of cells holds as h5ad.

    Of a Loom file the matrix becomes X (cells by genes, sparse, ``float32``), layers stay layers
    under their names, attributes of cells and genes become columns of obs and var or, if they
    have several values each, obsm and varm, graphs become obsp and varp, global attributes uns.
    What becomes of a table of cells is said in
    :mod:`~jupyterlab_datahub.anndata_io.feature_table`.

    Parameters
    ----------
    source
        The file.
    target
        Where the h5ad goes; what is there is replaced once the new one is whole.
    tell
        Is given the part that is done, from 0 to 1.
    name
        What the file is called, if not as on this disk.

    Raises
    ------
    LoomError, FeatureError
        If `source` is no such file, or damaged.
    """
    import h5py

    name = name or source.name
    table = _is_table(source, name)
    packed = source.stat().st_size > PLAIN_BYTES

    part = target.with_name(f"{target.name}.part")
    try:
        with h5py.File(part, "w") as written:
            if table:
                converted = _converted_table(source, name, written, tell)
            else:
                with h5py.File(source, "r", locking=False) as opened:
                    converted = _converted(Loom(opened, name), written, tell, packed=packed)
    except DataHubError:
        part.unlink(missing_ok=True)
        raise
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:
            # The disk's trouble, not the file's.
            raise
        raise (FeatureError if table else LoomError)(
            f"{name} cannot be read: {error}",
            hint="Fetch it again; if it stays so, the file is damaged where it comes from.",
        ) from error
    size, sha256 = part.stat().st_size, _sha256(part)
    part.replace(target)
    return msgspec.structs.replace(converted, size=size, sha256=sha256)


def _is_table(source: Path, name: str) -> bool:
    """Return whether a file is a table of cells: what is called so and is no HDF5."""
    with source.open("rb") as file:
        return not name.lower().endswith(".loom") and file.read(4) != _HDF5


def _converted_table(
    source: Path, name: str, target: h5py.File, tell: Callable[[float], None]
) -> Converted:
    cells, markers, layers = feature_table.write(source, name, target, tell)
    return Converted(
        size=0, sha256="", cells=cells, genes=markers, values=cells * markers, layers=layers
    )


def _converted(
    file: Loom, target: h5py.File, tell: Callable[[float], None], *, packed: bool
) -> Converted:
    import numpy as np

    layers = list(file.layers())
    work = max(file.cells * (1 + len(layers)), 1)
    done = 0

    def told(rows: int) -> None:
        tell((done + rows) / work)

    h5ad.encode(target, "anndata", "0.1.0")
    _describe(target, "obs", file.cell_attributes(), loom.CELL_NAMES, file.cells)
    _describe(target, "var", file.gene_attributes(), loom.GENE_NAMES, file.genes)
    shape, dtype = (file.cells, file.genes), np.dtype(np.float32)
    slabs = tiles.slabs(file.matrix, dtype)
    values = h5ad.write_sparse(target, "X", shape, dtype, slabs, told, packed=packed)
    kept = h5ad.write_dict(target, "layers")
    names = []
    for name, layer in layers:
        done += file.cells
        names.append(_free(name, kept))
        slabs = tiles.slabs(layer, dtype)
        h5ad.write_sparse(kept, names[-1], shape, dtype, slabs, told, packed=packed)
    _write_graphs(h5ad.write_dict(target, "obsp"), file.cell_graphs(), file.cells)
    _write_graphs(h5ad.write_dict(target, "varp"), file.gene_graphs(), file.genes)
    _write_uns(h5ad.write_dict(target, "uns"), file.global_attributes())
    return Converted(
        size=0,
        sha256="",
        cells=file.cells,
        genes=file.genes,
        values=values,
        layers=tuple(names),
    )


def _describe(
    target: h5py.File,
    frame: str,
    attributes: Mapping[str, NDArray[Any]],
    known: tuple[str, ...],
    length: int,
) -> None:
    """Write obs or var, and what has several values for each cell or gene beside it."""
    many = h5ad.write_dict(target, f"{frame}m")
    columns: dict[str, NDArray[Any]] = {}
    for name, values in attributes.items():
        if values.ndim == 1:
            columns[_free(name, columns)] = values
        elif values.ndim == 2 and values.dtype.kind in "biuf":
            h5ad.write_array(many, _free(name, many), values)
        else:
            for number, column in enumerate(values.reshape(length, -1).T):
                columns[_free(f"{name}_{number}", columns)] = column
    h5ad.write_frame(target, frame, loom.names(attributes, known, length), columns)


def _write_graphs(
    target: h5py.Group, graphs: Iterable[tuple[str, h5py.Group]], length: int
) -> None:
    import numpy as np

    for name, graph in graphs:
        rows, columns = graph["a"][()], graph["b"][()]
        order = np.lexsort((columns, rows))
        slab = Slab(
            counts=np.bincount(rows, minlength=length),
            genes=columns[order].astype(np.int32),
            values=graph["w"][()][order],
        )
        shape = (length, length)
        h5ad.write_sparse(target, _free(name, target), shape, slab.values.dtype, [slab])


def _write_uns(target: h5py.Group, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        key = _free(name, target)
        if isinstance(value, str | int | float):
            h5ad.write_scalar(target, key, value)
        else:
            h5ad.write_array(target, key, value)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _free(name: str, taken: Any) -> str:
    """Return a name that h5ad allows and that is not taken: a slash would make a group of it."""
    wanted = name.replace("/", "_").strip() or "unnamed"
    if wanted == "_index":
        wanted = "index"
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}_{number}"
    return free


def main() -> int:
    """Convert the file of the first argument into that of the second; a third is its name."""
    source, target = map(Path, sys.argv[1:3])
    name = sys.argv[3] if len(sys.argv) > 3 else ""
    told = 0.0

    def tell(part: float) -> None:
        nonlocal told
        if part >= told + TOLD_EVERY:
            told = part
            _say(f"{part:.2f}".encode())

    try:
        outcome: Converted | ErrorBody = convert(source, target, tell, name)
    except DataHubError as error:
        outcome = error.body()
    _say(msgspec.json.encode(outcome))
    return UNREADABLE if isinstance(outcome, ErrorBody) else 0


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
