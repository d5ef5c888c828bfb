"""``jupyter datahub get``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.cli.waiting import wait
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.errors import DataHubError
from jupyterlab_datahub.model import ErrorBody, Struct, Transfer, TransferState

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms


class Fetched(Struct):
    """What became of one identifier; ``error`` is there only where it failed."""

    ref: str
    path: str = ""
    size: int | None = None
    sha256: str = ""
    error: ErrorBody | msgspec.UnsetType = msgspec.UNSET


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "get",
        run,
        help="fetch datasets into the library and link them into a folder",
        description="Fetch datasets into the library, verify them, and link them into a folder. "
        "Ctrl-C pauses; the same command goes on where it was.",
    )
    parser.add_argument(
        "refs", nargs="+", metavar="ID", help="identifier of a dataset or one of its files"
    )
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="folder for the links (default: the configured one)"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Fetch everything that is asked for."""
    rooms = open_rooms()
    directory = (arguments.to or rooms.root / rooms.settings.link_directory).resolve()
    try:
        begun = {ref: _begun(rooms, ref, directory) for ref in dict.fromkeys(arguments.refs)}
        waiting = [one for one in begun.values() if isinstance(one, Transfer)]
        code = wait(rooms, waiting, terminal)
        fetched = [_fetched(rooms, ref, one) for ref, one in begun.items()]
    finally:
        rooms.close()
    for one in fetched:
        if one.error:
            terminal.complain(one.error, one.ref)
        elif one.path:
            terminal.line(one.path)
    terminal.document(fetched)
    return code or int(any(one.error for one in fetched))


def _begun(rooms: Rooms, ref: str, directory: Path) -> Transfer | ErrorBody:
    """Queue one identifier; one that cannot be fetched does not keep the others back."""
    try:
        transfer, _ = transfers.start(rooms, ref, directory)
        if transfer.state is TransferState.PAUSED:
            transfer = transfers.change(rooms, transfer.id, "resume")
    except DataHubError as error:
        return error.body()
    return transfer


def _fetched(rooms: Rooms, ref: str, begun: Transfer | ErrorBody) -> Fetched:
    if isinstance(begun, ErrorBody):
        return Fetched(ref=ref, error=begun)
    ended = transfers.one(rooms, begun.id)
    return Fetched(
        ref=ref,
        path=ended.path,
        size=ended.size,
        sha256=ended.sha256,
        error=(
            msgspec.UNSET
            if ended.state is TransferState.DONE
            else ended.error or _unfinished(ended)
        ),
    )


def _unfinished(transfer: Transfer) -> ErrorBody:
    return ErrorBody(
        code=transfer.state.value,
        message=f"{transfer.name} was {transfer.state.value}",
        source=transfer.source,
        hint="Run the same command again to go on.",
    )
