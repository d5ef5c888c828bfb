"""Synapse, put through what every Source must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.model import Secret
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import Vault
from jupyterlab_datahub.sources.synapse.source import SynapseSource
from tests.sources.conformance import SourceConformance
from tests.sources.conftest import QUICK
from tests.sources.synapse.conftest import connected

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.sources.source import Source
    from tests.sources.synapse.conftest import Make


class TestSynapse(SourceConformance):
    """Synapse, as the scientist of the demo."""

    unknown = "synapse:syn91234567.1"

    @pytest.fixture
    def source(self, make: Make) -> Source:
        return connected(make())

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> Source:
        url = "http://127.0.0.1:9"
        vault = Vault(tmp_path / "other home")
        vault.put("synapse", Secret(token="x", url=url))
        config = SourceConfig(name="synapse", kind="synapse", url=url, options=QUICK)
        return SynapseSource(config, tmp_path / "other", tmp_path, vault)
