"""The parts that the catalog is made of, one for each Source as it is configured.

Two servers may share a home and mean different things by one name: ``folder`` is the directory
each was started in. A part therefore belongs to a name together with what decides which datasets
there are (:attr:`SourceConfig.origin`), and nobody is shown the part of a namesake.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from jupyterlab_datahub.settings import SourceConfig

_KEPT_DAYS = 30


class Part(Struct):
    """What is known of a part; ``harvested`` is an ISO time."""

    key: str
    source: str
    datasets: int
    harvested: str


def part_key(config: SourceConfig) -> str:
    """Return what a Source's part is stored under."""
    return f"{config.name} {config.origin}"


def read_parts(connection: sqlite3.Connection) -> dict[str, Part]:
    """Return all parts by their keys."""
    rows = connection.execute("SELECT part, source, datasets, harvested FROM part")
    return {
        key: Part(key=key, source=source, datasets=datasets, harvested=harvested)
        for key, source, datasets, harvested in rows
    }


class Naming:
    """Which parts the names of Sources stand for.

    Parameters
    ----------
    configs
        The Sources in force. Names that are not among them stand for every part of that name.
    """

    def __init__(self, configs: Iterable[SourceConfig]) -> None:
        self._keys = {config.name: part_key(config) for config in configs}

    def key(self, source: str) -> str:
        """Return what the part of the Source of that name is stored under."""
        return self._keys.get(source, source)

    def keys(self, parts: Iterable[Part], names: Collection[str] | None) -> set[str] | None:
        """Return the keys of the parts that `names` stand for; None for all there are.

        Without names these are the Sources in force, and all if none is known.
        """
        wanted = names if names is not None else self._keys
        if names is None and not self._keys:
            return None
        return {
            part.key
            for part in parts
            if part.source in wanted
            and (
                part.source not in self._keys or part.key in (self._keys[part.source], part.source)
            )
        }


def forgotten_parts(connection: sqlite3.Connection, part: Part) -> list[str]:
    """Return the parts of the same name as `part` that nobody has fetched for a month."""
    limit = datetime.now(UTC) - timedelta(days=_KEPT_DAYS)
    rows = connection.execute(
        "SELECT part FROM part WHERE source = ? AND part <> ? AND harvested < ?",
        (part.source, part.key, limit.isoformat(timespec="seconds")),
    ).fetchall()
    return [key for (key,) in rows]


def write_part(connection: sqlite3.Connection, part: Part) -> None:
    """Write what is known of a part."""
    connection.execute(
        "INSERT OR REPLACE INTO part (part, source, datasets, harvested) VALUES (?, ?, ?, ?)",
        (part.key, part.source, part.datasets, part.harvested),
    )
