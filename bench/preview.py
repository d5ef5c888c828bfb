"""Measure the preview of a large file on a distant host beside h5py over fsspec.

    pip install fsspec aiohttp
    python -m bench.preview --rounds 5

has anndata write 200,000 cells by 20,000 genes (1 GB in gzip, for which it takes a minute and 6 GB
of memory; the values of cells repeat) and serves that from a host that answers after 30 ms and has
a processor of its own, where there are several. By turns it is looked at by our process, which also
makes the points and the colours of the picture, and by a few dozen lines of h5py over fsspec
(``bench/preview_peer.py``) with its defaults and with block caches of several sizes. Both say the
same of it, which is compared. Each run is a process of its own, once from its start to its end, and
once with all imported before it is told what to look at, as the server keeps a process ready after
the first look. All of it is done with a host that sends as fast as it can and with one that gives
each connection 25 MB/s. ``--keep DIRECTORY`` takes the file from there, if it was written before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import psutil

from bench.download import MIB, Cost, Peak, run
from bench.preview_same import differences
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.previews.job import Job
from jupyterlab_datahub.ranged.child import ENVIRONMENT, READY
from jupyterlab_datahub.ranged.spare import NICENESS
from jupyterlab_datahub.settings import SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterlab_datahub.demo.messages import Seen

NAME = "cells.h5ad"
GENES = 20_000
A_ROW = 971
"""Values of a cell that are stored: 4.85 %."""

SOME = 4000
"""Cells that are made up; further ones have the values of these."""

LEAST, QUIET = 0.1, 0.25
"""Seconds of processor time that imports take at least, and without any when they are done."""

OURS, DEFAULT = "ours", "h5py, fsspec's default"
BLOCKS = (256 * 1024, 1024**2, 4 * 1024**2)
GOAL_BYTES, GOAL_REQUESTS, GOAL_FASTER, GOAL_SLOWER = 16e6, 20, 10.0, 1.2

PEER = Path(__file__).with_name("preview_peer.py")


class Run(NamedTuple):
    """What a look cost, also of a process that is ready, and what the host was asked for."""

    cost: Cost
    ready: Cost
    requests: int
    sent: int


def write(path: Path, cells: int) -> None:
    """Write the file."""
    import anndata as ad
    import numpy as np
    import pandas as pd
    from scipy import sparse

    dice = np.random.default_rng(0)
    kinds = ("cell_type", "tissue", "disease", "assay", "donor_id", "sex", "stage", "suspension")
    obs = pd.DataFrame(
        {
            name: pd.Categorical([f"{name} {n}" for n in dice.integers(0, 5 + 9 * at, cells)])
            for at, name in enumerate((*kinds, "batch", "leiden"))
        },
        index=[f"{n:016x}-1" for n in dice.integers(0, 1 << 62, cells)],
    )
    obs["is_primary_data"] = True
    obs["n_counts"] = dice.integers(500, 50_000, cells)
    for name in ("percent_mito", "doublet_score", "S_score"):
        obs[name] = dice.random(cells).astype("f4")
    names = [f"ENSG{n:011}" for n in range(GENES)]
    var = pd.DataFrame({"feature_name": [f"G{n}" for n in range(GENES)]}, index=names)
    places = dice.random((SOME, GENES), "f4").argpartition(A_ROW)[:, :A_ROW].astype("i4")
    places.sort()
    # Frequent values are small, so that it packs as counts do.
    frequent = np.minimum(dice.geometric(0.4, SOME * A_ROW) - 1, 63)
    repeated = np.resize(places, cells * A_ROW), np.arange(cells + 1, dtype="i8") * A_ROW
    x, raw = (
        sparse.csr_matrix((np.resize(values[frequent], cells * A_ROW), *repeated), (cells, GENES))
        for values in (dice.normal(2, 1, 64).astype("f4"), np.arange(1, 65, dtype="f4"))
    )
    data = ad.AnnData(x, obs, var, uns={"title": "Cells", "schema_version": "5.2.0"})
    data.raw = ad.AnnData(raw, obs, var)
    data.obsm["X_pca"] = dice.normal(size=(cells, 50)).astype("f4")
    data.obsm["X_umap"] = dice.normal(size=(cells, 2)).astype("f4")
    data.write_h5ad(path, compression="gzip")


class Way(NamedTuple):
    """A way to look: its command, what it is told, and what makes it ready beforehand.

    ``environment`` are variables beside those of this process.
    """

    command: list[str]
    told: bytes
    ready: list[str]
    environment: Mapping[str, str] = MappingProxyType({})


def ours(url: str, directory: str) -> Way:
    """Return our process as the server runs it."""
    job = Job(
        ref="bench",
        name=NAME,
        download=Download(url=url),
        config=SourceConfig(name="bench", kind="cellxgene"),
        # What is kept of a file that nobody looked at has no directory yet.
        directory=str(Path(directory) / "of-the-file"),
    )
    # It leaves a processor to the server, and goes behind others.
    modest = ["nice", "-n", str(NICENESS), "taskset", "-c", ",".join(map(str, left()))]
    command = [*modest, sys.executable, "-P", "-m", "jupyterlab_datahub.previews.run"]
    return Way(command, msgspec.json.encode(job), [*command, READY], ENVIRONMENT)


def left() -> list[int]:
    """Return the processors that a process beside the server works on."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[1:] or mine


def theirs(url: str, kind: str, size: int, directory: str) -> Way:
    """Return h5py over fsspec."""
    command = [sys.executable, str(PEER), kind, str(size), directory]
    return Way(command, url.encode(), command)


