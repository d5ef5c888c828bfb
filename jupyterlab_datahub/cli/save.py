"""``jupyter datahub save``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.cli.waiting import wait
from jupyterlab_datahub.engine import saves, transfers
from jupyterlab_datahub.errors import BadRequestError, FieldsError
from jupyterlab_datahub.model import ErrorBody, SaveRequest, Struct, TransferState

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Transfer


class SavedFile(Struct):
    """A file that the store has; ``checksum`` is its CRC-32."""

    path: str
    size: int
    checksum: str


class Saved(Struct):
    """What became of what was saved."""

    ref: str
    files: tuple[SavedFile, ...]
    verified: bool


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "save",
        run,
        help="put a notebook with its results, or files, into a store",
        description="Put a notebook, as it is on the disk, with its HTML, its results and what it "
        "was made from into a store, and compare what is there then. Another file or a folder goes "
        "as it is. Ctrl-C pauses; the same command goes on where it was.",
    )
    parser.add_argument(
        "notebook", metavar="NOTEBOOK", help="a notebook, file or folder below this folder"
    )
    parser.add_argument(
        "--to",
        required=True,
        metavar="OWNER",
        help="the collection or object it belongs to, such as openbis:HOST//SPACE/PROJECT/CODE",
    )
    parser.add_argument("--type", default="ANALYSIS_NOTEBOOK", help="the type of the dataset")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a property; several times for one with several values",
    )
    parser.add_argument(
        "--parent",
        action="append",
        metavar="ID",
        help="a dataset it was made from (default: those the notebook says it used)",
    )
    parser.add_argument(
        "--file", action="append", default=[], metavar="PATH", help="a result file or folder"
    )
    parser.add_argument("--no-html", action="store_true", help="leave out the page for reading")
    parser.add_argument(
        "--no-environment", action="store_true", help="leave out the list of packages"
    )
    parser.add_argument(
        "--write-history",
        action="store_true",
        help="write into the notebook what groups its versions in the store",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Save the notebook."""
    rooms = open_rooms()
    try:
        transfer = saves.save(rooms, _request(rooms, arguments))
        if transfer.state is TransferState.PAUSED:
            transfer = transfers.change(rooms, transfer.id, "resume")
        code = wait(rooms, [transfer], terminal)
        ended = transfers.one(rooms, transfer.id)
        if ended.state is not TransferState.DONE:
            terminal.failed(ended.error or _unfinished(ended))
            return code or 1
        saved = _saved(rooms, ended)
    except FieldsError as error:
        for field in error.fields:
            terminal.tell(f"{field.field}: {field.message}")
        raise
    finally:
        rooms.close()
    terminal.line(saved.ref)
    terminal.document(saved)
    return 0


def _request(rooms: Rooms, arguments: argparse.Namespace) -> SaveRequest:
    source = rooms.registry.for_ref(arguments.to)
    notebook = _inside(rooms.root, arguments.notebook)
    parents = arguments.parent
    if parents is None:
        parents = saves.inputs(rooms, source.name, notebook)
    return SaveRequest(
        source=source.name,
        notebook=notebook,
        owner=arguments.to,
        type=arguments.type,
        properties=_properties(arguments.set),
        parents=tuple(parents),
        files=tuple(_inside(rooms.root, path) for path in arguments.file),
        html=not arguments.no_html,
        environment=not arguments.no_environment,
        write_history=arguments.write_history,
    )


def _inside(root: Path, text: str) -> str:
    """Return a path relative to the root; what leads out of it is refused when it is looked at."""
    return Path(os.path.relpath(text, root)).as_posix() if Path(text).is_absolute() else text


def _properties(settings: Sequence[str]) -> dict[str, str | tuple[str, ...]]:
    given: dict[str, list[str]] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise BadRequestError(
                f"{setting[:80]!r} sets no property", hint="Write it as NAME=VALUE."
            )
        given.setdefault(name.strip(), []).append(value)
    return {
        name: values[0] if len(values) == 1 else tuple(values) for name, values in given.items()
    }


def _saved(rooms: Rooms, transfer: Transfer) -> Saved:
    files = saves.saved(rooms, transfer.id)
    return Saved(
        ref=transfer.ref,
        files=tuple(
            SavedFile(path=file.name, size=file.size, checksum=file.crc32) for file in files
        ),
        verified=True,
    )


def _unfinished(transfer: Transfer) -> ErrorBody:
    return ErrorBody(
        code=transfer.state.value,
        message=f"{transfer.name} was {transfer.state.value}",
        source=transfer.source,
        hint="Run the same command again to go on.",
    )
