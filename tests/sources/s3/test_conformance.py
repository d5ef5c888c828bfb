"""S3 passes what every Source must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.s3.contents import OPEN
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.s3.source import S3Source
from tests.sources.conformance import SourceConformance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class TestS3(SourceConformance):
    """An open bucket, and nobody's credentials."""

    unknown = f"s3://{OPEN}/never/was.csv"

    @pytest.fixture
    def source(self, open_as: Callable[..., S3Source]) -> S3Source:
        return open_as(buckets=[f"{OPEN}/plates/"])

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> S3Source:
        options = {"buckets": [OPEN], "attempts": 1}
        config = SourceConfig(name="s3", kind="s3", url="http://127.0.0.1:9", options=options)
        return S3Source(config, tmp_path / "cache", tmp_path)
