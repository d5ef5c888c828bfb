"""What can be said of a connection without asking anybody."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyterlab_datahub.model import Connection, ConnectionState
from jupyterlab_datahub.settings.saved import MINE

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Secret
    from jupyterlab_datahub.settings import SourceConfig

UNCHECKED = (
    "The certificate of this server is not checked: others on the network could pretend to be it "
    "and read what you send."
)
UNENCRYPTED = (
    "Nothing is encrypted on the way to this server: others on the network can read along."
)


def connection_of(
    config: SourceConfig, secret: Secret | None = None, kept: str = "", *remarks: str
) -> Connection:
    """Return what is known of a connection here.

    Parameters
    ----------
    config
        The Source's entry.
    secret
        What lets us in, None if there is nothing.
    kept
        Where that is, in words.
    remarks
        Sentences for the user, beside those about the way to the server.
    """
    state = ConnectionState.DISCONNECTED
    if secret is not None:
        over = is_over(secret.expires)
        state = ConnectionState.EXPIRED if over else ConnectionState.CONNECTED
    return Connection(
        name=config.name,
        kind=config.kind,
        title=config.title or config.name,
        url=config.url,
        verify_tls=config.verify_tls,
        ca_bundle=config.ca_bundle,
        state=state,
        user=secret.user if secret else "",
        method=secret.method if secret else "",
        expires=secret.expires if secret else "",
        kept=kept,
        configured_by=config.configured_by,
        editable=config.configured_by == MINE,
        note=" ".join(filter(None, (_dangers(config), *remarks))),
    )


def is_over(expires: str) -> bool:
    """Return whether a time (ISO 8601, UTC) has passed; False where it is not known."""
    if not expires:
        return False
    try:
        return datetime.fromisoformat(expires) <= datetime.now(UTC)
    except (ValueError, TypeError):
        return False


def is_loopback(url: str) -> bool:
    """Return whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _dangers(config: SourceConfig) -> str:
    if config.url.startswith("http://"):
        return "" if is_loopback(config.url) else UNENCRYPTED
    return "" if config.verify_tls else UNCHECKED
