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


class Job(Task, kw_only=True):
    """A look at a file: ``argument`` is an embedding or a column, ``directory`` that of the ref.

    ``most`` are the bytes that may be fetched for it.
    """

    download: Download
    config: SourceConfig
    directory: str
    what: What = What.FACTS
    argument: str = ""
    most: int = 96 << 20

    @property
    def wanted(self) -> str:
        """The name of the file that has the answer."""
        return FACTS if self.what is What.FACTS else f"{self.what}-{self.argument}"


class Found(Outcome):
    """The state that was seen, or what went wrong."""

    key: str = ""
