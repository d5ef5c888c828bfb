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


def test_the_notebook_run_today_is_the_one_that_was_kept(
    demo_data: Path, tmp_path: Path, kept: Any
) -> None:
    # One test, as tests may be spread over processes, and each would run the notebook.
    with DemoHub(demo_data, big=False) as hub:
        ran = execute(kept, Place(tmp_path, hub))
    assert [cell.source for cell in ran.cells] == [cell.source for cell in kept.cells], ANEW
    for now, then in zip(ran.cells, kept.cells, strict=True):
        assert shown(now) == shown(then), f"{then.id}: {ANEW}"
    assert inputs_of(ran) == inputs_of(kept), ANEW
    pictures = images_of(ran)
    assert len(pictures) == len(images_of(kept))
    assert all(len(picture) > 2_000 for picture in pictures)
    assert [line for line in warned_of(ran) if "site-packages" not in line] == []


def warned_of(notebook: Any) -> list[str]:
    """Return the lines that say what was warned of, and which file did it."""
    return [
        line
        for cell in notebook.cells
        for one in outputs(cell)
        if one.get("name") == "stderr"
        for line in one["text"].splitlines()
        if "Warning: " in line
    ]


def test_the_cell_that_loads_is_of_the_input_in_the_metadata(kept: Any) -> None:
    [loading] = [cell for cell in kept.cells if HAND_OFF in cell.metadata.get("tags", ())]
    [given] = read_inputs(kept.metadata).inputs
    assert given.ref in loading.source
    assert f"{given.variable} = ad.read_h5ad(" in loading.source


def test_clusters_are_the_types_that_the_cells_were_made_of(kept: Any) -> None:
    by_id = {cell.id: text_of([cell]) for cell in kept.cells}
    assert f"{len(SHARES)} clusters" in by_id["leiden"]
    counted = dict(line.split() for line in by_id["name"].splitlines()[1:])
    assert counted.keys() == SHARES.keys()
    total = sum(map(int, counted.values()))
    for name, share in SHARES.items():
        assert int(counted[name]) == pytest.approx(share * total, abs=0.02 * total)


def test_pictures_are_small_and_the_last_is_in_the_documentation(kept: Any) -> None:
    pictures = images_of(kept)
    assert len(pictures) == 4
    for picture in pictures:
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 2_000
    assert PANCREAS.stat().st_size < LARGEST
    assert (IMAGES / "hca-pancreas.png").read_bytes() == pictures[-1], ANEW


def test_what_was_kept_ran_in_order_and_without_complaint(kept: Any) -> None:
    numbers = [cell.execution_count for cell in kept.cells if cell.cell_type == "code"]
    assert numbers == list(range(1, len(numbers) + 1))
    kinds = {one.get("name", one.output_type) for cell in kept.cells for one in outputs(cell)}
    assert kinds == {"stdout", "execute_result", "display_data"}
