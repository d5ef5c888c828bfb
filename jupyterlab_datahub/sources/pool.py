"""Connections to a host as the user's environment wants them: proxies, certificates, names.

The metadata client (:mod:`jupyterlab_datahub.sources.http`) and the transfer worker both take
their urllib3 pools from here, so that a proxy or a CA bundle that works for one works for both.
"""

from __future__ import annotations

import os
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import urllib3
import urllib3.connection

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.sources import calls

if TYPE_CHECKING:
    import socket

USER_AGENT = f"jupyterlab-datahub/{version('jupyterlab-datahub')}"


def ca_bundle(configured: str = "") -> str | None:
    """Return the CA bundle (a file or directory) to verify hosts with, None for the platform's.

    The configured one wins over the variables that curl and requests users already have.

    Raises
    ------
    SettingsError
        If the bundle that is named does not exist.
    """
    variables = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    bundle = configured or next(filter(None, map(os.environ.get, variables)), None)
    if bundle and not Path(bundle).expanduser().exists():
        raise SettingsError(
            f"the CA bundle {bundle} does not exist",
            hint=f"Correct ca_bundle of the source or the variable {' or '.join(variables)}.",
        )
    return str(Path(bundle).expanduser()) if bundle else None


def proxy_for(url: str) -> str | None:
    """Return the proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY ask for."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def pool_for(
    url: str, *, connections: int = 8, bundle: str = "", verify: bool = True
) -> urllib3.PoolManager:
    """Return a pool for the host of `url`, through the proxy its user configured.

    Parameters
    ----------
    url
        Any URL of the host.
    connections
        Connections kept open to the host.
    bundle
        CA bundle of the Source, if it has one of its own.
    verify
        False only where a connection says so, visibly.

    Raises
    ------
    SettingsError
        If the CA bundle does not exist.
    """
    if not verify:
        # The user is warned where the connection is shown, not in a log at each request.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    proxy = proxy_for(url)
    cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"
    certs = ca_bundle(bundle)
    directory = certs if certs and Path(certs).is_dir() else None
    file = None if directory else certs
    headers = {"User-Agent": USER_AGENT}
    manager: urllib3.PoolManager
    if proxy:
        manager = urllib3.ProxyManager(
            proxy,
            maxsize=connections,
            headers=headers,
            cert_reqs=cert_reqs,
            ca_certs=file,
            ca_cert_dir=directory,
            proxy_headers=proxy_credentials(proxy),
        )
    else:
        manager = urllib3.PoolManager(
            maxsize=connections,
            headers=headers,
            cert_reqs=cert_reqs,
            ca_certs=file,
            ca_cert_dir=directory,
        )
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager


class _Connection(urllib3.connection.HTTPConnection):
    """A connection that ends with the call it is used for."""

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        """Wait for the head of an answer."""
        _hold(self.sock)
        return super().getresponse()


class _SecureConnection(urllib3.connection.HTTPSConnection):
    """The same with TLS."""

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        """Wait for the head of an answer."""
        _hold(self.sock)
        return super().getresponse()


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def _hold(connection: socket.socket | None) -> None:
    call = calls.current()
    if call and connection:
        call.hold(connection)


def proxy_credentials(proxy: str) -> dict[str, str] | None:
    """Return the header for a proxy URL that carries a user and password."""
    auth = urlsplit(proxy)
    if not auth.username:
        return None
    user, password = unquote(auth.username), unquote(auth.password or "")
    return urllib3.make_headers(proxy_basic_auth=f"{user}:{password}")
