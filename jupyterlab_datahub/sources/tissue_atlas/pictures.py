"""Thumbnails of stories, fetched from hosts that are allowed and kept on the disk."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.model import Picture
from jupyterlab_datahub.sources.files import write_atomically
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from jupyterlab_datahub.settings import SourceConfig

HOSTS = frozenset(
    {
        "labsyspharm.github.io",
        "www.cycif.org",
        "www.tissue-atlas.org",
        "tissue-atlas.org",
        "s3.amazonaws.com",
        "s3.us-east-1.amazonaws.com",
        "d3p249wtgzkn5u.cloudfront.net",
    }
)
"""Where the thumbnails of the Harvard Tissue Atlas and of HTAN are."""

LARGEST = 8 * 1024**2
ACCEPTED = {"Accept": "image/png, image/jpeg, image/webp, image/gif"}

log = logging.getLogger(__name__)


class Pictures:
    """Fetches pictures; what a host sends is shown only if its bytes begin as pictures do."""

    def __init__(self, config: SourceConfig, cache: Path, hosts: Collection[str]) -> None:
        patience = msgspec.structs.replace(Patience.of(config), largest=LARGEST, attempts=2)
        self._client = Client(config, patience, hosts=hosts)
        self._cache = cache / "pictures"
        self._source = config.name

    def get(self, url: str) -> Picture:
        """Return the picture at an address.

        Raises
        ------
        AccessError
            If its host, or one that it sends us on to, is not allowed.
        BadAnswerError
            If it is no picture.
        CatalogError, RequestError
        """
        path = self._cache / hashlib.sha256(url.encode()).hexdigest()
        try:
            content = path.read_bytes()
        except OSError:
            content = self._client.get(url, headers=ACCEPTED).body
        kind = media_type(content)
        if not kind:
            raise BadAnswerError(
                "The thumbnail of this story is no picture that can be shown",
                source=self._source,
                hint="Open the story itself.",
            )
        if not path.exists():
            self._keep(path, content)
        return Picture(content_type=kind, data=content)

    def _keep(self, path: Path, content: bytes) -> None:
        try:
            write_atomically(path, content)
        except OSError as error:
            log.warning("a picture cannot be kept: %s", error.strerror)


def media_type(content: bytes) -> str:
    """Return the media type of a raster picture by its first bytes, empty if it is none.

    SVG is none: it may hold scripts.
    """
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    known = {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
    }
    return next((kind for start, kind in known.items() if content.startswith(start)), "")
