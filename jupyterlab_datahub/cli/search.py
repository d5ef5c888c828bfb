"""``jupyter datahub search``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.refreshing import refreshed
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import datasets, stores
from jupyterlab_datahub.engine.queries import SORTS, search_query
from jupyterlab_datahub.errors import NotFoundError
from jupyterlab_datahub.model import SearchQuery

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import SearchResult


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "search",
        run,
        help="find datasets in all catalogs",
        description="Find datasets in all catalogs. A catalog that is missing or old is fetched "
        "first; without a connection the one on this machine answers.",
        epilog="Example: jupyter datahub search fibroblast --facet tissue=lung "
        "--facet tissue=heart --range cells=1000..50000 --sort=-date",
    )
    parser.add_argument("text", nargs="*", metavar="TEXT", help="words to look for")
    parser.add_argument(
        "--facet",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a condition; values of one facet are alternatives, several facets all hold",
    )
    parser.add_argument(
        "--range",
        action="append",
        default=[],
        metavar="NAME=FROM..TO",
        help="a condition on cells, size (bytes) or year, or on what a single source has; either "
        "end may be left out",
    )
    parser.add_argument(
        "--entity",
        default="",
        metavar="KIND",
        help="what to look for in a single source that has several kinds of things, such as "
        "files of the Human Cell Atlas",
    )
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="NAME",
        help="search in this source only; a store such as openBIS is asked itself",
    )
    parser.add_argument(
        "--sort",
        default="relevance",
        metavar="ORDER",
        help=f"{', '.join(SORTS)}; a leading - turns it round: --sort=-date, the newest first",
    )
    parser.add_argument("--offset", default="0", metavar="N", help="pass over the first N hits")
    parser.add_argument("--limit", default="20", metavar="N", help="show N hits (default: 20)")
    parser.add_argument(
        "--no-refresh", action="store_true", help="use the catalogs on this machine as they are"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Search and print the hits."""
    sources = [f"source={name}" for name in arguments.source]
    given = {
        "text": [" ".join(arguments.text)],
        "facet": [*map(_by_name, arguments.facet), *sources],
        "range": arguments.range,
        "sort": [arguments.sort],
        "offset": [arguments.offset],
        "limit": [arguments.limit],
        "entity": [arguments.entity],
        "find": [],
    }
    # Kinds of things and numbers of its own only a source knows that is asked alone.
    query = search_query(lambda name: given[name], own=len(arguments.source) == 1)
    rooms = open_rooms()
    _check_names(rooms, arguments.source)
    try:
        live = stores.live(rooms, arguments.source)
        if not arguments.no_refresh and len(live) < max(len(arguments.source), 1):
            refreshed(rooms, terminal)
        each = len(arguments.source) > 1 and bool(live)
        if each:
            result = _each(rooms, arguments.source, query, terminal)
        else:
            result = _found(rooms, arguments.source if live else (), query)
        if not result.total and not live:
            _tell_unknown(rooms, query, terminal)
    finally:
        rooms.close()
    _tell_problems(result, terminal)
    terminal.document(result)
    if not each:
        _print(result, terminal)
    failed = any(status.name in live and status.error for status in result.sources)
    return 1 if failed else 0


def _found(rooms: Rooms, names: Sequence[str], query: SearchQuery) -> SearchResult:
    """Search the catalogs on this machine, or the one Source that is named and live."""
    if not names:
        return datasets.search(rooms, query)
    return stores.search(rooms, names[0], query)


def _each(
    rooms: Rooms, names: Sequence[str], query: SearchQuery, terminal: Terminal
) -> SearchResult:
    """Search several Sources at once, and print the answer of each as soon as it is there."""
    answers = []
    for answer in stores.answers_of_each(rooms, names, query):
        status = answer.sources[0]
        if status.error is None:
            terminal.line(f"{status.title or status.name}:")
            _print(answer, terminal)
            terminal.line()
        answers.append(answer)
    return stores.together(names, answers, query)


def _by_name(condition: str) -> str:
    """Let a facet be called as it is shown: ``Cell type=B cell`` for ``cell_type=B cell``."""
    title, equals, value = condition.partition("=")
    return f"{title.strip().lower().replace(' ', '_')}{equals}{value}"


def _tell_unknown(rooms: Rooms, query: SearchQuery, terminal: Terminal) -> None:
    everything = datasets.search(rooms, SearchQuery(limit=0))
    known = sorted(facet.name for facet in everything.facets)
    for name in query.facets:
        if known and name not in known:
            terminal.tell(f"No dataset has the facet {name!r}; facets are {', '.join(known)}.")


def _check_names(rooms: Rooms, names: Sequence[str]) -> None:
    known = [config.name for config in rooms.registry.configs]
    for name in names:
        if name not in known:
            raise NotFoundError(
                f"no source is named {name!r}", hint=f"Configured are: {', '.join(known)}."
            )


def _tell_problems(result: SearchResult, terminal: Terminal) -> None:
    for status in result.sources:
        if status.error is None:
            continue
        terminal.complain(status.error, status.title or status.name)
        if status.harvested:
            day = status.harvested[:10]
            terminal.tell(f"Its catalog of {day} was searched, which is on this machine.")


def _print(result: SearchResult, terminal: Terminal) -> None:
    if result.corrected:
        terminal.line(f"Nothing was found as typed; searched for {result.corrected!r}.")
    terminal.line(words.summary(result.summary))
    if not result.total:
        terminal.line("Leave out a condition, or look for fewer or other words.")
    for hit in result.hits:
        terminal.line()
        terminal.line(hit.title)
        terminal.indented(words.hit(hit))
    shown = result.offset + len(result.hits)
    if result.hits and shown < result.total:
        terminal.line()
        terminal.line(f"{shown:,} of {result.total:,}; go on with --offset {shown}")
    if result.exports:
        terminal.line()
        terminal.line("Of all that was found, to be fetched with get")
    for export in result.exports:
        files = words.many(export.members, "file")
        terminal.indented(words.joined(export.title, files, words.size(export.size), export.ref))
