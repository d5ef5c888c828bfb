"""Measure a selection of a large file on a distant host beside what else people do.

    pip install fsspec aiohttp
    python -m bench.selection --rounds 3

takes the file of `bench.preview` (1 GB of 200,000 cells by 20,000 genes) from a host that answers
after 30 ms, once as fast as it can and once with 25 MB/s on each connection. By turns 5 % of the
cells become an AnnData on the disk by our process, by h5py over fsspec with blocks of some sizes,
and by a download of all of it that is read and cut: cells that are neighbours, and cells all over
it. The others write X, obs and var; ours writes obsm and uns too. What a selection needs of the
file is counted by h5py alone (`bench.touched`), and X is compared in the end.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import h5py
import msgspec
import numpy as np

from bench.download import MIB, Cost, run
from bench.preview import NAME, write
from bench.touched import touched
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.model import Download, Selection
from jupyterlab_datahub.selection.job import Job
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.transfers.selecting.maker import ENVIRONMENT, MODULE

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.messages import Seen

OURS, WHOLE = "ours", "all of it, then a subset"
BLOCKS = (1 << 20, 4 << 20)
GOAL_FASTER = {"near": 8.0, "far": 2.0}
GOAL_BYTES, GOAL_MEMORY = 1.8, 400e6
GOAL_PEER = {"near": 1.0, "far": 2.0}
"""How much faster than the best of h5py over fsspec."""
LATENCIES = 4
"""Answers that must be waited for one after the other: the file, its headers, where, what."""

BY_BLOCKS = """
import sys
import anndata as ad
import fsspec
import h5py
url, low, high, column, target, size = sys.argv[1:]
options = {"cache_type": "blockcache", "block_size": int(size)}
with fsspec.filesystem("http").open(url, "rb", **options) as source, h5py.File(source, "r") as file:
    obs, var = ad.io.read_elem(file["obs"]), ad.io.read_elem(file["var"])
    mask = ((obs[column] >= float(low)) & (obs[column] < float(high))).to_numpy()
    x = ad.io.sparse_dataset(file["X"])[mask]
    ad.AnnData(x, obs[mask], var).write_h5ad(target)
"""

BY_ALL = """
import shutil
import sys
import urllib.request
import anndata as ad
url, low, high, column, target = sys.argv[1:]
with urllib.request.urlopen(url) as source, open(target + ".whole", "wb") as file:
    shutil.copyfileobj(source, file, 1 << 20)
