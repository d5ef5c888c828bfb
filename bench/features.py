"""Measure a table of cells on its way to an AnnData beside pandas.

    pip install pandas polars
    python -m bench.features --rounds 3

writes a table of 1,000,000 cells by 60 columns as MCMICRO does and reads it by turns with
``pandas.read_csv``, which gives a table and no AnnData yet, and with ours: the conversion to h5ad,
and the reading of that with anndata. Each run is a process of its own, of which wall time,
processor time and peak memory are taken; the conversion must end with the same sum.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.download import MIB, Cost, run

PANDAS = """
import sys
import pandas as pd
table = pd.read_csv(sys.argv[1])
print(float(table.iloc[:, 1:51].to_numpy().sum()), file=sys.stderr)
"""

READ_H5AD = """
import sys
import anndata as ad
data = ad.read_h5ad(sys.argv[1])
print(float(data.X.sum(dtype="f8")), file=sys.stderr)
"""

THEIRS, FIRST, LATER = "pandas.read_csv", "ours, conversion", "ours, from then on"
MARKERS = 50
NAME = "unmicst-bench_cell.csv"
BLOCK = 20_000
"""Cells that are made up; further ones repeat them."""


def write(path: Path, cells: int) -> None:
    """Write a table whose values have the digits that MCMICRO gives them.

    Its quantification takes means over the pixels of a cell, so whole numbers divided by the area,
    and writes them with ``DataFrame.to_csv``, so with all the digits that it takes to read the same
    number again: 17 for the most part.
    """
    import numpy as np

    shape = "X_centroid Y_centroid Area MajorAxisLength MinorAxisLength Eccentricity Solidity"
    names = ["CellID", *(f"M{n}" for n in range(MARKERS)), *shape.split(), "Extent", "Orientation"]
    dice = np.random.default_rng(0)
    area = dice.integers(20, 600, (BLOCK, 1))
    means = np.rint(dice.lognormal(7, 1, (BLOCK, MARKERS)) * area) / area
    centres = np.rint(dice.uniform(0, 20_000, (BLOCK, 2)) * area) / area
    axes = dice.uniform(8, 40, (BLOCK, 2))
    others = dice.random((BLOCK, len(names) - MARKERS - 6))
    values = np.hstack([means, centres, area, axes, others])
    lines = [",".join(map(repr, row)) for row in values.tolist()]
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(names) + "\n")
        for start in range(0, cells, BLOCK):
            part = lines[: cells - start]
            file.write("".join(f"{start + n},{line}\n" for n, line in enumerate(part, 1)))


def reading(code: str, path: Path) -> list[str]:
    """Return the command that reads."""
    return [sys.executable, "-c", code, str(path)]


def said(code: str, path: Path) -> float:
    """Return the sum of all markers as a reader has it."""
    done = subprocess.run(reading(code, path), capture_output=True, text=True, check=True)
    return float(done.stderr)


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    module = "jupyterlab_datahub.anndata_io.convert"
    costs: dict[str, list[Cost]] = {THEIRS: [], FIRST: [], LATER: []}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, NAME), Path(folder, "cells.h5ad")
        write(source, arguments.cells)
        for _ in range(arguments.rounds):
            target.unlink(missing_ok=True)
            conversion = [sys.executable, "-P", "-m", module, str(source), str(target)]
            costs[FIRST].append(run([conversion]))
            costs[LATER].append(run([reading(READ_H5AD, target)]))
            costs[THEIRS].append(run([reading(PANDAS, source)]))
        ours, theirs = said(READ_H5AD, target), said(PANDAS, source)
        if abs(ours - theirs) > 1e-6 * abs(theirs):
            sys.exit("the two are not the same")
        print(f"CSV {source.stat().st_size / MIB:.0f} MiB, h5ad {target.stat().st_size / MIB:.0f}")
    walls = {}
    for name, runs in costs.items():
        walls[name] = statistics.median(cost.wall for cost in runs)
        cpu = statistics.median(cost.cpu for cost in runs)
        memory = max(cost.memory for cost in runs)
        print(f"{name:20} {walls[name]:6.2f} s  {cpu:6.2f} cpu s  {memory / MIB:6.0f} MiB")
    print(f"the conversion is {walls[THEIRS] / walls[FIRST]:.1f} times as fast as pandas")


if __name__ == "__main__":
    main()
