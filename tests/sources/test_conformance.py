"""The Sources of the project, put through what every Source must do."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.errors import AccessError
from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.settings import Settings, SourceConfig
from jupyterlab_datahub.sources.cellxgene import CellxgeneSource
from jupyterlab_datahub.sources.folder import FolderSource
from jupyterlab_datahub.sources.hca import HcaSource
from jupyterlab_datahub.sources.registry import Registry
from jupyterlab_datahub.sources.tissue_atlas.htan_source import HtanSource
from jupyterlab_datahub.sources.tissue_atlas.source import TissueAtlasSource
from tests.sources.conformance import SourceConformance
from tests.sources.conftest import QUICK

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Dataset
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


class TestHtan(SourceConformance):
    """The file table of the HTAN portal, which has no bytes itself."""

    unknown = "htan:HTX9_9_9"

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        path = tmp_path / "files.csv"
        path.write_text(
            "DataFileID,Filename,level,downloadSource,synapseId\n"
            "HTX1_1_1,level_4/cells.h5ad,Level 4,Synapse,syn90000101\n"
            "HTX1_1_2,reads.fastq.gz,Level 1,dbGaP,\n"
            "HTX1_1_3,image.ome.tif,Level 2,Coming Soon,\n",
            encoding="utf-8",
        )
        return htan(path, tmp_path)

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> Source:
        return htan(tmp_path / "nothing.csv", tmp_path)

    def test_an_asset_known_by_its_ref_alone_can_be_resolved(
        self, source: Source, datasets: list[Dataset]
    ) -> None:
        """Nothing is open here: each is refused in the words of its dataset."""
        for dataset in datasets:
            [asset] = dataset.assets
            with pytest.raises(AccessError) as caught:
                source.resolve(Asset(ref=asset.ref, name=asset.name))
            assert caught.value.hint == asset.access_note


def htan(path: Path, directory: Path) -> Source:
    config = SourceConfig(name="htan", kind="htan", options={"path": str(path)})
    return HtanSource(config, directory / "cache", directory)
