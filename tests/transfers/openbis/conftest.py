"""A counter: an openBIS of the test's own, and a home directory to fetch from it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.openbis.defaults import (
    SCIENTIST,
    SCIENTIST_PASSWORD,
    furnish,
)
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store
from jupyterlab_datahub.settings import Settings, SourceConfig
from tests.transfers.openbis.counter import Counter
from tests.transfers.openbis_desk import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def openbis(tmp_path: Path) -> Iterator[OpenbisService]:
    """Return an openBIS without datasets."""
    store = Store(tmp_path / "store")
    furnish(store)
    with OpenbisService(store, tmp_path / "service", faults=Faults()) as running:
        yield running
        running.faults.clear()


@pytest.fixture
def patience() -> dict[str, float]:
    """Return the options of the Source; a class or a parameter may have others."""
    return PATIENCE


@pytest.fixture
def counter(
    openbis: OpenbisService, tmp_path: Path, datahub_home: Path, patience: dict[str, float]
) -> Iterator[Counter]:
    """Return a counter whose user is connected, with nothing reserved."""
    root = tmp_path / "root"
    root.mkdir()
    lab = SourceConfig(
        name="openbis", kind="openbis", title="openBIS lab", url=openbis.url, options=patience
    )
    settings = Settings(
        home=str(datahub_home),
        root=str(root),
        sources=(lab,),
        reserve=0,
        attempts=4,
    )
    made = Counter(settings, openbis, tmp_path / "datasets")
    made.connect(SCIENTIST, SCIENTIST_PASSWORD)
    yield made
    openbis.faults.clear()
    made.close()
