"""Measure what looking, choosing, selecting and converting do to the answers of the server.

    python -m bench.latency_work --rounds 5

is `bench.latency` for what is no download: by turns nothing happens, and an AnnData on a host of S3
on this machine is looked at (facts, points and colours, each time under another name, so that
nothing of it is kept), cells of it are chosen by expressions, some are fetched, and a table of
cells in the library is made an AnnData. Files are in memory where there is such a place.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench import features, preview, s3
from bench.host import serve, stay_elsewhere
from bench.watched_server import SOURCE, Server, by_turns, running, table
from jupyterlab_datahub.transfers.queue.queue import TransferQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.watched_server import Window

LOOKS = 12
"""Looks in a window, which is to have a thousand answers: of a hundred the p99 is the worst."""

CHOICES = 50
"""Expressions that are tried in a window."""

TABLES = 3
"""Tables that are converted in a window."""

SELECTIONS = 3
"""Selections that are made in a window, of cells all over the file."""

PAUSE = 0.25
"""Seconds between two of them, as long as the page waits for somebody who types."""

PICTURE = ("points?embedding=X_umap", "colours?by=cell_type", "colours?by=leiden")


def place_of(key: str) -> str:
    """Return the identifier of an object as a part of an address."""
    return quote(f"s3://{s3.BUCKET}/{key}", safe="")


def watched(server: Server, work: Callable[[Server], None]) -> Window:
    """Watch the server while somebody else asks it for something.

    Raises
    ------
    RuntimeError
        If what was asked for is refused.
    """

    def asking() -> None:
        stay_elsewhere()
        work(Server(server.url))

    # In a process of its own: in a thread it would hold up whoever takes the time.
    other = multiprocessing.get_context("fork").Process(target=asking)
    other.start()
    window = server.watch(lambda _: other.is_alive())
    other.join()
    if other.exitcode:
        message = f"what was asked for failed ({other.exitcode})"
        raise RuntimeError(message)
    return window


def look(server: Server, keys: list[str]) -> None:
    """Look at files as the dataset page does."""
    for key in keys:
        place = f"datahub/previews/{place_of(key)}"
        server.ask(place)
        for part in PICTURE:
            server.fetch(f"{place}/{part}")


def choose(server: Server, key: str, first: int) -> None:
    """Choose cells by one expression after the other."""
    for n in range(first, first + CHOICES):
        where = f"n_counts >= {500 + n} and cell_type != 'cell_type {n % 5}'"
        server.ask(f"datahub/previews/{place_of(key)}/selection", "POST", {"where": where})
        time.sleep(PAUSE)


def transfer(server: Server, wishes: list[dict[str, object]], home: Path) -> None:
    """Ask for transfers, one after the other, and wait for each.

    Raises
    ------
    RuntimeError
        If one fails.
    """
    # As a page hears of it by an event, the server is not asked again and again.
    queue = TransferQueue(home)
    for wish in wishes:
        begun = server.ask("datahub/transfers", "POST", wish)["id"]
        while not (last := queue.get(begun)).state.final:
            time.sleep(0.2)
        if last.error is not None:
            raise RuntimeError(last.error.message)
        server.ask(f"datahub/transfers/{begun}", "DELETE")


def wish(key: str, **more: object) -> dict[str, object]:
    """Return what is asked for of an object."""
    return {"ref": f"s3://{s3.BUCKET}/{key}", **more}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cells", type=int, default=200_000, help="of the AnnData")
    parser.add_argument("--only", choices=("looking", "choosing", "selecting", "converting"))
    parser.add_argument("--rows", type=int, default=500_000, help="of the table")
    options = parser.parse_args()
    os.environ.update(s3.KEYS)
    memory = Path("/dev/shm")  # noqa: S108 - a place in memory is what is wanted
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        print(*measured(Path(name), options), sep="\n")
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")


def measured(place: Path, options: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of four tables."""
    files = place / "files" / s3.BUCKET
    files.mkdir(parents=True)
    preview.write(files / preview.NAME, options.cells)
    features.write(files / features.NAME, options.rows)
    fresh = map(str, count())
    home = place / "home"

    def another(of: str) -> str:
        """Return a name under which a file was never seen."""
        key = f"{next(fresh)}/{of}"
        (files / key).parent.mkdir()
        (files / key).hardlink_to(files / of)
        return key

    def looking(server: Server) -> Window:
        keys = [another(preview.NAME) for _ in range(LOOKS)]
        return watched(server, lambda own: look(own, keys))

    def choosing(server: Server) -> Window:
        first = CHOICES * int(next(fresh))
        return watched(server, lambda own: choose(own, preview.NAME, first))

    def converting(server: Server) -> Window:
        keys = [another(features.NAME) for _ in range(TABLES)]
        # What a download does to answers, `bench.latency` measures.
        transfer(server, [wish(key) for key in keys], home)
        conversions = [wish(key, convert=True) for key in keys]
        return watched(server, lambda own: transfer(own, conversions, home))

    def selecting(server: Server) -> Window:
        first = SELECTIONS * int(next(fresh))
        chosen = [
            {"where": f"leiden == 'leiden {n % 86}' or batch == 'batch {n % 77}'"}
            for n in range(first, first + SELECTIONS)
        ]
        selections = [wish(preview.NAME, selection=one) for one in chosen]
        return watched(server, lambda own: transfer(own, selections, home))

    with serve(files.parent, place / "nginx", modest=True) as host:
        source = {"name": SOURCE, "kind": "s3", "url": host.url, "buckets": [s3.BUCKET]}
        with running(place, source) as server:
            look(server, [preview.NAME])
            for busy in (looking, choosing, selecting, converting):
                if options.only not in (None, busy.__name__):
                    continue
                rounds, words = by_turns(server, options.rounds, partial(busy, server))
                yield f"\n{busy.__name__}, {words}"
                yield from table(rounds, busy.__name__)


if __name__ == "__main__":
    main()
