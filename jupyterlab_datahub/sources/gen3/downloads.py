"""Where the bytes of a file are just now: a fresh signed address for each attempt.

Signed addresses carry the user's name: they are handed on and neither kept nor written down.
"""

from __future__ import annotations

import time
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jupyterlab_datahub.errors import (
    BadAnswerError,
    BadRequestError,
    DataHubError,
    NotFoundError,
)
from jupyterlab_datahub.model import Download, Struct
from jupyterlab_datahub.sources.expiry import expiry
from jupyterlab_datahub.sources.gen3 import records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.sources.gen3.session import Session

DOWNLOAD = "/user/data/download"
BULK = "/user/data/download/bulk"
OBJECTS = "/ga4gh/drs/v1/objects"

MOST_AT_ONCE = 100
MOST_AHEAD = 100_000
KEPT_SECONDS = 300.0
"""How long an address that was asked for ahead is handed out; they are good for longer."""

PROTOCOLS = ("https", "http")


class _Signed(Struct):
    url: str = ""


class _One(Struct):
    drs_object_id: str = ""
    url: str = ""


class _Many(Struct):
    urls: tuple[_One, ...] = ()


class _AccessMethod(Struct):
    type: str = ""
    access_id: str | None = None
    access_url: dict[str, Any] | None = None


class _DrsObject(Struct):
    access_methods: tuple[_AccessMethod, ...] | None = None


class Signer:
    """Asks for signed addresses; usable from any thread.

    Of files that are known to be wanted soon (:meth:`ahead`), many are asked for at once where
    fence offers that. Each address is handed out once, so that every attempt has a fresh one.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._asking = Lock()
        self._bulk = True
        self._soon: dict[str, None] = {}
        self._kept: dict[str, tuple[float, str]] = {}

    def ahead(self, guids: Iterable[str]) -> None:
        """Note which files will be wanted soon, in this order."""
        with self._lock:
            self._soon.update(dict.fromkeys(guids))
            while len(self._soon) > MOST_AHEAD:
                del self._soon[next(iter(self._soon))]

    def url(self, guid: str) -> str:
        """Return a fresh signed address of a file.

        Raises
        ------
        NotFoundError
            If the commons has no such file, or no place of it.
        AccessError, CatalogError
        """
        return self._together(guid) or self._alone(guid)

    def _together(self, guid: str) -> str:
        """Return an address that was asked for with others, empty where that is not offered."""
        if found := self._taken(guid):
            return found
        with self._lock:
            expected = self._bulk and guid in self._soon
        if not expected:
            return ""
        with self._asking:
            # Another thread may have asked for it in the meantime.
            if found := self._taken(guid):
                return found
            wanted = self._next(guid)
            if len(wanted) > 1:
                self._ask(wanted)
        return self._taken(guid)

    def _taken(self, guid: str) -> str:
        with self._lock:
            when, url = self._kept.pop(guid, (0.0, ""))
        return url if time.monotonic() - when < KEPT_SECONDS else ""

    def _next(self, guid: str) -> list[str]:
        """Return a file and those that are wanted after it, which are not expected any more."""
        with self._lock:
            if guid not in self._soon:
                return []
            del self._soon[guid]
            wanted = [guid, *islice(self._soon, MOST_AT_ONCE - 1)]
            for one in wanted[1:]:
                del self._soon[one]
            return wanted

    def _ask(self, guids: list[str]) -> None:
        """Ask for many; those that fail are asked for alone, which says why."""
        try:
            found = self._session.post(BULK, {"guids": guids}, _Many)
        except (NotFoundError, BadRequestError, BadAnswerError):
            # Older ones do not offer it.
            self._bulk = False
            return
        except DataHubError:
            return
        now = time.monotonic()
        with self._lock:
            self._kept |= {one.drs_object_id: (now, one.url) for one in found.urls if one.url}

    def _alone(self, guid: str) -> str:
        try:
            found = self._session.get(f"{DOWNLOAD}/{quote(guid, safe='/:')}", _Signed).url
        except NotFoundError as missing:
            found = self._by_drs(guid, missing)
        if urlsplit(found).scheme not in PROTOCOLS:
            raise BadAnswerError(
                f"{self._session.who.title} gave no address on the web for {guid}",
                source=self._session.who.source,
                host=self._session.host,
                hint="Ask the commons whether the file can be downloaded.",
            )
        return found

    def _by_drs(self, guid: str, missing: NotFoundError) -> str:
        """Return an address by the ways that the file's DRS object names."""
        path = f"{OBJECTS}/{quote(guid, safe='')}"
        try:
            methods = self._session.get(path, _DrsObject).access_methods or ()
        except NotFoundError:
            raise missing from None
        for method in methods:
            address = str((method.access_url or {}).get("url") or "")
            if method.type in PROTOCOLS and urlsplit(address).scheme in PROTOCOLS:
                return address
            if method.access_id:
                try:
                    url = f"{path}/access/{quote(method.access_id, safe='')}"
                    return self._session.get(url, _Signed).url
                except NotFoundError:
                    continue
        raise missing


def resolve(session: Session, signer: Signer, asset: Asset, guid: str) -> Download:
    """Return how to get a file's bytes in the next attempt.

    What is not known of its size and checksum is asked of its record.

    Raises
    ------
    NotFoundError, AccessError, CatalogError
    """
    size, checksums = asset.size, asset.checksums
    if size is None or not checksums:
        found = records.record(session, guid)
        if found.blank:
            raise NotFoundError(
                f"{asset.name} is not there yet",
                source=session.who.source,
                host=session.host,
                hint=records.AWAITING_NOTE,
            )
        size = found.size if size is None else size
        checksums = checksums or found.checksums
    url = signer.url(guid)
    return Download(url=url, size=size, checksums=checksums, expires=expiry(url))
