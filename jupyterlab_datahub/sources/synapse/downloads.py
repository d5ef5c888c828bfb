"""Where the bytes of a file are just now: a fresh signed address for each attempt."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    NotFoundError,
    NotSupportedError,
)
from jupyterlab_datahub.model import Access, Download
from jupyterlab_datahub.sources.expiry import expiry
from jupyterlab_datahub.sources.synapse import entities, handles, rights, wire
from jupyterlab_datahub.sources.synapse.addresses import is_private
from jupyterlab_datahub.sources.synapse.session import FILES

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.synapse.refs import Ref
    from jupyterlab_datahub.sources.synapse.session import Session

REMEMBERED = 2000
"""Versions of files of which it is remembered which file handle they have."""

WEB = ("https", "http")


class Downloads:
    """Asks for signed addresses; usable from any thread.

    Which file handle a version of a file has never changes, so it is asked for once.

    Parameters
    ----------
    session
        Who asks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._handles: OrderedDict[Ref, str] = OrderedDict()
        self._lock = Lock()

    def learn(self, ref: Ref, handle: str | None) -> None:
        """Note which file handle a version of a file has."""
        if ref.version and handle:
            with self._lock:
                self._handles[ref] = handle
                self._handles.move_to_end(ref)
                while len(self._handles) > REMEMBERED:
                    self._handles.popitem(last=False)

    def resolve(self, ref: Ref) -> Download:
        """Return how to get a file's bytes in the next attempt.

        Raises
        ------
        NotSupportedError
            If it is no file.
        NotFoundError, WithdrawnError, AccessError, CatalogError
        """
        handle = self._handles.get(ref) if ref.version else None
        if handle is None:
            ref, handle = self._file(ref)
        result = self._asked(ref, handle)
        if result.failure_code:
            raise self._refused(ref, result.failure_code)
        url = result.pre_signed_url or ""
        place = handles.place_of(result.file_handle)
        if place.right is not None:
            raise AccessError(
                f"{ref.dotted} is not kept at Synapse",
                source=self._session.who.source,
                hint=place.right.note,
            )
        self._check(ref, url)
        return Download(
            url=url,
            size=handles.size_of(result.file_handle),
            checksums=handles.checksums_of(result.file_handle),
            expires=expiry(url),
        )

    def _file(self, ref: Ref) -> tuple[Ref, str]:
        """Return a file at its version, and its handle; of a link, those of what it leads to."""
        found = entities.entity(self._session, ref)
        if found.type == wire.LINK:
            _, led = entities.bundle(self._session, ref)
            found = led.entity
        handle = found.data_file_handle_id
        if not handle:
            raise NotSupportedError(
                f"{found.name or ref.dotted} is no file",
                source=self._session.who.source,
                hint="Choose one of its files, or fetch it as a group.",
            )
        named = entities.named(found)
        self.learn(named, handle)
        return named, handle

    def _asked(self, ref: Ref, handle: str) -> wire.FileResult:
        body = {
            "includeFileHandles": True,
            "includePreSignedURLs": True,
            "requestedFiles": [
                {
                    "fileHandleId": handle,
                    "associateObjectId": ref.id,
                    "associateObjectType": "FileEntity",
                }
            ],
        }
        found = self._session.post("/fileHandle/batch", body, wire.FileResults, service=FILES)
        if not found.requested_files:
            raise BadAnswerError(
                f"{self._session.who.title} gave no answer about {ref.dotted}",
                source=self._session.who.source,
                hint="Try again in a few minutes.",
            )
        return found.requested_files[0]

    def _refused(self, ref: Ref, code: str) -> AccessError | NotFoundError:
        """Return why there is no address; for that the entity itself is asked."""
        source, title = self._session.who.source, self._session.who.title
        if code == "NOT_FOUND":
            return NotFoundError(
                f"{title} has {ref.dotted}, and not its file any more",
                source=source,
                hint="Look for another version of it.",
            )
        _, found = entities.bundle(self._session, ref)
        right = rights.right_of(self._session, found)
        note = right.note if right.access is not Access.OPEN else ""
        return AccessError(
            f"{title} does not let you download {found.entity.name or ref.dotted}",
            source=source,
            hint=note
            or "Check that your token may be used to download, and ask whoever shares it.",
        )

    def _check(self, ref: Ref, url: str) -> None:
        """Refuse an address that no file of Synapse should have.

        A file's address may be one that any user wrote: it must not lead into this network.
        """
        if urlsplit(url).scheme not in WEB:
            raise BadAnswerError(
                f"{self._session.who.title} gave no address on the web for {ref.dotted}",
                source=self._session.who.source,
                hint="Look at its page at Synapse.",
            )
        if is_private(url) and not is_private(self._session.url):
            raise AccessError(
                f"The file of {ref.dotted} is said to be at {urlsplit(url).hostname}, "
                "which is no machine of the web",
                source=self._session.who.source,
                hint="Tell whoever shares it; it is not fetched.",
            )
