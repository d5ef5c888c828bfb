"""``jupyter datahub …``: the engine in a terminal."""

from __future__ import annotations

from jupyterlab_datahub.cli.command import main

__all__ = ["main"]
