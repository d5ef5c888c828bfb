"""Files of HDF5 that are converted and lead out of themselves, or to where HDF5 has no end."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import numpy as np
import pytest

from jupyterlab_datahub.anndata_io.convert import UNREADABLE, convert
from jupyterlab_datahub.anndata_io.mtx import CountsError
from jupyterlab_datahub.anndata_io.sharded import convert_to
from jupyterlab_datahub.demo.s3 import bundles
from tests.anndata_io import looms, tenx_files
from tests.sources import endless_texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONVERT = "jupyterlab_datahub.anndata_io.convert"
SHARDED = "jupyterlab_datahub.anndata_io.sharded"


def refused(module: str, source: Path, *more: str) -> dict[str, Any]:
    """Return the error of a process that converts; HDF5 itself would not come back from it."""
    target = source.with_name("made.zarr" if module == SHARDED else "made.h5ad")
    command = [sys.executable, "-P", "-m", module, str(source), str(target), source.name, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (UNREADABLE, "")
    assert not target.exists()
    body: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert body["hint"]
    return body


def tenx(path: Path) -> None:
    """Write a 10x matrix with a text of any length."""
    tenx_files.write_h5(path, tenx_files.counts())
    with h5py.File(path, "r+") as file:
        texts = [f"G{n}" for n in range(tenx_files.FEATURES)]
        file["matrix/features/note"] = np.array(texts, h5py.string_dtype())


def h5ad(path: Path) -> None:
    """Write an AnnData of three cells."""
    ad.AnnData(np.eye(3, dtype="f4")).write_h5ad(path)


MAKERS: dict[str, Callable[[Path], object]] = {
    "cells.loom": looms.optimus,
    "matrix.h5": tenx,
    "cells.h5ad": h5ad,
}


@pytest.mark.parametrize("late", [False, True])
def test_loom_files_without_an_end(tmp_path: Path, late: bool) -> None:
    source = tmp_path / "cells.loom"
    looms.optimus(source)
    if late:
        endless_texts.spoil_late(source, "attrs/long", between=False)
    else:
        endless_texts.spoil(source)
    assert refused(CONVERT, source)["message"] == "cells.loom cannot be read: its texts have no end"


def test_a_10x_matrix_without_an_end_alone_and_in_an_archive(tmp_path: Path) -> None:
    source = tmp_path / "matrix.h5"
    tenx(source)
    endless_texts.spoil(source)
    assert refused(CONVERT, source)["message"].startswith("matrix.h5 cannot be read: its texts")
    name = "outs/filtered_feature_bc_matrix.h5"
    with tarfile.open(tmp_path / "outs.tar.gz", "w:gz") as tar:
        tar.add(source, name)
    assert "its texts have no end" in refused(CONVERT, tmp_path / "outs.tar.gz")["message"]
    with zipfile.ZipFile(tmp_path / "outs.zip", "w") as file:
        file.write(source, name)
    assert "its texts have no end" in refused(CONVERT, tmp_path / "outs.zip", name)["message"]


def test_an_h5ad_without_an_end_alone_and_in_an_archive(tmp_path: Path) -> None:
    source, archive = tmp_path / "cells.h5ad", tmp_path / "all.zip"
    h5ad(source)
    endless_texts.spoil(source)
    assert refused(SHARDED, source)["message"] == "cells.h5ad cannot be read: its texts have no end"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(source, "cells.h5ad")
    assert "its texts have no end" in refused(CONVERT, archive, "cells.h5ad")["message"]


def test_a_modality_without_an_end(tmp_path: Path, demo_data: Path) -> None:
    source = tmp_path / "both.h5mu"
    source.write_bytes(
        next(made for key, made in bundles.contents(demo_data).items() if key.endswith(".h5mu"))
    )
    with h5py.File(source) as file:
        modality = next(iter(file["mod"]))
    endless_texts.spoil(source)
    assert "its texts have no end" in refused(CONVERT, source, modality)["message"]


@pytest.mark.parametrize("kind", ["virtual", "external"])
@pytest.mark.parametrize("name", MAKERS)
def test_values_of_other_files_are_not_taken(tmp_path: Path, kind: str, name: str) -> None:
    source, theirs = tmp_path / name, tmp_path / "secret.h5"
    MAKERS[name](source)
    with h5py.File(theirs, "w") as file:
        file["numbers"] = np.full(90, 4711)
    with h5py.File(source, "r+") as file:
        group = file[{"cells.loom": "row_attrs", "matrix.h5": "matrix"}.get(name, "obsm")]
        if kind == "external":
            group.create_dataset("more", (90,), "u1", external=[(str(theirs), 0, 90)])
        else:
            layout = h5py.VirtualLayout((90,), "i8")
            layout[:] = h5py.VirtualSource(str(theirs), "numbers", (90,))
            group.create_virtual_dataset("more", layout)
    make: Callable[[Path, Path], object] = convert_to if name == "cells.h5ad" else convert
    target = tmp_path / ("made.zarr" if name == "cells.h5ad" else "made.h5ad")
    with pytest.raises(CountsError, match=f"{name} is not opened: .*more has its values in other"):
        make(source, target)
    assert {path.name for path in tmp_path.iterdir()} == {name, "secret.h5"}
