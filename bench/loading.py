"""Measure how fast ``anndata.read_h5ad`` reads a matrix in each of several layouts.

    python -m bench.loading --rounds 3

writes matrices of the size of those in ``bench.features`` (dense) and ``bench.mtx`` (sparse) once
for each size of chunk and each compression, and reads each by turns. Only the call is timed, not
the start of Python. What conversions write is marked.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIB = 1024**2
CELLS, MARKERS = 1_000_000, 50
VALUES = 20_000_000
"""Values of the sparse matrix that are not zero."""

PACKINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "gzip": {"compression": "gzip", "compression_opts": 1},
    "gzip + shuffle": {"compression": "gzip", "compression_opts": 1, "shuffle": True},
    "lzf": {"compression": "lzf"},
}
DENSE = (1 << 16, 1 << 18, 1 << 21, 1 << 24, 0)
SPARSE = (1 << 13, 1 << 16, 1 << 19, 1 << 22, 0)
"""Bytes of a chunk of a dense matrix, numbers of one of a sparse matrix; 0: all in one piece."""

CHOSEN = {
    ("dense", 1 << 21, "plain"),
    ("sparse", 1 << 19, "plain"),
    ("sparse", 1 << 16, "gzip + shuffle"),
}


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", type=float, default=1.0, help="of the full size")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind, sizes in (("dense", DENSE), ("sparse", SPARSE)):
            write = write_dense if kind == "dense" else write_sparse
            for name, packing in PACKINGS.items():
                times: dict[int, list[tuple[float, float]]] = {}
                bytes_of: dict[int, int] = {}
                chunks = [one for one in sizes if one or not packing]
                for chunk in chunks:
                    path = Path(folder, f"{chunk}.h5ad")
                    write(path, chunk, packing, arguments.part)
                    bytes_of[chunk] = path.stat().st_size
                for _ in range(arguments.rounds):
                    for chunk in chunks:
                        times.setdefault(chunk, []).append(read(Path(folder, f"{chunk}.h5ad")))
                for chunk in chunks:
                    wall, cpu = (statistics.median(one) for one in zip(*times[chunk], strict=True))
                    mark = "  <- chosen" if (kind, chunk, name) in CHOSEN else ""
                    print(
                        f"{kind:7} {name:15} chunk {chunk or 'none':>9}  {wall:6.3f} s"
                        f"  {cpu:6.3f} cpu s  {bytes_of[chunk] / MIB:5.0f} MiB{mark}",
                        flush=True,
                    )
                    Path(folder, f"{chunk}.h5ad").unlink()


def read(path: Path) -> tuple[float, float]:
    """Return how long a read takes on the clock and on processors."""
    import anndata as ad

    wall, cpu = time.perf_counter(), time.process_time()
    data = ad.read_h5ad(path)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    if not data.n_obs:
        sys.exit("nothing was read")
    return spent


def write_dense(path: Path, chunk: int, packing: dict[str, Any], part: float) -> None:
    """Write a table of cells."""
    import anndata as ad
    import h5py
    import numpy as np

    cells = int(CELLS * part)
    values = np.random.default_rng(0).lognormal(7, 1, (cells, MARKERS)).astype("f4")
    ad.AnnData(values[:1]).write_h5ad(path)
    with h5py.File(path, "a") as file:
        rows = chunk // (4 * MARKERS)
        replace(file, "X", values, {**packing, **({"chunks": (rows, MARKERS)} if chunk else {})})
        replace(file, "obs/_index", np.arange(cells).astype(str).astype(object), {})


def write_sparse(path: Path, chunk: int, packing: dict[str, Any], part: float) -> None:
    """Write a table of counts."""
    import anndata as ad
    import h5py
    import numpy as np
    from scipy.sparse import csr_matrix

    dice = np.random.default_rng(0)
    cells, each, genes = int(VALUES * part) // 2000, 2000, 33_000
    ad.AnnData(csr_matrix((1, genes), dtype="f4")).write_h5ad(path)
    steps = dice.integers(1, genes // each, (cells, each))
    layout = {**packing, **({"chunks": (chunk,)} if chunk else {})}
    with h5py.File(path, "a") as file:
        replace(file, "X/indices", steps.cumsum(axis=1).ravel().astype("i4"), layout)
        replace(file, "X/data", (dice.poisson(1, cells * each) + 1).astype("f4"), layout)
        replace(file, "X/indptr", np.arange(0, cells * each + 1, each).astype("i4"), {})
        file["X"].attrs["shape"] = (cells, genes)
        replace(file, "obs/_index", np.arange(cells).astype(str).astype(object), {})


def replace(file: Any, name: str, values: NDArray[Any], layout: dict[str, Any]) -> None:
    """Write a dataset in place of another, and what it says of itself."""
    said = dict(file[name].attrs)
    del file[name]
    dataset = file.create_dataset(name, data=values, **layout)
    dataset.attrs.update(said)


if __name__ == "__main__":
    main()
