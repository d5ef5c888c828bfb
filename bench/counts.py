"""Measure a table of counts on its way to an AnnData beside pandas.

    python -m bench.counts --rounds 3

writes `counts.csv.gz` of 5,000 cells by 20,000 genes, 5 % of the values not zero, and brings it
into memory by turns with ``pandas.read_csv`` and ``AnnData(csr_matrix(table))`` and with ours: the
conversion to h5ad, then ``anndata.read_h5ad``. With `--turned` rows are genes. Each run is a
process of its own, of which wall time, processor time and peak memory are taken; memory is that of
the greater of our two processes. Both must end with the same matrix.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from isal import igzip

from bench.download import MIB, Cost, run
from bench.mtx import READ_H5AD, reading, said

PANDAS = """
import sys
import anndata as ad
import pandas as pd
from scipy.sparse import csr_matrix
table = pd.read_csv(sys.argv[1], index_col=0)
table = table.T if table.index[0].startswith("ENSG") else table
data = ad.AnnData(csr_matrix(table.to_numpy("f4")))
data.obs_names, data.var_names = table.index, table.columns
print(data.shape, data.X.nnz, float(data.X.sum(dtype="f8")), file=sys.stderr)
"""

THEIRS = "pandas.read_csv"
FIRST = "ours, first time"
CONVERSION = "  of it, conversion"
LATER = "ours, from then on"

GENES = 20_000


def write(path: Path, cells: int, *, turned: bool) -> None:
    """Write a table of `cells` cells."""
    import numpy as np

    dice = np.random.default_rng(0)
    names = [f"ENSG{n:011}" for n in range(GENES)], [f"ACGTACGTACGT-{n}" for n in range(cells)]
    rows, columns = names if turned else names[::-1]
    with igzip.open(path, "wb", compresslevel=3) as file:
        file.write(f",{','.join(columns)}\n".encode())
        for name in rows:
            counts = dice.poisson(0.05, len(columns)).tolist()
            file.write(f"{name},{','.join(map(str, counts))}\n".encode())


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--turned", action="store_true", help="rows are genes")
    arguments = parser.parse_args()
    module = "jupyterlab_datahub.anndata_io.convert"
    costs: dict[str, list[Cost]] = {THEIRS: [], FIRST: [], CONVERSION: [], LATER: []}
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place, "counts.csv.gz"), Path(place, "cells.h5ad")
        write(source, arguments.cells, turned=arguments.turned)
        conversion = [sys.executable, "-P", "-m", module, str(source), str(target)]
        for _ in range(arguments.rounds):
            costs[CONVERSION].append(run([conversion]))
            costs[LATER].append(run([reading(READ_H5AD, target)]))
            costs[FIRST].append(run([conversion, reading(READ_H5AD, target)]))
            costs[THEIRS].append(run([reading(PANDAS, source)]))
        if said(READ_H5AD, target) != said(PANDAS, source):
            sys.exit("the two are not the same")
    wall = {name: statistics.median(one.wall for one in runs) for name, runs in costs.items()}
    for name, runs in costs.items():
        cpu = statistics.median(cost.cpu for cost in runs)
        memory = statistics.median(cost.memory for cost in runs) / MIB
        print(f"{name:21} {wall[name]:6.2f} s  {cpu:6.2f} cpu s  {memory:6.0f} MiB")
    for name in (FIRST, LATER):
        print(f"{name}: {wall[THEIRS] / wall[name]:.1f} times as fast")


if __name__ == "__main__":
    main()
