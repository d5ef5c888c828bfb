"""JSON Web Tokens as fence makes them, and the clock that decides how long they last.

They are signed with HMAC (HS256), where fence signs with RSA (RS256): no client holds the key
of its commons, so none can tell the difference.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.users import User

ACCESS_LIFE = 3600
"""Seconds that an access token lasts (``MAX_ACCESS_TOKEN_TTL`` of fence)."""

KEY_LIFE = 30 * 24 * 3600
"""Seconds that an API key lasts (``MAX_API_KEY_TTL`` of fence)."""

Claims = dict[str, Any]


class TokenError(Exception):
    """A token is not good; the text is what the library behind fence says."""


class Clock:
    """The time as the commons sees it: the real one, and ``ahead`` seconds more."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time() + self.ahead


class Tokens:
    """Makes and reads the tokens of one commons.

    Parameters
    ----------
    clock
        Decides what has expired.

    Attributes
    ----------
    issuer : str
        The address of its fence, known once the commons listens.
    access_life : int
        Seconds that access tokens last where the client asks for no less.
    """

    def __init__(self, clock: Clock) -> None:
        self.issuer = ""
        self.access_life = ACCESS_LIFE
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def api_key(self, user: User, *, life: float = KEY_LIFE) -> dict[str, str]:
        """Return a new ``credentials.json``; a negative `life` makes one that has expired."""
        identifier = str(uuid.uuid4())
        scope = ["fence", "openid", "user", "data"]
        claims = {"pur": "api_key", **self._claims(user, identifier, life), "scope": scope}
        return {"api_key": self._encode(claims), "key_id": identifier}

    def access_token(self, api_key: str, user: User, life: int | None = None) -> str:
        """Return an access token for somebody with an API key.

        Raises
        ------
        TokenError
            If the key is not good.
        """
        scope = self.read(api_key, "api_key")["scope"]
        # A longer life is taken without a word and is not given.
        return self.access_token_of(user, min(life or self.access_life, self.access_life), scope)

    def access_token_of(self, user: User, life: float, scope: list[str]) -> str:
        """Return an access token."""
        context = {"user": {"name": user.name, "is_admin": False, "google": {"proxy_group": None}}}
        claims = {"pur": "access", **self._claims(user, str(uuid.uuid4()), life)}
        return self._encode({**claims, "scope": scope, "context": context})

    def read(self, token: str, purpose: str) -> Claims:
        """Return the claims of a token of ours that is good for `purpose`.

        Raises
        ------
        TokenError
        """
        header, claims, signed, signature = _parts(token)
        if header.get("alg") != "HS256" or not hmac.compare_digest(signature, self._sign(signed)):
            msg = "Signature verification failed"
            raise TokenError(msg)
        if claims.get("exp", 0) <= self._clock.now():
            msg = "Signature has expired"
            raise TokenError(msg)
        if claims.get("pur") != purpose:
            msg = f"incorrect purpose: expected {purpose}, got {claims.get('pur')}"
            raise TokenError(msg)
        return claims

    def _claims(self, user: User, identifier: str, life: float) -> Claims:
        now = int(self._clock.now())
        return {
            "sub": str(user.id),
            "iss": self.issuer,
            "aud": ["gen3"],
            "iat": now + min(int(life), 0),
            "exp": now + int(life),
            "jti": identifier,
            "azp": "",
        }

    def _encode(self, claims: Claims) -> str:
        header = {"alg": "HS256", "kid": "fence_key_demo", "typ": "JWT"}
        signed = f"{_part(header)}.{_part(claims)}"
        return f"{signed}.{_base64(self._sign(signed))}"

    def _sign(self, signed: str) -> bytes:
        return hmac.digest(self._key, signed.encode(), hashlib.sha256)


def _parts(token: str) -> tuple[Claims, Claims, str, bytes]:
    pieces = token.split(".")
    if len(pieces) != 3:
        msg = "Not enough segments" if len(pieces) < 3 else "Invalid crypto padding"
        raise TokenError(msg)
    names = ("header", "payload", "crypto")
    decoded = []
    for name, piece in zip(names, pieces, strict=True):
        try:
            decoded.append(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
        except (binascii.Error, ValueError) as error:
            msg = f"Invalid {name} padding"
            raise TokenError(msg) from error
    try:
        header, claims = json.loads(decoded[0]), json.loads(decoded[1])
    except ValueError as error:
        msg = "Invalid header string: it is no JSON"
        raise TokenError(msg) from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        msg = "Invalid payload string: must be a json object"
        raise TokenError(msg)
    return header, claims, f"{pieces[0]}.{pieces[1]}", decoded[2]


def _part(document: Claims) -> str:
    return _base64(json.dumps(document, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
