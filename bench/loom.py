"""Measure a Loom file on its way to an AnnData beside anndata's own reader.

    pip install loompy
    python -m bench.loom --rounds 3

writes a file of 20,000 genes by 20,000 cells with 5 % of the values not zero, in the chunks that
loompy uses, and brings it into memory by turns with ``anndata.io.read_loom`` (which needs loompy)
and with ours: the conversion to h5ad, then ``anndata.read_h5ad``. Each run is a process of its
own, of which wall time, processor time and peak memory are taken; memory is that of the greater
of our two processes. Both must end with the same matrix. Beside that both are timed in a process
that has imported its libraries, as a kernel has at its second cell.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.download import MIB, Cost, run

READ_LOOM = """
import sys, warnings
warnings.simplefilter("ignore")
import anndata as ad
data = ad.io.read_loom(sys.argv[1], obs_names="cell_names", var_names="ensembl_ids")
print(data.shape, data.X.nnz, float(data.X.sum()), file=sys.stderr)
"""

READ_H5AD = """
import sys
import anndata as ad
data = ad.read_h5ad(sys.argv[1])
print(data.shape, data.X.nnz, float(data.X.sum()), file=sys.stderr)
"""

IN_A_KERNEL = {
    "anndata.io.read_loom": """
import sys, time, warnings
warnings.simplefilter("ignore")
import anndata as ad, loompy
start = time.perf_counter()
ad.io.read_loom(sys.argv[1], obs_names="cell_names", var_names="ensembl_ids")
print(time.perf_counter() - start)
""",
    "ours, first time": """
import subprocess, sys, time
import anndata as ad
start = time.perf_counter()
subprocess.run(sys.argv[3:], stdout=subprocess.DEVNULL, check=True)
ad.read_h5ad(sys.argv[2])
print(time.perf_counter() - start)
""",
}
"""What prints the seconds it takes once all is imported; ours is given the conversion's command."""

THEIRS = "anndata.io.read_loom"
FIRST = "ours, first time"
CONVERSION = "  of it, conversion"
LATER = "ours, from then on"

DENSITY = 0.05
BLOCK = 512
"""Genes that are made up at once."""


def write(path: Path, size: int) -> None:
    """Write a Loom file of `size` genes by `size` cells."""
    import h5py
    import numpy as np

    dice = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        storing = {"chunks": (64, 64), "compression": "gzip", "compression_opts": 2}
        matrix = file.create_dataset("matrix", shape=(size, size), dtype="f4", **storing)
        for start in range(0, size, BLOCK):
            rows = min(BLOCK, size - start)
            there = dice.integers(0, rows * size, int(rows * size * DENSITY))
            block = np.zeros(rows * size, dtype="f4")
            block[there] = dice.poisson(2, len(there)) + 1
            matrix[start : start + rows] = block.reshape(rows, size)
        text = h5py.string_dtype()
        for name, prefix in (
            ("row_attrs/ensembl_ids", "ENSG"),
            ("row_attrs/Gene", "G"),
            ("col_attrs/cell_names", "cell"),
            ("col_attrs/CellID", "barcode"),
        ):
            file.create_dataset(name, data=[f"{prefix}{n:011}" for n in range(size)], dtype=text)
        for name in ("layers", "row_graphs", "col_graphs"):
            file.create_group(name)
        file.create_dataset("attrs/LOOM_SPEC_VERSION", data="3.0.0", dtype=text)


def conversion(source: Path, target: Path) -> list[str]:
    """Return the command that converts."""
    module = "jupyterlab_datahub.anndata_io.convert"
    return [sys.executable, "-P", "-m", module, str(source), str(target)]


def reading(code: str, path: Path) -> list[str]:
    """Return the command that reads."""
    return [sys.executable, "-c", code, str(path)]


def said(code: str, path: Path) -> str:
    """Return what a reader says of the matrix."""
    done = subprocess.run(reading(code, path), capture_output=True, text=True, check=True)
    return done.stderr.strip()


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=20_000, help="genes, and cells")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "cells.loom"), Path(folder, "cells.h5ad")
        write(source, arguments.size)
        costs: dict[str, list[Cost]] = {THEIRS: [], FIRST: [], CONVERSION: [], LATER: []}
        kernels: dict[str, list[float]] = {THEIRS: [], FIRST: []}
        for _ in range(arguments.rounds):
            target.unlink(missing_ok=True)
            costs[CONVERSION].append(run([conversion(source, target)]))
            costs[LATER].append(run([reading(READ_H5AD, target)]))
            costs[FIRST].append(run([conversion(source, target), reading(READ_H5AD, target)]))
            costs[THEIRS].append(run([reading(READ_LOOM, source)]))
            for name, seconds in kernels.items():
                seconds.append(in_a_kernel(name, source, target))
        if said(READ_H5AD, target) != said(READ_LOOM, source):
            sys.exit("the two are not the same")
        sizes = source.stat().st_size, target.stat().st_size
    report(costs, sizes)
    theirs, ours = (statistics.median(kernels[name]) for name in (THEIRS, FIRST))
    print(f"with all imported: {theirs:.2f} s and {ours:.2f} s, {theirs / ours:.1f} times as fast")


def in_a_kernel(name: str, source: Path, target: Path) -> float:
    """Return the seconds of a way in a process that has imported its libraries."""
    target.unlink(missing_ok=True)
    command = [sys.executable, "-c", IN_A_KERNEL[name], str(source), str(target)]
    done = subprocess.run(
        [*command, *conversion(source, target)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def report(costs: dict[str, list[Cost]], sizes: tuple[int, int]) -> None:
    """Print medians and ratios."""
    print(f"Loom {sizes[0] / MIB:.0f} MiB, h5ad {sizes[1] / MIB:.0f} MiB")
    wall, memory = {}, {}
    for name, runs in costs.items():
        wall[name] = statistics.median(cost.wall for cost in runs)
        memory[name] = statistics.median(cost.memory for cost in runs)
        cpu = statistics.median(cost.cpu for cost in runs)
        print(f"{name:21} {wall[name]:6.2f} s  {cpu:6.2f} cpu s  {memory[name] / MIB:6.0f} MiB")
    for name in (FIRST, LATER):
        faster, part = wall[THEIRS] / wall[name], memory[name] / memory[THEIRS]
        print(f"{name}: {faster:.1f} times as fast, with {part:.2f} of the memory")


if __name__ == "__main__":
    main()
