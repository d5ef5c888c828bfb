"""An office: a folder with a notebook, an openBIS to save it to, and a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from jupyterlab_datahub.demo.openbis.defaults import SCIENTIST, SCIENTIST_PASSWORD
from tests.transfers.openbis_desk import PATIENCE
from tests.transfers.openbis_upload.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings


@pytest.fixture
def patience() -> dict[str, float]:
    """Return the options of the Source; a parameter may be others."""
    return PATIENCE


@pytest.fixture
def office(
    hub: DemoHub, openbis_settings: Settings, patience: dict[str, float]
) -> Iterator[Office]:
    """Return an office whose user is connected."""
    sources = tuple(
        msgspec.structs.replace(source, options=source.options | patience)
        for source in openbis_settings.sources
        if source.kind == "openbis"
    )
    made = Office(msgspec.structs.replace(openbis_settings, sources=sources), hub.openbis, hub)
    made.connect(SCIENTIST, SCIENTIST_PASSWORD)
    made.write_notebook()
    yield made
    hub.faults.clear()
    made.close()
