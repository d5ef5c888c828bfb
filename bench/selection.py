"""Measure a selection of a large file on a distant host beside what else people do.

    pip install fsspec aiohttp
    python -m bench.selection --rounds 3

takes the file of `bench.preview` (1 GB of 200,000 cells by 20,000 genes) from a host that answers
after 30 ms, once as fast as it can and once with 25 MB/s on each connection. By turns 5 % of the
cells become an AnnData on the disk by our process, by h5py over fsspec with blocks of 1 MiB, and
by a download of all of it that is read and cut: cells that are neighbours, and cells all over it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import h5py
import msgspec
import numpy as np

from bench.download import MIB, Cost, run
from bench.preview import NAME, write
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.model import Download, Selection
from jupyterlab_datahub.selection.job import Job
from jupyterlab_datahub.settings import SourceConfig

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.messages import Seen

OURS, BLOCKS, WHOLE = "ours", "h5py, blocks of 1 MiB", "all of it, then a subset"

BY_BLOCKS = """
import sys
import anndata as ad
import fsspec
import h5py
url, low, high, column, target = sys.argv[1:]
options = {"cache_type": "blockcache", "block_size": 1 << 20}
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
    command = [sys.executable, "-P", "-m", "jupyterlab_datahub.selection.make"]
    return run([command], msgspec.json.encode(job))


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rates", type=float, nargs="+", default=[0, 25e6])
    parser.add_argument("--directory", type=Path, default=None)
    arguments = parser.parse_args()
    log: list[Seen] = []
    faults = Faults()
    faults.add("latency", seconds=0.03)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as name:
        folder = Path(name)
        (folder / "files").mkdir()
        path = folder / "files" / NAME
        write(path, arguments.cells)
        _add_places(path, arguments.cells)
        print(f"{path.stat().st_size / 1e6:,.0f} MB")
        for rate in arguments.rates:
            print(f"\n{rate / 1e6:.0f} MB/s on each connection" if rate else "\nno limit of speed")
            with FileHost(folder / "files", rate, faults=faults, log=log) as host:
                for column in ("near", "far"):
                    _compared(f"{host.url}/{NAME}", log, folder, column, arguments)


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


def _compared(
    url: str, log: list[Seen], folder: Path, column: str, arguments: argparse.Namespace
) -> None:
    low, high = arguments.cells // 2, arguments.cells // 2 + arguments.cells // 20
    told = [url, str(low), str(high), column, str(folder / "theirs.h5ad")]
    ways = {
        OURS: lambda: ours(url, folder, f"{low} <= {column} < {high}"),
        BLOCKS: lambda: run([[sys.executable, "-W", "ignore", "-c", BY_BLOCKS, *told]]),
        WHOLE: lambda: run([[sys.executable, "-W", "ignore", "-c", BY_ALL, *told]]),
    }
    runs: dict[str, list[Cost]] = {name: [] for name in ways}
    sent = dict.fromkeys(ways, 0)
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            log.clear()
            runs[name].append(way())
            sent[name] = sum(seen.sent for seen in log)
    print(f"5 % of the cells, {column}")
    first = statistics.median(cost.wall for cost in runs[OURS])
    for name, costs in runs.items():
        wall = statistics.median(cost.wall for cost in costs)
        memory = max(cost.memory for cost in costs) / MIB
        print(
            f"  {name:26} {wall:6.2f} s  {wall / first:5.2f} times ours  {memory:5.0f} MiB  "
            f"{sent[name] / 1e6:7.1f} MB"
        )


if __name__ == "__main__":
    main()
