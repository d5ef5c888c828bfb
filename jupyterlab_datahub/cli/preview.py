"""``jupyter datahub preview``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import loading, members, previews
from jupyterlab_datahub.errors import ConsentError, NotSupportedError

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.model import MemberListing, Preview, PreviewColumn, PreviewMatrix

SHOWN = 3
"""Values of a column that are printed."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "preview",
        run,
        help="what is in a file, without downloading it",
        description="Show what is in an AnnData, Loom or 10x file, or list the files of an archive,"
        " without downloading it.",
    )
    parser.add_argument("ref", metavar="ID", help="identifier of a dataset or one of its files")
    parser.add_argument(
        "--max-usd",
        type=float,
        metavar="USD",
        help="what the look may cost at most, where whoever reads pays",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print what is in a file."""
    rooms = open_rooms()
    try:
        found = previews.facts(rooms, arguments.ref, arguments.max_usd)
    except NotSupportedError:
        if not members.is_listed(rooms, arguments.ref):
            raise
        return _list(members.listing(rooms, arguments.ref, arguments.max_usd), terminal)
    except ConsentError as error:
        error.hint = "Say how much it may cost at most with --max-usd."
        raise
    terminal.document(found)
    _print(found, terminal)
    if too_large := loading.too_large(rooms, arguments.ref, loading.Kernel()):
        terminal.line(too_large)
    return 0


def _print(found: Preview, terminal: Terminal) -> None:
    cells, genes = found.shape
    terminal.line(found.title or found.name)
    terminal.indented(f"{cells:,} cells by {genes:,} genes, {found.format}")
    for matrix in (found.x, found.raw, *found.layers):
        if matrix is not None:
            terminal.indented(_matrix(matrix))
    terminal.indented(f"Counts in {found.raw_counts}" if found.raw_counts else "No counts seen")
    terminal.indented(f"Takes about {words.size(found.memory.peak)} of memory to load")
    if found.obs:
        terminal.line()
        terminal.line("Columns of cells")
    for column in found.obs:
        terminal.indented(_column(column))
    for note in found.notes:
        terminal.line(note)
    if not found.local:
        terminal.line(f"Read {words.size(found.bytes_fetched)} of {words.size(found.size)}")


def _list(found: MemberListing, terminal: Terminal) -> int:
    terminal.document(found)
    for one in found.members:
        kind = one.kind if one.loads else f"{one.kind}, does not load"
        terminal.line(f"{words.size(one.size)} {one.path} ({kind})")
    if found.note:
        terminal.line(found.note)
    if found.requests:
        terminal.line(f"Read {words.size(found.bytes_fetched)} of {words.size(found.size)}")
    return 0


def _matrix(matrix: PreviewMatrix) -> str:
    density = "" if matrix.density is None else f"{matrix.density:.1%} stored"
    return words.joined(matrix.name, matrix.encoding, matrix.dtype, density, matrix.note)


def _column(column: PreviewColumn) -> str:
    values = ", ".join(f"{top.value} ({top.count:,})" for top in column.top[:SHOWN])
    if column.low is not None and column.high is not None:
        values = f"{column.low:g} to {column.high:g}"
    return words.joined(column.name, values, column.note)
