"""What S3 says, in words that tell what to do next.

The codes are those of the Amazon S3 API Reference, "Error Responses".
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    DataHubError,
    ExpiredError,
    NotFoundError,
)

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.s3.signing import Keys

_HAS_EXPIRED = (
    ExpiredError,
    "the credentials of {place} have expired",
    "Get new ones, for instance with 'aws sso login', then try again.",
)
_IS_UNKNOWN = (
    AccessError,
    "the store does not know the credentials of {place}",
    "They may be for another store; name a profile in the entry of the source.",
)
BY_CODE: dict[str, tuple[type[DataHubError], str, str]] = {
    "ExpiredToken": _HAS_EXPIRED,
    "RequestExpired": _HAS_EXPIRED,
    "TokenRefreshRequired": _HAS_EXPIRED,
    "InvalidAccessKeyId": _IS_UNKNOWN,
    "InvalidToken": _IS_UNKNOWN,
    "SignatureDoesNotMatch": (
        AccessError,
        "the secret key of {place} is wrong",
        "Copy the secret key again; a part of it may be missing.",
    ),
    "RequestTimeTooSkewed": (
        AccessError,
        "the clock of this machine is wrong",
        "Set it, then try again.",
    ),
    "NoSuchBucket": (
        NotFoundError,
        "there is no bucket {bucket!r}",
        "Check its name; names of buckets are unique in one store.",
    ),
}

_ELEMENT = "<{0}>([^<]*)</{0}>"


class Refused(DataHubError):  # noqa: N818 - an answer that has its own next step
    """The store answered with an error; never leaves this room."""

    def __init__(self, status: int, answer: Answer) -> None:
        text = answer.body[:4096].decode("utf-8", "replace")
        self.status = status
        self.said = _element(text, "Code")
        self.detail = _element(text, "Message")
        told = {name.lower(): it for name, it in answer.headers.items()}
        self.region = told.get("x-amz-bucket-region", "") or _element(text, "Region")
        super().__init__(self.said or f"status {status}", host=answer.host)
        self.host = answer.host


def _element(text: str, name: str) -> str:
    found = re.search(_ELEMENT.format(name), text)
    return unescape(found[1]) if found else ""


def error_of(
    refused: Refused, source: str, bucket: str, key: str, keys: Keys | None, *, paying: bool
) -> DataHubError:
    """Return the error that a person can do something with.

    Parameters
    ----------
    refused
        The store's answer.
    source
        The Source's name.
    bucket, key
        What was asked for.
    keys
        Who asked; None for nobody.
    paying
        Whether the request said that its requester pays.
    """
    what = f"s3://{bucket}/{key}"[:200]
    kind, message, hint = _told(refused, what, bucket, key, keys, paying=paying)
    return kind(message, source=source, host=refused.host, hint=hint)


def _told(
    refused: Refused, what: str, bucket: str, key: str, keys: Keys | None, *, paying: bool
) -> tuple[type[DataHubError], str, str]:
    place = keys.place if keys else ""
    code = "NoSuchBucket" if refused.status == 404 and not key else refused.said
    if code in BY_CODE:
        kind, message, hint = BY_CODE[code]
        return kind, message.format(place=place, bucket=bucket), hint
    if refused.status == 404:
        return NotFoundError, f"{what} does not exist", "Check the key, capital letters included."
    if refused.status in (401, 403):
        return AccessError, f"you may not read {what}", _why(keys, paying=paying)
    detail = refused.detail or f"status {refused.status}"
    return BadRequestError, f"the store refuses {what}: {detail[:200]}", "Check the identifier."


def _why(keys: Keys | None, *, paying: bool) -> str:
    if keys is None:
        return (
            "No AWS credentials were found. The bucket is private, or its requesters pay, for "
            "which S3 must know who you are: sign in with 'aws configure' or 'aws sso login'."
        )
    if paying:
        return (
            f"Your credentials ({keys.place}) lack permission, even as one who pays. Ask the owner "
            "of the bucket, or your administrator, for s3:GetObject and s3:ListBucket."
        )
    return f"Your credentials ({keys.place}) lack permission. Ask the owner of the bucket."
