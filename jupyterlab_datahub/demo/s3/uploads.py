"""What S3 does with the checksums of what is uploaded, and moto does not.

The headers are those of the Amazon S3 API Reference, "Checking object integrity".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.s3.signing import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.messages import Request

PREFIX = "x-amz-checksum-"


def _md5(body: bytes) -> bytes:
    return hashlib.md5(body, usedforsecurity=False).digest()


def _crc32(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(4, "big")


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


CHECKSUMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "content-md5": ("BadDigest", _md5),
    f"{PREFIX}crc32": ("BadDigest", _crc32),
    f"{PREFIX}sha256": ("BadDigest", _sha256),
}


def compare(request: Request) -> None:
    """Compare a body with the checksums that came with it.

    Raises
    ------
    RefusedError
        If it is not what was sent.
    """
    if "partNumber" not in request.query and request.query:
        # The checksum that goes with putting parts together is that of the object.
        return
    for header, (code, digest) in CHECKSUMS.items():
        said = request.header(header)
        if not said:
            continue
        try:
            wanted = base64.b64decode(said, validate=True)
        except binascii.Error:
            message = f"The {header} you specified is not valid."
            raise RefusedError(400, "InvalidDigest", message) from None
        if digest(request.body) != wanted:
            raise RefusedError(400, code, f"The {header} you specified did not match.")


def refuse(request: Request) -> None:
    """Refuse headers with checksums, as stores do that do not know them.

    Raises
    ------
    RefusedError
        If there are any.
    """
    if any(name.startswith(PREFIX) for name in request.headers):
        message = "A header you provided implies functionality that is not implemented"
        raise RefusedError(501, "NotImplemented", message)


def for_moto(request: Request) -> dict[str, str]:
    """Return the header without which moto forgets the checksum of an object."""
    kinds = ("crc32", "sha256")
    kind = next((one for one in kinds if request.header(PREFIX + one)), "")
    if request.method != "PUT" or not kind:
        return {}
    return {"x-amz-sdk-checksum-algorithm": kind.upper()}