def when_ready(way: Way) -> Cost:
    """Return what a look costs from when a process that waits for it is told.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    pipe = subprocess.PIPE
    environment = os.environ | way.environment
    with subprocess.Popen(
        way.ready, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        status = psutil.Process(process.pid)
        before = -1.0
        while (spent := sum(status.cpu_times()[:2])) != before or spent < LEAST:
            before = spent
            time.sleep(QUIET)
        start = time.perf_counter()
        peak = Peak(process.pid)
        process.stdin.write(way.told)  # type: ignore[union-attr] # it is a pipe
        process.stdin.close()  # type: ignore[union-attr] # it is a pipe
        process.stdout.read()  # type: ignore[union-attr] # it is a pipe
        _, ended, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        message = f"{way.ready[0]} ended with {process.returncode}"
        raise RuntimeError(message)
    return Cost(wall, usage.ru_utime + usage.ru_stime - before, peak.end())


def measured(url: str, folder: Path, log: list[Seen], rounds: int) -> dict[str, list[Run]]:
    """Return what each way costs, by turns; ends if they do not find the same."""
    blocks = {f"h5py, blocks of {size >> 10:,} KiB": size for size in BLOCKS}
    runs: dict[str, list[Run]] = {name: [] for name in (OURS, DEFAULT, *blocks)}
    for _ in range(rounds):
        for name, some in runs.items():
            costs = []
            for ready in (False, True):
                log.clear()
                with tempfile.TemporaryDirectory(dir=folder) as directory:
                    if name == OURS:
                        way = ours(url, directory)
                    else:
                        kind = "blockcache" if name in blocks else ""
                        way = theirs(url, kind, blocks.get(name, 0), directory)
                    costs.append(
                        when_ready(way) if ready else run([way.command], way.told, way.environment)
                    )
                    kept = folder / ("mine" if name == OURS else "other")
                    shutil.copytree(directory, kept, dirs_exist_ok=True)
                if name != OURS and (found := differences(folder / "mine", kept)):
                    sys.exit(f"{name} found something else:\n" + "\n".join(found))
            parts = [seen for seen in log if seen.method == "GET"]
            some.append(Run(*costs, len(parts), sum(seen.sent for seen in parts)))
        for kept in (folder / "mine", folder / "other"):
            shutil.rmtree(kept)
    return runs


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.03, help="seconds")
    parser.add_argument(
        "--rates",
        type=float,
        nargs="+",
        default=[0, 25e6],
        help="bytes a second on a connection, 0 for as fast as it goes",
    )
    parser.add_argument("--directory", type=Path, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="where the file is, or will be")
    arguments = parser.parse_args()
    log: list[Seen] = []
    faults = Faults()
    faults.add("latency", seconds=arguments.latency)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as name:
        folder = Path(name)
        files = arguments.keep or folder
        if not (files / NAME).exists():
            write(files / NAME, arguments.cells)
        print(f"{(files / NAME).stat().st_size / 1e6:,.0f} MB, {arguments.latency * 1e3:.0f} ms")
        for rate in arguments.rates:
            print(f"\n{rate / 1e6:.0f} MB/s on each connection" if rate else "\nno limit of speed")
            host = FileHost(files, rate, faults=faults, log=log)
            with ExitStack() as stack:
                with elsewhere():
                    stack.enter_context(host)
                told(measured(f"{host.url}/{NAME}", folder, log, arguments.rounds))


@contextmanager
def elsewhere() -> Iterator[None]:
    """Have threads that start meanwhile keep to one processor, which is not ours."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, mine - set(left()) or mine)
    yield
    os.sched_setaffinity(0, mine)


def told(runs: dict[str, list[Run]]) -> None:
    """Print the medians and how they compare."""
    new = {name: middle([one.cost for one in some]) for name, some in runs.items()}
    ready = {name: middle([one.ready for one in some]) for name, some in runs.items()}
    print(f"{'':26}{'a new process':>24}{'one that is ready':>24}")
    for name, some in runs.items():
        times = (f"{one.wall:10.2f} s {one.cpu:6.2f} cpu s" for one in (new[name], ready[name]))
        memory, requests = new[name].memory / MIB, some[-1].requests
        print(f"{name:26}{''.join(times)}{memory:6.0f} MiB {requests:4} requests", end="")
        print(f" {some[-1].sent / 1e6:7.1f} MB")
    last = runs[OURS][-1]
    verdict(f"{last.sent / 1e6:.1f} MB", reached=last.sent <= GOAL_BYTES)
    verdict(f"{last.requests} requests", reached=last.requests <= GOAL_REQUESTS)
    for words, mine, costs in (
        ("a new process", new[OURS].wall, new),
        ("a process that is ready", ready[OURS].wall, ready),
        ("ours ready, the others new", ready[OURS].wall, new),
    ):
        default = costs[DEFAULT].wall
        best = min(cost.wall for name, cost in costs.items() if name not in (OURS, DEFAULT))
        faster, slower = default / mine, mine / best
        verdict(
            f"{words}: {faster:.1f} times as fast as fsspec's default",
            reached=faster >= GOAL_FASTER,
        )
        verdict(
            f"{words}: {slower:.2f} times the time of its best block size",
            reached=slower <= GOAL_SLOWER,
        )


def middle(costs: list[Cost]) -> Cost:
    """Return the medians of costs, and the most memory."""
    walls, cpus = (statistics.median(one[n] for one in costs) for n in (0, 1))
    return Cost(walls, cpus, max(one.memory for one in costs))


def verdict(words: str, *, reached: bool) -> None:
    """Print whether a goal is reached."""
    print(f"{'reached' if reached else 'MISSED':8} {words}")


if __name__ == "__main__":
    main()
