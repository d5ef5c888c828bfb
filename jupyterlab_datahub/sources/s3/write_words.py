"""What S3 says to those who write, in words that tell what to do next.

The codes are those of the Amazon S3 API Reference, "Error Responses"; those of quotas are MinIO's
and Ceph's, as Amazon has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    BusyError,
    ConflictError,
    DataHubError,
    InterruptedTransferError,
    NotFoundError,
    NotSupportedError,
)
from jupyterlab_datahub.sources.s3 import words

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.s3.signing import Keys
    from jupyterlab_datahub.sources.s3.words import Refused

KEPT = "Try again; what has arrived is kept."

Told = tuple[type[DataHubError], str, str]

_IS_FULL: Told = (
    ConflictError,
    "there is no room left for {what}: the quota of the bucket is used up",
    "Delete what is not needed there, or ask its owner for more, then try again.",
)
_CAME_DAMAGED: Told = (
    InterruptedTransferError,
    "{what} did not arrive as it was sent ({code})",
    KEPT,
)
_MAY_NOT: Told = (
    AccessError,
    "you may not write to {what}",
    "Your credentials ({place}) do not allow it: s3:PutObject and s3:AbortMultipartUpload do.",
)
BY_CODE: dict[str, Told] = {
    **words.BY_CODE,
    "AccessDenied": _MAY_NOT,
    "QuotaExceeded": _IS_FULL,
    "XMinioAdminBucketQuotaExceeded": _IS_FULL,
    "XMinioStorageFull": _IS_FULL,
    "BadDigest": _CAME_DAMAGED,
    "XAmzContentChecksumMismatch": _CAME_DAMAGED,
    "IncompleteBody": _CAME_DAMAGED,
    "RequestTimeout": _CAME_DAMAGED,
    "OperationAborted": _CAME_DAMAGED,
    "ConditionalRequestConflict": _CAME_DAMAGED,
    "NoSuchUpload": (
        NotFoundError,
        "the store has thrown away the parts of {what} that were sent",
        "A rule of the bucket may do so after some days. Try again: they are sent anew.",
    ),
}
BY_STATUS: dict[int, Told] = {
    401: _MAY_NOT,
    403: _MAY_NOT,
    404: (NotFoundError, "{what} does not exist", "Check the key, capital letters included."),
    412: (ConflictError, "{what} is there already; it was not overwritten", "Save elsewhere."),
    501: (NotSupportedError, "the store cannot do this with {what}: {detail}", ""),
    507: _IS_FULL,
}
_FAILED: Told = (BusyError, "the store failed at {what}: {detail}", KEPT)
_REFUSED: Told = (
    BadRequestError,
    "the store refuses {what}: {detail}",
    "Save to another place, or smaller files.",
)


def nobody(source: str, bucket: str, key: str) -> AccessError:
    """Return the error for somebody without keys."""
    return AccessError(
        f"you may not write to {_what(bucket, key)}: no AWS credentials were found",
        source=source,
        hint="Sign in with 'aws configure' or 'aws sso login', or name a profile in the source.",
    )


def error_of(refused: Refused, source: str, bucket: str, key: str, keys: Keys) -> DataHubError:
    """Return the error that a person who writes can do something with.

    Parameters
    ----------
    refused
        The store's answer.
    source
        The Source's name.
    bucket, key
        What was to be written.
    keys
        Who asked.
    """
    detail = (refused.detail or f"status {refused.status}")[:200]
    known = {
        "what": _what(bucket, key),
        "place": keys.place,
        "bucket": bucket,
        "code": refused.said,
        "detail": detail,
    }
    kind, message, hint = _told(refused, key, detail)
    return kind(
        message.format_map(known), source=source, host=refused.host, hint=hint.format_map(known)
    )


def _told(refused: Refused, key: str, detail: str) -> Told:
    code = "NoSuchBucket" if refused.status == 404 and not key else refused.said
    if code == "NotImplemented" or (code not in BY_CODE and "checksum" in detail.lower()):
        return BY_STATUS[501]
    other = _FAILED if refused.status >= 500 else _REFUSED
    return BY_CODE.get(code) or BY_STATUS.get(refused.status, other)


def _what(bucket: str, key: str) -> str:
    return f"s3://{bucket}/{key}"[:200]
