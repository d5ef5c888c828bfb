"""How far transfers have come: a bar where a person watches, lines elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, Protocol

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.model import TransferState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tqdm import tqdm

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.model import Transfer

_ENDED = (TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED, TransferState.PAUSED)


class Progress(Protocol):
    """Something that shows how transfers stand, called a few times a second."""

    def show(self, transfers: Sequence[Transfer]) -> None:
        """Show how they stand now."""


class Bar:
    """One bar over the bytes of all transfers.

    Parameters
    ----------
    bar
        What draws it.
    """

    def __init__(self, bar: tqdm[NoReturn]) -> None:
        self._bar = bar

    def show(self, transfers: Sequence[Transfer]) -> None:
        """Draw the bar."""
        sizes = [transfer.size for transfer in transfers if transfer.size is not None]
        self._bar.total = sum(sizes) if len(sizes) == len(transfers) else None
        self._bar.n = sum(transfer.done for transfer in transfers)
        left = sum(transfer.state not in _ENDED for transfer in transfers)
        notes = [transfer.note for transfer in transfers if transfer.note]
        name = transfers[0].name if len(transfers) == 1 else f"{left} of {len(transfers)} files"
        self._bar.set_description_str(name, refresh=False)
        self._bar.set_postfix_str(notes[0] if notes else "", refresh=False)
        self._bar.refresh()


class Lines:
    """A line for each change of a transfer's state.

    Parameters
    ----------
    terminal
        Where they go.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: dict[str, str] = {}

    def show(self, transfers: Sequence[Transfer]) -> None:
        """Print the lines that are new."""
        for transfer in transfers:
            line = words.joined(
                f"{transfer.name}: {transfer.state.value}", words.size(transfer.size), transfer.note
            )
            if self._told.get(transfer.id) != line:
                self._told[transfer.id] = line
                self._terminal.tell(line)


@contextmanager
def progress_on(terminal: Terminal) -> Iterator[Progress]:
    """Give what suits the terminal, and tidy it up."""
    if not terminal.interactive:
        yield Lines(terminal)
        return
    from tqdm import tqdm

    bar: tqdm[NoReturn] = tqdm(unit="B", unit_scale=True, dynamic_ncols=True)
    with bar:
        yield Bar(bar)
