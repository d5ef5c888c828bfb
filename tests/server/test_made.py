"""Looking into and choosing of what was made of a file in another format, over REST."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anndata
import numpy as np
import pytest

from tests.anndata_io import looms
from tests.server.conftest import encoded, ended

if TYPE_CHECKING:
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

pytestmark = pytest.mark.usefixtures("indexed")

LOOM = "folder:folder/cells.loom"
TABLE = "folder:folder/unmicst-tonsil_cell.csv"
CHOSEN = {"where": "input_id == 'b' and n_genes >= 1", "genes": ["ENSG00000000007"]}


@pytest.fixture
def loom(settings: Settings) -> Path:
    """A Loom file in a folder of the user's own."""
    path = Path(settings.root, "my-data", "cells.loom")
    looms.optimus(path)
    return path


@pytest.fixture
def table(settings: Settings) -> None:
    """A table of the cells of an image, in the same folder."""
    rows = "".join(f"{n},{n * 2},{n},{n * 10},{1000 - n * 9},{n}\n" for n in range(1, 101))
    Path(settings.root, "my-data", TABLE.rpartition("/")[2]).write_text(
        f"CellID,DNA,CD3,X_centroid,Y_centroid,Area\n{rows}"
    )


async def made(ask: Ask, ref: str) -> Path:
    """Have a file converted and return what it became."""
    begun = await ask("POST", "transfers", body={"ref": ref, "convert": True})
    assert begun.status in (200, 201, 202), begun.body
    done = await ended(ask, begun.body["id"])
    assert done["state"] == "done", done
    return Path(done["path"])


async def fetched(ask: Ask, ref: str, selection: dict[str, Any]) -> anndata.AnnData:
    """Have a selection made and return what it holds."""
    begun = await ask("POST", "transfers", body={"ref": ref, "selection": selection})
    assert begun.status in (200, 201, 202), begun.body
    done = await ended(ask, begun.body["id"])
    assert done["state"] == "done", done
    return anndata.read_h5ad(done["path"])


async def test_cells_of_a_loom_file_are_chosen_once_it_is_converted(ask: Ask, loom: Path) -> None:
    ref = encoded(LOOM)
    assert (await ask("GET", f"previews/{ref}")).body["format"] == "loom"
    refused = await ask("POST", "transfers", body={"ref": LOOM, "selection": CHOSEN})
    assert (refused.status, refused.error["code"]) == (409, "conflict")
    assert "cells.loom is not on this machine as h5ad yet" in refused.error["message"]
    assert (await ask("GET", f"datasets/{ref}")).body["made"] == []
    counted = await ask("POST", f"previews/{ref}/selection", body=CHOSEN)
    assert (counted.status, counted.error) == (refused.status, refused.error)

    whole = anndata.read_h5ad(await made(ask, LOOM))
    assert (await ask("GET", f"datasets/{ref}")).body["made"] == [LOOM]
    facts = (await ask("GET", f"previews/{ref}")).body
    assert (facts["format"], facts["name"], facts["local"]) == ("h5ad", "cells.h5ad", True)
    assert facts["shape"] == list(whole.shape)
    told = await ask("POST", f"previews/{ref}/selection", body=CHOSEN)
    assert told.status == 200, told.body
    chosen = (whole.obs["input_id"] == "b") & (whole.obs["n_genes"] >= 1)
    assert (told.body["cells"], told.body["genes"]) == (chosen.sum(), 1)

    part = await fetched(ask, LOOM, CHOSEN)
    expected = whole[chosen.to_numpy(), ["ENSG00000000007"]]
    assert list(part.obs_names) == list(expected.obs_names)
    assert np.array_equal(part.X.toarray(), expected.X.toarray())
    assert part.uns["datahub"]["ref"] == LOOM
    cell = await ask("POST", "cells", body={"ref": LOOM, "selection": CHOSEN})
    assert cell.status == 200, cell.body
    ways = (await ask("GET", f"loading/{ref}", params={"free": 1 << 20})).body["options"]
    assert "selection" in [option["way"] for option in ways]


async def test_a_file_that_was_written_to_is_converted_again(ask: Ask, loom: Path) -> None:
    ref = encoded(LOOM)
    await made(ask, LOOM)
    looms.smart_seq2(loom)
    facts = (await ask("GET", f"previews/{ref}")).body
    assert (facts["format"], facts["shape"]) == ("loom", [30, 40])
    assert (await ask("GET", f"datasets/{ref}")).body["made"] == []
    refused = await ask("POST", "transfers", body={"ref": LOOM, "selection": CHOSEN})
    assert refused.status == 409
    await made(ask, LOOM)
    facts = (await ask("GET", f"previews/{ref}")).body
    assert (facts["format"], facts["shape"]) == ("h5ad", [30, 40])


@pytest.mark.usefixtures("table")
async def test_a_table_of_cells_has_a_preview_once_it_is_converted(ask: Ask) -> None:
    before = await ask("GET", f"previews/{encoded(TABLE)}")
    assert (before.status, before.error["code"]) == (400, "not_supported")
    await made(ask, TABLE)
    facts = (await ask("GET", f"previews/{encoded(TABLE)}")).body
    assert facts["picture"]["embedding"] == "spatial"
    part = await fetched(ask, TABLE, {"where": "Area > 90", "genes": ["CD3"]})
    assert part.X.ravel().tolist() == list(range(91, 101))
    assert part.obsm["spatial"][0].tolist() == [910, 181]
