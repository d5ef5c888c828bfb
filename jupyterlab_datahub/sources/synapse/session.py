"""Who we are at Synapse, and how its services are asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    DataHubError,
    ExpiredError,
    NotFoundError,
    WithdrawnError,
)
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.settings.drawer import Drawer
from jupyterlab_datahub.sources import answers
from jupyterlab_datahub.sources.addresses import check_encrypted
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.synapse import keys, wire
from jupyterlab_datahub.sources.synapse.addresses import PUBLIC, SITE, address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.settings.vault import Vault
    from jupyterlab_datahub.sources.answers import Answer

T = TypeVar("T")

REPO = "/repo/v1"
FILES = "/file/v1"
JSON = {"Content-Type": "application/json"}
LONGEST = 300
"""Characters of Synapse's own words that are shown."""


class Session:
    """Who we are at Synapse; usable from any thread.

    Parameters
    ----------
    config
        The entry of the Source.
    vault
        Where the token is kept; None where nothing is.

    Raises
    ------
    SettingsError
        If the url is not a web address, or not https though the host is another machine.
    """

    def __init__(self, config: SourceConfig, vault: Vault | None) -> None:
        self.config = config
        self.who = answers.Who(config.title or config.name, config.name)
        self.url = _origin(config, self.who)
        self.site = str(config.options.get("site", "" if self.url != PUBLIC else SITE)).rstrip("/")
        self.keys = Drawer(config, vault)
        self._client = Client(config, refusal=self._refusal)

    def page(self, dotted: str) -> str:
        """Return the address of an entity's page for people, empty where there are no pages."""
        return f"{self.site}/Synapse:{dotted}" if self.site else ""

    def requirements(self, id_: str) -> str:
        """Return where the conditions of access to an entity can be met, empty if nowhere."""
        return f"{self.site}/AccessRequirements:ID={id_}&TYPE=ENTITY" if self.site else ""

    def get(
        self,
        path: str,
        kind: type[T],
        query: Mapping[str, object] | None = None,
        *,
        token: str = "",
    ) -> T:
        """Return the JSON answer to a GET of the repository services.

        Parameters
        ----------
        path
            Below the address of the services.
        kind
            What the answer is.
        query
            What goes with it.
        token
            A token that is not kept yet, in place of the one that is.

        Raises
        ------
        RequestError, CatalogError
        """
        query_ = f"?{urlencode(query, quote_via=quote)}" if query else ""
        url = f"{self.url}{REPO}{path}{query_}"
        answer = self._client.get(url, headers=self._shown(token or self.token()))
        return self._client.decode(answer, kind)

    def post(self, path: str, body: Any, kind: type[T], *, service: str = REPO) -> T:
        """Return the JSON answer to a POST of a question in JSON.

        Raises
        ------
        RequestError, CatalogError
        """
        answer = self._client.post(
            f"{self.url}{service}{path}",
            msgspec.json.encode(body),
            headers=self._shown(self.token()) | JSON,
        )
        return self._client.decode(answer, kind)

    def token(self) -> str:
        """Return the token that lets us in.

        Raises
        ------
        AccessError
            If there is none.
        """
        secret = self.keys.secret()
        if secret is None:
            hint = "Connect first, with a personal access token."
            raise answers.not_connected(self.who, answers.host_of(self.url, self.who), hint)
        return secret.token

    def _shown(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def _refusal(self, status: int, answer: Answer) -> DataHubError | None:
        """Return what Synapse's own words for a refusal mean; None where it says nothing."""
        reading = _reading(answer)
        if status not in _REFUSALS or not reading.said:
            return None
        said = " ".join(reading.said.split())[:LONGEST].rstrip(".")
        kind, words, hint = _REFUSALS[status]
        if status == 403 and reading.error == "insufficient_scope":
            words, hint = "{0} does not take this token for that", keys.MAKE_ONE
        elif status == 404 and "trash can" in said:
            kind, words, hint = _TRASHED
        return kind(
            f"{words.format(self.who.title)}: {said}",
            source=self.who.source,
            host=answer.host,
            hint=hint.format(self.site or self.url),
        )


_REFUSALS: dict[int, tuple[type[DataHubError], str, str]] = {
    400: (BadRequestError, "{0} refuses the request", "Check the identifier."),
    401: (
        ExpiredError,
        "{0} does not accept the token",
        f"Connect again with another token. {keys.MAKE_ONE}",
    ),
    403: (AccessError, "{0} gives no access", "Ask whoever shares it at {0} for access to it."),
    404: (NotFoundError, "{0} does not have it", "Check the identifier."),
}
"""What a status means, for its words in front of Synapse's own, and the next step."""

_TRASHED = (
    WithdrawnError,
    "It was deleted from {0}",
    "Whoever owns it can take it out of the trash can.",
)


def _reading(answer: Answer) -> wire.Refusal:
    try:
        return from_json(answer.body, wire.Refusal)
    except msgspec.DecodeError:
        return wire.Refusal()


def moment(seconds: float) -> str:
    """Return a Unix time as ISO 8601 in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _origin(config: SourceConfig, who: answers.Who) -> str:
    answers.host_of(config.url or PUBLIC, who)
    url = address(config.url or PUBLIC)
    check_encrypted(url, config, who)
    return url
