"""What the tests of saving work with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.contents import CELLS
from jupyterlab_datahub.demo.openbis.defaults import COLLECTION
from jupyterlab_datahub.demo.openbis.records import DataSet
from jupyterlab_datahub.engine import saves
from jupyterlab_datahub.model import SaveRequest
from tests.transfers.desk import MIB
from tests.transfers.openbis_desk import OpenbisDesk

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.demo.messages import Seen
    from jupyterlab_datahub.model import Transfer

UPLOAD = "/datastore_server/session_workspace_file_upload"
CREATE = "*#createUploadedDataSet"


@dataclass
class Office(OpenbisDesk):
    """A desk to save at, with a folder of notebooks."""

    hub: DemoHub

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
