"""Measure downloads beside curl and aria2c.

    python -m bench.download --rounds 5

fetches a large file from a host on this machine by turns with our worker process (from its
start to its end, with the interpreter's own start, verification, and the move into the
library), with curl, and with curl followed by sha256sum; then the same from a host that gives
each connection 40 MB/s, with our worker and with aria2c on eight connections. All run
with the niceness of our worker. Files are in memory (/dev/shm) where there is such a place, so
that no disk is measured; with --directory another place is used.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bench.host import make_file, serve
from jupyterlab_datahub.model import Asset, Dataset, TransferState
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.settings.priority import NICENESS
from jupyterlab_datahub.transfers.queue.queue import TransferQueue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIB = 1024**2
NAME = "cells.h5ad"
WORKER = [sys.executable, "-P", "-m", "jupyterlab_datahub.transfers.worker", "--until-idle"]


class Cost(NamedTuple):
    """One download: seconds on the clock and on the processor, peak memory in bytes."""

    wall: float
    cpu: float
    memory: int


def run(
    commands: list[list[str]], stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> Cost:
    """Run commands one after the other and return what they cost together.

    Parameters
    ----------
    stdin
        What each of them is told.
    environment
        Variables beside those of this process.
    """
    wall = cpu = 0.0
    memory = 0
    for command in commands:
        start = time.perf_counter()
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | (environment or {}),
        ) as process:
            if process.stdin is not None:
                process.stdin.write(stdin)
                process.stdin.close()
            peak = Peak(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
            wall += time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        memory = max(memory, peak.end())
        if process.returncode:
            message = f"{command[0]} ended with {process.returncode}"
            raise RuntimeError(message)
    return Cost(wall, cpu, memory)


class Peak(threading.Thread):
    """Looks at the greatest memory a process had so far, as Linux counts it, until its end.

    What a parent learns when its child ends includes the parent's own size before the exec.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self._ended = threading.Event()
        self._bytes = 0
        self.start()

    def run(self) -> None:
        """Look twenty times a second."""
        while not self._ended.wait(0.05):
            with suppress(OSError):
                for line in self._status.read_text().splitlines():
                    if line.startswith("VmHWM"):
                        self._bytes = max(self._bytes, int(line.split()[1]) * 1024)

    def end(self) -> int:
        """Return the greatest number of bytes seen."""
        self._ended.set()
        self.join()
        return self._bytes


def modest(*command: str) -> list[str]:
    """Return a command with the niceness of our worker."""
    return ["nice", "-n", str(NICENESS), *command]


def by_worker(url: str, directory: Path, size: int, digest: str) -> Cost:
    """Fetch with our worker, and check that the file is in the library."""
    home = directory / "home"
    settings = Settings(
        home=str(home),
        root=str(directory),
        sources=(SourceConfig(name="bench", kind="cellxgene", url="http://127.0.0.1:9/"),),
        reserve=0,
    )
    version = uuid.uuid4()
    asset = Asset(ref=f"cellxgene:{version}/{NAME}", name=NAME, size=size, url=f"{url}/{NAME}")
    dataset = Dataset(
        ref=f"cellxgene:{version}",
        source="bench",
        kind="cellxgene",
        id=str(version),
        version=str(version),
        title="Cells",
        assets=(asset,),
    )
    queue = TransferQueue(home)
    transfer, _ = queue.add(dataset, asset, directory / "links", "bench")
    cost = run([WORKER], msgspec.json.encode(settings) + b"\n")
    after = queue.get(transfer.id)
    if after.state is not TransferState.DONE or after.sha256 != digest:
        message = f"the transfer ended as {after}"
        raise RuntimeError(message)
    return cost


def by_curl(url: str, directory: Path, _size: int, _digest: str) -> Cost:
    """Fetch with curl, unverified."""
    return run([modest("curl", "-s", "-o", str(directory / NAME), f"{url}/{NAME}")])


def by_curl_and_sum(url: str, directory: Path, _size: int, _digest: str) -> Cost:
    """Fetch with curl, then compute the checksum as one does by hand."""
    path = str(directory / NAME)
    return run([modest("curl", "-s", "-o", path, f"{url}/{NAME}"), modest("sha256sum", path)])


def by_aria2c(url: str, directory: Path, _size: int, _digest: str) -> Cost:
    """Fetch with aria2c on eight connections, unverified."""
    options = ["-x8", "-s8", "-q", "--file-allocation=none", "-d", str(directory), "-o", NAME]
    return run([modest("aria2c", *options, f"{url}/{NAME}")])


ENGINES = {
    "worker (verified)": by_worker,
    "curl": by_curl,
    "curl + sha256sum": by_curl_and_sum,
    "aria2c -x8": by_aria2c,
}


def measure(
    names: list[str], beside: str, size: int, rate: int, rounds: int, place: Path
) -> list[str]:
    """Return the lines of a table: each engine, by turns, and beside one of them."""
    files = place / "files"
    files.mkdir()
    make_file(files / NAME, size)
    digest = checksum(files / NAME)
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with serve(files, place / "server", rate) as address:
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                directory = place / "out"
                directory.mkdir()
                costs[name].append(ENGINES[name](address.url, directory, size, digest))
                shutil.rmtree(directory)
    shutil.rmtree(files)
    print(f"\n{size // MIB} MiB from {address.server}, {rounds} rounds", end="")
    print(f", {rate / 1e6:.0f} MB/s on each connection" if rate else "")
    return list(table(costs, beside, size))


def table(costs: dict[str, list[Cost]], beside: str, size: int) -> Iterator[str]:
    """Yield the lines of a table: medians of all rounds, and pair by pair beside one of them."""
    yield f"| | seconds | MB/s | throughput beside {beside} | CPU s/GiB | peak memory MB |"
    yield "|---|---|---|---|---|---|"
    for name, own in costs.items():
        wall = statistics.median(cost.wall for cost in own)
        pairs = zip(costs[beside], own, strict=True)
        ratio = statistics.median(other.wall / cost.wall for other, cost in pairs)
        cpu = statistics.median(cost.cpu for cost in own) * 1024 * MIB / size
        memory = max(cost.memory for cost in own) / 1e6
        yield (
            f"| {name} | {wall:.2f} | {size / wall / 1e6:,.0f} | {ratio:.2f} | {cpu:.2f}"
            f" | {memory:.0f} |"
        )


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=2048, help="MiB of the file")
    parser.add_argument("--rate", type=int, default=40, help="MB/s on each connection")
    parser.add_argument("--directory", type=Path, help="where files are written")
    options = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    base = options.directory or (memory if memory.is_dir() else None)
    rounds = options.rounds
    with tempfile.TemporaryDirectory(dir=base) as name:
        place = Path(name)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
        loud = ["worker (verified)", "curl", "curl + sha256sum"]
        size = options.size * MIB
        print(*measure(loud, loud[2], size, 0, rounds, place), sep="\n")
        capped = ["worker (verified)", "aria2c -x8"]
        rate = options.rate * 1_000_000
        lines = measure(capped, capped[1], size, rate, rounds, place)
        print(*lines, sep="\n")
        print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
