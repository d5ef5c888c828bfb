"""Who signed a request, as AWS Signature Version 4 has it, in headers or in the address.

The steps and the words of the errors are those of the Amazon S3 API Reference, "Authenticating
Requests (AWS Signature Version 4)" and "Error Responses".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.demo.messages import Request
    from jupyterlab_datahub.demo.s3.users import User

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=15)
"""How far a client's clock may be from ours."""

_HEADER = re.compile(
    rf"{ALGORITHM} Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{{64}})"
)


class RefusedError(Exception):
    """The signature does not let anybody in; says so as S3 does."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Signer(NamedTuple):
    """Whoever signed, and for which region."""

    user: User
    region: str


class _Claim(NamedTuple):
    """What a request says of its signature."""

    credential: str
    signed_headers: str
    signature: str
    date: str
    token: str
    payload: str


def signer_of(request: Request, users: Iterable[User], now: datetime) -> Signer | None:
    """Return who signed a request, None where nobody did.

    Raises
    ------
    RefusedError
        If it is signed, but not as it should be.
    """
    query = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
    claim = _claim(request, query, now)
    if claim is None:
        return None
    key, _, scope = claim.credential.partition("/")
    user = next((user for user in users if user.key == key), None)
    if user is None:
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise RefusedError(403, "InvalidAccessKeyId", message)
    if user.expired:
        raise RefusedError(400, "ExpiredToken", "The provided token has expired.")
    if claim.token != user.token:
        raise RefusedError(400, "InvalidToken", "The provided token is malformed or invalid.")
    if not hmac.compare_digest(_signature(request, claim, scope, user), claim.signature):
        message = "The request signature we calculated does not match the signature you provided."
        raise RefusedError(403, "SignatureDoesNotMatch", message)
    return Signer(user, scope.split("/")[1])


def _claim(request: Request, query: dict[str, str], now: datetime) -> _Claim | None:
    header = request.header("authorization")
    if header:
        found = _HEADER.fullmatch(header.strip())
        if found is None:
            message = "The authorization header that you provided is not valid."
            raise RefusedError(400, "AuthorizationHeaderMalformed", message)
        date = request.header("x-amz-date")
        if abs(_moment(date) - now) > SKEW:
            message = "The difference between the request time and the server's is too large."
            raise RefusedError(403, "RequestTimeTooSkewed", message)
        token = request.header("x-amz-security-token")
        credential, names, signature = found.groups()
        payload = request.header("x-amz-content-sha256")
        return _Claim(credential, names, signature, date, token, payload)
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        return None
    date = query.get("X-Amz-Date", "")
    if now > _moment(date) + timedelta(seconds=int(query.get("X-Amz-Expires", "0"))):
        raise RefusedError(403, "AccessDenied", "Request has expired")
    return _Claim(
        query.get("X-Amz-Credential", ""),
        query.get("X-Amz-SignedHeaders", ""),
        query.get("X-Amz-Signature", ""),
        date,
        query.get("X-Amz-Security-Token", ""),
        "UNSIGNED-PAYLOAD",
    )


def _moment(date: str) -> datetime:
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        message = "AWS authentication requires a valid Date or x-amz-date header"
        raise RefusedError(403, "AccessDenied", message) from None


def _signature(request: Request, claim: _Claim, scope: str, user: User) -> str:
    parts = urlsplit(request.target)
    pairs = [
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name != "X-Amz-Signature"
    ]
    names = claim.signed_headers.split(";")
    canonical = "\n".join(
        (
            request.method,
            quote(unquote(parts.path), safe="/-_.~") or "/",
            "&".join(f"{name}={value}" for name, value in sorted(pairs)),
            *(f"{name}:{' '.join(request.header(name).split())}" for name in names),
            "",
            claim.signed_headers,
            claim.payload,
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    secret = f"AWS4{user.secret}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    text = f"{ALGORITHM}\n{claim.date}\n{scope}\n{digest}"
    return hmac.digest(secret, text.encode(), "sha256").hex()
