"""A commons of each test's own, and its users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.gen3.demo_commons import DemoCommons
from tests.demo.gen3.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def faults() -> Faults:
    """Return the switches of the commons."""
    return Faults()


@pytest.fixture
def commons(demo_data: Path, tmp_path: Path, faults: Faults) -> Iterator[DemoCommons]:
    """Return a running commons."""
    running = DemoCommons(demo_data, tmp_path, big=False, faults=faults)
    running.start()
    try:
        yield running
    finally:
        faults.clear()
        running.stop()


@pytest.fixture
def alice(commons: DemoCommons) -> Client:
    """Return a client of somebody with rights."""
    return Client(commons, "credentials")


@pytest.fixture
def bob(commons: DemoCommons) -> Client:
    """Return a client of somebody with an account and no more."""
    return Client(commons, "reader_credentials")


@pytest.fixture
def nobody(commons: DemoCommons) -> Client:
    """Return a client without an account."""
    return Client(commons)
