"""The example notebooks do what they show, and show what they do: each is run in a real kernel.

What differs from one version of a package to another (how an AnnData is printed, the bytes of a
picture, sizes and checksums of files) is not compared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.demo.hca.islets import SHARES
from jupyterlab_datahub.demo.hub import DemoHub
from jupyterlab_datahub.demo.lab import EXAMPLES
from jupyterlab_datahub.notebooks.provenance import read_inputs
from scripts.examples import HAND_OFF, IMAGES, Place, execute, images_of, read, text_of

if TYPE_CHECKING:
    from pathlib import Path

PANCREAS = EXAMPLES / "hca-pancreas.ipynb"
ANEW = "run python3 dev.py examples, look at what changed, and commit it"
LARGEST = 400_000
"""Bytes of a notebook that everybody who installs the project carries."""

# The first in an environment compiles what draws a UMAP.
pytestmark = pytest.mark.timeout(300)

_SIZE = re.compile(r"[\d.,]+ [kMG]?B\b|\b\d{4,}\b")


@pytest.fixture(scope="module")
def kept() -> Any:
    return read(PANCREAS)


@pytest.fixture(scope="module")
def ran(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with DemoHub(demo_data, big=False) as hub:
        return execute(read(PANCREAS), Place(tmp_path_factory.mktemp("example"), hub))


def outputs(cell: Any) -> list[Any]:
    """Return what a cell put out; text has nothing."""
    return list(cell.get("outputs", ()))


def shown(cell: Any) -> tuple[str, ...]:
    """Return what a cell shows: kinds of outputs, its own words, and the shape of an AnnData."""
    said = [one for one in outputs(cell) if one.get("name") != "stderr"]
    kinds = {kind for one in said for kind in (one.get("data") or {"stream": ""})}
    words = text_of([{"outputs": said}])
    if words.startswith("AnnData object"):
        words = words.partition("\n")[0]
    if "image/png" in kinds:
        words = ""
    return (*sorted(kinds), " ".join(_SIZE.sub("…", words).split()))


def inputs_of(notebook: Any) -> list[dict[str, Any]]:
    """Return the provenance, without what is of one run or one version of HDF5."""
    different = {"retrieved", "sha256", "size"}
    return [
        {name: value for name, value in one.items() if name not in different}
        for one in notebook.metadata["datahub"]["inputs"]
    ]


def test_cells_are_those_that_were_kept_and_the_project_hands_off_today(
    ran: Any, kept: Any
) -> None:
    assert [cell.source for cell in ran.cells] == [cell.source for cell in kept.cells], ANEW
    [loading] = [cell for cell in kept.cells if HAND_OFF in cell.metadata.get("tags", ())]
    [given] = read_inputs(kept.metadata).inputs
    assert given.ref in loading.source
    assert f"{given.variable} = ad.read_h5ad(" in loading.source


def test_outputs_are_those_that_were_kept(ran: Any, kept: Any) -> None:
    for now, then in zip(ran.cells, kept.cells, strict=True):
        assert shown(now) == shown(then), f"{then.id}: {ANEW}"
    assert inputs_of(ran) == inputs_of(kept), ANEW


def test_clusters_are_the_types_that_the_cells_were_made_of(ran: Any) -> None:
    by_id = {cell.id: text_of([cell]) for cell in ran.cells}
    assert f"{len(SHARES)} clusters" in by_id["leiden"]
    counted = dict(line.split() for line in by_id["name"].splitlines()[1:])
    assert counted.keys() == SHARES.keys()
    total = sum(map(int, counted.values()))
    for name, share in SHARES.items():
        assert int(counted[name]) == pytest.approx(share * total, abs=0.02 * total)


def test_whatever_is_warned_of_comes_from_other_packages(ran: Any, kept: Any) -> None:
    warned = [
        line
        for cell in ran.cells
        for one in outputs(cell)
        if one.get("name") == "stderr"
        for line in one["text"].splitlines()
        if "Warning: " in line
    ]
    assert all("site-packages" in line for line in warned), warned
    assert not any(one.get("name") == "stderr" for cell in kept.cells for one in outputs(cell))


def test_pictures_are_small_and_the_last_is_in_the_documentation(ran: Any, kept: Any) -> None:
    pictures = images_of(kept)
    assert len(pictures) == len(images_of(ran)) == 4
    for picture in (*pictures, *images_of(ran)):
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 2_000
    assert PANCREAS.stat().st_size < LARGEST
    assert (IMAGES / "hca-pancreas.png").read_bytes() == pictures[-1], ANEW


def test_no_cell_was_run_out_of_order_and_none_failed(kept: Any) -> None:
    numbers = [cell.execution_count for cell in kept.cells if cell.cell_type == "code"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert not any(one.output_type == "error" for cell in kept.cells for one in outputs(cell))
