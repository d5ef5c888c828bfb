"""What a process that looks at a file is told, and what it says in the end."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model import Asset, Download, Struct
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.settings import Settings, SourceConfig

FACTS = "facts.json"

MOST_BYTES = 96 << 20
"""Bytes that a look may fetch; a user who needs more downloads the file."""


class Stored(Struct):
    """A file that its store sends in pieces, of which its Source has to be asked."""

    settings: Settings
    asset: Asset


class What(StrEnum):
    """What is looked for."""

    FACTS = "facts"
    POINTS = "points"
    COLOURS = "colours"
    PIECES = "pieces"


class Job(Task, kw_only=True):
    """A look at a file: ``argument`` is an embedding or a column, ``directory`` that of the ref.

    ``pieces`` names those that are wanted (:mod:`.pieces`). ``most`` are the bytes that may be
    fetched for it. Where somebody pays for these, ``max_usd`` is what they may cost, and the ledger
    is in ``home``. ``stored`` is given in place of an address.
    """

    download: Download
    config: SourceConfig
    directory: str
    what: What = What.FACTS
    argument: str = ""
    pieces: tuple[str, ...] = ()
    most: int = MOST_BYTES
    max_usd: float | None = None
    home: str = ""
    stored: Stored | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the files that have the answer."""
        if self.what is What.PIECES:
            return self.pieces
        return (FACTS if self.what is What.FACTS else f"{self.what}-{self.argument}",)


class Found(Outcome):
    """The state that was seen, or what went wrong."""

    key: str = ""
