"""Measure a 10x matrix as text on its way to an AnnData beside scanpy's own reader.

    pip install scanpy
    python -m bench.mtx --rounds 3

writes a folder as Cell Ranger 3 does (`matrix.mtx.gz`, `features.tsv.gz`, `barcodes.tsv.gz`), with
2,000 values for each of 10,000 cells, and brings it into memory by turns with
``scanpy.read_10x_mtx`` and with ours: the conversion to h5ad, then ``anndata.read_h5ad``. Each run
is a process of its own, of which wall time, processor time and peak memory are taken; memory is
that of the greater of our two processes. Both must end with the same matrix.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from isal import igzip

from bench.download import MIB, Cost, run

SCANPY = """
import sys, warnings
warnings.simplefilter("ignore")
import scanpy as sc
data = sc.read_10x_mtx(sys.argv[1], gex_only=False)
print(data.shape, data.X.nnz, float(data.X.sum(dtype="f8")), file=sys.stderr)
"""

READ_H5AD = """
import sys
import anndata as ad
data = ad.read_h5ad(sys.argv[1])
print(data.shape, data.X.nnz, float(data.X.sum(dtype="f8")), file=sys.stderr)
"""

THEIRS = "scanpy.read_10x_mtx"
FIRST = "ours, first time"
CONVERSION = "  of it, conversion"
LATER = "ours, from then on"

FEATURES = 33_000
VALUES = 2_000
"""Values of a cell."""


def write(folder: Path, cells: int) -> None:
    """Write a folder of `cells` cells."""
    import numpy as np

    dice = np.random.default_rng(0)
    with igzip.open(folder / "matrix.mtx.gz", "wb", compresslevel=3) as file:
        file.write(b"%%MatrixMarket matrix coordinate integer general\n%made up\n")
        file.write(f"{FEATURES} {cells} {cells * VALUES}\n".encode())
        for cell in range(1, cells + 1):
            places = np.sort(dice.choice(FEATURES, VALUES, replace=False)) + 1
            counts = dice.poisson(1, VALUES) + 1
            pairs = zip(places.tolist(), counts.tolist(), strict=True)
            file.write("".join(f"{place} {cell} {count}\n" for place, count in pairs).encode())
    lists = {
        "features": (f"ENSG{n:011}\tG{n}\tGene Expression\n" for n in range(FEATURES)),
        "barcodes": (f"ACGT{n:012}-1\n" for n in range(cells)),
    }
    for name, lines in lists.items():
        (folder / f"{name}.tsv.gz").write_bytes(gzip.compress("".join(lines).encode()))


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
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    module = "jupyterlab_datahub.anndata_io.convert"
    costs: dict[str, list[Cost]] = {THEIRS: [], FIRST: [], CONVERSION: [], LATER: []}
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place, "matrix"), Path(place, "cells.h5ad")
        source.mkdir()
        write(source, arguments.cells)
        conversion = [sys.executable, "-P", "-m", module, str(source), str(target)]
        for _ in range(arguments.rounds):
            costs[CONVERSION].append(run([conversion]))
            costs[LATER].append(run([reading(READ_H5AD, target)]))
            costs[FIRST].append(run([conversion, reading(READ_H5AD, target)]))
            costs[THEIRS].append(run([reading(SCANPY, source)]))
        if said(READ_H5AD, target) != said(SCANPY, source):
            sys.exit("the two are not the same")
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
