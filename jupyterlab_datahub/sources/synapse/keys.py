"""Personal access tokens, and where the tools of Synapse keep them.

A token of Synapse is a JSON web token. What it claims is read here without checking the signature,
which only Synapse can: it serves to tell the user what it may be used for, never to trust it.
"""

from __future__ import annotations

import base64
import configparser
import os
from pathlib import Path
from typing import Any

import msgspec

from jupyterlab_datahub.errors import FieldsError, NotFoundError
from jupyterlab_datahub.model import FieldError, Profile, Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.synapse.addresses import PUBLIC, address

TOKEN = "personal access token"  # noqa: S105 - a word

CONFIG = "~/.synapseConfig"
"""Where synapseclient keeps profiles: ``[default]``, ``[profile lab]``, before 4.9 also
``[authentication]``."""

MAKE_ONE = (
    "Make one under Account settings, Personal access tokens, at https://www.synapse.org, "
    "with the permissions View and Download."
)

_SECTIONS = {"default": "default", "authentication": "authentication"}
_PROFILE = "profile "


class Scopes(Struct):
    """What a token may be used for."""

    scope: tuple[str, ...] | None = None


class Claims(Struct):
    """What a token says of itself, unverified."""

    access: Scopes | None = None

    def allows(self, scope: str) -> bool:
        """Return whether it may be used for something; True where it does not say."""
        said = self.access.scope if self.access else None
        return said is None or scope in said


def claims(token: str) -> Claims:
    """Return what a token claims; nothing where it cannot be read."""
    parts = token.split(".")
    if len(parts) != 3:
        return Claims()
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return from_json(text, Claims, strict=False)
    except (ValueError, msgspec.DecodeError):
        return Claims()


def profiles() -> tuple[Profile, ...]:
    """Return the profiles that synapseclient keeps; those without a token are left out."""
    found = _config()
    url = _url(found)
    return tuple(Profile(name=name, url=url, file=CONFIG) for name in _tokens(found))


def profile_token(name: str, source: str = "") -> str:
    """Return the token of a profile of synapseclient.

    Raises
    ------
    NotFoundError
        If there is no such profile.
    """
    tokens = _tokens(_config())
    if name not in tokens:
        known = ", ".join(tokens) or "none"
        raise NotFoundError(
            f"{CONFIG} has no profile {name[:80]!r} with a token",
            source=source,
            hint=f"It has: {known}. Or give the token itself.",
        )
    return tokens[name]


def wrong_token(message: str, source: str = "") -> FieldsError:
    """Return the error for a token that cannot be used."""
    return FieldsError(
        fields=(FieldError(field="token", message=message),), source=source, hint=MAKE_ONE
    )


def _tokens(config: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return tokens by the names of profiles, as synapseclient calls them."""
    found = {}
    for section, values in config.items():
        name = _SECTIONS.get(section) or section.removeprefix(_PROFILE)
        known = section in _SECTIONS or section.startswith(_PROFILE)
        if known and (token := values.get("authtoken", "").strip()):
            found[name] = token
    return found


def _url(config: dict[str, dict[str, Any]]) -> str:
    return address(config.get("endpoints", {}).get("repoendpoint", "")) or PUBLIC


def _config() -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(Path(os.path.expanduser(CONFIG)), encoding="utf-8")  # noqa: PTH111 - never raises
    except (configparser.Error, OSError, UnicodeDecodeError):
        # It belongs to another tool, and the text of an error could quote a token.
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}
