"""What lets us in to a commons: an API key, an access token, or the identity of a workspace.

Tokens of Gen3 are JSON web tokens. What they claim is read here without checking the signature,
which only the commons can: it serves to ask the user, never to trust.
"""

from __future__ import annotations

import base64
import configparser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import FieldsError, NotFoundError
from jupyterlab_datahub.model import FieldError, Profile, Struct
from jupyterlab_datahub.model.connection import Discreet
from jupyterlab_datahub.model.decoding import from_json

KEY = "API key"
TOKEN = "access token"  # noqa: S105 - a word
WORKSPACE = "workspace identity"

PROFILES = "~/.gen3/gen3_client_config.ini"
"""Where gen3-client keeps profiles."""

NO_KEY = "Download a new one from your profile page of the commons."


class ApiKey(Discreet):
    """What a credentials.json holds."""

    api_key: str
    key_id: str = ""


class Claims(Struct):
    """What a token says of itself, unverified; times are Unix times."""

    iss: str = ""
    exp: float | None = None
    iat: float | None = None
    pur: str = ""
    context: dict[str, Any] = {}

    @property
    def user(self) -> str:
        """The user's name, empty in tokens that do not say it."""
        user = self.context.get("user")
        return str(user.get("name") or "") if isinstance(user, dict) else ""

    @property
    def issuer(self) -> str:
        """Scheme, host and port of the commons, empty if it is not said."""
        return origin(self.iss)

    @property
    def expires(self) -> str:
        """ISO 8601 in UTC, empty if it is not said."""
        return moment(self.exp)


def claims(token: str) -> Claims | None:
    """Return what a token claims, None if it is no JSON web token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return from_json(text, Claims, strict=False)
    except (ValueError, msgspec.DecodeError):
        return None


def api_key(text: str, source: str = "") -> ApiKey:
    """Return the key in the text of a credentials.json.

    Raises
    ------
    FieldsError
        If there is none in it.
    """
    try:
        found = from_json(text.strip(), ApiKey)
    except msgspec.DecodeError:
        raise wrong_key("This is not the text of a credentials.json", source) from None
    said = claims(found.api_key)
    if said is None:
        raise wrong_key("The api_key in it is not whole", source)
    if said.pur == "access":
        raise wrong_key("This is an access token, which lives for an hour, not a key", source)
    return found


def wrong_key(message: str, source: str = "") -> FieldsError:
    """Return the error for a key that cannot be used."""
    return FieldsError(
        fields=(FieldError(field="key", message=message),), source=source, hint=NO_KEY
    )


def profiles() -> tuple[Profile, ...]:
    """Return the profiles that gen3-client keeps; those without a key are left out."""
    return tuple(
        Profile(name=name, url=origin(section.get("api_endpoint", "")), file=PROFILES)
        for name, section in _sections().items()
        if section.get("api_key")
    )


def profile_key(name: str, source: str = "") -> ApiKey:
    """Return the key of a profile of gen3-client.

    Raises
    ------
    NotFoundError
        If there is no such profile.
    FieldsError
        If its key cannot be used.
    """
    section = _sections().get(name)
    if section is None or not section.get("api_key"):
        known = ", ".join(profile.name for profile in profiles()) or "none"
        raise NotFoundError(
            f"{PROFILES} has no profile {name[:80]!r}",
            source=source,
            hint=f"It has: {known}. Or give the credentials.json itself.",
        )
    found = {"api_key": section["api_key"], "key_id": section.get("key_id", "")}
    return api_key(msgspec.json.encode(found).decode(), source)


def origin(url: str) -> str:
    """Return scheme, host and port of an address, without a port that goes without saying."""
    try:
        parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    scheme = parts.scheme.lower()
    usual = {"http": 80, "https": 443}[scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def moment(seconds: float | None) -> str:
    """Return a Unix time as ISO 8601 in UTC, empty if there is none."""
    if seconds is None:
        return ""
    try:
        then = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return then.isoformat(timespec="seconds").replace("+00:00", "Z")


def _sections() -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(Path(PROFILES).expanduser(), encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError, RuntimeError):
        # It belongs to another tool, and the text of an error could quote a key.
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}
