"""A Human Cell Atlas of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.hca.atlas import HumanCellAtlas
from tests.demo.hca.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def atlas(demo_data: Path, tmp_path: Path) -> Iterator[HumanCellAtlas]:
    """Return a running atlas that nothing has to be waited for."""
    with HumanCellAtlas(demo_data, tmp_path / "work", faults=Faults(), log=[]) as running:
        running.api.jobs.retry_after = 0
        running.api.repository.longest_wait = 0
        yield running


@pytest.fixture
def azul(atlas: HumanCellAtlas) -> Iterator[Client]:
    """Return a client of it, which holds every answer to the published description."""
    with Client(atlas.api.url) as client:
        yield client


@pytest.fixture(scope="module")
def lasting(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return a client of an atlas that all tests of a module share: it is only read."""
    work = tmp_path_factory.mktemp("azul") / "work"
    with (
        HumanCellAtlas(demo_data, work, faults=Faults(), log=[]) as running,
        Client(running.api.url) as client,
    ):
        running.api.rate.limit = 0
        yield client
