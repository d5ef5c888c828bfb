"""Waiting for a transfer where somebody watches: one quiet line."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.progress import Bar, Progress
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.errors import ConflictError, TransferError
from jupyterlab_datahub.model import TransferState
from jupyterlab_datahub.ranged.child import raised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Transfer

LOOK_FIRST, LOOK_EVERY, LATER = 0.02, 0.2, 1.3
"""Seconds from a look to the next at first and at most, and how much longer each is: what is here
already is there soon, what takes long need not be asked for often."""


class Line:
    """A line of a notebook's output that goes when it is done."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def show(self, moving: Sequence[Transfer]) -> None:
        """Say how far it has come."""
        self.say("; ".join(map(_words, moving)))

    def say(self, text: str) -> None:
        """Put a text in place of the one before."""
        self._handle.update({"text/plain": text}, raw=True)


class Silence:
    """Says nothing, as nobody watches."""

    def show(self, moving: Sequence[Transfer]) -> None:
        """Say nothing."""


def wait(opened: Rooms, begun: Transfer) -> Path:
    """Return where a file is, once it is here; Ctrl-C pauses what is on its way.

    Raises
    ------
    DataHubError
        If it does not come.
    """
    now, pause = begun, LOOK_FIRST
    try:
        with _shown() as progress:
            while not (now.state.final or now.state is TransferState.PAUSED):
                opened.supervisor.ensure()
                time.sleep(pause)
                pause = min(pause * LATER, LOOK_EVERY)
                now = transfers.one(opened, begun.id)
                progress.show([now])
    except KeyboardInterrupt:
        transfers.change(opened, begun.id, "pause")
        raise
    if now.state is TransferState.DONE:
        return Path(now.path)
    if now.state is TransferState.FAILED and now.error is not None:
        raise raised(now.error)
    if now.state is TransferState.PAUSED:
        raise ConflictError(f"{now.name} was paused", hint="Resume it, then call this again.")
    raise TransferError(f"{now.name} was {now.state.value}", hint="Call this again to go on.")


@contextmanager
def _shown() -> Iterator[Progress]:
    """Give what suits the place: a line in a notebook, a bar in a terminal, nothing elsewhere."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import display

        handle = display({"text/plain": ""}, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython declares no types here
        line = Line(handle)
        try:
            yield line
        finally:
            line.say("")
    elif sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(unit="B", unit_scale=True, dynamic_ncols=True, leave=False) as bar:
            yield Bar(bar)
    else:
        yield Silence()


def _words(moving: Transfer) -> str:
    share = f"{moving.done / moving.size:.0%} of" if moving.size else ""
    return " ".join(filter(None, (f"{moving.name}:", share, words.size(moving.size), moving.note)))
