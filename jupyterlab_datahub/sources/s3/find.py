"""Searching a store by the beginning of keys, a pattern, or an ending.

S3 finds nothing but beginnings. What stands before the first ``*`` or ``?`` of a pattern is asked
for as one, the rest is compared here, in no more keys than can be listed while somebody waits.
"""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING

from jupyterlab_datahub.sources.s3 import listing, refs
from jupyterlab_datahub.sources.s3.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterlab_datahub.sources.s3.listing import Entry
    from jupyterlab_datahub.sources.s3.store import Store

MOST_PAGES = 10
"""Pages of a thousand keys that a search looks at, of all buckets together."""

_WILD = re.compile(r"[*?\[]")


def found(store: Store, roots: Sequence[str], text: str) -> Iterator[tuple[Ref, Entry]]:
    """Yield the objects whose keys match, in the order of their keys.

    Parameters
    ----------
    store
        Where to search.
    roots
        The buckets, or folders in buckets, that are searched unless the text names one.
    text
        ``s3://bucket/beginning``, a pattern such as ``*.ome.tif``, or a part of a key.

    Raises
    ------
    BadRequestError, NotFoundError, AccessError, CatalogError
    """
    text = text.strip()
    if text.startswith(refs.PREFIX):
        named = refs.parse(text, store.name)
        places, pattern = [Ref(named.bucket)], named.key + ("" if _WILD.search(text) else "*")
    else:
        places = [refs.parse(refs.PREFIX + root, store.name) for root in roots]
        pattern = text if _WILD.search(text) else f"*{text}*" if text else "*"
    left = MOST_PAGES
    for place in places:
        # A pattern is of a whole key where it begins as one, of any part of it otherwise.
        begins = place.key + pattern[: _first_wild(pattern)]
        matches = re.compile(translate(place.key + pattern), re.IGNORECASE).match
        token = ""
        while left > 0:
            left -= 1
            page = listing.page(store, place.bucket, begins, token, deep=True)
            for entry in page.entries:
                if matches(entry.key) and not entry.key.endswith("/"):
                    yield Ref(place.bucket, entry.key), entry
            token = page.token
            if not token:
                break


def _first_wild(pattern: str) -> int:
    match = _WILD.search(pattern)
    return match.start() if match else len(pattern)
