"""The demo's openBIS as a Source, connected and not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.openbis.records import DataSet, DataSetType
from jupyterlab_datahub.model import Credentials
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import Vault
from jupyterlab_datahub.sources.openbis.source import OpenbisSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.demo.openbis.store import Store

    Lab = Callable[..., OpenbisSource]

QUICK: dict[str, Any] = {"attempts": 2, "backoff": 0.01}


@pytest.fixture
def at(tmp_path: Path, datahub_home: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Return a function that makes an openBIS Source for an address, where nobody is connected."""
    # What pyBIS knows of the user who runs the tests is none of theirs.
    monkeypatch.setenv("HOME", str(tmp_path))

    def made(url: str, name: str = "lab", **changed: Any) -> OpenbisSource:
        options = {**QUICK, **changed.pop("options", {})}
        config = SourceConfig(
            name=name, kind="openbis", title="openBIS lab", url=url, options=options, **changed
        )
        return OpenbisSource(config, tmp_path / "cache", tmp_path, Vault(tmp_path / name))

    return made


@pytest.fixture
def lab(hub: DemoHub, at: Lab) -> OpenbisSource:
    """Return the demo's openBIS, where the scientist is connected."""
    source = at(hub.services["openbis"]["url"])
    source.connect(Credentials(user="scientist", password=hub.services["openbis"]["password"]))
    return source


@pytest.fixture
def readers_lab(hub: DemoHub, at: Lab) -> OpenbisSource:
    """Return the demo's openBIS, where somebody is connected who sees less."""
    service = hub.services["openbis"]
    source = at(service["url"], "reader")
    source.connect(Credentials(user=service["reader"], password=service["reader_password"]))
    return source


def add_container(store: Store, code: str, part: DataSet) -> None:
    """Put a dataset into openBIS that has another one as its only part."""
    store.add(
        DataSet(
            code=code,
            perm_id=code,
            type=store.get(DataSetType, "RAW_DATA"),
            kind="CONTAINER",
            experiment=part.experiment,
            components=[part],
        )
    )
