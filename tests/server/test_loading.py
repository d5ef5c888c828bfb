"""What a load takes, over REST and in the note of a cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.engine import loading
from tests.anndata_io import looms
from tests.server.conftest import encoded, ref_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

pytestmark = pytest.mark.usefixtures("indexed")

REF = encoded("folder:folder/monocytes.h5ad")
GIB = 1 << 30


def by_way(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {option["way"]: option for option in body["options"]}


async def test_what_fits_is_loaded_whole(ask: Ask) -> None:
    found = (
        await ask("GET", f"loading/{REF}", params={"free": 8 * GIB, "limits": "container"})
    ).body
    assert (found["best"], found["basis"], found["asked"]) == ("whole", "preview", "kernel")
    assert (found["free"], found["limits"], found["note"]) == (8 * GIB, "container", "")
    ways = by_way(found)
    assert list(ways) == ["whole", "backed", "lazy", "dask", "selection"]
    peak = (await ask("GET", f"previews/{REF}")).body["memory"]["peak"]
    assert ways["whole"]["needs"] == peak
    assert loading.LIBRARIES < ways["backed"]["needs"] < peak
    assert [ways[way]["fits"] for way in ("whole", "backed", "lazy")] == [True, True, True]
    assert [ways[way]["fits"] for way in ("dask", "selection")] == [None, None]


async def test_the_best_way_is_the_first_that_fits(ask: Ask) -> None:
    found = (await ask("GET", f"loading/{REF}", params={"free": 8 * GIB})).body
    between = (by_way(found)["whole"]["needs"] + by_way(found)["backed"]["needs"]) // 2
    free = int(between / loading.SHARE)
    tight = (await ask("GET", f"loading/{REF}", params={"free": free, "limits": "process"})).body
    assert tight["best"] == "backed"
    assert by_way(tight)["whole"]["fits"] is False
    assert "are free within its process's limit" in tight["note"]


async def test_where_nothing_fits_a_selection_is_made(ask: Ask) -> None:
    found = (await ask("GET", f"loading/{REF}", params={"free": 1 << 20})).body
    assert found["best"] == "selection"


async def test_packages_that_a_kernel_lacks_are_named(ask: Ask) -> None:
    params = {"free": 8 * GIB, "missing": "xarray,distributed"}
    ways = by_way((await ask("GET", f"loading/{REF}", params=params)).body)
    assert ways["backed"]["missing"] == []
    assert (ways["lazy"]["missing"], ways["dask"]["missing"]) == (["xarray"], ["distributed"])


async def test_a_kernel_that_cannot_be_asked_counts_as_this_server(ask: Ask) -> None:
    found = (await ask("GET", f"loading/{REF}", params={"language": "R"})).body
    assert (found["asked"], list(by_way(found))) == ("server", ["whole", "selection"])
    assert found["free"] > 0
    probe = await ask("GET", "kernel-probe", params={"language": "octave"})
    assert probe.body == {"expression": ""}
    assert "measured" in (await ask("GET", "kernel-probe")).body["expression"]


@pytest.fixture
def table(settings: Settings) -> None:
    with Path(settings.root, "my-data", "table.csv").open("wb") as file:
        file.truncate(100_000_000)


@pytest.mark.usefixtures("table")
async def test_what_cannot_be_looked_into_is_judged_by_its_size(ask: Ask) -> None:
    found = (await ask("GET", f"loading/{encoded('folder:folder/table.csv')}")).body
    # It is converted to .h5ad first, which may be opened in parts.
    assert (found["basis"], list(by_way(found))) == ("size", ["whole", "backed", "lazy", "dask"])
    assert by_way(found)["whole"]["needs"] == loading.LIBRARIES + 800_000_000


async def test_no_selection_is_offered_of_what_has_to_be_converted(
    ask: Ask, settings: Settings
) -> None:
    looms.optimus(Path(settings.root, "my-data", "cells.loom"))
    ref = encoded("folder:folder/cells.loom")
    found = (await ask("GET", f"loading/{ref}", params={"free": 1 << 20})).body
    assert (found["basis"], list(by_way(found))) == ("preview", ["whole", "backed", "lazy", "dask"])
    assert found["best"] == "whole"


async def test_a_cell_that_would_not_fit_says_so(ask: Ask) -> None:
    wish = {"ref": "folder:folder/monocytes.h5ad", "free": 100_000_000}
    reply = (await ask("POST", "cells", wish)).body
    assert "100.0 MB are free; load a selection of it." in reply["note"]
    for other in ({"free": 8 * GIB}, {"free": 1, "way": "backed"}):
        assert (await ask("POST", "cells", {**wish, **other})).body["note"] == ""


async def test_a_file_on_a_host_is_looked_into_there(ask: Ask, hub: DemoHub) -> None:
    ref = encoded(ref_of(hub, "pbmc68k/all"))
    found = (await ask("GET", f"loading/{ref}", params={"free": 8 * GIB})).body
    assert (found["basis"], found["best"]) == ("preview", "whole")


@pytest.mark.parametrize("free", ["-1", "much", "9" * 19])
async def test_a_wrong_number_of_bytes(ask: Ask, free: str) -> None:
    refused = await ask("GET", f"loading/{REF}", params={"free": free})
    assert (refused.status, refused.error["code"]) == (400, "bad_request")
    assert json.dumps(refused.error["hint"])


async def test_a_language_without_cells(ask: Ask) -> None:
    assert (await ask("GET", "kernel-probe", params={"language": "cobol"})).status == 400
