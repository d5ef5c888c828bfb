"""What a process that looks at an image is told, and what it says in the end."""

from __future__ import annotations

from jupyterlab_datahub.model import Download, ImageFacts, Thumbnail
from jupyterlab_datahub.ranged.child import Outcome, Task
from jupyterlab_datahub.settings import Settings


class Job(Task, kw_only=True):
    """A look at an image.

    ``download`` is fresh from the Source, None for an image that is a folder below ``root``; then
    the process asks the Source itself. ``channel`` is None where only facts are wanted. ``kept``
    is the directory with what is kept of the image in this state, empty where nothing tells its
    states. ``max_usd`` is what the look may cost where somebody pays for it, None where nobody
    agreed to that.
    """

    settings: Settings
    source: str
    download: Download | None = None
    channel: int | None = None
    size: int = 512
    kept: str = ""
    max_usd: float | None = None


class Report(Outcome):
    """What a process says of its image; one of the three."""

    facts: ImageFacts | None = None
    thumbnail: Thumbnail | None = None