found = ad.read_h5ad(target + ".whole")
mask = (found.obs[column] >= float(low)) & (found.obs[column] < float(high))
found[mask].copy().write_h5ad(target)
"""


def ours(url: str, folder: Path, where: str) -> Cost:
    """Run our process as the worker does."""
    job = Job(
        ref="bench",
        name=NAME,
        title="",
        download=Download(url=url),
        config=SourceConfig(name="bench", kind="cellxgene"),
        selection=Selection(where=where),
        directory=str(folder / "previews"),
        target=str(folder / "ours.h5ad"),
    )
    command = [sys.executable, "-P", "-m", MODULE]
    return run([command], msgspec.json.encode(job), ENVIRONMENT)


class Run(NamedTuple):
    """What a selection cost, and what the host was asked for."""

    cost: Cost
    requests: int
    sent: int


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.03, help="seconds")
    parser.add_argument("--rates", type=float, nargs="+", default=[0, 25e6])
    parser.add_argument("--columns", nargs="+", default=["near", "far"], choices=["near", "far"])
    parser.add_argument("--directory", type=Path, default=None)
    arguments = parser.parse_args()
    log: list[Seen] = []
    faults = Faults()
    faults.add("latency", seconds=arguments.latency)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as name:
        folder = Path(name)
        (folder / "files").mkdir()
        path = folder / "files" / NAME
        write(path, arguments.cells)
        _add_places(path, arguments.cells)
        print(f"{path.stat().st_size / 1e6:,.0f} MB, {arguments.latency * 1e3:.0f} ms")
        for rate in arguments.rates:
            print(f"\n{rate / 1e6:.0f} MB/s on each connection" if rate else "\nno limit of speed")
            with FileHost(folder / "files", rate, faults=faults, log=log) as host:
                for column in arguments.columns:
                    runs = _measured(f"{host.url}/{NAME}", log, folder, column, arguments)
                    _same(folder)
                    _tell(runs, path, column, rate, arguments)


def _add_places(path: Path, cells: int) -> None:
    """Give the cells a number in their order, and one in an order that chance made."""
    with h5py.File(path, "r+") as file:
        obs = file["obs"]
        order = np.arange(cells, dtype="f8")
        for name, values in (("near", order), ("far", np.random.default_rng(2).permutation(order))):
            column = obs.create_dataset(name, data=values, compression="gzip")
            column.attrs["encoding-type"], column.attrs["encoding-version"] = "array", "0.2.0"
        named = [*obs.attrs["column-order"], "near", "far"]
        obs.attrs["column-order"] = np.array(named, dtype=object)


def _chosen(column: str, cells: int) -> tuple[int, int, str]:
    low, high = cells // 2, cells // 2 + cells // 20
    return low, high, f"{low} <= {column} < {high}"


def _measured(
    url: str, log: list[Seen], folder: Path, column: str, arguments: argparse.Namespace
) -> dict[str, list[Run]]:
    """Return what each way costs, by turns."""
    low, high, where = _chosen(column, arguments.cells)
    told = [url, str(low), str(high), column, str(folder / "theirs.h5ad")]
    python = [sys.executable, "-W", "ignore", "-c"]
    ways = {OURS: lambda: ours(url, folder, where)}
    for size in BLOCKS:
        ways[f"h5py, blocks of {size >> 20} MiB"] = lambda size=size: run(
            [[*python, BY_BLOCKS, *told, str(size)]]
        )
    ways[WHOLE] = lambda: run([[*python, BY_ALL, *told]])
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            log.clear()
            cost = way()
            runs[name].append(Run(cost, len(log), sum(seen.sent for seen in log)))
    return runs


def _same(folder: Path) -> None:
    """End here unless both files have the same matrix."""
    parts = []
    for name in ("ours.h5ad", "theirs.h5ad"):
        with h5py.File(folder / name) as file:
            parts.append([file["X"][part][()] for part in ("indptr", "indices", "data")])
    if not all(np.array_equal(mine, theirs) for mine, theirs in zip(*parts, strict=True)):
        sys.exit("the two made different matrices")


def _tell(
    runs: dict[str, list[Run]], path: Path, column: str, rate: float, arguments: argparse.Namespace
) -> None:
    low, high, _ = _chosen(column, arguments.cells)
    with h5py.File(path) as file:
        places = file["obs"][column][()]
    needed = touched(path, np.flatnonzero((places >= low) & (places < high)), column)
    print(f"5 % of the cells, {column}: {needed / 1e6:,.1f} MB of the file are needed")
    walls = {name: statistics.median(one.cost.wall for one in some) for name, some in runs.items()}
    memory = {name: max(one.cost.memory for one in some) for name, some in runs.items()}
    for name, some in runs.items():
        cpu = statistics.median(one.cost.cpu for one in some)
        print(
            f"  {name:26} {walls[name]:6.2f} s  {walls[name] / walls[OURS]:5.2f} times ours  "
            f"{cpu:5.2f} cpu s  {memory[name] / MIB:5.0f} MiB  {some[-1].requests:5} requests  "
            f"{some[-1].sent / 1e6:7.1f} MB, {some[-1].sent / needed:5.2f} times what is needed"
        )
    if rate:
        floor = needed / rate + LATENCIES * arguments.latency
        print(
            f"  one connection needs {floor:.2f} s for it, we {walls[OURS] / floor:.2f} times that"
        )
    faster = walls[WHOLE] / walls[OURS]
    peer = min(wall for name, wall in walls.items() if name not in (OURS, WHOLE)) / walls[OURS]
    ratio = runs[OURS][-1].sent / needed
    goals = (
        (f"{faster:.1f} times as fast as all of it", faster >= GOAL_FASTER[column]),
        (f"{peer:.2f} times as fast as the best of h5py", peer >= GOAL_PEER[column]),
        (f"{ratio:.2f} times the bytes that are needed", ratio <= GOAL_BYTES),
        (f"{memory[OURS] / 1e6:.0f} MB of memory", memory[OURS] <= GOAL_MEMORY),
    )
    for words, reached in goals:
        print(f"  {'reached' if reached else 'MISSED':8} {words}")


if __name__ == "__main__":
    main()
