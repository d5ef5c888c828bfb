"""An object store of each test's own, and boto3 as its users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.s3.demo_store import DemoStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.s3.users import User


@pytest.fixture
def faults() -> Faults:
    """Return the switches of the store."""
    return Faults()


@pytest.fixture
def store(demo_data: Path, tmp_path: Path, faults: Faults) -> Iterator[DemoStore]:
    """Return a running store."""
    running = DemoStore(demo_data, tmp_path, faults=faults)
    running.start()
    try:
        yield running
    finally:
        faults.clear()
        running.stop()


@pytest.fixture
def client(store: DemoStore, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return what makes boto3's client for a user, or for nobody."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    options: dict[str, Any] = {"s3": {"addressing_style": "path"}, "retries": {"max_attempts": 1}}

    def connect(user: User | None, region: str = "us-east-1", secret: str = "") -> Any:
        if user is None:
            config = Config(**options, signature_version=UNSIGNED)
            return boto3.client("s3", endpoint_url=store.api.url, region_name=region, config=config)
        return boto3.client(
            "s3",
            endpoint_url=store.api.url,
            region_name=region,
            config=Config(**options, signature_version="s3v4"),
            aws_access_key_id=user.key,
            aws_secret_access_key=secret or user.secret,
            aws_session_token=user.token or None,
        )

    return connect
