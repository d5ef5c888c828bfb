"""A host with files and faults, and a desk to ask for them at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.settings import Settings, SourceConfig
from tests.transfers.desk import MIB, SOURCE, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = {"cells.h5ad": 8 * MIB + 4321, "small.h5ad": 70_001, "empty.h5ad": 0}


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with files of random bytes; treat it as read-only."""
    directory = tmp_path_factory.mktemp("files")
    for name, size in SIZES.items():
        (directory / name).write_bytes(os.urandom(size))
    return directory


@pytest.fixture
def host(files: Path) -> Iterator[FileHost]:
    """Return a host of these files without faults."""
    with FileHost(files, faults=Faults()) as running:
        yield running
        running.faults.clear()


@pytest.fixture
def desk(
    tmp_path: Path, files: Path, host: FileHost, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """Return a desk with nothing reserved on the disk."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).with_name("shop")))
    script = tmp_path / "script.json"
    settings = Settings(
        home=str(tmp_path / "home"),
        root=str(tmp_path / "root"),
        sources=(SourceConfig(name=SOURCE, kind="shop", options={"script": str(script)}),),
        reserve=0,
        attempts=4,
    )
    made = Desk(
        settings=settings,
        home=tmp_path / "home",
        folder=tmp_path / "root" / "datahub",
        files=files,
        script=script,
        host=host,
    )
    yield made
    host.faults.clear()
    made.close()
