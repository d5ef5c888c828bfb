"""What the process that fetches a selection is told."""

from __future__ import annotations

from jupyterlab_datahub.model import Download, Selection, Struct
from jupyterlab_datahub.previews.job import Stored
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.memory import MEMORY


class Job(Struct):
    """A selection to fetch.

    ``stored`` is given in place of an address. ``directory`` is what previews keep of the file,
    ``target`` is the file to write.
    ``memory`` are the bytes that it takes at most.
    """

    ref: str
    name: str
    title: str
    download: Download
    config: SourceConfig
    selection: Selection
    directory: str
    target: str
    stored: Stored | None = None
    memory: int = MEMORY
