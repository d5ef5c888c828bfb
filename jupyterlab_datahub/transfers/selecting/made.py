"""What the process that fetches a selection says of it at its end."""

from __future__ import annotations

from jupyterlab_datahub.model import Struct


class Made(Struct):
    """The file it wrote, and what that took: bytes that were fetched by so many requests."""

    size: int
    sha256: str
    cells: int
    genes: int
    fetched: int
    requests: int
    notes: tuple[str, ...] = ()
