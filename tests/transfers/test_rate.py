"""The limit for what a host sends holds for all that comes from it, whichever process asks."""

from __future__ import annotations

import time
import zipfile
from typing import TYPE_CHECKING

import anndata as ad
import msgspec
import numpy as np
import pytest

from jupyterlab_datahub.model import Selection
from tests.transfers.desk import SOURCE, dataset_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.transfers.desk import Desk

RATE = 3_000_000
"""Bytes a second."""


@pytest.fixture
def served(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the host serve cells that do not get smaller when they are packed, twice in a zip."""
    directory = tmp_path / "served"
    directory.mkdir()
    monkeypatch.setattr(desk, "files", directory)
    monkeypatch.setattr(desk.host, "directory", directory)
    values = np.random.default_rng(0).random((1000, 1500), dtype="f4")
    ad.AnnData(values).write_h5ad(directory / "cells.h5ad")
    with zipfile.ZipFile(directory / "runs.zip", "w") as archive:
        archive.write(directory / "cells.h5ad", "a/cells.h5ad")
        archive.write(directory / "cells.h5ad", "b/cells.h5ad")


@pytest.mark.usefixtures("served")
def test_a_selection_and_a_member_of_a_zip_share_what_their_host_may_send(desk: Desk) -> None:
    known, whole = desk.sell("cells.h5ad")
    _, archive = desk.sell("runs.zip")
    archive = msgspec.structs.replace(archive, format="zip")
    transfers = [
        desk.queue.add(known, whole, desk.folder, SOURCE, selection=Selection(genes=("3", "1400")))[
            0
        ],
        desk.queue.add(
            dataset_of(archive),
            archive,
            desk.folder,
            SOURCE,
            convert=True,
            member="a/cells.h5ad",
        )[0],
    ]
    began = time.monotonic()
    desk.supervise(msgspec.structs.replace(desk.settings, rate_per_host=RATE))
    shapes = {ad.read_h5ad(desk.done(transfer).path).shape for transfer in transfers}
    took = time.monotonic() - began
    assert shapes == {(1000, 2), (1000, 1500)}
    sent = [one.sent for one in desk.host.requests]
    assert sum(sent) > 10_000_000
    # Each is asked for when those before it fit; a machine that is slow is slower still.
    assert took >= 0.99 * (sum(sent) - max(sent)) / RATE
