"""``jupyter datahub library``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.errors import BadRequestError, DataHubError

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import LibraryItem, LibraryListing

SHORTEST_PREFIX = 6


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "library",
        run,
        help="the verified files on this machine",
        description="List the verified files on this machine, or delete some of them.",
    )
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="SHA256",
        help="delete this file and the links to it; its first characters are enough; "
        "may be given several times",
    )
    actions.add_argument(
        "--clean",
        action="store_true",
        help="delete the files that no link in any folder leads to any more",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """List the library, after deleting what is to go."""
    rooms = open_rooms()
    listing = transfers.library(rooms)
    doomed = [_named(listing, prefix) for prefix in arguments.remove]
    if arguments.clean:
        doomed = [item for item in listing.items if not (item.links or item.shared)]
    kept = [item for item in doomed if not _removed(rooms, item, terminal)]
    listing = transfers.library(rooms)
    terminal.document(listing)
    _print(listing, terminal)
    return 1 if kept else 0


def _named(listing: LibraryListing, prefix: str) -> LibraryItem:
    found = [item for item in listing.items if item.sha256.startswith(prefix.lower())]
    if len(prefix) < SHORTEST_PREFIX or len(found) > 1:
        raise BadRequestError(
            f"{prefix!r} does not say which file is meant",
            hint="Give more of the characters that 'jupyter datahub library' shows.",
        )
    if not found:
        raise BadRequestError(
            f"the library has no file {prefix!r}",
            hint="'jupyter datahub library' lists what it has.",
        )
    return found[0]


def _removed(rooms: Rooms, item: LibraryItem, terminal: Terminal) -> bool:
    try:
        transfers.remove_file(rooms, item.sha256)
    except DataHubError as error:
        terminal.complain(error.body(), item.name)
        return False
    terminal.tell(f"Deleted {item.name} ({words.size(item.size)})")
    return True


def _print(listing: LibraryListing, terminal: Terminal) -> None:
    for item in listing.items:
        terminal.line(item.title or item.name)
        terminal.indented(
            words.joined(
                item.sha256[:12],
                words.size(item.size),
                item.ref,
                f"fetched {item.retrieved[:10]}",
                "shared" if item.shared else "",
            )
        )
        for link in item.links:
            terminal.indented(link)
    partial = f"{words.size(listing.partial)} unfinished" if listing.partial else ""
    terminal.line(
        words.joined(
            words.many(len(listing.items), "file"),
            words.size(listing.used),
            partial,
            f"{words.size(listing.free)} free on the disk",
            listing.path,
        )
    )
