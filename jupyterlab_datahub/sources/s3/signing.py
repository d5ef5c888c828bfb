"""Signing requests as AWS Signature Version 4 has it.

The steps are those of the Amazon S3 API Reference, "Signature Calculations for the Authorization
Header". Bodies are not signed, as https protects them; S3 has ``UNSIGNED-PAYLOAD`` for that.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"


class Keys(NamedTuple):
    """What somebody signs with; ``token`` goes with keys that are temporary.

    ``place`` says in words where they were found.
    """

    key: str
    secret: str
    token: str = ""
    place: str = ""

    def __repr__(self) -> str:
        """Return words without secrets."""
        return f"Keys({self.place})"


def signed(
    method: str,
    url: str,
    headers: Mapping[str, str],
    keys: Keys,
    region: str,
    now: datetime,
) -> dict[str, str]:
    """Return `headers` with those that say who asks.

    Parameters
    ----------
    method, url, headers
        The request; headers that begin with ``x-amz-`` are signed, others may change.
    keys
        Whose it is.
    region
        The bucket's.
    now
        The time, in UTC; the signature holds for fifteen minutes.
    """
    parts = urlsplit(url)
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    signs = {name.lower(): it for name, it in headers.items() if name.lower().startswith("x-amz-")}
    signs |= {"host": parts.netloc, "x-amz-content-sha256": UNSIGNED, "x-amz-date": stamp}
    if keys.token:
        signs["x-amz-security-token"] = keys.token
    names = ";".join(sorted(signs))
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    lines = (
        method,
        quote(unquote(parts.path), safe="/-_.~") or "/",
        "&".join(f"{name}={value}" for name, value in pairs),
        *(f"{name}:{' '.join(signs[name].split())}" for name in sorted(signs)),
        "",
        names,
        UNSIGNED,
    )
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    secret = f"AWS4{keys.secret}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    text = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    said = (
        f"{ALGORITHM} Credential={keys.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return {
        **headers,
        **{name: it for name, it in signs.items() if name != "host"},
        "Authorization": said,
    }
