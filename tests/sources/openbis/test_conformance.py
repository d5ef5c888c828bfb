"""The demo's openBIS, put through what every Source must do."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, ClassVar

import pytest

from jupyterlab_datahub.demo.openbis.contents import ARCHIVED
from jupyterlab_datahub.model import Secret
from tests.sources.conformance import SourceConformance

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.sources.openbis.source import OpenbisSource
    from jupyterlab_datahub.sources.source import Source
    from tests.sources.openbis.conftest import Lab


class TestOpenbis(SourceConformance):
    """openBIS, asked at the demo hub as the scientist."""

    unknown: ClassVar[str]

    @pytest.fixture
    def source(self, lab: OpenbisSource, hub: DemoHub) -> Source:
        # What is archived cannot be fetched; test_datasets.py is about that.
        hub.openbis.store.dataset(ARCHIVED).physical.status = "AVAILABLE"  # type: ignore[union-attr]  # it has files
        type(self).unknown = f"openbis:{hub.openbis.host}/20000101000000000-1"
        return lab

    @pytest.fixture
    def unreachable(self, at: Lab) -> Source:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            source = at(f"http://127.0.0.1:{free.getsockname()[1]}", "nowhere")
        assert source.vault
        source.vault.put(source.name, Secret(token="any"))
        return source
