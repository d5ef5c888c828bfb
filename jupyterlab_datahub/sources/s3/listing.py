"""Lists of keys and versions, one page at a time: a prefix of a million keys is never listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

from jupyterlab_datahub.errors import BadAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.answers import Answer
    from jupyterlab_datahub.sources.s3.store import Store

PAGE = 1000
"""Keys of the longest page (Amazon S3 API Reference, ListObjectsV2)."""


class Entry(NamedTuple):
    """An object, a version of one, or the beginning of keys that ends in ``/``."""

    key: str
    folder: bool = False
    size: int | None = None
    modified: str = ""
    etag: str = ""
    version: str = ""
    latest: bool = True
    deleted: bool = False


class Page(NamedTuple):
    """Some entries, and the token of those that follow; empty at the end."""

    entries: tuple[Entry, ...]
    token: str = ""


def page(
    store: Store,
    bucket: str,
    prefix: str,
    token: str = "",
    limit: int = PAGE,
    *,
    deep: bool = False,
) -> Page:
    """Return a page of what begins with `prefix`; folders count as one unless `deep`.

    Raises
    ------
    NotFoundError, AccessError, CatalogError
    """
    query = {"list-type": "2", "encoding-type": "url", "max-keys": str(min(limit, PAGE))}
    query |= {"prefix": prefix} if prefix else {}
    query |= {} if deep else {"delimiter": "/"}
    query |= {"continuation-token": token} if token else {}
    root = root_of(store.ask("GET", bucket, query=query), store.name)
    entries = [
        Entry(
            key=_key(one, "Key"),
            size=int(_text(one, "Size") or 0),
            modified=_text(one, "LastModified"),
            etag=_text(one, "ETag"),
        )
        for one in root.iterfind("{*}Contents")
    ]
    entries += [
        Entry(key=_key(one, "Prefix"), folder=True) for one in root.iterfind("{*}CommonPrefixes")
    ]
    entries.sort(key=lambda entry: entry.key.encode())
    more = _text(root, "IsTruncated") == "true"
    return Page(tuple(entries), _text(root, "NextContinuationToken") if more else "")


def below(store: Store, bucket: str, prefix: str) -> Iterator[Entry]:
    """Yield every object whose key begins with `prefix`, in the order of their keys.

    Raises
    ------
    NotFoundError, AccessError, CatalogError
    """
    token, first = "", True
    while token or first:
        found = page(store, bucket, prefix, token, deep=True)
        yield from found.entries
        token, first = found.token, False


def versions(store: Store, bucket: str, key: str) -> Iterator[Entry]:
    """Yield the versions of one object that one page holds, newest first.

    Raises
    ------
    NotFoundError, AccessError, CatalogError
    """
    query = {"versions": "", "prefix": key, "encoding-type": "url", "max-keys": str(PAGE)}
    root = root_of(store.ask("GET", bucket, query=query), store.name)
    for one in root:
        name = one.tag.rpartition("}")[2]
        if name in ("Version", "DeleteMarker") and _key(one, "Key") == key:
            yield Entry(
                key=key,
                size=int(_text(one, "Size") or 0),
                modified=_text(one, "LastModified"),
                etag=_text(one, "ETag"),
                version=_text(one, "VersionId"),
                latest=_text(one, "IsLatest") == "true",
                deleted=name == "DeleteMarker",
            )


def root_of(answer: Answer, source: str) -> ET.Element:
    """Return the document of an answer.

    Raises
    ------
    BadAnswerError
        If it is none.
    """
    try:
        return ET.fromstring(answer.body)  # noqa: S314 - expat bounds what entities become
    except ET.ParseError as error:
        raise BadAnswerError(
            f"{source} answered with a list that cannot be read",
            source=source,
            host=answer.host,
            hint="Check the url of the source; it may be that of another service.",
        ) from error


def _text(element: ET.Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}") or ""


def _key(element: ET.Element, name: str) -> str:
    return unquote_plus(_text(element, name))
