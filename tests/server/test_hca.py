"""The demo's Human Cell Atlas over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.model import DatasetPage, SearchResult
from jupyterlab_datahub.model.decoding import from_values
from tests.server.conftest import encoded

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

SEARCH = "sources/hca/search"


@pytest.fixture
def datahub_config(settings: Settings, hub: DemoHub) -> dict[str, Any]:
    """Return a configuration with the atlas, and one that is not there."""
    quick = {"attempts": 1}
    return {
        "home": settings.home,
        "sources": [
            {"name": "hca", "kind": "hca", "url": hub.services["hca"]["url"], **quick},
            {"name": "far", "kind": "hca", "url": "http://127.0.0.1:9", **quick},
        ],
        "reserve_gb": 0.0,
        "offline": True,
    }


async def test_projects_samples_and_files_are_searched(ask: Ask) -> None:
    for entity in ("", "projects", "samples", "files"):
        params = [("entity", entity), ("facet", "tissue=kidney"), ("limit", "5")]
        answer = await ask("GET", SEARCH, params=params)
        assert answer.status == 200, answer.body
        result = from_values(answer.body, SearchResult)
        assert result.entity == (entity or "projects")
        assert result.hits
        assert [one.name for one in result.entities] == ["projects", "samples", "files"]
        assert result.summary.figures
        assert {one.group for one in result.facets} >= {"Project", "Donor", "Sample", "File"}


async def test_numbers_of_the_source_are_ranges(ask: Ask) -> None:
    answer = await ask("GET", SEARCH, params=[("range", "donorCount=100..")])
    assert answer.status == 200, answer.body
    assert answer.body["total"] == 1
    assert {one["name"] for one in answer.body["ranges"]} >= {"cells", "size", "donorCount"}


@pytest.mark.parametrize(
    "params",
    [
        [("entity", "../x")],
        [("entity", "bundles")],
        [("range", "weight=1..2")],
        [("range", "9=1..2")],
        [("range", "donorCount=x..")],
        [("facet", "noSuchFacet=1")],
    ],
)
async def test_what_cannot_be_asked_is_told(ask: Ask, params: list[tuple[str, str]]) -> None:
    answer = await ask("GET", SEARCH, params=params)
    assert answer.status == 400
    assert answer.error["code"] == "bad_request"
    assert answer.error["hint"]


async def test_the_index_keeps_to_its_own_numbers(ask: Ask) -> None:
    answer = await ask("GET", "search", params=[("range", "donorCount=1..")])
    assert answer.status == 400


async def test_a_project_and_a_selection_have_pages(ask: Ask, hub: DemoHub) -> None:
    answer = await ask("GET", f"datasets/{encoded(hub.hca.ref('pancreas'))}")
    assert answer.status == 200, answer.body
    page = from_values(answer.body, DatasetPage)
    assert page.dataset.assets[0].note
    table = page.dataset.assets[-2]
    selection = 'hca:dcp60/files?{"fileFormat":{"is":["h5ad"]},"specimenOrgan":{"is":["kidney"]}}'
    for ref in (table.ref, selection):
        answer = await ask("GET", f"datasets/{encoded(ref)}")
        assert answer.status == 200, answer.body
        assert ref in [asset["ref"] for asset in answer.body["dataset"]["assets"]]


async def test_a_service_that_is_not_there_is_named(ask: Ask) -> None:
    answer = await ask("GET", "sources/far/search")
    assert answer.status == 502
    assert "127.0.0.1:9" in answer.error["message"]
