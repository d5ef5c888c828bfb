"""Measure a search over three Sources beside what their catalogs take themselves.

    python -m bench.sources --rounds 20

runs the demo's services in a process of its own, with the Human Cell Atlas and a Gen3 commons
waiting before each answer as if they were far away, and searches CELLxGENE (the index on this
machine), the Human Cell Atlas and the commons at once. Printed is the time to the first page of
each beyond the time that its catalog took: the seconds in which it owed us an answer. Then the
same with the commons hanging.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyterlab_datahub.engine import stores
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import SearchQuery
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.http import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.question import Question

SERVER = """
import json, sys
from pathlib import Path
from jupyterlab_datahub.demo.hub import DemoHub

hub = DemoHub(Path(sys.argv[1]), big=False)
services = hub.start()
urls = {kind: services[kind]["url"] for kind in ("cellxgene", "hca", "gen3")}
print(json.dumps(urls), flush=True)
for line in sys.stdin:
    hub.faults.clear()
    for host, seconds in json.loads(line).items():
        hub.faults.add("latency", host=host, seconds=seconds)
    print("ready", flush=True)
hub.stop()
"""

NAMES = ("cellxgene", "hca", "commons")
HUNG = 30.0
"""Seconds for which a host that hangs says nothing; nobody waits for it."""

LIMIT = 0.3


class Page(NamedTuple):
    """A first page: seconds until it was there, and those in which its catalog owed an answer."""

    wall: float
    owed: float

    @property
    def beyond(self) -> float:
        """What we took ourselves."""
        return self.wall - self.owed


class Watched:
    """Notes when the Sources wait for their catalogs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: dict[str, list[tuple[float, float]]] = {}

    def note(self, source: str, start: float, end: float) -> None:
        """Note one request."""
        with self._lock:
            self._spans.setdefault(source, []).append((start, end))

    def owed(self, source: str, since: float) -> float:
        """Return the seconds in which at least one request of a Source was under way."""
        with self._lock:
            spans = sorted(span for span in self._spans.get(source, ()) if span[0] >= since)
        total, until = 0.0, since
        for start, end in spans:
            total += max(0.0, end - max(start, until))
            until = max(until, end)
        return total


@contextmanager
def watching(watched: Watched) -> Iterator[None]:
    """Note all requests of all Sources for a block."""
    once = Client._once

    def noted(self: Client, question: Question) -> Answer:
        start = time.perf_counter()
        try:
            return once(self, question)
        finally:
            watched.note(self.source, start, time.perf_counter())

    Client._once = noted  # type: ignore[method-assign]  # for the length of the block
    try:
        yield
    finally:
        Client._once = once  # type: ignore[method-assign]  # for the length of the block


class Hub:
    """The demo's services in a process of their own."""

    def __init__(self, files: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.urls: dict[str, str] = msgspec.json.decode(self._said())

    def slow(self, **seconds: float) -> None:
        """Let hosts wait so long before each answer."""
        if self._process.stdin is not None:
            self._process.stdin.write(msgspec.json.encode(seconds).decode() + "\n")
            self._process.stdin.flush()
        self._said()

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(10)

    def _said(self) -> str:
        return self._process.stdout.readline() if self._process.stdout else ""


def first_pages(rooms: Rooms, watched: Watched, text: str, seconds: float) -> dict[str, Page]:
    """Search all Sources at once, and return when the page of each was there."""
    start = time.perf_counter()
    pages = {}
    for answer in stores.answers_of_each(rooms, NAMES, SearchQuery(text=text), seconds):
        status = answer.sources[0]
        wall = time.perf_counter() - start
        if status.error is None:
            pages[status.name] = Page(wall, min(wall, watched.owed(status.name, start)))
    return pages


def settings_of(home: Path, urls: dict[str, str]) -> Settings:
    """Return the settings with the three Sources."""
    kinds = {"cellxgene": "cellxgene", "hca": "hca", "commons": "gen3"}
    sources = (SourceConfig(name=name, kind=kind, url=urls[kind]) for name, kind in kinds.items())
    return Settings(home=str(home), root=str(home), sources=tuple(sources), reserve=0)


def measure(settings: Settings, rounds: int, *, fresh: bool, seconds: float) -> None:
    """Print what a number of searches took."""
    watched = Watched()
    found: dict[str, list[Page]] = {name: [] for name in NAMES}
    slowest = []
    rooms = Rooms(settings)
    with watching(watched):
        for number in range(rounds):
            if fresh and number:
                rooms.close()
                rooms = Rooms(settings)
            pages = first_pages(rooms, watched, ("", "blood", "cell")[number % 3], seconds)
            for name, page in pages.items():
                found[name].append(page)
            slowest.append(max(pages.values(), key=lambda page: page.wall).beyond)
    rooms.close()
    for name, own in found.items():
        if not own:
            print(f"| {name} | no answer | | |")
            continue
        wall, owed, beyond = (
            statistics.median(getattr(page, part) for page in own)
            for part in ("wall", "owed", "beyond")
        )
        print(f"| {name} | {wall * 1e3:.0f} ms | {owed * 1e3:.0f} ms | {beyond * 1e3:.0f} ms |")
    worst = max(slowest)
    print(
        "beyond the slowest catalog's own answer: "
        f"median {statistics.median(slowest) * 1e3:.0f} ms, worst {worst * 1e3:.0f} ms "
        f"(wanted: at most {LIMIT * 1e3:.0f} ms)\n"
    )


def main() -> None:
    """Run the measurement and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument(
        "--hca", type=float, default=0.2, help="seconds before an answer of the HCA"
    )
    parser.add_argument("--gen3", type=float, default=0.1, help="the same of the commons")
    parser.add_argument("--bound", type=float, default=2.0, help="seconds given to one that hangs")
    parser.add_argument("--files", type=Path, help="files of a demo that are there already")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(options.files or Path(folder) / "files")
        try:
            settings = settings_of(Path(folder) / "home", hub.urls)
            rooms = Rooms(settings)
            rooms.catalog.replace("cellxgene", rooms.registry["cellxgene"].harvest())
            rooms.close()
            hub.slow(hca=options.hca, gen3=options.gen3)
            print("| first search of a server | page there | owed by the catalog | beyond |")
            print("|---|---|---|---|")
            measure(settings, options.rounds, fresh=True, seconds=stores.SECONDS)
            print("| later searches | page there | owed by the catalog | beyond |")
            print("|---|---|---|---|")
            measure(settings, options.rounds, fresh=False, seconds=stores.SECONDS)
            hub.slow(hca=options.hca, gen3=HUNG)
            print("| one catalog hangs | page there | owed by the catalog | beyond |")
            print("|---|---|---|---|")
            measure(settings, 1, fresh=False, seconds=options.bound)
        finally:
            hub.stop()
    print(f"load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
