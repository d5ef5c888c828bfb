"""An openBIS of a test's own, with the small lab and no datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.openbis.defaults import furnish
from jupyterlab_datahub.demo.openbis.service import OpenbisService
from jupyterlab_datahub.demo.openbis.store import Store
from tests.demo.openbis.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def openbis(tmp_path: Path) -> Iterator[OpenbisService]:
    """Return a running openBIS."""
    store = Store(tmp_path / "store")
    furnish(store)
    with OpenbisService(store, tmp_path / "work") as running:
        yield running


@pytest.fixture
def scientist(openbis: OpenbisService) -> Calls:
    """Return the calls of the administrator."""
    return Calls(openbis, "scientist")


@pytest.fixture
def reader(openbis: OpenbisService) -> Calls:
    """Return the calls of a user who may only read, and not everything."""
    return Calls(openbis, "reader")
