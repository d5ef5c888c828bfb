"""Where the secrets of connections are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Vault:
    """The secrets of connections, by the name of the Source.

    Parameters
    ----------
    home
        The home directory.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
