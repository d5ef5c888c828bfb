"""``jupyter datahub convert``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.anndata_io.members import Members, broken
from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import settings
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import ErrorBody, Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged.child import raised
from jupyterlab_datahub.transfers.conversion.converter import converted
from jupyterlab_datahub.transfers.network.stopping import Halt

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from jupyterlab_datahub.cli.terminal import Terminal


MODULE = "jupyterlab_datahub.anndata_io.sharded"
"""What converts, in a process whose memory is bound."""


class Sizes(Struct):
    """What the process says of what it made."""

    cells: int
    genes: int
    values: int


class Made(Struct):
    """What was made of a file."""

    path: str
    format: str
    cells: int
    genes: int
    values: int


class Listed(Struct):
    """A file of an archive, with the bytes that it is said to have."""

    path: str
    size: int


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "convert",
        run,
        help="make an .h5ad or a sharded .zarr of a file",
        description="Make an .h5ad, or a store in Zarr 3 with shards, of a file on this machine: an"
        " .h5ad, Loom, a 10x matrix, a table of counts or of cells, a Zarr store. It goes through a"
        " piece at a time, and takes no more memory than c.DataHub.memory_gb says.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="what is converted")
    parser.add_argument(
        "target",
        type=Path,
        metavar="TARGET",
        nargs="?",
        help="what is made; it ends in .h5ad or .zarr; without it, what is in an archive is listed",
    )
    parser.add_argument(
        "--member", default="", metavar="PATH", help="the file of an archive that is meant"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Convert one file."""
    source: Path = arguments.file
    target: Path | None = arguments.target
    if not source.exists():
        raise BadRequestError(f"{source} does not exist", hint="Give the path of a file.")
    if target is None:
        return _list(source, terminal)
    if target.exists():
        raise BadRequestError(f"{target} is there already", hint="Remove it, or name another one.")
    told = 0

    def tell(part: float) -> None:
        nonlocal told
        if int(part * 10) > told:
            told = int(part * 10)
            terminal.tell(f"{part:.0%}")

    made = _convert(source, target, arguments.member, tell)
    terminal.line(str(target))
    terminal.document(
        Made(
            path=str(target.absolute()),
            format=target.suffix.lstrip("."),
            cells=made.cells,
            genes=made.genes,
            values=made.values,
        )
    )
    return 0


def _convert(source: Path, target: Path, member: str, tell: Callable[[float], None]) -> Sizes:
    """Convert in a process of its own, and leave nothing where that fails."""
    folder = target.absolute().parent
    if not folder.is_dir():
        raise BadRequestError(f"{folder} is no folder", hint="Make it first, or name another one.")
    memory = settings().memory
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".convert-") as place:
            part = Path(place, target.name)
            said = converted(MODULE, source, part, source.name, Halt(), tell, member, memory)
            if isinstance(said, ErrorBody):
                raise raised(said)
            part.rename(target)
    except OSError as error:
        raise BadRequestError(
            f"{folder} cannot be written to: {error.strerror or error}",
            hint="Name another folder, or look whether its disk has room.",
        ) from error
    return from_json(said, Sizes)


def _list(source: Path, terminal: Terminal) -> int:
    """Print what is in a folder or an archive."""
    try:
        entries = Members(source, source.name).entries()
    except broken() as error:
        raise BadRequestError(
            f"{source} is no archive whose files can be listed: {error}",
            hint="Give the name of what is to be made of it, too.",
        ) from error
    for one in entries:
        terminal.line(f"{words.size(one.size):>12}  {one.path}")
    terminal.document([Listed(path=one.path, size=one.size) for one in entries])
    return 0
