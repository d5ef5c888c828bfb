"""Cells of an image with its picture, asked for over HTTP and drawn by scanpy in a real kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

from jupyterlab_datahub.demo.s3.contents import OPEN, PAID
from jupyterlab_datahub.demo.spatial import pyramid
from tests.anndata_io import spatial_files
from tests.images.conftest import stain
from tests.notebooks.conftest import running
from tests.server.conftest import ended

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.settings import Settings
    from tests.server.conftest import Ask

SIDE = 1024
IMAGE = f"s3://{PAID}/images/tonsil.ome.tif"
TABLE = f"s3://{OPEN}/tables/unmicst-tonsil_cell.csv"
OUTS = f"s3://{OPEN}/tables/kidney_outs.zip"

DRAWN = """
import warnings
warnings.simplefilter("ignore")
import matplotlib
matplotlib.use("Agg")
import scanpy as sc
def drawn(data, colour):
    axes = sc.pl.embedding(data, basis="spatial", color=colour, show=False)
    pictured = sc.pl.spatial(data, color=colour, show=False)[0]
    return len(axes.collections), [image.get_array().shape for image in pictured.get_images()]
"""


@pytest.fixture
def datahub_config(settings: Settings, hub: DemoHub, tmp_path: Path) -> dict[str, Any]:
    """Return a configuration with a store that has an image, its cells and outputs of Visium."""
    path = tmp_path / "tonsil.ome.tif"
    stains = (stain(n, SIDE) for n in range(2))
    pyramid.write(path, ("DNA", "CD3"), stains, pixel_um=1, levels=2)
    lines = "".join(f"{n},{n * 2},{n},{n * 10},{1000 - n * 9},78.5\n" for n in range(1, 101))
    table = f"CellID,DNA,CD3,X_centroid,Y_centroid,Area\n{lines}"
    spatial_files.write_visium(tmp_path / "outs")
    archive = spatial_files.zipped(tmp_path / "outs", tmp_path / "kidney_outs.zip")
    for ref, content in (
        (IMAGE, path.read_bytes()),
        (TABLE, table.encode()),
        (OUTS, archive.read_bytes()),
    ):
        bucket, _, key = ref.removeprefix("s3://").partition("/")
        hub.s3.api.buckets.put(bucket, key, content)
    service = hub.services["s3"]
    s3 = {
        "name": "s3",
        "kind": "s3",
        "url": service["url"],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
        "buckets": [OPEN, PAID],
    }
    return {"home": settings.home, "sources": [s3], "reserve_gb": 0.0, "offline": True}


async def test_a_picture_goes_with_the_cells_that_were_found_in_it(
    ask: Ask, hub: DemoHub, settings: Settings
) -> None:
    for ref in (TABLE, OUTS):
        begun = await ask("POST", "transfers", {"ref": ref, "convert": True})
        last = await ended(ask, begun.body["id"])
        assert last["state"] == "done", last

    wish = {"ref": TABLE, "image": IMAGE, "channel": 1, "variable": "cells"}
    refused = await ask("POST", "cells", wish)
    assert (refused.status, refused.error["code"]) == (402, "consent"), refused.body
    assert not any(hub.s3.api.charged.values())
    made = await ask("POST", "cells", wish | {"max_usd": 0.01})
    assert made.status == 200, made.body
    assert '"tissue_hires_scalef": 0.5,' in made.body["code"]
    assert '"spot_diameter_fullres": 10.0,' in made.body["code"]
    paid = sum(hub.s3.api.charged.values())
    assert 0 < paid < SIDE * SIDE * 2
    assert (await ask("POST", "cells", wish | {"max_usd": 0.01})).body["code"] == made.body["code"]
    assert sum(hub.s3.api.charged.values()) == paid
    for wrong, status in (
        ({"path_visible": False}, 409),
        ({"language": "R"}, 400),
        ({"image": TABLE}, 400),
        ({"channel": 9}, 400),
        ({"way": "backed"}, 400),
    ):
        answer = await ask("POST", "cells", wish | {"max_usd": 0.01} | wrong)
        assert answer.status == status, (wrong, answer.body)

    visium = await ask("POST", "cells", {"ref": OUTS, "variable": "kidney"})
    assert visium.status == 200, visium.body
    with running(KernelManager(kernel_name="python3"), cwd=settings.root) as kernel:
        for code in (made.body["code"], visium.body["code"], DRAWN):
            assert kernel.run(code).error == ""
        ran = kernel.run('drawn(cells, "CD3")')
        assert (ran.error, ran.results) == ("", ["(1, [(512, 512, 3)])"])
        ran = kernel.run('drawn(kidney, "G4")')
        assert (ran.error, ran.results) == ("", ["(1, [(120, 120, 3)])"])
