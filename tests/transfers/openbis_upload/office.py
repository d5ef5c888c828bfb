"""What the tests of saving work with."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.openbis.contents import CELLS
from jupyterlab_datahub.demo.openbis.defaults import COLLECTION
from jupyterlab_datahub.demo.openbis.records import DataSet
from jupyterlab_datahub.engine import saves, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.model import Credentials, SaveRequest, TransferState

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.model import Transfer
    from jupyterlab_datahub.settings import Settings

MIB = 1024**2
PATIENCE = 40.0
UPLOAD = "/datastore_server/session_workspace_file_upload"
CREATE = "*#createUploadedDataSet"


@dataclass
class Office:
    """One home directory and root, the openBIS, and what is open on them."""

    settings: Settings
    hub: DemoHub
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

    @property
    def root(self) -> Path:
        """The folder of notebooks."""
        return Path(self.settings.root)

    @property
    def home(self) -> Path:
        """The home directory."""
        return Path(self.settings.home)

    @property
    def saves(self) -> list[Path]:
        """The folders of saves that are not over."""
        place = self.home / "saves"
        return sorted(place.iterdir()) if place.exists() else []

    def ref(self, rest: str) -> str:
        """Return a ref of the openBIS."""
        return f"openbis:{self.hub.openbis.host}/{rest}"

    def write_notebook(self, name: str = "analysis.ipynb", **metadata: Any) -> Path:
        """Write a notebook as Jupyter does."""
        document = {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": 1,
                    "metadata": {},
                    "outputs": [],
                    "source": ["1 + 1"],
                }
            ],
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                **metadata,
            },
            "nbformat": 4,
            "nbformat_minor": 4,
        }
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        return path

    def write(self, name: str, size: int) -> Path:
        """Write a result file whose bytes tell their place."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        block = b"".join(number.to_bytes(4, "big") for number in range(MIB // 4))
        path.write_bytes((block * (size // MIB + 1))[:size])
        return path

    def request(self, **changes: Any) -> SaveRequest:
        """Return a request that is right; without what takes long to make."""
        given: dict[str, Any] = {
            "source": "openbis",
            "notebook": "analysis.ipynb",
            "owner": self.ref(COLLECTION),
            "parents": (self.ref(CELLS),),
            "html": False,
            "environment": False,
        }
        return SaveRequest(**(given | changes))

    def save(self, **changes: Any) -> Transfer:
        """Queue a save and let a worker run."""
        return saves.save(self.rooms, self.request(**changes))

    def wait_for_nobody(self, **changes: Any) -> Transfer:
        """Queue a save that no worker takes yet."""
        return saves.save(self.open(transfers_at_once=0), self.request(**changes))

    def now(self, transfer: Transfer) -> Transfer:
        """Return a transfer as it is now."""
        return transfers.one(self.rooms, transfer.id)

    def finished(self, transfer: Transfer) -> Transfer:
        """Return a transfer when it is over."""
        return self.until(transfer, lambda now: now.state.final)

    def done(self, transfer: Transfer) -> Transfer:
        """Return a transfer when it is over, which must be well."""
        last = self.finished(transfer)
        assert last.state is TransferState.DONE, last
        return last

    def until(self, transfer: Transfer, wanted: Callable[[Transfer], bool]) -> Transfer:
        """Return a transfer as soon as it is as wanted."""
        limit = time.monotonic() + PATIENCE
        while not wanted(last := self.now(transfer)):
            assert time.monotonic() < limit, last
            self.rooms.supervisor.ensure()
            time.sleep(0.02)
        return last

    def dataset(self, transfer: Transfer) -> DataSet:
        """Return what a transfer made in openBIS."""
        return self.hub.openbis.store.dataset(transfer.ref.rpartition("/")[2])

    def made(self) -> list[DataSet]:
        """Return the notebooks in openBIS."""
        every = self.hub.openbis.store.every(DataSet)
        return [one for one in every if one.type.code == "ANALYSIS_NOTEBOOK"]

    def uploads(self) -> list[Seen]:
        """Return the requests that brought slices."""
        return self.hub.seen(UPLOAD, "POST")


def contents(dataset: DataSet) -> dict[str, bytes]:
    """Return the files of a dataset by their paths."""
    return {file.path: file.file.read_bytes() for file in dataset.files}
