"""Addresses: what may be written down, and what shows no secret on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.sources.answers import host_of
from jupyterlab_datahub.sources.connections import is_loopback

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.answers import Who


class TokenAddress(Struct):
    """Where users get a file with a token of their own.

    ``url`` is that of the file, whose query then gets the token as ``parameter``; ``server`` is
    the host and port that the token is for, which may be another host than that of the file.
    """

    url: str
    parameter: str
    server: str
    verify_tls: bool = True


def check_encrypted(url: str, config: SourceConfig, who: Who, shown: str = "token") -> None:
    """Refuse an address to which a secret would go unencrypted.

    Parameters
    ----------
    url
        Scheme, host and port.
    config
        The Source's entry, whose ``allow_http`` says that the network is safe.
    who
        Whose address it is.
    shown
        What is sent there, in words.

    Raises
    ------
    SettingsError
        If it is http, and neither on this machine nor allowed.
    """
    allowed = is_loopback(url) or config.options.get("allow_http") is True
    if url.startswith("http://") and not allowed:
        raise SettingsError(
            f"{who.title} has an address without https, which would show your {shown} to the "
            "network",
            source=who.source,
            host=host_of(url, who),
            hint="Write https:// in its url, or set allow_http if the network is safe.",
        )
