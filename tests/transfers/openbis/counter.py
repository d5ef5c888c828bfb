"""What the tests of downloads from an openBIS work with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.demo.openbis.defaults import COLLECTION
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.transfers.disk.spans import Spans
from jupyterlab_datahub.transfers.schema import key_of
from tests.transfers.desk import until
from tests.transfers.openbis_desk import OpenbisDesk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.model import LibraryItem, Transfer

TRANSFER = "/datastore_server/file-transfer"
DOWNLOAD = "*#download"


@dataclass
class Counter(OpenbisDesk):
    """A desk to fetch at, with files of one's own in the openBIS."""

    place: Path

    def put(self, files: Mapping[str, bytes], user: str = "admin") -> str:
        """Put a dataset into openBIS and return its permId."""
        store = self.openbis.store
        permid = store.new_perm_id()
        directory = self.place / permid
        for path, content in files.items():
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        token = store.sessions.login(user, store.passwords[user])
        creation = {
            "code": permid,
            "typeId": {"permId": "RAW_DATA", "@type": "as.dto.entitytype.id.EntityTypePermId"},
            "experimentId": {
                "identifier": COLLECTION,
                "@type": "as.dto.experiment.id.ExperimentIdentifier",
            },
            "properties": {"$NAME": "Cells of a test"},
        }
        return store.register(store.session(token), creation, directory)

    @property
    def folder(self) -> Path:
        """Where links go."""
        return self.rooms.root / "datahub"

    def ask(self, ref: str) -> Transfer:
        """Queue a download and let a worker run."""
        return transfers.start(self.rooms, ref, self.folder)[0]

    def fetch(self, ref: str) -> Transfer:
        """Return a download when it is over, which must be well."""
        return self.done(self.ask(ref))

    def failed(self, ref: str) -> Transfer:
        """Return a download when it is over, which must be with an error."""
        return self.over_badly(self.ask(ref))

    def running(self, transfer: Transfer, least: int) -> Transfer:
        """Return a download when some bytes of it are there."""
        return self.until(transfer, lambda now: now.done >= least or now.state.final)

    def free(self) -> None:
        """Wait until no worker holds anything."""
        until(lambda: not any(name.endswith(".owner") for name in self.leftovers()))

    def item(self, ref: str) -> LibraryItem:
        """Return what the library has of an asset."""
        found = self.rooms.library.find_asset(ref)
        assert found is not None
        return found

    def leftovers(self) -> list[str]:
        """Names in the directory of unfinished files."""
        parts = self.rooms.library.parts
        return sorted(path.name for path in parts.iterdir()) if parts.exists() else []

    def journal(self, ref: str) -> Spans:
        """Return what the journal of a download says is there."""
        path = self.rooms.library.parts / f"{key_of('openbis', ref)}.journal"
        if not path.exists():
            return Spans()
        return Spans(msgspec.json.decode(path.read_bytes())["spans"])

    def saved(self, ref: str, least: int) -> Spans:
        """Return the journal as soon as it names some bytes."""
        until(lambda: self.journal(ref).total >= least, lambda: str(self.leftovers()))
        return self.journal(ref)

    def calls(self, name: str) -> list[Seen]:
        """Return the calls of the file transfer of one name."""
        return [seen for seen in list(self.openbis.requests) if seen.path == f"{TRANSFER}#{name}"]


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that look like chance and are always the same."""
    block = hashlib.shake_256(seed.to_bytes(4, "big")).digest(min(size, 64 * 1024 + 1))
    return (block * (size // max(len(block), 1) + 1))[:size]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sha256(content: bytes) -> str:
    """Return the checksum of bytes."""
    return hashlib.sha256(content).hexdigest()


def listing_sum(files: Mapping[str, bytes]) -> str:
    """Return what names a folder: the checksum of what sha256sum prints of its files."""
    lines = "".join(f"{sha256(files[path])}  {path}\n" for path in sorted(files))
    return sha256(lines.encode())
