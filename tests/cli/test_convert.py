"""``jupyter datahub convert``, in a process whose memory is bound as the settings say."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import anndata as ad
import h5py
import numpy as np
import pytest

from jupyterlab_datahub.cli import main

if TYPE_CHECKING:
    from pathlib import Path

CELLS = 2_000_000


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that configures the command."""
    folder = tmp_path / "config"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    monkeypatch.setenv("DATAHUB_HOME", str(tmp_path / "home"))
    return folder / "jupyter_config.py"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_one_file_of_an_archive_becomes_an_h5ad(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = config.parent
    archive, target = folder / "a.zip", folder / "made.h5ad"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("d/a.csv", "gene,ACGTACGTACGT-1\nENSG00000000001,3\n")
    assert main(["convert", str(archive), str(target), "--member", "d/a.csv", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["cells"], said["genes"], said["values"], said["format"]) == (1, 1, 1, "h5ad")
    assert ad.read_h5ad(target).X.tolist() == [[3.0]]
    assert main(["convert", str(archive), str(tmp_path / "b.h5ad"), "--member", "../a", "--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert "is not in a.zip" in error["message"]
    assert main(["convert", str(archive), str(tmp_path / "none" / "b.h5ad")]) == 1
    assert "is no folder" in capsys.readouterr().err
    # A folder in which nobody makes files.
    assert main(["convert", str(archive), "/proc/b.h5ad", "--member", "d/a.csv"]) == 1
    assert "/proc cannot be written to" in capsys.readouterr().err
    assert names(folder) == {"a.zip", "made.h5ad"}


def test_what_takes_more_memory_than_is_configured_is_refused_in_words(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "long.h5", tmp_path / "long.h5ad"
    with h5py.File(source, "w") as file:
        # The names of all cells are in memory at once, as h5ad has them.
        matrix = file.create_group("matrix")
        matrix["shape"] = np.array([1, CELLS])
        matrix["indptr"] = np.zeros(CELLS + 1, np.int64)
        matrix["data"] = np.zeros(0, np.float32)
        matrix["indices"] = np.zeros(0, np.int32)
        matrix["barcodes"] = np.arange(CELLS).astype("S8")
        features = matrix.create_group("features")
        for name in ("id", "name"):
            features[name] = np.array(["gene"], "S")
        features["feature_type"] = np.array(["Gene Expression"], "S")
    config.write_text("c.DataHub.memory_gb = 0.3\n")
    before = names(tmp_path)
    assert main(["convert", str(source), str(target)]) == 1
    said = capsys.readouterr().err
    assert "long.h5 takes more than the 0.3 GiB of memory that it may" in said
    assert "memory_gb" in said
    assert "Traceback" not in said
    assert names(tmp_path) == before
