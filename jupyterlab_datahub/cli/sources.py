"""``jupyter datahub sources``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.refreshing import refreshed
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import datasets
from jupyterlab_datahub.model import SourceStatus, Struct

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal


class SourceList(Struct):
    """What the command answers, as ``GET sources`` does."""

    sources: tuple[SourceStatus, ...]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "sources",
        run,
        help="the configured sources and the state of their catalogs",
        description="List the configured sources and the state of their catalogs.",
    )
    parser.add_argument(
        "--refresh",
        metavar="NAME",
        action="append",
        default=[],
        help="fetch the catalog of this source again first; may be given several times",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """List the Sources."""
    rooms = open_rooms()
    if arguments.refresh:
        statuses = refreshed(rooms, terminal, arguments.refresh)
    else:
        statuses = datasets.statuses(rooms)
    terminal.document(SourceList(sources=statuses))
    for status in statuses:
        terminal.line(f"{status.name}: {words.source(status)}")
        if status.error:
            terminal.complain(status.error, status.name)
    failed = {status.name for status in statuses if status.error}
    return 1 if failed & set(arguments.refresh) else 0
