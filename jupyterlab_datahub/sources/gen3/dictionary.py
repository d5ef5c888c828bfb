"""The data dictionary of a commons: the types of records, and what they are."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.gen3.session import Session

ALL = "/api/v0/submission/_dictionary/_all"
KEPT_SECONDS = 600.0
NO_RECORDS = frozenset({"metaschema", "root", "program", "project", "data_release"})
FILES = "_file"
"""What the categories of files end in: ``data_file``, ``metadata_file``, ``index_file``."""


class NodeType(NamedTuple):
    """One type of records."""

    name: str
    title: str
    category: str
    description: str
    properties: frozenset[str]

    @property
    def holds_files(self) -> bool:
        """Whether its records are files."""
        return self.category.endswith(FILES) or {"file_name", "object_id"} <= self.properties


class Dictionary:
    """The types of records of a commons; usable from any thread.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._kept: tuple[float, dict[str, NodeType]] | None = None

    def types(self) -> dict[str, NodeType]:
        """Return the types by name.

        Raises
        ------
        AccessError, CatalogError
        """
        with self._lock:
            if self._kept and time.monotonic() - self._kept[0] < KEPT_SECONDS:
                return self._kept[1]
            said = self._session.get(ALL, dict[str, Any])
            types = {
                name: _type(name, one)
                for name, one in said.items()
                if not name.startswith("_") and name not in NO_RECORDS and isinstance(one, dict)
            }
            self._kept = time.monotonic(), types
            return types


def _type(name: str, said: dict[str, Any]) -> NodeType:
    properties = said.get("properties")
    return NodeType(
        name=name,
        title=str(said.get("title") or name),
        category=str(said.get("category") or ""),
        description=" ".join(str(said.get("description") or "").split()),
        properties=frozenset(properties if isinstance(properties, dict) else ()),
    )
