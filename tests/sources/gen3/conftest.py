"""The demo's commons as a Source, connected and not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.model import Credentials
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.vault import Vault
from jupyterlab_datahub.sources.gen3.source import Gen3Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.gen3.index import IndexRecord
    from jupyterlab_datahub.demo.hub import DemoHub

    At = Callable[..., Gen3Source]
    Find = Callable[[str], IndexRecord]

QUICK: dict[str, Any] = {"attempts": 2, "backoff": 0.01}


@pytest.fixture
def at(tmp_path: Path, datahub_home: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """Return a function that makes a commons of an address, where nobody is connected."""
    # What gen3-client knows of the user who runs the tests is none of theirs.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NAMESPACE", raising=False)

    def made(url: str, name: str = "commons", **options: Any) -> Gen3Source:
        config = SourceConfig(
            name=name, kind="gen3", title="Demo commons", url=url, options={**QUICK, **options}
        )
        return Gen3Source(config, tmp_path / "cache", tmp_path, Vault(tmp_path / name))

    return made


@pytest.fixture
def key(hub: DemoHub) -> Callable[[str], Credentials]:
    """Return a function that reads a credentials.json of the demo."""

    def read(name: str = "credentials") -> Credentials:
        return Credentials(key=Path(hub.services["gen3"][name]).read_text("utf-8"))

    return read


@pytest.fixture
def anybody(hub: DemoHub, at: At) -> Gen3Source:
    """Return the demo's commons, where nobody is connected."""
    return at(hub.services["gen3"]["url"], "anybody")


@pytest.fixture
def commons(hub: DemoHub, at: At, key: Callable[[str], Credentials]) -> Gen3Source:
    """Return the demo's commons, where somebody is connected who may read one project."""
    source = at(hub.services["gen3"]["url"])
    source.connect(key("credentials"))
    return source


@pytest.fixture
def readers(hub: DemoHub, at: At, key: Callable[[str], Credentials]) -> Gen3Source:
    """Return the demo's commons, where somebody is connected who may read what is open."""
    source = at(hub.services["gen3"]["url"], "reader")
    source.connect(key("reader_credentials"))
    return source


@pytest.fixture
def record(hub: DemoHub) -> Find:
    """Return a function that finds a record of the demo by the resource that decides of it."""

    def find(resource: str) -> IndexRecord:
        return next(
            one
            for one in hub.gen3.commons.index
            if one.authz == [resource] and one.size and one.urls
        )

    return find
