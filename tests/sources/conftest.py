"""Hosts and Sources for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.http import Client
from jupyterlab_datahub.sources.patience import Patience
from tests.sources.scripted import ScriptedHost

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK: dict[str, Any] = {"backoff": 0.01}
"""Options that keep tests short without leaving out a step, or hurrying a host that answers."""


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    with ScriptedHost() as scripted:
        yield scripted


@pytest.fixture
def client(host: ScriptedHost) -> Iterator[Client]:
    config = SourceConfig(name="lab", kind="test", title="Lab catalog", url=host.url)
    made = Client(config, Patience(longest_wait=2.0, **QUICK))
    yield made
    made.close()
