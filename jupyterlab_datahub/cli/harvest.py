"""``jupyter datahub harvest``: a whole catalog as a table."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from tqdm import tqdm

    from jupyterlab_datahub.cli.terminal import Terminal

    Step = Callable[[int, int, str], None]

TELL_EVERY = 25
"""Collections between two lines where no bar can be drawn."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "harvest",
        run,
        help="write a whole catalog as a table",
        description="Write every dataset of a catalog as a line of a CSV file. A run that was "
        "stopped goes on where it was; a later run fetches only what changed.",
    )
    parser.add_argument("source", metavar="NAME", help="name of the source, such as cellxgene")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the CSV file")
    parser.add_argument(
        "--json-dir",
        type=Path,
        metavar="DIR",
        help="keep the catalog's answers there (default: the source's cache)",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write the table."""
    from jupyterlab_datahub.catalog.export import harvest_csv

    source = open_rooms().registry[arguments.source]
    try:
        with _steps_on(terminal) as step:
            report = harvest_csv(source, arguments.out, arguments.json_dir, step)
    except KeyboardInterrupt:
        terminal.tell("Stopped. Run the same command again to go on where it was.")
        raise
    terminal.document(report)
    terminal.line(
        words.joined(
            f"{report.table}: {words.many(report.datasets, 'dataset')}",
            f"{words.many(report.collections, 'collection')}",
            f"{report.fetched:,} fetched",
            f"{report.unchanged:,} unchanged",
            f"{report.withdrawn:,} withdrawn" if report.withdrawn else "",
        )
    )
    if report.left_out:
        terminal.tell(f"{words.many(report.left_out, 'dataset')} without a version were left out.")
    return 0


@contextmanager
def _steps_on(terminal: Terminal) -> Iterator[Step]:
    """Give what shows the steps: a bar where a person watches, lines elsewhere."""
    if not terminal.interactive:
        yield Lines(terminal).show
        return
    from tqdm import tqdm

    bar: tqdm[NoReturn] = tqdm(unit=" collections", dynamic_ncols=True)

    def show(done: int, total: int, what: str) -> None:
        bar.total, bar.n = total or None, done
        bar.set_postfix_str(what, refresh=False)
        bar.refresh()

    with bar:
        yield show


class Lines:
    """A line now and then.

    Parameters
    ----------
    terminal
        Where they go.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._words = ""
        self._done = 0

    def show(self, done: int, total: int, what: str) -> None:
        """Print a line if it says something new."""
        if not total and what != self._words:
            self._words = what
            self._terminal.tell(what)
        elif total and (done >= self._done + TELL_EVERY or done == total > self._done):
            self._done = done
            self._terminal.tell(f"{done:,} of {total:,} collections")
