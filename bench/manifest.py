"""Measure a manifest of many small files beside the loop that people write for it.

    python -m bench.manifest --rounds 3

runs the demo's Gen3 commons in a process of its own, with 1,000 open files of 100 kB, and lets
both of its hosts wait 30 ms before each answer, as if they were far away. By turns the files are
fetched with our worker process (from its start to its end: each file verified, in the library and
linked) and with a loop over requests (``GET data/download/<guid>``, then the signed address, over
one session each, which verifies nothing).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bench.download import MIB, WORKER, Cost, run
from jupyterlab_datahub.engine import groups
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Grouping, TransferState
from jupyterlab_datahub.settings import Settings, SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = """
import hashlib, json, sys
from pathlib import Path
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.gen3.bucket import BucketHost
from jupyterlab_datahub.demo.gen3.commons import OPEN_BUCKET, Commons
from jupyterlab_datahub.demo.gen3.index import IndexRecord, guid_of
from jupyterlab_datahub.demo.gen3.service import Gen3Service

files, latency = Path(sys.argv[1]), float(sys.argv[2])
faults = Faults()
commons = Commons(files.parent / "uploads")
manifest = []
for path in sorted(files.iterdir()):
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    place = f"{OPEN_BUCKET}/{path.name}"
    commons.storage.add(place, path, f'"{digest}"')
    record = commons.index.add(IndexRecord(
        did=guid_of(path.name), baseid=path.name, file_name=path.name, authz=["/open"],
        size=path.stat().st_size, hashes={"md5": digest}, urls=[f"s3://{place}"],
        created="2026-01-01T00:00:00", updated="2026-01-01T00:00:00"))
    manifest.append({"object_id": record.did, "file_name": path.name, "file_size": record.size,
                     "md5sum": digest})
bucket = BucketHost(commons.storage, commons.signer, files, faults=faults)
api = Gen3Service(commons, faults=faults)
bucket.start()
api.start()
faults.add("latency", seconds=latency)
(files.parent / "manifest.json").write_text(json.dumps(manifest))
print(api.url, flush=True)
sys.stdin.read()
"""

LOOP = """
import json, sys
from pathlib import Path
import requests

url, manifest, target = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
commons, bucket = requests.Session(), requests.Session()
for entry in manifest:
    signed = commons.get(f"{url}/user/data/download/{entry['object_id']}").json()["url"]
    answer = bucket.get(signed)
    answer.raise_for_status()
    (target / entry["file_name"]).write_bytes(answer.content)
"""


@contextmanager
def commons(files: Path, latency: float) -> Iterator[str]:
    """Serve the files of a directory as a commons for a block."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(files), str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def ours(url: str, place: Path, home: Path) -> Cost:
    """Fetch the manifest with a worker process, and see that every file came."""
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(
        home=str(home),
        root=str(home / "root"),
        sources=(SourceConfig(name="commons", kind="gen3", url=url),),
        reserve=0,
    )
    rooms = Rooms(settings)
    try:
        rooms.supervisor.ensure = lambda: None  # type: ignore[method-assign]  # the command below is the worker
        text = (place / "manifest.json").read_text()
        folder = home / "root" / "data"
        transfer, _ = groups.start_manifest(rooms, "commons", text, folder, Grouping())
        cost = run([WORKER], msgspec.json.encode(settings) + b"\n")
        last = rooms.queue.get(transfer.id)
    finally:
        rooms.close()
    if last.state is not TransferState.DONE:
        sys.exit(f"not every file came: {last.error}")
    return cost


def theirs(url: str, place: Path, target: Path) -> Cost:
    """Fetch the manifest with the loop."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    return run([[sys.executable, "-c", LOOP, url, str(place / "manifest.json"), str(target)]])


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--size", type=int, default=100_000, help="bytes of each")
    parser.add_argument("--latency", type=float, default=0.03, help="seconds before an answer")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        place = Path(folder)
        files = place / "files"
        files.mkdir()
        for number in range(arguments.files):
            (files / f"reading-{number:05}.bin").write_bytes(os.urandom(arguments.size))
        with commons(files, arguments.latency) as url:
            mine, loop = [], []
            for _ in range(arguments.rounds):
                mine.append(ours(url, place, place / "home"))
                loop.append(theirs(url, place, place / "theirs"))
    report({"ours, verified": mine, "requests, one by one": loop}, arguments.files)


def report(costs: dict[str, list[Cost]], files: int) -> None:
    """Print medians and the ratio."""
    walls = []
    for name, runs in costs.items():
        wall = statistics.median(cost.wall for cost in runs)
        cpu = statistics.median(cost.cpu for cost in runs)
        memory = statistics.median(cost.memory for cost in runs)
        walls.append(wall)
        print(
            f"{name:21} {wall:6.2f} s  {files / wall:6.0f} files/s  {cpu:6.2f} cpu s  "
            f"{memory / MIB:5.0f} MiB"
        )
    print(f"{walls[1] / walls[0]:.1f} times as fast")


if __name__ == "__main__":
    main()
