"""The Sources of the project, put through what every Source must do."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.cellxgene import CellxgeneSource
from jupyterlab_datahub.sources.folder import FolderSource
from jupyterlab_datahub.sources.hca import HcaSource
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.sources.tissue_atlas.source import TissueAtlasSource
from tests.sources.conformance import SourceConformance
from tests.sources.conftest import QUICK

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.sources.source import Source


@pytest.fixture
def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class TestCellxgene(SourceConformance):
    """CELLxGENE, asked at the demo hub."""

    unknown = "cellxgene:00000000-0000-4000-8000-000000000000"

    @pytest.fixture
    def source(self, settings: Settings) -> Source:
        return Registry(settings)["cellxgene"]

    @pytest.fixture
    def unreachable(self, closed_port: int, tmp_path: Path) -> Source:
        config = SourceConfig(
            name="cellxgene",
            kind="cellxgene",
            url=f"http://127.0.0.1:{closed_port}/curation",
            options=QUICK,
        )
        return CellxgeneSource(config, tmp_path / "cache", tmp_path)


class TestFolder(SourceConformance):
    """A folder with files of the demo."""

    unknown = "folder:folder/never written.h5ad"

    @pytest.fixture
    def source(self, settings: Settings) -> Source:
        return Registry(settings)["folder"]

    @pytest.fixture
    def unreachable(self, settings: Settings, tmp_path: Path) -> Source:
        config = next(c for c in settings.sources if c.kind == "folder")
        moved = msgspec.structs.replace(config, options={"path": "not/mounted"})
        return FolderSource(moved, tmp_path / "cache", tmp_path)


class TestHca(SourceConformance):
    """The Human Cell Atlas, asked at the demo hub."""

    unknown = "hca:dcp60/00000000-0000-4000-8000-000000000000"

    @pytest.fixture
    def source(self, hca_settings: Settings) -> Source:
        return Registry(hca_settings)["hca"]

    @pytest.fixture
    def unreachable(self, closed_port: int, tmp_path: Path) -> Source:
        config = SourceConfig(
            name="hca", kind="hca", url=f"http://127.0.0.1:{closed_port}", options=QUICK
        )
        return HcaSource(config, tmp_path / "cache", tmp_path)


class TestTissueAtlas(SourceConformance):
    """A tissue atlas, made of the archive of the demo's."""

    unknown = "tissue-atlas:never-told-2020"

    @pytest.fixture
    def source(self, atlas_settings: Settings) -> Source:
        return Registry(atlas_settings)["tissue-atlas"]

    @pytest.fixture
    def unreachable(self, closed_port: int, tmp_path: Path) -> Source:
        config = SourceConfig(
            name="tissue-atlas",
            kind="tissue-atlas",
            url=f"http://127.0.0.1:{closed_port}/main.tar.gz",
            options=QUICK,
        )
        return TissueAtlasSource(config, tmp_path / "cache", tmp_path)
