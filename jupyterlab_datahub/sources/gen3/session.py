"""Who we are at one commons, and how its services are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from jupyterlab_datahub.errors import AccessError, ExpiredError
from jupyterlab_datahub.settings.drawer import Drawer
from jupyterlab_datahub.sources import answers
from jupyterlab_datahub.sources.addresses import check_encrypted
from jupyterlab_datahub.sources.gen3 import keys, wire
from jupyterlab_datahub.sources.gen3.tokens import Tokens
from jupyterlab_datahub.sources.http import Client

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedIOBase

    from jupyterlab_datahub.errors import DataHubError
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.gen3.tokens import Token

T = TypeVar("T")

KIND = "gen3"
JSON = {"Content-Type": "application/json"}


class Session:
    """Who we are at one commons; usable from any thread.

    Parameters
    ----------
    config
        The entry of the Source.
    vault
        Where what lets us in is kept; None where nothing is.

    Raises
    ------
    SettingsError
        If the url is not a web address, or not https though the host is another machine.
    """

    def __init__(self, config: SourceConfig, vault: Vault | None) -> None:
        self.config = config
        self.who = answers.Who(config.title or config.name, config.name)
        self.url = _origin(config, self.who)
        self.client = Client(config, refusal=self._refusal)
        self.keys = Drawer(config, vault)
        self.tokens = Tokens(config, self.url, self.who, self.keys, self.client)

    @property
    def host(self) -> str:
        """Host and port, as refs carry them."""
        return urlsplit(self.url).netloc

    @property
    def connected(self) -> bool:
        """Whether there is something that lets us in, as far as is known here."""
        return self.keys.secret() is not None

    def get(self, path: str, kind: type[T], query: Mapping[str, object] | None = None) -> T:
        """Return the JSON answer to a GET.

        Raises
        ------
        RequestError, CatalogError
        """
        return self.client.decode(self.ask("GET", path, query=query), kind)

    def post(
        self,
        path: str,
        body: Any,
        kind: type[T],
        *,
        query: Mapping[str, object] | None = None,
        once: bool = False,
    ) -> T:
        """Return the JSON answer to a POST of JSON; `once` for what must not be told twice.

        Raises
        ------
        RequestError, CatalogError
        """
        content = msgspec.json.encode(body)
        answer = self.ask("POST", path, query=query, body=content, once=once)
        return self.client.decode(answer, kind)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        once: bool = False,
        into: BufferedIOBase | None = None,
    ) -> Answer:
        """Return an answer, as the user who is connected; the token is renewed if need be.

        A refusal that stays with a new token means that this user has no access.

        Parameters
        ----------
        method
            ``GET``, ``POST`` or ``DELETE``.
        path
            Below the address of the commons.
        query, body
            What goes with it.
        once
            Whether it must not be told twice.
        into
            A file for what a POST is answered with.

        Raises
        ------
        AccessError
            If this user may not.
        ExpiredError
            If what is kept does not let us in any more.
        RequestError, CatalogError
        """
        url = f"{self.url}{path}"
        if query:
            url += f"?{urlencode(query, quote_via=quote)}"
        token = self.tokens.access()
        try:
            return self._asked(method, url, body, token, once=once, into=into)
        except wire.UnauthorizedError as refused:
            fresh = self.tokens.renewed(token, over=refused.over) if token else None
            if fresh is None:
                raise self._no_access(refused, token) from refused
        try:
            return self._asked(method, url, body, fresh, once=once, into=into)
        except wire.UnauthorizedError as refused:
            raise self._no_access(refused, fresh) from refused

    def as_somebody(self, path: str, kind: type[T], token: Token) -> T:
        """Return the JSON answer to a GET with a token that is not kept yet.

        Raises
        ------
        AccessError
            If it is refused.
        CatalogError
        """
        try:
            answer = self._asked("GET", f"{self.url}{path}", None, token, once=False)
        except wire.UnauthorizedError as refused:
            raise self._no_access(refused, token) from refused
        return self.client.decode(answer, kind)

    def headers(self) -> dict[str, str]:
        """Return the headers that show a service of the commons who we are.

        Raises
        ------
        ExpiredError, CatalogError
        """
        return _shown(self.tokens.access())

    def _asked(
        self,
        method: str,
        url: str,
        body: bytes | None,
        token: Token | None,
        *,
        once: bool,
        into: BufferedIOBase | None = None,
    ) -> Answer:
        headers = _shown(token)
        if method == "DELETE":
            return self.client.delete(url, headers=headers)
        if body is None:
            return self.client.get(url, headers=headers)
        headers |= JSON
        return self.client.post(url, body, headers=headers, attempts=1 if once else None, into=into)

    def _refusal(self, status: int, answer: Answer) -> DataHubError | None:
        return wire.refusal(status, answer, self.who)

    def _no_access(self, refused: wire.UnauthorizedError, token: Token | None) -> AccessError:
        """Return what a refusal means that another token does not change."""
        host, source = refused.host, self.who.source
        if refused.over:
            return ExpiredError(
                f"{self.who.title} says that your session has expired",
                source=source,
                host=host,
                hint="Connect again.",
            )
        what = refused.resource
        about = f" to {what}" if what else ""
        if token is None:
            return AccessError(
                f"{self.who.title} does not tell that to people who are not connected"
                if not what
                else f"{self.who.title} gives no access without a connection{about}",
                source=source,
                host=host,
                hint="Connect first.",
            )
        about = about or f": {wire.clipped(refused.said).rstrip('.')}"
        return AccessError(
            f"You have no access{about}",
            source=source,
            host=host,
            hint=f"Ask {self.who.title} for access to it.",
        )


def address(url: str) -> str:
    """Return the address of a commons, whatever page of it was copied; empty if it is none."""
    return keys.origin(url) if url.strip() and " " not in url.strip() else ""


def _shown(token: Token | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.text}"} if token else {}


def _origin(config: SourceConfig, who: answers.Who) -> str:
    answers.host_of(config.url, who)
    url = keys.origin(config.url)
    check_encrypted(url, config, who)
    return url
