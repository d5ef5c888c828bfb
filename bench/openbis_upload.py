"""Measure saving to openBIS beside pyBIS.

    python -m bench.openbis_upload --rounds 3

registers the same files as datasets of the same demo openBIS, by turns with our worker process
(from its start to its end, with the interpreter's own start and with reading back what the store
has) and with pyBIS in a process of its own (with its start, and without any comparison, as it
makes none): one large file, then many small ones. Both run with the niceness of our worker. Files
are in memory (/dev/shm) where there is such a place; with --directory another place is used.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import msgspec

from bench.download import MIB, WORKER, Cost, modest, run
from jupyterlab_datahub.demo.openbis import defaults
from jupyterlab_datahub.demo.openbis.records import DataSet
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store
from jupyterlab_datahub.model import Credentials, TransferState
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.sources.saving import Bundle
from jupyterlab_datahub.transfers.queue.queue import TransferQueue
from jupyterlab_datahub.transfers.upload import journal as upload_journal
from jupyterlab_datahub.transfers.upload.readback import as_it_is

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OWNER = "/LAB/SC/NOTEBOOKS"
BLOCK = 16 * MIB

PYBIS = """
import sys
from pybis import Openbis
url, token, folder, owner = sys.argv[1:]
from pathlib import Path
openbis = Openbis(
    url,
    token=token,
    allow_http_but_do_not_use_this_in_production_and_only_within_safe_networks=True,
)
files = sorted(str(path) for path in Path(folder).iterdir())
made = openbis.new_dataset(
    type="ANALYSIS_NOTEBOOK", experiment=owner, files=files, props={"$name": "bench"}
)
made.save()
assert made.permId
"""


class Peers(NamedTuple):
    """What both of one kind of files cost, round by round."""

    ours: list[Cost]
    pybis: list[Cost]


def serve(directory: Path) -> None:
    """Be an openBIS until standard input ends; forget datasets at each line."""
    store = Store(directory / "store")
    defaults.furnish(store)
    service = OpenbisService(store, directory)
    url = service.start()
    print(json.dumps({"url": url, "host": service.host}), flush=True)
    for _ in sys.stdin:
        made = store.every(DataSet)
        for dataset in made:
            store.remove_files(dataset)
            store.remove(dataset)
        print(len(made), flush=True)
    service.stop()


@contextmanager
def openbis(
    directory: Path, prefix: Sequence[str] = ()
) -> Iterator[tuple[str, str, subprocess.Popen[str]]]:
    """Run an openBIS in a process of its own for a block; give its url, host and process."""
    with subprocess.Popen(
        [*prefix, sys.executable, "-m", "bench.openbis_upload", "--serve", str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(directory)},
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("there are no pipes")
        said = json.loads(process.stdout.readline())
        try:
            yield said["url"], said["host"], process
        finally:
            process.stdin.close()


def forget(process: subprocess.Popen[str]) -> None:
    """Let the openBIS remove what it has, and make sure that there was one dataset."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("there are no pipes")
    process.stdin.write("\n")
    process.stdin.flush()
    made = int(process.stdout.readline())
    if made != 1:
        message = f"{made} datasets were made, not one"
        raise RuntimeError(message)


def by_worker(url: str, host: str, files: Path, directory: Path) -> Cost:
    """Save with our worker, and check that it was verified."""
    home = directory / "home"
    settings = Settings(
        home=str(home),
        root=str(files),
        sources=(SourceConfig(name="bench", kind="openbis", url=url),),
        reserve=0,
    )
    user = Credentials(user=defaults.SCIENTIST, password=defaults.SCIENTIST_PASSWORD)
    Registry(settings)["bench"].connect(user)
    save = str(uuid4())
    folder = upload_journal.folder_of(home, save)
    folder.mkdir(parents=True)
    chosen = tuple(as_it_is(path.name, path) for path in sorted(files.iterdir()))
    bundle = Bundle(
        id=save,
        source="bench",
        notebook=chosen[0].name,
        folder=str(folder),
        owner=f"openbis:{host}/{OWNER}",
        type="ANALYSIS_NOTEBOOK",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        marker=chosen[0].name,
        properties={"$NAME": "bench"},
        files=chosen,
    )
    queue = TransferQueue(home)
    number = queue.add_upload(bundle, "bench").id
    cost = run([WORKER], msgspec.json.encode(settings) + b"\n")
    ended = queue.get(number)
    if ended.state is not TransferState.DONE:
        message = f"our worker: {ended.error}"
        raise RuntimeError(message)
    shutil.rmtree(home)
    return cost


def by_pybis(url: str, files: Path, directory: Path) -> Cost:
    """Save with pyBIS."""
    settings = Settings(
        home=str(directory / "login"),
        root=str(files),
        sources=(SourceConfig(name="bench", kind="openbis", url=url),),
    )
    source = Registry(settings)["bench"]
    source.connect(Credentials(user=defaults.SCIENTIST, password=defaults.SCIENTIST_PASSWORD))
    token = source.session.token()  # type: ignore[attr-defined]  # of this kind of Source
    command = modest(sys.executable, "-c", PYBIS, url, token, str(files), OWNER)
    return run([command])


def measure(files: Path, directory: Path, rounds: int) -> Peers:
    """Save the files of a directory by turns."""
    peers = Peers([], [])
    with openbis(directory / "openbis") as (url, host, process):
        for number in range(rounds + 1):
            ours = by_worker(url, host, files, directory)
            forget(process)
            theirs = by_pybis(url, files, directory)
            forget(process)
            # The first round warms the caches of the system and is not counted.
            if number:
                peers.ours.append(ours)
                peers.pybis.append(theirs)
    return peers


def tell(title: str, size: int, peers: Peers) -> None:
    """Print what was measured."""
    print(title)
    rates = []
    for name, costs in (("ours", peers.ours), ("pyBIS", peers.pybis)):
        wall = statistics.median(cost.wall for cost in costs)
        cpu = statistics.median(cost.cpu for cost in costs)
        memory = max(cost.memory for cost in costs)
        rates.append(size / wall)
        print(
            f"  {name:6} {wall:7.2f} s {size / wall / 1e6:8.1f} MB/s"
            f"  processor {cpu:6.2f} s  memory {memory / MIB:5.0f} MiB"
        )
    print(f"  ours is {rates[0] / rates[1]:.2f} x as fast")


def make_files(directory: Path, count: int, size: int) -> int:
    """Write files of random bytes, and return their size together."""
    directory.mkdir(parents=True)
    block = os.urandom(min(size, BLOCK))
    for number in range(count):
        with (directory / f"file-{number:05}.bin").open("wb") as file:
            left = size
            while left:
                left -= file.write(block[: min(left, len(block))])
    return count * size


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--files", type=int, default=2000, help="how many small files")
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve)
        return
    memory = Path("/dev/shm")  # noqa: S108 - nothing is there but what this process makes
    place = asked.directory or (memory if memory.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="datahub-bench-", dir=place) as name:
        directory = Path(name)
        size = make_files(directory / "large", 1, asked.size * MIB)
        tell(
            f"one file of {asked.size} MiB",
            size,
            measure(directory / "large", directory, asked.rounds),
        )
        shutil.rmtree(directory / "openbis")
        size = make_files(directory / "small", asked.files, 50_000)
        title = f"{asked.files} files of 50 kB"
        tell(title, size, measure(directory / "small", directory, asked.rounds))


if __name__ == "__main__":
    main()
