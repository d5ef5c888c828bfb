"""What a process that looks at a file is told, and what it says in the end."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model import Download, ErrorBody, Struct
from jupyterlab_datahub.settings import SourceConfig

SECONDS = 60.0
"""After which a look is ended."""

MEMORY = 2 << 30
"""Bytes of address space for a look; what it holds in memory is about a third less."""


class What(StrEnum):
    """What is looked for."""

    FACTS = "facts"
    POINTS = "points"
    COLOURS = "colours"


class Job(Struct):
    """A look at a file: ``argument`` is an embedding or a column, ``directory`` that of the ref.

    ``most`` are the bytes that may be fetched for it.
    """

    ref: str
    name: str
    download: Download
    config: SourceConfig
    directory: str
    what: What = What.FACTS
    argument: str = ""
    most: int = 96 << 20
    seconds: float = SECONDS
    memory: int = MEMORY

    @property
    def wanted(self) -> str:
        """The name of the file that has the answer."""
        return "facts.json" if self.what is What.FACTS else f"{self.what}-{self.argument}"


class Outcome(Struct):
    """The state that was seen, or what went wrong."""

    key: str = ""
    error: ErrorBody | None = None
