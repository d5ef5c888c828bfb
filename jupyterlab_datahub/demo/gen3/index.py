"""The records of indexd: what exists, how large it is, where it is and who may have it."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "dg.DEMO/"
"""What identifiers of this commons begin with; they are found without it, too."""

HASH_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "crc": 8}


@dataclass
class IndexRecord:
    """One record; that of an upload is blank (``size`` None) until it is indexed."""

    did: str
    baseid: str
    file_name: str | None = None
    size: int | None = None
    hashes: dict[str, str] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    authz: list[str] = field(default_factory=list)
    acl: list[str] = field(default_factory=list)
    uploader: str | None = None
    version: str | None = None
    description: str | None = None
    created: str = ""
    updated: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is known of the file yet."""
        return not self.urls

    @property
    def form(self) -> str | None:
        """``object`` where a file is known."""
        return None if self.blank else "object"

    @property
    def rev(self) -> str:
        """What changes with every change of the record."""
        return hashlib.sha256(f"{self.did}{self.updated}".encode()).hexdigest()[:8]

    def document(self, *, alone: bool = False) -> dict[str, Any]:
        """Return the record as indexd answers it; details of addresses only where it is `alone`."""
        about = {"available": True, "cloud": "aws"} if alone else {}
        return {
            "acl": self.acl,
            "authz": self.authz,
            "baseid": self.baseid,
            "content_created_date": None,
            "content_updated_date": None,
            "created_date": self.created,
            "description": self.description,
            "did": self.did,
            "file_name": self.file_name,
            "form": self.form,
            "hashes": self.hashes,
            "metadata": {},
            "rev": self.rev,
            "size": self.size,
            "updated_date": self.updated,
            "uploader": self.uploader,
            "urls": self.urls,
            "urls_metadata": {url: dict(about) for url in self.urls},
            "version": self.version,
        }


class Index:
    """All records, by identifier."""

    def __init__(self) -> None:
        self._records: dict[str, IndexRecord] = {}

    def __iter__(self) -> Iterator[IndexRecord]:
        """Go through the records in the order of their identifiers, as pages do."""
        return iter(sorted(self._records.values(), key=lambda record: record.did))

    def add(self, record: IndexRecord) -> IndexRecord:
        """Add a record and return it."""
        self._records[record.did] = record
        return record

    def find(self, guid: str) -> IndexRecord | None:
        """Return a record by its identifier, with or without the prefix."""
        records = self._records
        return records.get(guid) or records.get(f"{PREFIX}{guid}")

    def remove(self, record: IndexRecord) -> None:
        """Remove a record; nothing happens if it is gone already."""
        self._records.pop(record.did, None)

    def versions(self, record: IndexRecord) -> list[IndexRecord]:
        """Return all versions of a record, oldest first."""
        same = [other for other in self if other.baseid == record.baseid]
        return sorted(same, key=lambda other: other.created)


def new_guid() -> str:
    """Return an identifier that nothing has yet."""
    return f"{PREFIX}{uuid.uuid4()}"


def guid_of(name: str) -> str:
    """Return the identifier of something of the demo's own, the same at every start."""
    return f"{PREFIX}{uuid_of(name)}"


@cache
def uuid_of(name: str) -> str:
    """Return the same UUID for a name at every start."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"gen3-demo/{name}"))


def moment(seconds: float) -> str:
    """Return a time as indexd writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
