"""A store of each test's own, and Sources on it for its users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.s3.contents import LAB, OPEN, PAID
from jupyterlab_datahub.demo.s3.demo_store import DemoStore
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.s3.source import S3Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no credentials of this machine be found."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def store(demo_data: Path, tmp_path: Path) -> Iterator[DemoStore]:
    """Return a running store."""
    running = DemoStore(demo_data, tmp_path)
    running.start()
    try:
        yield running
    finally:
        running.api.faults.clear()
        running.stop()


@pytest.fixture
def open_as(store: DemoStore, tmp_path: Path) -> Callable[..., S3Source]:
    """Return what makes a Source for the user of a profile, or for nobody."""

    def make(profile: str = "", **options: Any) -> S3Source:
        named = {"profile": profile, "credentials_file": store.service["credentials"]}
        config = SourceConfig(
            name="s3",
            kind="s3",
            url=store.api.url,
            options={
                "buckets": [OPEN, PAID, LAB, "far-away"],
                "attempts": 1,
                **(named if profile else {}),
                **options,
            },
        )
        return S3Source(config, tmp_path / "cache", tmp_path)

    return make
