"""Measure downloads and lists of S3 beside boto3.

    python -m bench.s3 --rounds 5

fetches an object of 1 GiB by turns with our worker (from its start to its end: HEAD, signature,
ranges, SHA-256 of every byte, the move into the library), with boto3's TransferManager, and with
that followed by sha256sum, from nginx, which answers HEAD and ranges as S3 does; each in a process
of its own, with the niceness of our worker. Then it lists a bucket of 100,000 and one of a million
keys, page by page as the tree does, beside boto3's list_objects_v2 of the same page, from a host
that makes each page as it is asked for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bench.download import MIB, WORKER, Cost, modest, run, table
from bench.host import make_file, serve
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.s3.source import S3Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUCKET, KEY = "bench-bucket", "cells.h5ad"
OURS, BOTO3, SUMMED = "beside a server (verified)", "boto3", "boto3 + sha256sum"
ALONE = "in a terminal (verified)"
KEYS = {"AWS_ACCESS_KEY_ID": "BENCH", "AWS_SECRET_ACCESS_KEY": "bench"}
PAGE = 100
"""Children that the tree asks for at once."""

FETCH = """
import sys
import boto3
from botocore.config import Config

url, bucket, key, target = sys.argv[1:]
config = Config(s3={"addressing_style": "path"})
s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1", config=config)
s3.download_file(bucket, key, target)
"""

LISTER = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ONE = (
    "<Contents><Key>many/{0:07d}.csv</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    '<ETag>"d41d8cd98f00b204e9800998ecf8427e"</ETag><Size>1000</Size>'
    "<StorageClass>STANDARD</StorageClass></Contents>"
)

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        query = {name: it[0] for name, it in parse_qs(urlsplit(self.path).query).items()}
        start, most = int(query.get("continuation-token", 0)), int(query.get("max-keys", 1000))
        total = 1_000_000 if "/million" in self.path else 100_000
        end = min(start + most, total)
        keys = "".join(map(ONE.format, range(start, end)))
        more = end < total
        token = f"<NextContinuationToken>{end}</NextContinuationToken>" if more else ""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>bench</Name><Prefix>many/</Prefix><KeyCount>{end - start}</KeyCount>"
            f"<MaxKeys>{most}</MaxKeys><Delimiter>/</Delimiter><EncodingType>url</EncodingType>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{keys}</ListBucketResult>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
"""


def by_worker(url: str, place: Path, *, alone: bool = False) -> Cost:
    """Fetch with our worker, which leaves no processor to a server if it is `alone`."""
    source = SourceConfig(name="s3", kind="s3", url=url, options={"buckets": [BUCKET]})
    home = place / "home"
    settings = Settings(home=str(home), root=str(place), sources=(source,), reserve=0)
    rooms = Rooms(settings)
    try:
        rooms.supervisor.ensure = lambda: None  # type: ignore[method-assign]  # the command below is the worker
        transfer, _ = transfers.start(rooms, f"s3://{BUCKET}/{KEY}", place / "links")
        cost = run(
            [[*WORKER, *(["--alone"] if alone else [])]], msgspec.json.encode(settings) + b"\n"
        )
        last = rooms.queue.get(transfer.id)
    finally:
        rooms.close()
    if last.state is not TransferState.DONE:
        sys.exit(f"the object did not come: {last.error}")
    return cost


def by_boto3(url: str, place: Path, *, summed: bool = False) -> Cost:
    """Fetch with boto3 as it comes, and with `summed` compute the checksum as one does by hand."""
    path = str(place / KEY)
    fetch = modest(sys.executable, "-c", FETCH, url, BUCKET, KEY, path)
    return run([fetch, *([modest("sha256sum", path)] if summed else [])])


def downloads(size: int, rounds: int, place: Path) -> None:
    """Print the table of downloads."""
    files = place / "files" / BUCKET
    files.mkdir(parents=True)
    make_file(files / KEY, size)
    ways: dict[str, Callable[[str, Path], Cost]] = {
        ALONE: lambda url, folder: by_worker(url, folder, alone=True),
        OURS: by_worker,
        BOTO3: by_boto3,
        SUMMED: lambda url, folder: by_boto3(url, folder, summed=True),
    }
    names = list(ways)
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    with serve(files.parent, place / "server") as address:
        print(f"{size // MIB} MiB from {address.server}, {rounds} rounds")
        for turn in range(rounds):
            for name in names[turn % 4 :] + names[: turn % 4]:
                with tempfile.TemporaryDirectory(dir=place) as folder:
                    costs[name].append(ways[name](address.url, Path(folder)))
    print(*table(costs, BOTO3, size), sep="\n")


@contextmanager
def lister() -> Iterator[str]:
    """Serve lists of keys for a block."""
    with subprocess.Popen(
        [sys.executable, "-c", LISTER], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def source_of(url: str, place: Path) -> S3Source:
    """Return a Source of the host of lists."""
    config = SourceConfig(name="s3", kind="s3", url=url, options={"buckets": ["lakh", "million"]})
    return S3Source(config, place, place)


def client_of(url: str) -> Any:
    """Return boto3's client of the same host."""
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=url, region_name="us-east-1", config=config)


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def resident() -> int:
    """Return the bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def lists(rounds: int, pages: int, place: Path) -> None:
    """Print how long first pages take, and whether later ones take longer."""
    with lister() as url:
        client = client_of(url)
        ours, raw = [], []
        asked = {"Bucket": "lakh", "Prefix": "many/", "Delimiter": "/", "MaxKeys": PAGE}
        client.list_objects_v2(**asked)
        source_of(url, place).children("s3://lakh/many/", 0, PAGE)
        for _ in range(rounds * 40):
            # A page that was asked for before is asked for again: nothing is kept of it.
            source = source_of(url, place)
            source.children("s3://lakh/warm/", 0, 1)
            ours.append(milliseconds(partial(source.children, "s3://lakh/many/", 0, PAGE)))
            raw.append(milliseconds(lambda: client.list_objects_v2(**asked)))
        ratio = statistics.median(ours) / statistics.median(raw)
        print(
            f"first {PAGE} of 100,000 keys: ours {statistics.median(ours):.2f} ms, boto3 "
            f"{statistics.median(raw):.2f} ms, {ratio:.2f} of it"
        )
        source = source_of(url, place)
        before = resident()
        each = [
            milliseconds(partial(source.children, "s3://million/many/", at, PAGE))
            for at in range(0, pages * PAGE, PAGE)
        ]
        kept = (resident() - before) / 1e6
        tenth = max(len(each) // 10, 1)
        print(
            f"{pages * PAGE:,} of 1,000,000 keys, {PAGE} at a time: first tenth "
            f"{statistics.median(each[:tenth]):.2f} ms a page, last tenth "
            f"{statistics.median(each[-tenth:]):.2f} ms, slowest {max(each):.1f} ms, "
            f"{kept:.1f} MB more memory"
        )


def main() -> None:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the object")
    parser.add_argument("--pages", type=int, default=10_000, help="pages of the million keys")
    options = parser.parse_args()
    os.environ.update(KEYS)
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        place = Path(name)
        downloads(options.size * MIB, options.rounds, place)
        lists(options.rounds, options.pages, place)
    print(f"load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
