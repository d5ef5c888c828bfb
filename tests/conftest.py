"""What the tests of every room share: the demo hub, and settings that point at it.

The hub's files are made once and kept in pytest's cache directory; they are made again when
the code that makes them changes. Where several processes test beside each other, one makes them
and the others wait for it.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from msgspec import structs

from jupyterlab_datahub.demo.data import prepare
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.settings import Settings, SourceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "my-data"


@pytest.fixture(scope="session")
def demo_data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory with the demo's (small) files; treat it as read-only."""
    cache = getattr(request.config, "cache", None)
    base = cache.mkdir("datahub-demo") if cache else tmp_path_factory.mktemp("datahub-demo")
    directory: Path = base / "data"
    with FileLock(base / "lock"):
        prepare(directory, big=False)
    return directory


@pytest.fixture
def hub(demo_data: Path) -> Iterator[DemoHub]:
    """Return a running demo hub of this test's own, without faults."""
    with DemoHub(demo_data, big=False) as running:
        yield running


@pytest.fixture
def datahub_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty DATAHUB_HOME; no sources file of the user is read either."""
    home = tmp_path / "home"
    monkeypatch.setenv("DATAHUB_HOME", str(home))
    for variable in ("DATAHUB_SOURCES", "OPENBIS_URL", "OPENBIS_HOST", "OPENBIS_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    return home


@pytest.fixture
def settings(hub: DemoHub, demo_data: Path, datahub_home: Path, tmp_path: Path) -> Settings:
    """Return settings with the Sources ``cellxgene`` (the hub) and ``folder`` (two files).

    Nothing is reserved on the disk. Hosts have the ordinary time to answer, which a busy machine
    may need; a test in which one is silent says itself how long it is waited for.
    """
    root = tmp_path / "root"
    folder = root / FOLDER
    folder.mkdir(parents=True)
    spec = hub.catalog.spec("pbmc68k/monocytes")
    source = demo_data / f"{spec.version_id(spec.newest)}.h5ad"
    shutil.copyfile(source, folder / "monocytes.h5ad")
    (folder / "deeper").mkdir()
    shutil.copyfile(source, folder / "deeper" / "more cells.h5ad")
    return Settings(
        home=str(datahub_home),
        root=str(root),
        sources=(
            SourceConfig(
                name="cellxgene",
                kind="cellxgene",
                title="CELLxGENE",
                url=hub.services["cellxgene"]["url"],
            ),
            SourceConfig(name="folder", kind="folder", title="My data", options={"path": FOLDER}),
        ),
        reserve=0,
        attempts=3,
    )


@pytest.fixture
def openbis_settings(hub: DemoHub, settings: Settings) -> Settings:
    """Return the settings with the hub's openBIS as a third Source, where nobody is logged in."""
    lab = SourceConfig(
        name="openbis",
        kind="openbis",
        title="openBIS lab",
        url=hub.services["openbis"]["url"],
    )
    return structs.replace(settings, sources=(*settings.sources, lab))


@pytest.fixture
def hca_settings(hub: DemoHub, settings: Settings) -> Settings:
    """Return the settings with the hub's Human Cell Atlas as a third Source."""
    atlas = SourceConfig(
        name="hca", kind="hca", title="Human Cell Atlas", url=hub.services["hca"]["url"]
    )
    return structs.replace(settings, sources=(*settings.sources, atlas))


@pytest.fixture
def atlas_settings(hub: DemoHub, settings: Settings) -> Settings:
    """Return the settings with the hub's tissue atlas as a third Source."""
    services = hub.services["tissue-atlas"]
    atlas = SourceConfig(
        name="tissue-atlas",
        kind="tissue-atlas",
        title="Tissue atlas",
        url=services["url"],
        options={
            "site": services["site"],
            "picture_hosts": [services["host"]],
            "contact": "atlas@demo.example.org",
            "backoff": 0.01,
        },
    )
    return structs.replace(settings, sources=(*settings.sources, atlas))


@pytest.fixture
def s3_settings(hub: DemoHub, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings with the hub's object store, for one who may read and pays."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    service = hub.services["s3"]
    options = {
        "buckets": [service["bucket"], service["paid_bucket"], service["lab_bucket"]],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
    }
    store = SourceConfig(name="s3", kind="s3", url=service["url"], options=options)
    return structs.replace(settings, sources=(*settings.sources, store))
