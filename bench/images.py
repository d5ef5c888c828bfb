"""Measure a look at one channel of a large pyramid beside tifffile over fsspec as it comes.

    pip install tifffile pillow fsspec aiohttp
    python -m bench.images --rounds 3

writes the demo's tissue, laid out several times beside itself with the noise of a camera, as an
OME-TIFF of about 2 GB, serves it on 127.0.0.1 and makes a thumbnail of its third channel by turns:
ours (the process that a server starts), fresh and after the facts were asked for, and tifffile on
a file that fsspec opens with its own settings. The host counts requests and bytes; each run is a
process of its own, of which wall time, processor time and peak memory are taken. ``--latency`` has
the host wait before each answer, as a host far away does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from bench.download import MIB, Cost, run
from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.demo.spatial import pyramid, tissue
from jupyterlab_datahub.images.job import Job
from jupyterlab_datahub.images.tiff import ENOUGH
from jupyterlab_datahub.model import Download
from jupyterlab_datahub.settings import Settings, SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHANNEL = 2
SIZE = 512
CELLS = 480
"""Cells along an edge of the tissue that is laid out."""

NOISE = 40
"""Counts of the camera between which a pixel wavers, so that the file compresses as images do."""

THEIRS = f"""
import sys
import fsspec, numpy as np, tifffile
from PIL import Image
with fsspec.open(sys.argv[1], "rb") as file:
    levels = tifffile.TiffFile(file).series[0].levels
    enough = [one for one in levels if max(one.shape[-2:]) >= {ENOUGH * SIZE}]
    level = min(enough, key=lambda one: one.shape[-1])
    pixels = level.pages[{CHANNEL}].asarray()
low, high = np.percentile(pixels, (1, 99.8))
picture = Image.fromarray((np.clip((pixels - low) / (high - low), 0, 1) * 255).astype("u1"))
picture.thumbnail(({SIZE}, {SIZE}))
picture.save(sys.argv[2])
"""

TAG = '"bench"'

PEER, OURS, LATER = "tifffile, fsspec's default", "ours", "ours, after the facts"


class Seen(NamedTuple):
    """What one look cost, here and at the host."""

    cost: Cost
    requests: int
    bytes: int


def write(path: Path, copies: int) -> None:
    """Write the pyramid."""
    piece = tissue.grow(CELLS)
    side = piece.owner.shape[0]
    dice = np.random.default_rng(1)

    def channels() -> Iterator[NDArray[np.uint16]]:
        for number in range(len(tissue.MARKERS)):
            pixels = np.tile(tissue.stained(piece, number, 0, side), (copies, copies))
            for row in range(0, len(pixels), side):
                strip = pixels[row : row + side]
                strip += dice.integers(0, NOISE, strip.shape, dtype=np.uint16)
            yield pixels

    names = [marker.name for marker in tissue.MARKERS]
    pyramid.write(path, names, channels(), pixel_um=tissue.PIXEL_UM, levels=6)


def look(host: FileHost, commands: list[list[str]], stdin: bytes = b"") -> Seen:
    """Run something that reads from the host, and count what it read."""
    host.requests.clear()
    cost = run(commands, stdin)
    asked = [one for one in host.requests if one.method == "GET"]
    return Seen(cost, len(host.requests), sum(one.sent for one in asked))


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--copies", type=int, default=4, help="pieces of tissue along an edge")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    arguments = parser.parse_args()
    faults = Faults()
    seen: dict[str, list[Seen]] = {PEER: [], OURS: [], LATER: []}
    module = [sys.executable, "-P", "-m", "jupyterlab_datahub.images.look"]
    with tempfile.TemporaryDirectory() as name, FileHost(Path(name), faults=faults) as host:
        folder = Path(name)
        path = folder / "bench.ome.tif"
        write(path, arguments.copies)
        if arguments.latency:
            faults.add("latency", seconds=arguments.latency)
        size = path.stat().st_size
        host.etags[path.name] = TAG
        web = SourceConfig(name="web", kind="folder")
        job = Job(
            settings=Settings(home=name, root=name, sources=(web,)),
            source="web",
            ref="bench",
            name=path.name,
            download=Download(url=f"{host.url}/{path.name}", size=size, etag=TAG),
            size=SIZE,
        )
        for _ in range(arguments.rounds):
            target = str(folder / "out.png")
            peer = [sys.executable, "-c", THEIRS, f"{host.url}/{path.name}", target]
            seen[PEER].append(look(host, [peer]))
            fresh = msgspec.structs.replace(job, channel=CHANNEL)
            seen[OURS].append(look(host, [module], msgspec.json.encode(fresh)))
            kept = msgspec.structs.replace(job, kept=str(folder / "kept"))
            run([module], msgspec.json.encode(kept))
            later = msgspec.structs.replace(kept, channel=CHANNEL)
            seen[LATER].append(look(host, [module], msgspec.json.encode(later)))
    print(f"{path.name}: {size / 1e9:.2f} GB, {len(tissue.MARKERS)} channels")
    for what, runs in seen.items():
        wall = statistics.median(one.cost.wall for one in runs)
        memory = max(one.cost.memory for one in runs)
        print(
            f"{what:28} {runs[0].requests:4} requests {runs[0].bytes / 1e6:8.2f} MB "
            f"({runs[0].bytes / size:.3%})  {wall:6.2f} s  {memory / MIB:5.0f} MiB"
        )
    less = seen[PEER][0].bytes / seen[OURS][0].bytes
    print(f"{less:.1f} times fewer bytes than tifffile over fsspec's default")
    pairs = zip(seen[PEER], seen[OURS], strict=True)
    faster = statistics.median(theirs.cost.wall / ours.cost.wall for theirs, ours in pairs)
    print(f"{faster:.1f} times as fast, from the start of the process")


if __name__ == "__main__":
    main()
