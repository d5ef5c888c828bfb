"""What stays beside the rooms once they have answered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.engine import previews
from jupyterlab_datahub.engine.rooms import Rooms

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import Settings

REF = "folder:folder/monocytes.h5ad"


def keepers() -> int:
    """Return how many threads see to a process that waits for the next look."""
    return sum(one.name == "datahub-spare" for one in threading.enumerate())


@pytest.mark.parametrize("serving", [True, False])
def test_a_process_is_ready_for_the_next_look_at_a_server_only(
    settings: Settings, serving: bool
) -> None:
    rooms = Rooms(settings, serving=serving)
    try:
        rooms.catalog.replace("folder", rooms.registry["folder"].harvest())
        assert previews.facts(rooms, REF).shape == (129, 738)
        assert keepers() == serving
    finally:
        rooms.close()
    assert keepers() == 0
