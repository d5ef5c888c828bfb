"""Addresses that are good for a while: what Azul redirects to, and who looks at them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.messages import Request

HOUR = 3_600
"""Seconds a signed address lasts, as it does at the repository since June 2026."""

SIGNATURE = "X-Goog-Signature"
EXPIRES = "X-Goog-Expires"
SIGNED_AT = "X-Goog-Date"
STAMP = "%Y%m%dT%H%M%SZ"


class Signer:
    """Signs paths of a store.

    Attributes
    ----------
    lifetime : int
        Seconds that an address signed from now on lasts.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._ended = b""
        self.lifetime = HOUR

    def expire(self) -> None:
        """Let everything that was signed so far be expired."""
        self._ended = self._secret
        self._secret = secrets.token_bytes(32)

    def query(self, path: str) -> str:
        """Return the query that lets one read a path."""
        params = {
            "X-Goog-Algorithm": "GOOG4-HMAC-SHA256",
            "X-Goog-Credential": "demo@example.org/auto/storage/goog4_request",
            SIGNED_AT: datetime.now(UTC).strftime(STAMP),
            EXPIRES: str(self.lifetime),
            "X-Goog-SignedHeaders": "host",
        }
        signature = _sign(self._secret, path, params[SIGNED_AT], params[EXPIRES])
        return urlencode({**params, SIGNATURE: signature})

    def refusal(self, request: Request) -> tuple[str, str]:
        """Return code and message of why a request is refused; two empty texts if it is not."""
        signed_at, expires, signature = (
            request.query.get(name, [""])[0] for name in (SIGNED_AT, EXPIRES, SIGNATURE)
        )
        if not signature:
            return "AccessDenied", "Anonymous caller does not have storage.objects.get access."
        if hmac.compare_digest(signature, _sign(self._ended, request.path, signed_at, expires)):
            return "ExpiredToken", "Invalid argument: the request signature has expired."
        if not hmac.compare_digest(
            signature, _sign(self._secret, request.path, signed_at, expires)
        ):
            return "SignatureDoesNotMatch", "Access denied: the signature does not match."
        begun = datetime.strptime(signed_at, STAMP).replace(tzinfo=UTC)
        if time.time() >= begun.timestamp() + int(expires):
            return "ExpiredToken", "Invalid argument: the request signature has expired."
        return "", ""


def _sign(secret: bytes, path: str, signed_at: str, expires: str) -> str:
    text = f"{path}\n{signed_at}\n{expires}".encode()
    return hmac.new(secret or b"nothing", text, hashlib.sha256).hexdigest()
