"""Headers of single-cell files: every age of anndata, other makes, and damage."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

from jupyterlab_datahub.model import Term
from jupyterlab_datahub.sources.hdf5_header import read_header
from jupyterlab_datahub.sources.hdf5_nodes import MOST_LABELS
from tests.sources import endless_texts, h5_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.sources.hdf5_header import Header


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cells.h5ad"


def labels(header: Header, facet: str) -> list[str]:
    return [term.label for term in header.facets.get(facet, ())]


def test_a_file_of_cellxgene(hub: DemoHub, demo_data: Path) -> None:
    collection, spec = next(
        found for found in hub.catalog.everything() if found[1].key == "pbmc68k/monocytes"
    )
    record = hub.catalog.dataset(collection, spec)
    header = read_header(demo_data / f"{spec.version_id(spec.newest)}.h5ad", "h5ad")
    assert header.problem == ""
    assert header.title == "CD14+ monocytes of PBMC 68k"
    assert header.cells == record["cell_count"]
    assert header.genes == record["feature_count"]
    assert header.extra["raw_genes"] == header.genes
    assert header.schema_version == "7.1.0"
    assert header.citation
    assert labels(header, "cell_type") == ["CD14-positive monocyte"]
    assert header.facets["organism"][0].ontology_term_id == "NCBITaxon:9606"
    assert header.raw_counts == "raw.X"
    assert header.default_embedding == "X_umap"
    assert header.embeddings == ("X_pca", "X_umap")
    assert header.extra["x_encoding"] == "csr_matrix"
    assert "observation_joinid" in header.extra["obs_columns"]


def test_a_file_of_todays_anndata(path: Path) -> None:
    import anndata
    import pandas as pd

    obs = pd.DataFrame({"Cell Type": pd.Categorical(["b", "a", "b"]), "n": [1, 2, 3]})
    obs.index = obs.index.astype(str)
    data = anndata.AnnData(np.ones((3, 2), dtype="f4") / 2, obs=obs)
    data.uns["title"] = "Today"
    data.write_h5ad(path)
    header = read_header(path, "h5ad")
    assert header.problem == ""
    assert (header.cells, header.genes, header.title) == (3, 2, "Today")
    assert labels(header, "cell_type") == ["a", "b"]
    assert header.raw_counts == ""
    assert header.extra["obs_columns"] == ["Cell Type", "n"]


def test_texts_beside_a_mask_of_anndata_013(path: Path) -> None:
    h5_files.anndata_013(path)
    header = read_header(path, "h5ad")
    assert header.problem == ""
    assert (header.cells, header.genes) == (4, 3)
    assert labels(header, "tissue") == ["lung", "blood"]


def test_categories_of_anndata_07(path: Path) -> None:
    h5_files.anndata_07(path)
    header = read_header(path, "h5ad")
    assert header.problem == ""
    assert (header.cells, header.genes) == (4, 3)
    assert labels(header, "cell_type") == ["B cell", "T cell"]
    assert header.extra["var_index"] == "gene_ids"
    assert header.raw_counts == "X"


def test_compound_arrays_of_anndata_06(path: Path) -> None:
    h5_files.anndata_06(path)
    header = read_header(path, "h5ad")
    assert header.problem == ""
    assert (header.cells, header.genes) == (2, 3)
    assert labels(header, "cell_type") == ["B cell"]
    assert header.extra["x_encoding"] == "array"
    assert header.raw_counts == ""


@pytest.mark.parametrize("place", ["raw.X", "layers/counts", "X", ""])
def test_where_the_counts_are(path: Path, place: str) -> None:
    h5_files.counts_in(path, place)
    header = read_header(path, "h5ad")
    assert header.problem == ""
    assert header.raw_counts == place


def test_the_organism_may_be_in_uns(path: Path) -> None:
    h5_files.organism_in_uns(path)
    header = read_header(path, "h5ad")
    assert header.facets == {
        "organism": (Term(label="Homo sapiens", ontology_term_id="NCBITaxon:9606"),)
    }
    assert header.title == "A title"


def test_a_column_with_very_many_categories_is_cut(path: Path) -> None:
    h5_files.counts_in(path, "X")
    with h5py.File(path, "r+") as file:
        names = np.array([f"donor {n}" for n in range(3000)], dtype=h5_files.TEXT)
        file["obs"].create_group("tissue")["categories"] = names
    assert len(read_header(path, "h5ad").facets["tissue"]) == MOST_LABELS


def test_a_link_into_another_file_is_not_followed(path: Path, tmp_path: Path) -> None:
    h5_files.linked_out(path, tmp_path / "other.h5")
    header = read_header(path, "h5ad")
    assert header.problem == ""
    assert header.cells == 4
    assert "tissue" not in header.facets


@pytest.mark.parametrize(
    ("write", "format_", "shape", "title"),
    [
        (h5_files.loom, "loom", (4, 3), "A loom"),
        (h5_files.tenx, "h5", (4, 3), ""),
        (h5_files.mudata, "h5mu", (4, None), ""),
    ],
)
def test_other_makes(
    path: Path,
    write: Callable[[Path], None],
    format_: str,
    shape: tuple[int, int | None],
    title: str,
) -> None:
    write(path)
    header = read_header(path, format_)
    assert header.problem == ""
    assert (header.cells, header.genes) == shape
    assert header.title == title


def test_a_file_cut_short_says_how_much_is_there(path: Path) -> None:
    h5_files.counts_in(path, "raw.X")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    problem = read_header(path, "h5ad").problem
    assert f"{len(whole) // 2:,} of {len(whole):,} bytes" in problem
    assert "again" in problem


def test_a_file_that_is_no_hdf5(path: Path) -> None:
    for content in (b"", b"<html>not yours</html>" * 100):
        path.write_bytes(content)
        assert "again" in read_header(path, "h5ad").problem


def test_a_file_without_cells(path: Path) -> None:
    h5py.File(path, "w").close()
    assert "obs or var is missing" in read_header(path, "h5ad").problem
    assert "no loom file" in read_header(path, "loom").problem


def test_a_file_still_being_written(path: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "growing.h5ad", "w", libver="latest") as file:
        file["x"] = 1
        file.flush()
        path.write_bytes((tmp_path / "growing.h5ad").read_bytes())
    assert "still writing this file" in read_header(path, "h5ad").problem


@pytest.mark.parametrize("place", range(0, 2400, 48))
def test_damage_never_raises(path: Path, place: int) -> None:
    h5_files.anndata_07(path)
    content = bytearray(path.read_bytes())
    content[place : place + 8] = b"\xa5" * 8
    path.write_bytes(content)
    header = read_header(path, "h5ad")
    assert header.problem == "" or header.problem.endswith((".", ":"))


# A process, as HDF5 itself does not come back from what it must not be given.
ENDLESS = """\
import sys
from pathlib import Path
from jupyterlab_datahub.sources.hdf5_header import read_header
print(read_header(Path(sys.argv[1]), "h5ad").problem)
"""
CATEGORIES = "obs/__categories/celltype"


@pytest.mark.parametrize(
    "spoil",
    [
        endless_texts.spoil,
        partial(endless_texts.spoil, number=1, size=endless_texts.NOWHERE),
        partial(endless_texts.spoil_late, place=CATEGORIES, between=True),
        partial(endless_texts.spoil_late, place=CATEGORIES, between=False),
    ],
    ids=["free", "text", "between two reads", "in the second read"],
)
def test_texts_without_an_end_are_refused(path: Path, spoil: Callable[[Path], None]) -> None:
    h5_files.anndata_07(path)
    spoil(path)
    command = [sys.executable, "-c", ENDLESS, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "damaged (its texts have no end)" in done.stdout


def test_sizes_in_other_than_eight_bytes_are_refused(path: Path) -> None:
    properties = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    properties.set_sizes(8, 4)
    h5py.File(h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC, properties)).close()
    assert "its sizes are written in 4 bytes" in read_header(path, "h5ad").problem
