"""Programs and projects, and to which program a project belongs."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyterlab_datahub.errors import DataHubError, ExpiredError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.sources.gen3 import rights

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.gen3.session import Session

SUBMISSION = "/api/v0/submission/"
KEPT_SECONDS = 600.0


class _Links(Struct):
    links: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The last parts of the links."""
        return tuple(sorted(link.rstrip("/").rpartition("/")[2] for link in self.links))


def programs(session: Session) -> tuple[str, ...]:
    """Return the programs of a commons.

    Raises
    ------
    AccessError, CatalogError
    """
    return session.get(SUBMISSION, _Links).names


def projects(session: Session, program: str) -> tuple[str, ...]:
    """Return the projects of a program, those among them that we may not read.

    Raises
    ------
    NotFoundError
        If there is no such program.
    AccessError, CatalogError
    """
    return session.get(f"{SUBMISSION}{quote(program, safe='')}", _Links).names


class Programs:
    """Tells the program from the code in the id of a project; usable from any thread.

    The id joins both with a hyphen, and either may have hyphens of its own.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._kept: tuple[float, tuple[str, ...]] | None = None

    def resources_of(self, project: str) -> tuple[str, ...]:
        """Return the resource of a project by its id, as in ``DEV-test``; none if it is no id.

        Raises
        ------
        ExpiredError
            If what is kept does not let us in any more.
        """
        cuts = [at for at, letter in enumerate(project) if letter == "-"]
        pairs = [(project[:at], project[at + 1 :]) for at in cuts]
        if len(pairs) > 1:
            pairs = self._known(pairs) or pairs
        return tuple(rights.project_resource(*pair) for pair in pairs[:1])

    def _known(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those pairs of a program and a project that there are."""
        try:
            named = [pair for pair in pairs if pair[0] in self._names()]
            if len(named) < 2:
                return named
            return [pair for pair in named if pair[1] in projects(self._session, pair[0])]
        except ExpiredError:
            raise
        except DataHubError:
            # The service decides at the download; this is what is shown before.
            return []

    def _names(self) -> tuple[str, ...]:
        with self._lock:
            if self._kept and time.monotonic() - self._kept[0] < KEPT_SECONDS:
                return self._kept[1]
        found = programs(self._session)
        with self._lock:
            self._kept = time.monotonic(), found
        return found
