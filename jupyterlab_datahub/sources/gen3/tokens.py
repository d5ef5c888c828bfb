"""Access tokens: made from what is kept, held in memory alone, and renewed in time."""

from __future__ import annotations

import os
import time
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    DataHubError,
    ExpiredError,
    NotFoundError,
)
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.gen3 import keys, wire

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Secret
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.drawer import Drawer
    from jupyterlab_datahub.sources.answers import Who
    from jupyterlab_datahub.sources.gen3.keys import ApiKey
    from jupyterlab_datahub.sources.http import Client

PATHS = ("/user/credentials/api/access_token", "/user/credentials/cdis/access_token")
"""Where fence exchanges a key for a token; the second is what it was called before 2018."""

EARLY = 300.0
"""Seconds before its end at which a token is renewed, or half of its life if that is shorter."""

YOUNG = 60.0
"""Seconds for which a new token is not suspected when a service refuses it."""

NAMESPACE = "NAMESPACE"
SERVICE = "workspace_token_service"
"""The option of a Source's entry with the address of the workspace token service."""


class Token(NamedTuple):
    """An access token with the times at which it was made and ends (Unix times)."""

    text: str
    made: float
    ends: float | None

    @property
    def fresh(self) -> bool:
        """Whether it need not be renewed yet."""
        if self.ends is None:
            return True
        left = self.ends - time.time()
        return left > min(EARLY, (self.ends - self.made) / 2)


class _Given(Struct):
    """The answer of fence, and that of the workspace token service."""

    access_token: str = ""
    token: str = ""


class _Provider(Struct):
    idp: str = ""
    base_url: str = ""


class _Providers(Struct):
    providers: tuple[_Provider, ...] = ()


class Tokens:
    """The access tokens of one connection; usable from any thread.

    Parameters
    ----------
    config
        The entry of the Source.
    url
        Scheme, host and port of the commons.
    who
        For messages.
    kept
        What lets us in.
    client
        How the commons is asked.
    """

    def __init__(
        self, config: SourceConfig, url: str, who: Who, kept: Drawer, client: Client
    ) -> None:
        self._config = config
        self._url = url
        self._who = who
        self._keys = kept
        self._client = client
        self._lock = RLock()
        self._held: tuple[Secret, Token] | None = None

    def access(self) -> Token | None:
        """Return a token that lets us in for a while, None if nobody is connected.

        Raises
        ------
        ExpiredError
            If what is kept does not let us in any more.
        CatalogError
        """
        with self._lock:
            secret = self._keys.secret()
            if secret is None:
                self._held = None
                return None
            if self._held is None or self._held[0] != secret or not self._held[1].fresh:
                self._held = secret, self._made(secret)
            return self._held[1]

    def renewed(self, refused: Token, *, over: bool) -> Token | None:
        """Return another token than one that was refused, None where another would do no good.

        Parameters
        ----------
        refused
            The token.
        over
            Whether it was refused because its time is over.

        Raises
        ------
        ExpiredError
            If what is kept does not let us in any more.
        CatalogError
        """
        with self._lock:
            now = self.access()
            if now is not None and now.text != refused.text:
                return now
            if not over and time.time() - refused.made < YOUNG:
                return None
            secret = self._keys.secret()
            if secret is None or secret.method == keys.TOKEN:
                return None
            self._held = secret, self._made(secret)
            return self._held[1]

    def exchanged(self, key: ApiKey) -> Token:
        """Return an access token for a key.

        Raises
        ------
        ExpiredError
            If the key's time is over.
        AccessError
            If the commons does not take it.
        CatalogError
        """
        said = keys.claims(key.api_key)
        if said is not None and said.exp is not None and said.exp <= time.time():
            raise self._expired(f"The API key for {self._who.title} expired on {said.expires[:10]}")
        body = msgspec.json.encode({"api_key": key.api_key, "key_id": key.key_id})
        try:
            given = self._post(body)
        except wire.UnauthorizedError as refused:
            if refused.over:
                raise self._expired(f"The API key for {self._who.title} has expired") from refused
            raise self._refused(wire.clipped(refused.said)) from refused
        except BadRequestError as refused:
            raise self._refused(refused.message) from refused
        return token_of(given.access_token)

    def of_workspace(self) -> Token:
        """Return an access token of the workspace that we are in.

        Raises
        ------
        AccessError
            If the workspace has no identity at this commons.
        CatalogError
        """
        service = self._service()
        given = token_of(self._client.get_json(f"{service}/token/", _Given).token)
        said = keys.claims(given.text)
        if said is not None and _same_host(said.issuer, self._url):
            return given
        listed = self._client.get_json(f"{service}/external_oidc/", _Providers).providers
        for provider in listed:
            if _same_host(provider.base_url, self._url):
                url = f"{service}/token/?idp={quote(provider.idp, safe='')}"
                return token_of(self._client.get_json(url, _Given).token)
        raise AccessError(
            f"This workspace has no identity at {self._who.title}",
            source=self._who.source,
            hint="Link your account on the workspace's profile page, or connect with a key.",
        )

    def _made(self, secret: Secret) -> Token:
        if secret.method == keys.TOKEN:
            return self._still_good(secret)
        if secret.method == keys.WORKSPACE:
            return self.of_workspace()
        try:
            key = from_json(secret.token, keys.ApiKey)
        except msgspec.DecodeError:
            raise self._expired(f"The kept key for {self._who.title} cannot be read") from None
        try:
            return self.exchanged(key)
        except ExpiredError:
            raise
        except AccessError as refused:
            # It was accepted once, so it was taken back since.
            raise self._expired(refused.message) from refused

    def _still_good(self, secret: Secret) -> Token:
        token = token_of(secret.token)
        if token.ends is not None and token.ends <= time.time():
            raise self._expired(f"The access token for {self._who.title} has expired")
        # It cannot be renewed, so it is used to its end.
        return token._replace(ends=None)

    def _post(self, body: bytes) -> _Given:
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._client.post(f"{self._url}{PATHS[0]}", body, headers=headers)
        except NotFoundError:
            answer = self._client.post(f"{self._url}{PATHS[1]}", body, headers=headers)
        return self._client.decode(answer, _Given)

    def _service(self) -> str:
        chosen = self._config.options.get(SERVICE)
        if isinstance(chosen, str) and chosen:
            return chosen.rstrip("/")
        namespace = os.environ.get(NAMESPACE, "").strip()
        if not namespace:
            raise BadRequestError(
                "This server does not run in a workspace of a commons",
                source=self._who.source,
                hint="Connect with a credentials.json instead.",
            )
        return f"http://workspace-token-service.{namespace}.svc.cluster.local"

    def _expired(self, words: str) -> DataHubError:
        return ExpiredError(
            words,
            source=self._who.source,
            host=urlsplit(self._url).netloc,
            hint="Connect again with a new key, which your profile page of the commons gives you.",
        )

    def _refused(self, words: str) -> AccessError:
        return AccessError(
            f"{self._who.title} does not accept this key: {words}",
            source=self._who.source,
            host=urlsplit(self._url).netloc,
            hint=keys.NO_KEY,
        )


def token_of(text: str) -> Token:
    """Return a token with the times that it claims."""
    said = keys.claims(text)
    now = time.time()
    if said is None:
        return Token(text, now, None)
    return Token(text, min(said.iat or now, now), said.exp)


def _same_host(one: str, other: str) -> bool:
    return urlsplit(keys.origin(one)).netloc == urlsplit(keys.origin(other)).netloc != ""
