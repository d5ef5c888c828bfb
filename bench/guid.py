"""Measure one large file of a Gen3 commons, by its GUID, beside curl and aria2c.

    python -m bench.guid --rounds 5

runs the demo's commons in a process of its own with one open file of 2 GiB, and fetches it by
turns with our worker (from its start to its end: signed address, verification, the move into the
library), and from an address that was signed beforehand with curl, with curl followed by md5sum,
and with aria2c on eight connections. All run with the niceness of our worker, and files are in
memory where there is such a place, as in bench.download.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec
import urllib3

from bench.download import MIB, WORKER, Cost, modest, run, table
from bench.host import make_file
from bench.manifest import commons
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.settings import Settings, SourceConfig

NAME = "cells.h5ad"
OURS, BESIDE = "worker (verified)", "curl + md5sum"


def by_worker(url: str, ref: str, directory: Path) -> Cost:
    """Fetch with our worker, and check that the file came."""
    home = directory / "home"
    settings = Settings(
        home=str(home),
        root=str(directory),
        sources=(SourceConfig(name="commons", kind="gen3", url=url),),
        reserve=0,
    )
    rooms = Rooms(settings)
    try:
        rooms.supervisor.ensure = lambda: None  # type: ignore[method-assign]  # the command below is the worker
        transfer, _ = transfers.start(rooms, ref, directory / "links")
        cost = run([WORKER], msgspec.json.encode(settings) + b"\n")
        last = rooms.queue.get(transfer.id)
    finally:
        rooms.close()
    if last.state is not TransferState.DONE:
        sys.exit(f"the file did not come: {last.error}")
    return cost


def signed(url: str, guid: str) -> str:
    """Return a fresh address of a file."""
    answer = urllib3.PoolManager().request("GET", f"{url}/user/data/download/{guid}")
    return str(answer.json()["url"])


def by_others(name: str, address: str, directory: Path) -> Cost:
    """Fetch from a signed address with what people use, unverified but for the sum."""
    path = str(directory / NAME)
    curl = modest("curl", "-sf", "-o", path, address)
    options = ["-x8", "-s8", "-q", "--file-allocation=none", "-d", str(directory), "-o", NAME]
    commands = {
        "curl": [curl],
        BESIDE: [curl, modest("md5sum", path)],
        "aria2c -x8": [modest("aria2c", *options, address)],
    }
    return run(commands[name])


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=2048, help="MiB of the file")
    parser.add_argument("--directory", type=Path, help="where files are written")
    options = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    base = options.directory or (memory if memory.is_dir() else None)
    names = [OURS, "curl", BESIDE, *(["aria2c -x8"] if shutil.which("aria2c") else [])]
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    with tempfile.TemporaryDirectory(dir=base) as folder:
        place = Path(folder)
        (place / "files").mkdir()
        make_file(place / "files" / NAME, options.size * MIB)
        with commons(place / "files", 0.0) as url:
            (entry,) = msgspec.json.decode((place / "manifest.json").read_bytes())
            guid = entry["object_id"]
            ref = f"gen3:{url.partition('//')[2]}/{guid}"
            for turn in range(options.rounds):
                for name in names[turn % len(names) :] + names[: turn % len(names)]:
                    directory = place / "out"
                    directory.mkdir()
                    costs[name].append(
                        by_worker(url, ref, directory)
                        if name == OURS
                        else by_others(name, signed(url, guid), directory)
                    )
                    shutil.rmtree(directory)
    print(*table(costs, BESIDE, options.size * MIB), sep="\n")
    print(f"load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
