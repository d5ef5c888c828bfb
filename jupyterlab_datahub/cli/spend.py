"""``jupyter datahub spend``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import consent
from jupyterlab_datahub.model import in_usd

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    add_command(
        commands,
        "spend",
        run,
        help="what was paid for files whose requester pays",
        description="Show what was paid for files whose requester pays, by month (UTC) and bucket: "
        "the bytes that were sent at the price that was known then.",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:  # noqa: ARG001 - as every command is called
    """Show what was paid."""
    spent = consent.spending(open_rooms())
    terminal.document(spent)
    for one in spent.months:
        place = "/".join(filter(None, (one.host, one.bucket)))
        terminal.line(words.joined(one.month, place, words.size(one.bytes), in_usd(one.usd)))
    if spent.months:
        terminal.line(words.joined("in all", words.size(spent.bytes), in_usd(spent.usd)))
    else:
        terminal.line("Nothing was paid for.")
    return 0
