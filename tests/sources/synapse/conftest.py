"""A Synapse of each module's own, and Sources on it for its users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.synapse.demo_synapse import DemoSynapse
from jupyterlab_datahub.demo.synapse.users import READER
from jupyterlab_datahub.model import Credentials
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import Vault
from jupyterlab_datahub.sources.synapse.source import SynapseSource
from tests.sources.conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Make = Callable[..., SynapseSource]


@pytest.fixture(scope="module")
def running(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSynapse]:
    """Return a running Synapse."""
    made = DemoSynapse(demo_data, tmp_path_factory.mktemp("synapse"))
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def synapse(running: DemoSynapse) -> Iterator[DemoSynapse]:
    """Return the module's Synapse without faults, and with an empty log."""
    running.api.requests.clear()
    running.storage.requests.clear()
    try:
        yield running
    finally:
        running.api.faults.clear()
        running.storage.faults.clear()
        running.api.revoked.clear()


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let no profile of this machine be found; return the home directory that is looked in."""
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr("jupyterlab_datahub.settings.vault.system_keyring", lambda: None)
    return home


@pytest.fixture
def make(synapse: DemoSynapse, tmp_path: Path) -> Make:
    """Return what makes a Source that nobody is connected to yet."""

    def made(**options: Any) -> SynapseSource:
        config = SourceConfig(
            name="synapse",
            kind="synapse",
            title="Synapse",
            url=synapse.api.url,
            options={**QUICK, "longest_wait": 0.05, "site": synapse.api.url, **options},
        )
        vault = Vault(tmp_path / "home")
        return SynapseSource(config, tmp_path / "cache", tmp_path, vault)

    return made


@pytest.fixture
def source(make: Make) -> SynapseSource:
    """Return a Source that the scientist is connected to."""
    return connected(make())


def connected(source: SynapseSource, token: str = READER.token) -> SynapseSource:
    """Connect with a token."""
    source.connect(Credentials(token=token))
    return source
