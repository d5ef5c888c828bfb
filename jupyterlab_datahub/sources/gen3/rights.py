"""What a user may do at a commons, by the resources of its authorization service (arborist).

A right on a resource holds for everything below it: ``/programs/DEV`` for
``/programs/DEV/projects/test``.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import DataHubError, ExpiredError, UnreachableError
from jupyterlab_datahub.model import Access, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterlab_datahub.sources.gen3.session import Session

READ = "read"
DOWNLOAD = "read-storage"
CREATE = "create"
WRITE = "write-storage"
UPLOAD = "file_upload"
DATA_FILE = "/data_file"
"""The resource on which ``file_upload`` lets users upload files that belong to no project yet."""

ANONYMOUS = ("/authz/auth/mapping", "/authz/mapping")
KEPT_SECONDS = 60.0
MOST_NAMES = 12

_ANY = "*"


class Permission(Struct):
    """A method of a service; ``*`` is any."""

    service: str = _ANY
    method: str = _ANY


Permissions = dict[str, tuple[Permission, ...]]


class User(Struct):
    """The answer of ``GET /user/user``."""

    username: str | None = None
    name: str | None = None
    email: str | None = None
    authz: dict[str, tuple[Permission, ...]] | None = None
    project_access: dict[str, Any] | None = None

    @property
    def shown(self) -> str:
        """What the user is called."""
        return self.username or self.name or self.email or ""


class Rights:
    """What we may do, asked now and then; usable from any thread.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._kept: tuple[float, str, Permissions | None] | None = None

    def learn(self, user: User, token: str) -> None:
        """Note what was said of a user."""
        with self._lock:
            self._kept = time.monotonic(), token, _of(user)

    def mapping(self) -> Permissions | None:
        """Return the permissions by resource, None where nobody says.

        Raises
        ------
        ExpiredError
            If what is kept does not let us in any more.
        UnreachableError
        """
        token = self._session.tokens.access()
        text = token.text if token else ""
        with self._lock:
            kept = self._kept
        if kept is not None and kept[1] == text and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[2]
        found = self._asked(connected=token is not None)
        with self._lock:
            self._kept = time.monotonic(), text, found
        return found

    def known(self) -> Permissions | None:
        """Return what was learnt last; asks nobody."""
        with self._lock:
            return self._kept[2] if self._kept else None

    def may(self, method: str, resource: str) -> bool:
        """Return whether we may do something; True where nobody says, as the service will."""
        mapping = self.mapping()
        return mapping is None or allows(mapping, method, resource)

    def of_resources(self, resources: Iterable[str], acl: Iterable[str] = ()) -> tuple[Access, str]:
        """Return what stands between us and the bytes of a file, and what to do.

        Parameters
        ----------
        resources
            The resources of its record; a right on any of them is enough.
        acl
            The older list of projects, used where there are no resources.
        """
        named = [*resources] or [f"/projects/{name}" for name in acl if name != _ANY]
        mapping = self.mapping()
        if mapping is None or not named or any(allows(mapping, DOWNLOAD, one) for one in named):
            return Access.OPEN, ""
        what = ", ".join(map(label, named))
        if not self._session.connected:
            return Access.LOGIN, f"Connect to {self._session.who.title} to download from {what}."
        title = self._session.who.title
        return Access.CONTROLLED, f"You may not download from {what}; ask {title} for access."

    def _asked(self, *, connected: bool) -> Permissions | None:
        if connected:
            try:
                return _of(self._session.get("/user/user", User))
            except (ExpiredError, UnreachableError):
                raise
            except DataHubError:
                return None
        for path in ANONYMOUS:
            try:
                return self._session.get(path, Permissions)
            except UnreachableError:
                raise
            except DataHubError:
                # Not every commons tells it to everybody.
                continue
        return None


def allows(mapping: Mapping[str, Iterable[Permission]], method: str, resource: str) -> bool:
    """Return whether permissions hold a method on a resource or on what it lies in."""
    parts = resource.strip("/").split("/")
    places = ("/" + "/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return any(one.method in (method, _ANY) for place in places for one in mapping.get(place, ()))


def project_resource(program: str, project: str) -> str:
    """Return the resource of a project."""
    return f"/programs/{program}/projects/{project}"


def label(resource: str) -> str:
    """Return what a resource is called: ``DEV-test`` for that of a project."""
    parts = resource.strip("/").split("/")
    if len(parts) == 4 and (parts[0], parts[2]) == ("programs", "projects"):
        return f"{parts[1]}-{parts[3]}"
    if len(parts) == 2 and parts[0] in ("programs", "projects"):
        return parts[1]
    return resource


def in_words(mapping: Mapping[str, Iterable[Permission]] | None) -> tuple[str, ...]:
    """Return what permissions are good for, as sentences without a stop."""
    if not mapping:
        return ()
    resources = sorted(mapping)
    download = [one for one in resources if allows(mapping, DOWNLOAD, one)]
    browse = [one for one in resources if _reads(mapping[one]) and one not in download]
    upload = [
        one for one in resources if allows(mapping, CREATE, one) and allows(mapping, WRITE, one)
    ]
    if allows(mapping, UPLOAD, DATA_FILE):
        upload.append("files of no project yet")
    said = (("Download from", download), ("See records of", browse), ("Upload to", upload))
    return tuple(f"{words} {_listed(names)}" for words, names in said if names)


def _reads(permissions: Iterable[Permission]) -> bool:
    return any(one.method in (READ, _ANY) for one in permissions)


def _listed(resources: list[str]) -> str:
    names = list(dict.fromkeys(map(label, resources)))
    more = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown


def _of(user: User) -> Permissions | None:
    """Return what is said of a user; older commons say it by project alone."""
    if user.authz:
        return user.authz
    if not user.project_access:
        return user.authz
    return {
        f"/projects/{name}": tuple(Permission(method=str(method)) for method in methods)
        for name, methods in user.project_access.items()
        if isinstance(methods, list)
    }
