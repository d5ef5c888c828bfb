"""Uploads that were taken off the list while no worker had them.

What they sent may lie at the store, as a record that is never filled. So what is known of them
stays until a worker has had it deleted.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import DataHubError, NotFoundError
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.sources.saving import Bundle
from jupyterlab_datahub.transfers.upload import journal as upload_journal

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.sources.registry import Registry

KEEP = 7 * 24 * 3600.0
"""Seconds for which a store is asked again that could not be asked."""

log = logging.getLogger(__name__)


class Abandoned(Struct):
    """An upload that nobody goes on with, and the Source it was sent to."""

    source: str
    save: Bundle


def leave(folder: Path, source: str, save: Bundle) -> None:
    """Remove the folder of an upload, or leave it to a worker if something of it was sent."""
    journal = upload_journal.read(folder)
    if not journal.room or journal.ref or (journal.registering and not journal.revocable):
        upload_journal.remove(folder)
        return
    path = folder.parent / upload_journal.ABANDONED
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(Abandoned(source=source, save=save)))
    part.replace(path)


def any_left(home: Path) -> bool:
    """Return whether there is an upload whose bytes are still to be deleted."""
    return any((home / upload_journal.SAVES).glob(f"*/{upload_journal.ABANDONED}"))


class Leaving:
    """Has what abandoned uploads sent deleted, in a thread of its own.

    Parameters
    ----------
    home
        Where the data lives.
    registry
        The Sources.
    """

    def __init__(self, home: Path, registry: Registry) -> None:
        self._saves = home / upload_journal.SAVES
        self._registry = registry
        self._tried: set[str] = set()
        self._thread: threading.Thread | None = None

    def go_on(self) -> None:
        """Look for abandoned uploads, unless that is being done; each is tried once."""
        if self._thread is not None and self._thread.is_alive():
            return
        places = [path.parent for path in self._saves.glob(f"*/{upload_journal.ABANDONED}")]
        places = [place for place in places if place.name not in self._tried]
        if places:
            self._tried.update(place.name for place in places)
            self._thread = threading.Thread(
                target=self._leave, args=(places,), name="abandoned", daemon=True
            )
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _leave(self, places: list[Path]) -> None:
        for place in places:
            try:
                self._delete(place)
            except (DataHubError, OSError, msgspec.DecodeError) as error:
                log.warning("what %s sent stays at the store for now: %s", place.name, error)
                if not _recent(place / upload_journal.ABANDONED):
                    upload_journal.remove(place / upload_journal.BUNDLE)

    def _delete(self, place: Path) -> None:
        left = from_json((place / upload_journal.ABANDONED).read_bytes(), Abandoned)
        try:
            source = self._registry[left.source]
        except NotFoundError:
            # Nobody is left who could be asked.
            upload_journal.remove(place / upload_journal.BUNDLE)
            return
        back_end = source.back_end(left.save)
        try:
            back_end.discard()
        finally:
            back_end.close()
        upload_journal.remove(place / upload_journal.BUNDLE)


def _recent(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < KEEP
    except OSError:
        return False
