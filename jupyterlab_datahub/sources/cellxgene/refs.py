"""Identifiers of CELLxGENE data: which version, which file.

``cellxgene:<dataset_version_id>`` names a dataset, ``cellxgene:<dataset_version_id>/<file>`` one
of its files, where ``<file>`` is the last part of the file's published address. A version id is
used because a dataset id names whatever is newest; a dataset id is accepted where a user pastes
one, and answered with the newest version.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from jupyterlab_datahub.errors import BadRequestError

KIND = "cellxgene"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What may stand in a path of the API; the service itself says what is a UUID."""

SHORT = 8
"""Characters of a version id that tell versions of one title apart in a file name."""


class Wanted(NamedTuple):
    """The parts of a ref; ``file`` is empty where it names a dataset."""

    id: str
    file: str


def parse(ref: str, source: str) -> Wanted:
    """Return what a ref names.

    Raises
    ------
    BadRequestError
        If the text cannot be an identifier of CELLxGENE.
    """
    kind, _, rest = ref.strip().partition(":")
    id_, _, file = rest.partition("/")
    if kind != KIND or not ID.fullmatch(id_):
        raise BadRequestError(
            f"{ref[:80]!r} is not an identifier of CELLxGENE",
            source=source,
            hint="One looks like 'cellxgene:' and the id of a dataset version.",
        )
    return Wanted(id_.lower() if UUID.fullmatch(id_) else id_, file)


def dataset_ref(version_id: str) -> str:
    """Return the ref of a dataset version."""
    return f"{KIND}:{version_id}"


def asset_ref(version_id: str, file: str) -> str:
    """Return the ref of a file of a dataset version."""
    return f"{KIND}:{version_id}/{file}"


def file_of(url: str) -> str:
    """Return the last part of a URL's path, as it stands in asset refs."""
    return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
