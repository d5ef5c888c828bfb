"""Files of a folder that are converted once, and loaded in a real kernel."""

from __future__ import annotations

import os
import tarfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import anndata as ad
import numpy as np
import pytest
import zarr

from jupyterlab_datahub.engine import cells, datasets, transfers
from jupyterlab_datahub.engine.rooms import Rooms
from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import CellRequest, TransferState
from tests.anndata_io import looms, tenx_files
from tests.notebooks.conftest import SECONDS, Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.settings import Settings

REF = "folder:folder/reads.loom"


@pytest.fixture
def rooms(settings: Settings) -> Iterator[Rooms]:
    opened = Rooms(settings)
    yield opened
    opened.close()


@pytest.fixture
def file(settings: Settings) -> Path:
    path = Path(settings.root, "my-data", "reads.loom")
    looms.smart_seq2(path)
    return path


def loaded(rooms: Rooms, ref: str = REF) -> str:
    """Load the file as a page does, and return where the h5ad is."""
    folder = rooms.root / rooms.settings.link_directory
    transfer, _ = transfers.start(rooms, ref, folder, convert=True)
    for _ in range(SECONDS * 10):
        transfer = transfers.one(rooms, transfer.id)
        if transfer.state.final:
            break
        time.sleep(0.1)
    assert transfer.state is TransferState.DONE, transfer.error
    return transfer.path


def test_it_is_an_anndata_with_either_matrix_as_x(rooms: Rooms, file: Path, kernel: Kernel) -> None:
    wish = CellRequest(ref=REF, working_directory="/elsewhere")
    with pytest.raises(ConflictError, match=r"reads\.loom is not on this machine as h5ad yet"):
        cells.cell(rooms, wish)
    loaded(rooms)
    reply = cells.cell(rooms, wish)
    assert "# X is the main matrix; there are also the layers estimated_counts." in reply.code
    assert reply.layers == ("estimated_counts",)
    page = datasets.page(rooms, REF)
    (name,) = page.layers
    assert name in page.in_library
    assert page.layers[name] == reply.layers
    ran = kernel.run(reply.code)
    assert ran.error == "", reply.code
    assert ran.results[-1].startswith("AnnData object with n_obs × n_vars = 30 × 40")
    total = kernel.run(f"float({reply.variable}.X.sum())").results

    chosen = cells.cell(
        rooms,
        CellRequest(ref=REF, working_directory="/elsewhere", layer="estimated_counts"),
    )
    assert chosen.input is not None
    assert (chosen.layers, chosen.input.selection) == ((), "layer estimated_counts as X")
    assert kernel.run(chosen.code).error == "", chosen.code
    variable = chosen.variable
    # From version 0.13 on, anndata counts X among the layers, under the key None.
    names = f"[name for name in {variable}.layers if name is not None]"
    assert kernel.run(names).results == ["['matrix']"]
    assert kernel.run(f"float({variable}.layers['matrix'].sum())").results == total
    assert kernel.run(f"float({variable}.X.sum())").results != total
    with pytest.raises(BadRequestError, match="there is no layer 'spliced' in the file"):
        cells.cell(rooms, CellRequest(ref=REF, layer="spliced"))
    assert file.exists()


def test_a_file_that_changed_is_converted_again(rooms: Rooms, file: Path) -> None:
    first = Path(loaded(rooms)).read_bytes()
    assert Path(loaded(rooms)).read_bytes() == first
    looms.optimus(file)
    later = time.time() + 5
    os.utime(file, (later, later))
    assert Path(loaded(rooms)).read_bytes() != first


@pytest.mark.parametrize("language", ["r", "octave", "bash"])
def test_other_languages_get_the_path_of_the_h5ad(rooms: Rooms, file: Path, language: str) -> None:
    loaded(rooms)
    reply = cells.cell(rooms, CellRequest(ref=REF, language=language))
    assert reply.path.endswith("reads.h5ad")
    assert "reads.h5ad" in reply.code
    assert file.exists()


def test_an_archive_by_10x_genomics_likewise(
    rooms: Rooms, settings: Settings, kernel: Kernel, tmp_path: Path
) -> None:
    tenx_files.write_folder(tmp_path / "filtered", tenx_files.texts(tenx_files.counts()))
    name = "s1_filtered_feature_bc_matrix.tar.gz"
    with tarfile.open(Path(settings.root, "my-data", name), "w:gz") as tar:
        tar.add(tmp_path / "filtered", "filtered")
    ref = f"folder:folder/{name}"
    assert datasets.page(rooms, ref).dataset.assets[0].loads_as_anndata
    assert loaded(rooms, ref).endswith("s1_filtered_feature_bc_matrix.h5ad")
    reply = cells.cell(rooms, CellRequest(ref=ref, working_directory="/elsewhere"))
    ran = kernel.run(reply.code)
    assert ran.error == "", reply.code
    assert ran.results[-1].startswith("AnnData object with n_obs × n_vars = 70 × 50")


def test_a_store_in_zarr_likewise(rooms: Rooms, settings: Settings, kernel: Kernel) -> None:
    store = Path(settings.root, "my-data", "cells.zarr")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ad.AnnData(np.eye(4, 3, dtype="f4")).write_zarr(store)
    image = Path(settings.root, "my-data", "image.zarr")
    zarr.create_group(str(image))
    ref = "folder:folder/cells.zarr"
    assert datasets.page(rooms, ref).dataset.assets[0].loads_as_anndata
    other = datasets.page(rooms, "folder:folder/image.zarr").dataset.assets[0]
    assert not other.loads_as_anndata
    loaded(rooms, ref)
    reply = cells.cell(rooms, CellRequest(ref=ref, working_directory="/elsewhere"))
    ran = kernel.run(reply.code)
    assert ran.error == "", reply.code
    assert ran.results[-1].startswith("AnnData object with n_obs × n_vars = 4 × 3")
