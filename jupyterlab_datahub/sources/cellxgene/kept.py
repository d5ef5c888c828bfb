"""Answers kept on disk as they came, so that a catalog that is down can still be read.

A directory holds ``datasets.json`` and ``collections.json`` (the two lists),
``collection_<id>.json`` and ``version_<id>.json``. The time of a file is the time of its answer.
Everything here may be deleted at any moment.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model.decoding import from_json, from_values
from jupyterlab_datahub.sources.cellxgene.wire import Record
from jupyterlab_datahub.sources.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

T = TypeVar("T")

DATASETS = "datasets.json"
COLLECTIONS = "collections.json"


class _Stamp(msgspec.Struct):
    """What tells whether a collection changed."""

    collection_version_id: Any = None
    revised_at: Any = None


class Kept:
    """The answers in one directory, which is made when something is put there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, name: str, body: bytes) -> None:
        """Keep an answer.

        Raises
        ------
        SettingsError
            If the directory cannot be written.
        """
        try:
            write_atomically(self.directory / name, body)
        except OSError as error:
            raise SettingsError(
                f"{self.directory} cannot be written: {error.strerror}",
                hint="Check its permissions and the free space of its disk.",
            ) from error

    def drop(self, name: str) -> None:
        """Forget an answer, because a newer one says otherwise."""
        (self.directory / name).unlink(missing_ok=True)

    def get(self, name: str, kind: type[T]) -> T | None:
        """Return an answer, None if there is none that can be read as `kind`."""
        try:
            return from_json((self.directory / name).read_bytes(), kind)
        except (OSError, msgspec.DecodeError):
            return None

    def fetched(self, name: str) -> datetime | None:
        """Return when an answer came, None if there is none."""
        try:
            return datetime.fromtimestamp((self.directory / name).stat().st_mtime, UTC)
        except OSError:
            return None

    def collection(self, id_: str) -> Record | None:
        """Return a collection as it was last seen."""
        return self.get(collection_file(id_), Record)

    def unchanged(self, entry: Record) -> bool:
        """Return whether a collection is here as the list of collections has it.

        The list gives the version id and the time of the last revision; without either, a
        collection counts as changed.
        """
        listed = from_values(entry, _Stamp)
        if listed == _Stamp():
            return False
        here = self.get(collection_file(str(entry.get("collection_id"))), _Stamp)
        return here == listed

    def find(self, id_: str) -> tuple[Record, Record | None] | None:
        """Return the newest record kept of a dataset (version) id, with its collection."""
        version = self.get(version_file(id_), Record)
        for record in self._records():
            if id_ in (record.get("dataset_version_id"), record.get("dataset_id")):
                version = record
                break
        if version is None:
            return None
        return version, self._listed(str(version.get("collection_id")))

    def _records(self) -> Iterator[Record]:
        yield from self.get(DATASETS, list[Record]) or ()
        for path in sorted(self.directory.glob("collection_*.json")):
            collection = self.get(path.name, Record) or {}
            yield from in_collection(collection)

    def _listed(self, id_: str) -> Record | None:
        listed = self.get(COLLECTIONS, list[Record]) or ()
        of_list = next((entry for entry in listed if entry.get("collection_id") == id_), None)
        return of_list or self.collection(id_)


def in_collection(collection: Record) -> Iterator[Record]:
    """Yield the datasets of a collection, each with the fields that ``/v1/datasets`` adds."""
    added = {
        "collection_id": collection.get("collection_id"),
        "collection_name": collection.get("name"),
        "collection_doi": collection.get("doi"),
        "collection_version_id": collection.get("collection_version_id"),
    }
    for record in collection.get("datasets") or ():
        if isinstance(record, dict):
            yield {**added, **record}


def collection_file(id_: str) -> str:
    """Return the name of a collection's file."""
    return f"collection_{id_}.json"


def version_file(id_: str) -> str:
    """Return the name of a dataset version's file."""
    return f"version_{id_}.json"
