"""Who we are at one openBIS, and how it is asked."""

from __future__ import annotations

import itertools
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    ExpiredError,
    NotFoundError,
)
from jupyterlab_datahub.sources import answers
from jupyterlab_datahub.sources.addresses import check_encrypted
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.openbis import wire
from jupyterlab_datahub.sources.openbis.keys import PAT, Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.preconfigured import Given
    from jupyterlab_datahub.settings.vault import Vault

AS = "/openbis/openbis/rmi-application-server-v3.json"
QUERY = "/openbis/openbis/rmi-query-v1.json"
DSS = "/datastore_server/rmi-data-store-server-v3.json"

HARMLESS = ("get", "is", "list", "search")
"""Beginnings of methods that change nothing, so that they may be asked twice."""

AFS_CODE = "AFS"
"""Code under which openBIS 7 lists its file server among the data stores."""


class ServerInformation(NamedTuple):
    """What a server says of itself (``getServerInformation``).

    ``pat_max_days`` is the longest life of a personal access token, in days; 0 if not said.
    """

    api_version: tuple[int, int]
    version: str
    pats: bool
    pat_max_days: int
    archiving: bool
    technologies: tuple[str, ...]


class Session:
    """Who we are at one openBIS; usable from any thread.

    Parameters
    ----------
    config
        The entry of the Source.
    vault
        Where its token is; None where there is no token, as before the first connection.
    renew
        Looks for something else that lets us in, now that a token does not, and returns whether
        there was something (:func:`.login.renew`); None where nothing is looked for.

    Raises
    ------
    SettingsError
        If the url is not a web address, or not https though the host is another machine.

    Attributes
    ----------
    keys : Keys
        What lets us in.
    renewing : RLock
        Held while something else that lets us in is looked for.
    refused : tuple[Given, AccessError] or None
        The user and password of a file that were refused, and how.
    left : bool
        Whether the user disconnected, so that those of a file are not to be used either.
    """

    def __init__(
        self,
        config: SourceConfig,
        vault: Vault | None,
        renew: Callable[[Session, str], bool] | None = None,
    ) -> None:
        self.config = config
        self.who = answers.Who(config.title or config.name, config.name)
        self.client = Client(config)
        self.url = _origin(config, self.who)
        self.keys = Keys(config, vault)
        self.renewing = RLock()
        self.refused: tuple[Given, AccessError] | None = None
        self.left = False
        self._renew = renew
        self._numbers = itertools.count(1)
        self._lock = Lock()
        self._server: tuple[str, ServerInformation] | None = None
        self._store = ""

    @property
    def host(self) -> str:
        """Host and port, as refs carry them."""
        return urlsplit(self.url).netloc

    def token(self) -> str:
        """Return what lets us in, looked up now, so that a renewed one is used at once.

        Raises
        ------
        AccessError
            If nobody is connected.
        """
        secret = self.keys.secret()
        if secret is None and self._renew and self._renew(self, ""):
            secret = self.keys.secret()
        if secret is None:
            raise answers.not_connected(self.who, self.host, "Connect first.")
        return secret.token

    def call(self, method: str, *params: Any, store: bool = False) -> Any:
        """Return the answer of a method of the V3 API, with all its objects in place.

        Parameters
        ----------
        method
            Its name.
        params
            What it is given after the token.
        store
            Whether the data store server is asked, not the application server.

        Raises
        ------
        ExpiredError
            If the session has ended.
        RequestError, CatalogError
        """
        url = f"{self.store_url()}{DSS}" if store else ""
        token = self.token()
        try:
            answer = self.ask(method, [token, *params], url=url)
        except ExpiredError:
            if not self._renew or not self._renew(self, token):
                raise
            answer = self.ask(method, [self.token(), *params], url=url)
        return wire.expanded(answer)

    def ask(self, method: str, params: Sequence[Any], *, url: str = "") -> Any:
        """Return the answer of a method as it came; the token, if it needs one, is in `params`.

        Parameters
        ----------
        method
            Its name.
        params
            All it is given.
        url
            What is asked; the application server where empty.

        Raises
        ------
        ExpiredError
            If the session has ended.
        RequestError, CatalogError
        """
        question = {
            "method": method,
            "params": list(params),
            "id": str(next(self._numbers)),
            "jsonrpc": "2.0",
        }
        answer = self.client.post(
            url or f"{self.url}{AS}",
            msgspec.json.encode(question),
            headers={"Content-Type": "application/json"},
            # What was told twice might be done twice.
            attempts=None if method.startswith(HARMLESS) else 1,
        )
        try:
            return wire.result_of(answer, self.who)
        except ExpiredError as error:
            raise self.over() from error

    def over(self) -> ExpiredError:
        """Return the error for what let us in, now that it does not any more."""
        secret = self.keys.secret()
        pat = secret is not None and secret.method == PAT
        return wire.expired(self.who, self.host, pat=pat)

    def server(self) -> ServerInformation:
        """Return what the server says of itself; it is asked once per token.

        Raises
        ------
        RequestError, CatalogError
        """
        token = self.token()
        with self._lock:
            if self._server is not None and self._server[0] == token:
                return self._server[1]
        information = _information(self.call("getServerInformation"))
        with self._lock:
            self._server = (token, information)
        return information

    def store_url(self, dataset_permid: str = "") -> str:
        """Return scheme, host and port of the data store server, without a slash at the end.

        Parameters
        ----------
        dataset_permid
            The dataset whose data store is meant; the first one of the server where empty.

        Raises
        ------
        NotFoundError
            If there is no such dataset.
        BadAnswerError
            If the server has no data store.
        RequestError, CatalogError
        """
        if dataset_permid:
            return self._store_of(dataset_permid)
        with self._lock:
            if self._store:
                return self._store
        found = self.call(
            "searchDataStores",
            {"@type": "as.dto.datastore.search.DataStoreSearchCriteria"},
            {"@type": "as.dto.datastore.fetchoptions.DataStoreFetchOptions"},
        )
        stores = [store for store in found["objects"] if store.get("code") != AFS_CODE]
        store = self._address(stores[0] if stores else {})
        with self._lock:
            self._store = store
        return store

    def _store_of(self, permid: str) -> str:
        found = self.call(
            "getDataSets",
            [{"permId": permid, "@type": "as.dto.dataset.id.DataSetPermId"}],
            {
                "@type": "as.dto.dataset.fetchoptions.DataSetFetchOptions",
                "dataStore": {"@type": "as.dto.datastore.fetchoptions.DataStoreFetchOptions"},
            },
        )
        dataset = next(iter(found.values()), None)
        if dataset is None:
            raise self.missing(permid)
        return self._address(dataset.get("dataStore") or {})

    def missing(self, permid: str) -> NotFoundError:
        """Return the error for something that is not there, or not for this user."""
        return NotFoundError(
            f"{self.who.title} has nothing with the identifier {permid[:80]!r} that you may see",
            source=self.who.source,
            host=self.host,
            hint="Check the identifier, or ask its owner whether you may see it.",
        )

    def _address(self, store: dict[str, Any]) -> str:
        parts = urlsplit(str(store.get("downloadUrl") or ""))
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise BadAnswerError(
                f"{self.who.title} does not say where its data store is",
                source=self.who.source,
                host=self.host,
                hint="Tell the administrator of openBIS that the data store has no download URL.",
            )
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _origin(config: SourceConfig, who: answers.Who) -> str:
    """Return scheme, host and port of a Source: openBIS has fixed paths below them."""
    host = answers.host_of(config.url, who)
    url = f"{urlsplit(config.url).scheme}://{host.lower()}"
    check_encrypted(url, config, who, "password and token")
    return url


def _information(said: dict[str, str]) -> ServerInformation:
    def true(name: str) -> bool:
        return str(said.get(name, "")).lower() == "true"

    digits = [*str(said.get("api-version") or "0").split("."), "0"][:2]
    major, minor = (int(digit) if digit.isdigit() else 0 for digit in digits)
    seconds = str(said.get("personal-access-tokens-max-validity-period") or "0")
    technologies = str(said.get("enabled-technologies") or "").split(",")
    return ServerInformation(
        api_version=(major, minor),
        version=str(said.get("openbis-version") or ""),
        pats=true("personal-access-tokens-enabled"),
        pat_max_days=int(seconds) // 86400 if seconds.isdigit() else 0,
        archiving=true("archiving-configured"),
        technologies=tuple(name.strip() for name in technologies if name.strip()),
    )
