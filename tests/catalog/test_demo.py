"""The real Sources, refreshed from the demo hub and a folder."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.catalog.catalog import Catalog
from jupyterlab_datahub.catalog.refresh import Refresher
from jupyterlab_datahub.model import CatalogState, SourceStatus
from tests.catalog.records import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings

SECONDS = 60.0


class Refreshed:
    """A catalog of both Sources, and what a refresh comes to."""

    def __init__(self, settings: Settings) -> None:
        self._ended: queue.Queue[SourceStatus] = queue.Queue()
        self.catalog = Catalog(Path(settings.home), settings.sources)
        self.refresher = Refresher(settings, self.catalog, self._note)

    def _note(self, status: SourceStatus) -> None:
        if status.state is not CatalogState.REFRESHING:
            self._ended.put(status)

    def wait(self, count: int) -> dict[str, SourceStatus]:
        """Return how the next `count` refreshes ended, by Source."""
        ended = [self._ended.get(timeout=SECONDS) for _ in range(count)]
        return {status.name: status for status in ended}


@pytest.fixture
def refreshed(settings: Settings) -> Iterator[Refreshed]:
    """Return a catalog after its first refresh."""
    made = Refreshed(settings)
    made.refresher.refresh_stale()
    states = made.wait(2)
    assert {status.state for status in states.values()} == {CatalogState.READY}
    yield made
    made.refresher.stop()
    made.catalog.close()


def test_one_search_finds_the_catalog_and_the_folder(
    refreshed: Refreshed, settings: Settings
) -> None:
    statuses = refreshed.catalog.statuses(settings.sources)
    result = refreshed.catalog.search(ask("monocytes pbcm 68k", limit=500), statuses)
    assert result.corrected == "monocytes pbmc 68k"
    assert {hit.source for hit in result.hits} == {"cellxgene", "folder"}
    assert {status.name: status.matches for status in result.sources} == {
        name: sum(hit.source == name for hit in result.hits) for name in ("cellxgene", "folder")
    }
    for hit in result.hits:
        found = refreshed.catalog.dataset(hit.ref)
        assert found is not None
        assert (found.title, found.cells, found.size) == (hit.title, hit.cells, hit.size)
        assert refreshed.catalog.dataset(found.assets[0].ref) == found


def test_a_catalog_that_goes_down_stays_searchable(refreshed: Refreshed, hub: DemoHub) -> None:
    before = refreshed.catalog.search(ask(facets={"source": ["cellxgene"]})).total
    hub.faults.add("down", host="api")
    refreshed.refresher.refresh("cellxgene")
    after = refreshed.wait(1)["cellxgene"]
    assert after.state is CatalogState.OFFLINE
    assert after.error is not None
    assert after.error.message
    assert after.error.hint
    assert after.datasets == before > 0
    assert refreshed.catalog.search(ask(facets={"source": ["cellxgene"]})).total == before
