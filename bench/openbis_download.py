"""Measure downloads from an openBIS beside pyBIS.

    python -m bench.openbis_download --rounds 3

runs the demo's openBIS in a process of its own, with a dataset of one large file and one of
many small files, and fetches each by turns with our worker process (from its start to its end,
with log-in, listing, verification, and the move into the library) and with pyBIS (from the
start of its process to its end, which verifies nothing). Both ask the same server, which
numbers and checks its chunks for both. Files are in memory (/dev/shm) where there is such a
place, so that no disk is measured; with --directory another place is used.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bench.download import MIB, WORKER, Cost, modest, run
from jupyterlab_datahub.model import Credentials, TransferState
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.transfers.queue.queue import TransferQueue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

USER = "admin"
"""Who fetches, and the password."""

SERVER = """
import sys
from pathlib import Path
from jupyterlab_datahub.demo.openbis.defaults import COLLECTION, furnish
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store

place = Path(sys.argv[1])
store = Store(place / "store")
furnish(store)
session = store.session(store.sessions.login("admin", "admin"))
with OpenbisService(store, place / "service") as openbis:
    print(openbis.url)
    for directory in sys.argv[2:]:
        creation = {
            "typeId": {"permId": "RAW_DATA", "@type": "as.dto.entitytype.id.EntityTypePermId"},
            "experimentId": {
                "identifier": COLLECTION, "@type": "as.dto.experiment.id.ExperimentIdentifier"
            },
        }
        print(store.register(session, creation, Path(directory)))
    sys.stdout.flush()
    sys.stdin.read()
"""

PYBIS = """
import sys
from pybis import Openbis
url, permid, directory = sys.argv[1:]
openbis = Openbis(
    url,
    verify_certificates=False,
    allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks=True,
)
openbis.login("admin", "admin")
openbis.get_dataset(permid).download(destination=directory)
"""


class Openbis(NamedTuple):
    """Where the server is, and its datasets."""

    url: str
    permids: list[str]


@contextmanager
def serve(place: Path, directories: list[Path], prefix: Sequence[str] = ()) -> Iterator[Openbis]:
    """Run the demo's openBIS with one dataset of each directory for a block."""
    place.mkdir()
    with subprocess.Popen(
        [*prefix, sys.executable, "-c", SERVER, str(place), *map(str, directories)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            return
        lines = [process.stdout.readline().strip() for _ in range(1 + len(directories))]
        try:
            yield Openbis(lines[0], lines[1:])
        finally:
            process.stdin.close()


def by_worker(openbis: Openbis, permid: str, directory: Path) -> Cost:
    """Fetch with our worker; the library's file or folder is compared afterwards."""
    lab = SourceConfig(name="openbis", kind="openbis", url=openbis.url)
    home = directory / "home"
    settings = Settings(home=str(home), root=str(directory), sources=(lab,), reserve=0)
    source = Registry(settings)["openbis"]
    source.connect(Credentials(user=USER, password=USER))
    dataset = source.dataset(f"openbis:{openbis.url.partition('//')[2]}/{permid}")
    queue = TransferQueue(home)
    transfer, _ = queue.add(dataset, dataset.assets[-1], directory / "out", "openbis")
    cost = run([WORKER], msgspec.json.encode(settings) + b"\n")
    after = queue.get(transfer.id)
    if after.state is not TransferState.DONE:
        message = f"the transfer ended as {after}"
        raise RuntimeError(message)
    return cost


def by_pybis(openbis: Openbis, permid: str, directory: Path) -> Cost:
    """Fetch with pyBIS, which verifies nothing at the end."""
    home = directory / "nobody"
    home.mkdir()
    command = ["env", f"HOME={home}", sys.executable, "-c", PYBIS]
    return run([modest(*command, openbis.url, permid, str(directory / "out"))])


ENGINES = {"worker (verified)": by_worker, "pyBIS": by_pybis}


def measure(title: str, openbis: Openbis, number: int, source: Path, options: Options) -> list[str]:
    """Return the lines of a table: both engines, by turns."""
    size = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
    costs: dict[str, list[Cost]] = {name: [] for name in ENGINES}
    names = list(ENGINES)
    for turn in range(options.rounds):
        for name in names[turn % 2 :] + names[: turn % 2]:
            directory = options.place / "run"
            directory.mkdir()
            costs[name].append(ENGINES[name](openbis, openbis.permids[number], directory))
            check(source, directory)
            clear(directory)
    lines = [
        f"\n{title}, {options.rounds} rounds",
        "| | seconds | MB/s | throughput beside pyBIS | CPU s | peak memory MB |",
        "|---|---|---|---|---|---|",
    ]
    for name, own in costs.items():
        wall = statistics.median(cost.wall for cost in own)
        pairs = zip(costs["pyBIS"], own, strict=True)
        ratio = statistics.median(other.wall / cost.wall for other, cost in pairs)
        cpu = statistics.median(cost.cpu for cost in own)
        memory = max(cost.memory for cost in own) / 1e6
        lines.append(
            f"| {name} | {wall:.2f} | {size / wall / 1e6:,.0f} | {ratio:.2f} | {cpu:.2f}"
            f" | {memory:.0f} |"
        )
    return lines


class Options(NamedTuple):
    """What is measured, and where."""

    rounds: int
    place: Path


def check(source: Path, directory: Path) -> None:
    """See that what came is what was sent, whoever fetched it."""
    there = {path.name: path for path in (directory / "out").rglob("*") if path.is_file()}
    if not there:
        # Our links lead to folders of the library.
        tops = (directory / "out").iterdir()
        there = {path.name: path for top in tops for path in top.rglob("*") if path.is_file()}
    for path in source.rglob("*"):
        if path.is_file() and not filecmp.cmp(path, there[path.name], shallow=False):
            message = f"{path.name} is not what was sent"
            raise RuntimeError(message)


def clear(directory: Path) -> None:
    """Delete a round's files, some of them in read-only folders."""
    for folder in [directory, *directory.rglob("*")]:
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o700)
    shutil.rmtree(directory)


def make(place: Path, size: int, count: int, small: int) -> list[Path]:
    """Write the datasets: one file of `size` MiB, and `count` files of `small` bytes."""
    one, many = place / "one", place / "many"
    for folder in (one / "original", many / "original"):
        folder.mkdir(parents=True)
    with (one / "original" / "cells.bin").open("wb") as file:
        for _ in range(size):
            file.write(os.urandom(MIB))
    for number in range(count):
        (many / "original" / f"image {number:05}.tif").write_bytes(os.urandom(small))
    return [one, many]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--count", type=int, default=2000, help="number of small files")
    parser.add_argument("--small", type=int, default=50_000, help="bytes of a small file")
    parser.add_argument("--directory", type=Path, help="where files are written")
    options = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    base = options.directory or (memory if memory.is_dir() else None)
    with tempfile.TemporaryDirectory(dir=base) as name:
        place = Path(name)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
        sources = make(place, options.size, options.count, options.small)
        chosen = Options(options.rounds, place)
        with serve(place / "server", sources) as openbis:
            title = f"one file of {options.size} MiB"
            print(*measure(title, openbis, 0, sources[0], chosen), sep="\n")
            title = f"{options.count:,} files of {options.small:,} bytes"
            print(*measure(title, openbis, 1, sources[1], chosen), sep="\n")
        print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
