"""Selections over REST: what is chosen, and what can be chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anndata
import psutil
import pytest

from tests.previews.looking import unpack
from tests.server.conftest import SECONDS, encoded, ended, ref_of

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from tests.server.conftest import Ask

pytestmark = pytest.mark.usefixtures("indexed")


async def test_a_selection_of_a_file_on_a_host(
    ask: Ask,
    hub: DemoHub,
    http_server_client: Any,
    jp_auth_header: dict[str, str],
    jp_base_url: str,
) -> None:
    ref = encoded(ref_of(hub, "pbmc68k/all"))
    listed = await ask("GET", f"previews/{ref}/values?column=cell_type&limit=2")
    assert listed.status == 200, listed.body
    [first, second] = listed.body["values"]
    assert listed.body["more"]
    assert first["count"] >= second["count"] > 0
    where = f"cell_type == '{first['value']}'"
    genes = (await ask("GET", f"previews/{ref}/genes?find=cd3&limit=3")).body["genes"]
    assert any(gene["symbol"].startswith("CD3") for gene in genes), genes
    wish = {"where": where, "genes": [genes[0]["symbol"], genes[0]["name"], "NOWHERE1"]}
    answer = await ask("POST", f"previews/{ref}/selection", body=wish)
    assert answer.status == 200, answer.body
    told = answer.body
    assert (told["cells"], told["of_cells"]) == (first["count"], 700)
    assert (told["genes"], told["of_genes"]) == (1, 738)
    assert told["unknown_genes"] == ["NOWHERE1"]
    assert told["doubled_genes"] == [genes[0]["name"]]
    assert 0 < told["fetch"] < told["whole"]
    assert told["memory"]["peak"] > told["memory"]["total"] > 0
    assert not told["whole_is_cheaper"]
    packed = await http_server_client.fetch(
        f"{jp_base_url}datahub/previews/{ref}/selection/points",
        method="POST",
        body=f'{{"where": "{where}"}}',
        headers=jp_auth_header,
    )
    header, arrays = unpack(packed.body)
    assert (header["kind"], header["key"]) == ("mask", told["key"])
    assert (len(arrays["mask"]), arrays["mask"].sum()) == (700, first["count"])
    # Nothing chosen is an answer.
    none = await ask("POST", f"previews/{ref}/selection", body={"where": "cell_type == 'nobody'"})
    assert (none.status, none.body["cells"]) == (200, 0)
    assert "nobody" in none.body["notes"][0]
    # One process has answered all of it, and another goes on where it ends.
    [chooser] = _choosers()
    chooser.kill()
    psutil.wait_procs([chooser], SECONDS)
    # All of that came with one small file, and nothing is asked of the host again.
    asked = [seen for seen in hub.requests if seen.host == "assets"]
    hub.requests.clear()
    again = await ask("POST", f"previews/{ref}/selection", body=wish)
    assert again.body == told
    assert [one.pid for one in _choosers()] != [chooser.pid]
    assert asked
    assert not [seen for seen in hub.requests if seen.host == "assets"]


def _choosers() -> list[psutil.Process]:
    """Return the processes that answer while somebody chooses."""
    module = "jupyterlab_datahub.selection.chooser"
    return [one for one in psutil.Process().children() if module in one.cmdline()]


async def test_what_is_wrong_with_a_selection_is_told(ask: Ask) -> None:
    ref = encoded("folder:folder/monocytes.h5ad")
    wrong = await ask("POST", f"previews/{ref}/selection", body={"where": "cell_type = 'x'"})
    assert (wrong.status, wrong.error["code"], wrong.error["position"]) == (422, "where", 10)
    unknown = await ask("POST", f"previews/{ref}/selection", body={"where": "nowhere > 3"})
    assert (unknown.status, unknown.error["position"]) == (422, 0)
    layer = await ask("POST", f"previews/{ref}/selection", body={"layer": "nowhere"})
    assert (layer.status, layer.error["code"]) == (422, "selection")
    field = await ask("POST", f"previews/{ref}/selection", body={"cells": "x"})
    assert (field.status, field.error["code"]) == (400, "bad_request")
    for path in ("values", "values?column=nowhere", "genes?limit=0"):
        answer = await ask("GET", f"previews/{ref}/{path}")
        assert answer.status in (400, 422), answer.body


async def test_a_selection_becomes_a_file_of_the_library(ask: Ask, hub: DemoHub) -> None:
    ref = ref_of(hub, "pbmc68k/all")
    [first, *_] = (await ask("GET", f"previews/{encoded(ref)}/values?column=cell_type")).body[
        "values"
    ]
    wish = {"where": f"cell_type == '{first['value']}'", "symbols": True}
    asked = await ask("POST", "transfers", body={"ref": ref, "selection": wish})
    assert asked.status == 201, asked.body
    done = await ended(ask, asked.body["id"])
    assert (done["state"], done["error"]) == ("done", None)
    assert done["selection"]["where"] == wish["where"]
    assert done["note"].startswith(f"selection of {first['count']:,} cells and 738 genes")
    found = anndata.read_h5ad(done["path"])
    assert found.shape == (first["count"], 738)
    assert set(found.obs["cell_type"]) == {first["value"]}
    assert found.uns["datahub"]["where"] == wish["where"]
    listed = (await ask("GET", "library")).body["items"]
    assert any(f"selection of {first['count']:,} cells" in item["title"] for item in listed)
    cell = await ask("POST", "cells", body={"ref": ref, "selection": wish, "language": "python"})
    assert cell.status == 200, cell.body
    command = f"jupyter datahub get {ref} --where "
    assert command in cell.body["code"].splitlines()[0]
    assert Path(done["path"]).name in cell.body["code"]
    origin = cell.body["input"]
    assert (origin["ref"], origin["sha256"]) == (ref, done["sha256"])
    assert origin["selection"].startswith(command)
    assert await _stands(ask, origin) == ("present", True)
    assert await _stands(ask, origin | {"chosen": wish | {"layer": "raw"}}) == ("missing", False)
    assert await _stands(ask, origin | {"chosen": None}) == ("missing", False)
    none = await ask("POST", "cells", body={"ref": ref, "selection": {"where": "n_genes > 1"}})
    assert (none.status, none.error["code"]) == (409, "conflict")
    # The same again is here already; all of the file still is not.
    hub.requests.clear()
    again = await ask("POST", "transfers", body={"ref": ref, "selection": wish})
    assert (again.status, again.body["state"]) == (200, "done")
    assert not [seen for seen in hub.requests if seen.host == "assets"]
    page = await ask("GET", f"datasets/{encoded(ref)}")
    assert page.status == 200
    empty = {"ref": ref, "selection": {"where": "cell_type == 'nobody'"}}
    refused = await ask("POST", "transfers", body=empty)
    assert (refused.status, refused.error["code"]) == (422, "selection")


async def _stands(ask: Ask, origin: dict[str, Any]) -> tuple[str, bool]:
    """Return how an input of a notebook stands, and whether it is here."""
    metadata = {"datahub": {"inputs": [origin]}}
    answer = await ask("POST", "provenance", body={"metadata": metadata})
    [checked] = answer.body["inputs"]
    return checked["state"], checked["on_disk"]
