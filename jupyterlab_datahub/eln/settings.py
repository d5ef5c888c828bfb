"""What an administrator decides about the service."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.settings import SourceConfig

SOURCE = "openbis"

LARGEST = 64 * 1024**2
"""Bytes of a notebook; one with its outputs may have many."""


class ElnSettings(Struct):
    """The configuration of the service.

    ``homes`` is the path of a user's folder with ``{user}`` in it, empty for the home directories
    of the system's users. ``hub`` is the public address of the JupyterHub. ``bad_tokens`` are
    let through from one address in ``bad_seconds``. ``largest`` is in bytes.
    """

    openbis: str
    address: str = "127.0.0.1"
    port: int = 8123
    certificate: str = ""
    key: str = ""
    behind_proxy: bool = False
    homes: str = ""
    lower_case: bool = False
    hub: str = ""
    origins: tuple[str, ...] = ()
    verify_tls: bool = True
    ca_bundle: str = ""
    allow_http: bool = False
    largest: int = LARGEST
    bad_tokens: int = 10
    bad_seconds: float = 60.0

    @property
    def source(self) -> SourceConfig:
        """The openBIS that tokens are checked with, asked once and for a short time."""
        return SourceConfig(
            name=SOURCE,
            kind=SOURCE,
            title="openBIS",
            url=self.openbis,
            ca_bundle=self.ca_bundle,
            verify_tls=self.verify_tls,
            options={
                "attempts": 1,
                "connect_timeout": 10.0,
                "read_timeout": 20.0,
                "deadline": 30.0,
                "allow_http": self.allow_http,
            },
        )

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The web sites whose pages may call: openBIS itself, and what the administrator adds."""
        return frozenset(origin_of(url) for url in (self.openbis, *self.origins))


def checked(settings: ElnSettings) -> ElnSettings:
    """Return the settings if the service can be run with them.

    Raises
    ------
    SettingsError
    """
    for url in (settings.openbis, *settings.origins, *filter(None, (settings.hub,))):
        origin_of(url)
    if bool(settings.certificate) != bool(settings.key):
        raise SettingsError("A certificate and its key must be given together")
    protected = settings.certificate or settings.behind_proxy or _is_loopback(settings.address)
    if not protected:
        raise SettingsError(
            f"Tokens would go to {settings.address} unprotected",
            hint="Give --certificate and --key, or say --behind-proxy if a proxy does TLS.",
        )
    if settings.homes and (
        "{user}" not in settings.homes or not Path(settings.homes).is_absolute()
    ):
        raise SettingsError(
            f"{settings.homes!r} is not a folder for each user",
            hint="Write an absolute path with {user} in it, such as /home/{user}.",
        )
    return settings


def tls_context(settings: ElnSettings) -> ssl.SSLContext | None:
    """Return what the service speaks TLS with, None where it speaks plain HTTP.

    Raises
    ------
    SettingsError
        If certificate or key cannot be read.
    """
    if not settings.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"{settings.certificate} and {settings.key} cannot be used: {error.strerror or error}"
        ) from error
    return context


def origin_of(url: str) -> str:
    """Return scheme, host and port of a web address, as browsers write an origin.

    Raises
    ------
    SettingsError
        If it is none.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise SettingsError(f"{url[:200]!r} is not a web address")
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
