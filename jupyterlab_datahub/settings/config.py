"""What is configured, as plain values: Sources, limits, and where data lives."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.settings.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Collection

NEVER = 1e12
"""Seconds that stand for never; unlike infinity they survive JSON."""


class SourceConfig(Struct):
    """One entry of the list of Sources; ``options`` holds what only its kind understands.

    ``configured_by`` says in words who named it, as in "an administrator".
    """

    name: str
    kind: str
    title: str = ""
    url: str = ""
    ca_bundle: str = ""
    verify_tls: bool = True
    options: dict[str, Any] = {}
    configured_by: str = ""

    @property
    def origin(self) -> str:
        """A digest of what decides which datasets there are.

        A catalog fetched with another one, say from another address or folder, is not this
        Source's, though it may have its name.
        """
        decisive = (self.kind, self.url, sorted(self.options.items()))
        return hashlib.sha256(msgspec.json.encode(decisive, enc_hook=str)).hexdigest()[:16]

    def renamed(self, taken: Collection[str]) -> SourceConfig:
        """Return the entry under a name that is not `taken`, with a number where it is."""
        name, number = self.name, 2
        while name in taken:
            name = f"{self.name}-{number}"
            number += 1
        return msgspec.structs.replace(self, name=name)

    def below(self, root: Path) -> SourceConfig:
        """Return the entry with its ``path``, if it has one, made absolute."""
        path = self.options.get("path")
        if not isinstance(path, str):
            return self
        absolute = str(root / Path(path).expanduser())
        return msgspec.structs.replace(self, options=self.options | {"path": absolute})


class Settings(Struct):
    """All configuration as plain values, so that it can be handed to a worker process.

    Sizes are bytes, times seconds, rates bytes per second (0: no limit).
    """

    home: str
    root: str
    sources: tuple[SourceConfig, ...] = ()
    shared_library: str = ""
    link_directory: str = "datahub"
    reserve: int = 2 * 1024**3
    memory: int = MEMORY
    transfers_at_once: int = 3
    connections_per_transfer: int = 8
    connections_per_host: int = 8
    rate_per_host: int = 0
    connect_timeout: float = 20.0
    read_timeout: float = 60.0
    attempts: int = 8
    refresh_after: float = 6 * 3600.0


def data_home() -> Path:
    """Return the directory of library, queue, index and caches (``DATAHUB_HOME`` overrides)."""
    named = os.environ.get("DATAHUB_HOME")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("jupyterlab-datahub", appauthor=False))
