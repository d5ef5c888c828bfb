"""Measure what a transfer does to the answers of the server it belongs to.

    python -m bench.latency --rounds 5

starts a Jupyter server with the extension, and asks it for ``/api/status`` a hundred times a
second while its event loop counts how late it wakes a task that sleeps 5 ms; by turns while
nothing happens and while a large file comes over HTTP from a host on this machine, comes from
the demo's openBIS, or is saved to it with a notebook. Files are in memory where there is such a
place.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench import openbis_download, openbis_upload
from bench.host import elsewhere, make_file, serve
from bench.openbis_upload import OWNER
from bench.watched_server import SOURCE, Server, Window, by_turns, running, table
from jupyterlab_datahub.model import Asset, Credentials, Dataset
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.transfers.queue.queue import TransferQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.sources.source import Source

MIB = 1024**2
NAME = "cells.h5ad"
NOTEBOOK = "cells.ipynb"
CONNECTIONS = 8
"""What a transfer opens to its host."""


def while_downloading(server: Server, queue: TransferQueue, dataset: Dataset) -> Window:
    """Let the server fetch the last file of a dataset, and watch it until the file is there."""
    asset = dataset.assets[-1]
    transfer, _ = queue.add(dataset, asset, Path(tempfile.gettempdir()), dataset.source)
    # It waits in the list until the server is told to go on with it.
    queue.pause(transfer.id)
    server.ask(f"datahub/transfers/{transfer.id}", "PATCH", {"action": "resume"})
    window, last = watched(server, queue, transfer.id)
    server.ask(f"datahub/library/{last.sha256}", "DELETE")
    return window


def while_saving(server: Server, queue: TransferQueue, host: str) -> Window:
    """Let the server save a notebook with a large file, and watch it until that is verified."""
    asked = {
        "source": SOURCE,
        "notebook": NOTEBOOK,
        "owner": f"openbis:{host}/{OWNER}",
        "properties": {"$NAME": "bench"},
        "files": [NAME],
        "html": False,
        "environment": False,
    }
    transfer = server.ask("datahub/saves", "POST", asked)
    return watched(server, queue, transfer["id"])[0]


def watched(server: Server, queue: TransferQueue, transfer: str) -> tuple[Window, Transfer]:
    """Watch the server until a transfer is done, and take it off the list.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    window = server.watch(lambda _: not queue.get(transfer).state.final)
    last = queue.get(transfer)
    if last.error is not None:
        raise RuntimeError(last.error.message)
    server.ask(f"datahub/transfers/{transfer}", "DELETE")
    return window, last


def over_http(rate: int, size: int, count: int, place: Path) -> Iterator[str]:
    """Yield the lines of a table for downloads at some rate (bytes a second, 0: no limit)."""
    files = place / "files"
    files.mkdir(parents=True)
    make_file(files / NAME, size)
    source = {"name": SOURCE, "kind": "cellxgene", "url": "http://127.0.0.1:9"}
    with (
        serve(files, place / "nginx", rate // CONNECTIONS, modest=True) as host,
        running(place, source) as server,
    ):
        queue = TransferQueue(place / "home")

        def busy() -> Window:
            return while_downloading(server, queue, at_url(f"{host.url}/{NAME}", size))

        rounds, words = by_turns(server, count, busy)
    speed = f"{rate / 1e6:.0f} MB/s" if rate else "no limit"
    yield f"\ndownload of {size // MIB} MiB over HTTP, {speed}, {words}"
    yield from table(rounds, "downloading")


def at_url(url: str, size: int) -> Dataset:
    """Return a dataset with one file that has an address."""
    version = str(uuid.uuid4())
    return Dataset(
        ref=f"cellxgene:{version}",
        source=SOURCE,
        kind="cellxgene",
        id=version,
        version=version,
        title="Cells",
        assets=(Asset(ref=f"cellxgene:{version}/{NAME}", name=NAME, size=size, url=url),),
    )


def from_openbis(size: int, count: int, place: Path) -> Iterator[str]:
    """Yield the lines of a table for downloads from the demo's openBIS."""
    files = place / "files" / "original"
    files.mkdir(parents=True)
    make_file(files / NAME, size)
    with openbis_download.serve(place / "openbis", [files.parent], elsewhere()) as openbis:
        source = connected(place, openbis.url)
        host = openbis.url.partition("//")[2]
        dataset = source.dataset(f"openbis:{host}/{openbis.permids[0]}")
        with running(place, openbis_at(openbis.url)) as server:
            queue = TransferQueue(place / "home")
            rounds, words = by_turns(
                server, count, lambda: while_downloading(server, queue, dataset)
            )
    yield f"\ndownload of {size // MIB} MiB from openBIS, {words}"
    yield from table(rounds, "downloading")


def to_openbis(size: int, count: int, place: Path) -> Iterator[str]:
    """Yield the lines of a table for saving to the demo's openBIS."""
    with openbis_upload.openbis(place / "openbis", elsewhere()) as (url, host, process):
        connected(place, url)
        with running(place, openbis_at(url)) as server:
            queue = TransferQueue(place / "home")
            make_file(place / "root" / NAME, size)
            empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            (place / "root" / NOTEBOOK).write_text(json.dumps(empty), "utf-8")

            def busy() -> Window:
                window = while_saving(server, queue, host)
                openbis_upload.forget(process)
                return window

            rounds, words = by_turns(server, count, busy)
    yield f"\nsaving {size // MIB} MiB to openBIS, {words}"
    yield from table(rounds, "saving")


def openbis_at(url: str) -> dict[str, str]:
    """Return the entry of an openBIS in the configuration."""
    return {"name": SOURCE, "kind": "openbis", "url": url}


def connected(place: Path, url: str) -> Source:
    """Log in to an openBIS, once for all processes that share our home."""
    settings = Settings(
        home=str(place / "home"),
        root=str(place),
        sources=(SourceConfig(name=SOURCE, kind="openbis", url=url),),
    )
    source = Registry(settings)[SOURCE]
    source.connect(Credentials(user=openbis_download.USER, password=openbis_download.USER))
    return source


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the file")
    parser.add_argument(
        "--rates", type=int, nargs="+", default=[125, 0], help="MB/s over HTTP, 0 for no limit"
    )
    parser.add_argument("--only", choices=("http", "openbis", "save"), help="one of them")
    options = parser.parse_args()
    size, count = options.size * MIB, options.rounds
    measured: dict[str, list[Callable[[Path], Iterator[str]]]] = {
        "http": [partial(over_http, rate * 1_000_000, size, count) for rate in options.rates],
        "openbis": [partial(from_openbis, size, count)],
        "save": [partial(to_openbis, size, count)],
    }
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    for name, measures in measured.items():
        for measure in measures if options.only in (None, name) else ():
            with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
                print(*measure(Path(place)), sep="\n")
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
