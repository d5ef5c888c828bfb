"""What a process that looks at a file is told, and what it says in the end."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model import Download
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.settings import SourceConfig

FACTS = "facts.json"


class What(StrEnum):
    """What is looked for."""

    FACTS = "facts"
    POINTS = "points"
    COLOURS = "colours"
    PIECES = "pieces"


class Job(Task, kw_only=True):
    """A look at a file: ``argument`` is an embedding or a column, ``directory`` that of the ref.

    ``pieces`` names those that are wanted (:mod:`.pieces`). ``most`` are the bytes that may be
    fetched for it.
    """

    download: Download
    config: SourceConfig
    directory: str
    what: What = What.FACTS
    argument: str = ""
    pieces: tuple[str, ...] = ()
    most: int = 96 << 20

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the files that have the answer."""
        if self.what is What.PIECES:
            return self.pieces
        return (FACTS if self.what is What.FACTS else f"{self.what}-{self.argument}",)


class Found(Outcome):
    """The state that was seen, or what went wrong."""

    key: str = ""
