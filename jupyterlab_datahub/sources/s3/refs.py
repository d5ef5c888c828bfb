"""What names an object: ``s3://<bucket>/<key>``, with ``?versionId=…`` where versions are kept."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote

from jupyterlab_datahub.errors import BadRequestError

PREFIX = "s3://"
LONGEST_KEY = 1024
"""Bytes of the longest key (Amazon S3 User Guide, "Naming Amazon S3 objects")."""

_BUCKET = re.compile(r"[a-z0-9A-Z][a-z0-9A-Z._-]{1,253}[a-z0-9A-Z]")
_SAFE = "/!$&'()*+,;=:@~"


class Ref(NamedTuple):
    """A bucket, an object or the beginning of keys (``key`` ends in ``/`` or is empty)."""

    bucket: str
    key: str = ""
    version: str = ""

    def __str__(self) -> str:
        """Return it as it is written everywhere; what could be misread in a key is escaped."""
        version = f"?versionId={quote(self.version, safe='')}" if self.version else ""
        return f"{PREFIX}{self.bucket}/{quote(self.key, safe=_SAFE)}{version}"

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.key.rstrip("/").rpartition("/")[2]


def parse(text: str, source: str = "") -> Ref:
    """Return what a ref names, or an address that a person typed.

    Raises
    ------
    BadRequestError
    """
    bucket, _, rest = text.removeprefix(PREFIX).partition("/")
    raw, _, query = rest.partition("?")
    key = unquote(raw)
    usable = text.startswith(PREFIX) and _BUCKET.fullmatch(bucket)
    if not usable or len(key.encode()) > LONGEST_KEY or "\0" in key:
        raise BadRequestError(
            f"{text[:80]!r} names no object of S3",
            source=source,
            hint="One looks like 's3://bucket/folder/file.csv'; write %3F for a question mark.",
        )
    return Ref(bucket, key, parse_qs(query).get("versionId", [""])[0])
