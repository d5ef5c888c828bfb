"""The bound of memory is that of every process that the rooms look at files with."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.anndata_io.listings import Bundle
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import UnreadableError
from jupyterlab_datahub.model import Download

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.settings import Settings

FILES = 4000
"""Whose list takes some megabytes."""


def test_an_archive_is_listed_within_the_memory_that_is_configured(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(FILES):
            archive.writestr(f"{number:0200}.csv", "a,b")
    bundle = Bundle(
        "s3://bucket/some.zip", path.name, Download(path=str(path)), settings.sources[0]
    )
    little = Rooms(msgspec.structs.replace(settings, memory=1 << 20))
    plenty = Rooms(settings)
    try:
        with pytest.raises(UnreadableError, match=r"some\.zip cannot be looked into"):
            little.listings.listing(bundle)
        assert len(plenty.listings.listing(bundle).files) == FILES
    finally:
        little.close()
        plenty.close()
