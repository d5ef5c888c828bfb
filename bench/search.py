"""Measure the search over a large made-up catalog, beside other ways to do the same.

    python -m bench.search --records 1000000

builds our index and that of each peer in a process of its own, asks the same 60 questions in a
fresh process each, checks that the answers agree, and prints a table. Peers are plain SQLite
(FTS5 and one GROUP BY a facet) and polars, the latter where it is installed.

``first`` is the first search of a server, which loads what is kept in memory. ``cold`` are the
60 with words that were not asked before, ``warm`` their repetition (the same for engines that
keep nothing); both are medians of three rounds. Files are in the page cache.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar, Protocol

import psutil

from bench.search_peers import PAGE, Polars, SqliteGroupBy
from bench.search_records import SOURCES, Records, queries
from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.catalog.matching import TextIndex
from jupyterlab_datahub.model import SearchQuery

ROUNDS = 3

Outcome = dict[str, Any]


class Engine(Protocol):
    """A way to search; ``keeps`` says whether former searches make later ones faster."""

    keeps: ClassVar[bool]

    def build(self, total: int) -> float:
        """Write all records; return the seconds that making them up took."""

    def forget(self) -> None:
        """Drop what former searches left."""

    def ask(self, query: SearchQuery) -> Outcome:
        """Return total, length of the page and the sum of each facet's counts."""


class Ours:
    """The catalog of this project."""

    keeps: ClassVar[bool] = True

    def __init__(self, home: Path) -> None:
        self._catalog = Catalog(home)

    def build(self, total: int) -> float:
        """Write all records, Source by Source; return the seconds that making them up took."""
        seconds = 0.0
        for source in SOURCES:
            made = Records(total, source)
            self._catalog.replace(source, (record.dataset() for record in made))
            seconds += made.seconds
        return seconds

    def forget(self) -> None:
        """Drop the rows of former words."""
        index = self._catalog._index
        if index is not None:
            index.text = TextIndex(index.columns)

    def ask(self, query: SearchQuery) -> Outcome:
        """Return total, length of the page and the sum of each facet's counts."""
        result = self._catalog.search(query)
        facets = {facet.name: sum(v.count for v in facet.values) for facet in result.facets}
        return {"total": result.total, "page": len(result.hits), "facets": facets}


ENGINES: dict[str, type[Ours | SqliteGroupBy | Polars]] = {
    "ours": Ours,
    "sqlite": SqliteGroupBy,
    "polars": Polars,
}


def build(name: str, home: Path, total: int) -> dict[str, Any]:
    """Make an engine's files; return seconds and bytes."""
    began = time.perf_counter()
    elsewhere = ENGINES[name](home).build(total)
    seconds = time.perf_counter() - began - elsewhere
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return {"build": seconds, "disk": size, "build_rss": psutil.Process().memory_info().rss}


def ask(name: str, home: Path, total: int) -> dict[str, Any]:
    """Ask all questions twice; return milliseconds, memory and the answers."""
    engine: Engine = ENGINES[name](home)
    asked = queries(total)
    floor = psutil.Process().memory_info().rss
    began = time.perf_counter()
    engine.ask(SearchQuery())
    first = time.perf_counter() - began
    outcomes = [engine.ask(query) for query in asked]
    cold = times(engine, asked, forget=True)
    warm = times(engine, asked, forget=False) if engine.keeps else cold
    deep = SearchQuery(facets={"source": ("folder",)}, offset=total // 10 - PAGE)
    began = time.perf_counter()
    last_page = engine.ask(deep)
    return {
        "deep": (time.perf_counter() - began) * 1000,
        "deep_hits": last_page["total"],
        "first": first * 1000,
        "cold": cold,
        "warm": warm,
        "rss": psutil.Process().memory_info().rss,
        "floor": floor,
        "outcomes": outcomes,
    }


def times(engine: Engine, asked: list[SearchQuery], *, forget: bool) -> list[float]:
    """Return milliseconds of each question, the median of some rounds through all of them."""
    rounds: list[list[float]] = [[] for _ in asked]
    for _ in range(ROUNDS):
        for query, found in zip(asked, rounds, strict=True):
            if forget:
                engine.forget()
            began = time.perf_counter()
            engine.ask(query)
            found.append((time.perf_counter() - began) * 1000)
    return [statistics.median(found) for found in rounds]


def in_process(name: str, step: str, home: Path, total: int) -> dict[str, Any]:
    """Run one step of one engine in a process of its own."""
    command = [sys.executable, "-m", "bench.search", "--records", str(total)]
    command += ["--engine", name, "--step", step, "--home", str(home)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure(name: str, total: int, home: Path) -> dict[str, Any]:
    """Build and ask, unless the files are there already."""
    home.mkdir(parents=True, exist_ok=True)
    built = home / "built.json"
    if not built.exists():
        built.write_text(json.dumps(in_process(name, "build", home, total)))
    known: dict[str, Any] = json.loads(built.read_text())
    return known | in_process(name, "ask", home, total)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return the results as a Markdown table with ratios to ours."""
    head = (
        "engine",
        "build s",
        "disk MB",
        "RSS MB (imports)",
        "first ms",
        "cold p50 / p99 ms",
        "warm p50 / p99 ms",
        "cold p50 / p99 to ours",
    )
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    ours = results["ours"]["cold"]
    for name, got in results.items():
        cold, warm = got["cold"], got["warm"]
        ratio = (
            f"{statistics.median(cold) / statistics.median(ours):.1f} ×"
            f" / {max(cold) / max(ours):.1f} ×"
        )
        lines.append(
            f"| {name} | {got['build']:.0f} | {got['disk'] / 1e6:.0f}"
            f" | {got['rss'] / 1e6:.0f} ({got['floor'] / 1e6:.0f})"
            f" | {got['first']:.0f}"
            f" | {statistics.median(cold):.1f} / {max(cold):.1f}"
            f" | {statistics.median(warm):.1f} / {max(warm):.1f} | {ratio} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--engine", action="append", choices=list(ENGINES))
    parser.add_argument("--home", type=Path, help="keep the files here, and use them again")
    parser.add_argument("--step", choices=["build", "ask"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step = build if options.step == "build" else ask
        print(json.dumps(step(options.engine[0], options.home, options.records)))
        return
    installed = [n for n in ENGINES if n != "polars" or importlib.util.find_spec("polars")]
    names = ["ours", *(n for n in options.engine or installed if n != "ours")]
    home = options.home or Path(tempfile.mkdtemp(prefix="bench-search-"))
    try:
        results = {name: measure(name, options.records, home / name) for name in names}
    finally:
        if not options.home:
            shutil.rmtree(home)
    print(f"{options.records:,} records, 12 facets, 60 searches, p99 = the slowest\n")
    print(table(results))
    deep = results["ours"]
    print(f"\nours: the last page of {deep['deep_hits']:,} hits takes {deep['deep']:.1f} ms")
    for name in names[1:]:
        same = results[name]["outcomes"] == results["ours"]["outcomes"]
        print(f"\n{name}: {'the same answers as ours' if same else 'OTHER ANSWERS THAN OURS'}")


if __name__ == "__main__":
    main()
