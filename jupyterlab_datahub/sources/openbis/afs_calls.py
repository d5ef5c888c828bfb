"""The file server (AFS) of openBIS 7: where it is, what it has, what its errors mean."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from jupyterlab_datahub.errors import (
    DataHubError,
    InterruptedTransferError,
    NotFoundError,
    RequestError,
)
from jupyterlab_datahub.sources.openbis import wire
from jupyterlab_datahub.sources.openbis.sending import KEPT, Sender
from jupyterlab_datahub.sources.openbis.session import AFS_CODE, Session

SESSION_CODES = frozenset({20001})
"""What the file server says to a session that has ended."""


class Listed(NamedTuple):
    """A line of a listing; ``date`` is ISO 8601."""

    path: str
    directory: bool
    size: int
    date: str = ""


def address(session: Session) -> str:
    """Return where the file server of an openBIS is, empty if it has none.

    Raises
    ------
    RequestError, CatalogError
    """
    criteria: dict[str, Any] = {"@type": "as.dto.datastore.search.DataStoreSearchCriteria"}
    if session.server().api_version >= (7, 0):
        # Earlier servers know no kinds of data stores.
        kinds = {
            "@type": "as.dto.datastore.search.DataStoreKindSearchCriteria",
            "dataStoreKinds": ["DSS", "AFS"],
        }
        criteria["criteria"] = [kinds]
    options = {"@type": "as.dto.datastore.fetchoptions.DataStoreFetchOptions"}
    found = session.call("searchDataStores", criteria, options)
    stores = [one for one in found.get("objects") or () if one.get("code") == AFS_CODE]
    url = str(stores[0].get("downloadUrl") or "") if stores else ""
    return url.rstrip("/").removesuffix("/api")


class AfsCalls:
    """Calls of one file server.

    Parameters
    ----------
    session
        Who asks.
    url
        Where the file server is.

    Attributes
    ----------
    sender : Sender
        The connections.
    """

    def __init__(self, session: Session, url: str) -> None:
        self._session = session
        self.sender = Sender(session, url, self._refused)
        self.host = self.sender.host

    def files(self, owner: str, source: str) -> list[Listed]:
        """Return what is in a folder of an owner, and below.

        Raises
        ------
        NotFoundError
            If there is no such folder.
        AccessError, CatalogError, InterruptedTransferError
        """
        answer = self.call("GET", "list", owner=owner, source=source, recursively="True")
        lines = [line.split("\t") for line in answer.decode().split("\n") if line]
        return [
            Listed(
                path=line[1],
                directory=line[3].lower() == "true",
                size=int(line[4] or 0),
                date=line[5] if len(line) > 5 else "",
            )
            for line in lines
        ]

    def call(self, verb: str, method: str, **given: str) -> bytes:
        """Return the answer to a call.

        Raises
        ------
        ExpiredError, RequestError, CatalogError, InterruptedTransferError
        """
        query = {"method": method, "sessionToken": self._session.token(), **given}
        return self.sender.ask(verb, "/api", query).body

    def close(self) -> None:
        """Close the connections."""
        self.sender.close()

    def _refused(self, status: int, data: bytes) -> None:
        """Raise what an error of the file server means."""
        try:
            reason = msgspec.json.decode(data)["error"][1]
            # An error of the application server is wrapped in one of the file server.
            while isinstance(reason["message"], dict):
                reason = reason["message"]["error"][1]
            code, words = reason.get("exceptionCode"), str(reason["message"])
        except (msgspec.DecodeError, LookupError, TypeError):
            return
        raise self._error(status, code, words)

    def _error(self, status: int, code: object, words: str) -> DataHubError:
        who = self._session.who
        if code in SESSION_CODES:
            return self._session.over()
        if "NoSuchFile" in words:
            return NotFoundError(
                f"{who.title} has no such file",
                source=who.source,
                host=self.host,
                hint="Reload the tree.",
            )
        if status >= 500:
            return InterruptedTransferError(
                f"{who.title} could not do it: {words[:200]}",
                source=who.source,
                host=self.host,
                hint=KEPT,
            )
        if "rights" in words.lower() or "authori" in words.lower():
            words = f"no permission: {words}"
        known = wire.error_of(words, who, self.host)
        if isinstance(known, RequestError):
            return known
        return RequestError(
            f"{who.title} refused: {words[:200]}",
            source=who.source,
            host=self.host,
            hint="Tell the administrator of openBIS if it stays so.",
        )
