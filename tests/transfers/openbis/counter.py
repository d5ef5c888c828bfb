"""What the tests of downloads from an openBIS work with."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.openbis.defaults import COLLECTION
from jupyterlab_datahub.engine import transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Credentials, TransferState
from jupyterlab_datahub.transfers.disk.spans import Spans
from jupyterlab_datahub.transfers.schema import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.demo.openbis.service import OpenbisService
    from jupyterlab_datahub.model import LibraryItem, Transfer
    from jupyterlab_datahub.settings import Settings

MIB = 1024**2
PATIENCE = 40.0
TRANSFER = "/datastore_server/file-transfer"
DOWNLOAD = "*#download"


@dataclass
class Counter:
    """A home directory, an openBIS with files of one's own, and what is open on them."""

    settings: Settings
    openbis: OpenbisService
    place: Path
    opened: list[Rooms] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rooms = self.open()

    def open(self, **changes: Any) -> Rooms:
        """Return rooms as a server has them; keywords change the settings."""
        rooms = Rooms(msgspec.structs.replace(self.settings, **changes))
        self.opened.append(rooms)
        return rooms

    def close(self) -> None:
        """End all workers."""
        for rooms in self.opened:
            rooms.close()

    def connect(self, user: str, password: str) -> None:
        """Log in."""
        self.rooms.registry["openbis"].connect(Credentials(user=user, password=password))

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

    def ref(self, permid: str, path: str = "") -> str:
        """Return the ref of a dataset or file."""
        return f"openbis:{self.openbis.host}/{permid}" + (f"/{path}" if path else "")

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

    def over_badly(self, transfer: Transfer) -> Transfer:
        """Return a download when it is over, which must be with an error."""
        last = self.until(transfer, lambda now: now.state.final)
        assert last.state is TransferState.FAILED, last
        assert last.error is not None
        return last

    def done(self, transfer: Transfer) -> Transfer:
        """Return a download when it is over, which must be well."""
        last = self.until(transfer, lambda now: now.state.final)
        assert last.state is TransferState.DONE, last
        return last

    def running(self, transfer: Transfer, least: int) -> Transfer:
        """Return a download when some bytes of it are there."""
        return self.until(transfer, lambda now: now.done >= least or now.state.final)

    def until(self, transfer: Transfer, wanted: Callable[[Transfer], bool]) -> Transfer:
        """Return a download as soon as it is as wanted."""
        last = transfer

        def look() -> bool:
            nonlocal last
            self.rooms.supervisor.ensure()
            last = transfers.one(self.rooms, transfer.id)
            return wanted(last)

        until(look, lambda: str(last))
        return last

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


def until(look: Callable[[], bool], words: Callable[[], str] = lambda: "") -> None:
    """Wait until something is so; fail after a time that nothing here needs."""
    limit = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < limit, words()
        time.sleep(0.02)


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
