"""Selections of a file on a host, and of files that are not what they say."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING, Any

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.errors import (
    ChangedError,
    DataHubError,
    LengthError,
    SelectionError,
    UnreadableError,
    WhereError,
)
from jupyterlab_datahub.model import Download, Selection
from jupyterlab_datahub.selection import make as making
from jupyterlab_datahub.selection.job import Job
from jupyterlab_datahub.settings import SourceConfig
from tests.selection.test_identity import dense, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Seen

CONFIG = SourceConfig(name="there", kind="cellxgene", options={"attempts": 1})
CELLS, GENES = 6000, 400


@pytest.fixture(autouse=True)
def _collected_later() -> Iterator[None]:
    """Collect nothing meanwhile, as the process of a selection: the host here is a thread of it."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a file of some 7 MB, in which runs of cells are of one batch."""
    folder = tmp_path_factory.mktemp("files")
    dice = np.random.default_rng(3)
    x = scipy.sparse.random(CELLS, GENES, 0.4, "csr", dtype=np.float32, random_state=dice)
    obs = pd.DataFrame(
        {"batch": pd.Categorical(np.repeat([f"b{n}" for n in range(20)], CELLS // 20))},
        index=[f"cell-{number}" for number in range(CELLS)],
    )
    var = pd.DataFrame(index=[f"gene-{number}" for number in range(GENES)])
    found = anndata.AnnData(x, obs, var, obsm={"X_umap": dice.random((CELLS, 2))})
    found.write_h5ad(folder / "cells.h5ad", compression="gzip")
    return folder


@pytest.fixture
def log() -> list[Seen]:
    return []


@pytest.fixture
def host(folder: Path, log: list[Seen]) -> Iterator[FileHost]:
    with FileHost(folder, faults=Faults(), log=log) as running:
        yield running


def job(tmp_path: Path, download: Download, **wish: Any) -> Job:
    return Job(
        ref="there:a",
        name="cells.h5ad",
        title="A study",
        download=download,
        config=CONFIG,
        selection=Selection(**wish),
        directory=str(tmp_path / "previews"),
        target=str(tmp_path / "part.h5ad"),
    )


def test_only_what_is_chosen_is_fetched(
    folder: Path, host: FileHost, log: list[Seen], tmp_path: Path
) -> None:
    whole = folder / "cells.h5ad"
    download = Download(url=f"{host.url}/cells.h5ad", size=whole.stat().st_size)
    told: list[tuple[int, int]] = []
    found = making.make(
        job(tmp_path, download, where="batch == 'b7'"), lambda *far: told.append(far)
    )
    wanted = anndata.read_h5ad(whole)
    wanted = wanted[wanted.obs["batch"] == "b7"].copy()
    got = anndata.read_h5ad(tmp_path / "part.h5ad")
    np.testing.assert_array_equal(dense(got.X), dense(wanted.X))
    pd.testing.assert_frame_equal(got.obs, wanted.obs, check_names=False)
    assert (found.cells, found.genes) == (300, GENES)
    assert told[-1][0] == told[-1][1] > 0
    # The blocks that describe a file so small are most of it.
    assert sum(seen.sent for seen in log) == found.fetched < whole.stat().st_size * 0.8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part.h5ad"]


def test_a_file_that_changes_meanwhile(host: FileHost, folder: Path, tmp_path: Path) -> None:
    size = (folder / "cells.h5ad").stat().st_size
    download = Download(url=f"{host.url}/cells.h5ad", size=size)

    def change(_done: int, _total: int) -> None:
        host.etags["cells.h5ad"] = '"another"'

    with pytest.raises(ChangedError):
        making.make(job(tmp_path, download), change)
    assert not list(tmp_path.iterdir())


def test_what_came_before_an_interruption_is_not_fetched_again(
    host: FileHost, folder: Path, log: list[Seen], tmp_path: Path
) -> None:
    size = (folder / "cells.h5ad").stat().st_size
    asked = job(tmp_path, Download(url=f"{host.url}/cells.h5ad", size=size), genes=["gene-7"])

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        making.make(asked, stop)
    kept = [path for path in (tmp_path / "previews").rglob("*-*") if path.is_file()]
    assert kept
    log.clear()
    making.make(asked, lambda *_: None)
    spans = [tuple(map(int, seen.range.removeprefix("bytes=").split("-"))) for seen in log]
    for path in kept:
        first, last = map(int, path.name.split("-"))
        assert (first, last - 1) not in spans
    assert not list((tmp_path / "previews").rglob("*-*"))
    assert anndata.read_h5ad(tmp_path / "part.h5ad").shape == (CELLS, 1)


def test_a_host_that_lies_about_the_length(host: FileHost, tmp_path: Path) -> None:
    download = Download(url=f"{host.url}/cells.h5ad", size=1234)
    with pytest.raises(LengthError):
        making.make(job(tmp_path, download), lambda *_: None)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "whole.h5ad"
    made().write_h5ad(path, compression="gzip")
    return path


def _truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _external(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["X"]
        file["X"] = h5py.ExternalLink("/etc/passwd", "/")


def _virtual(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        size = file["X/data"].shape
        layout = h5py.VirtualLayout(size, "f4")
        layout[:] = h5py.VirtualSource("/etc/passwd", "x", size)
        del file["X/data"]
        file["X"].create_virtual_dataset("data", layout)


def _huge(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        pointers = file["X/indptr"][:]
        pointers[-1] = 1 << 62 if pointers.dtype.itemsize == 8 else 1 << 30
        del file["X/indptr"]
        file["X/indptr"] = pointers


def _backwards(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        pointers = file["X/indptr"][:]
        pointers[5] = pointers[50]
        del file["X/indptr"]
        file["X/indptr"] = pointers


def _outside(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["X/indices"][0] = 30_000


def _zeroed(path: Path) -> None:
    """Write zeros over the chunks of the matrix."""
    with h5py.File(path, "r") as file:
        found = file["X/data"].id.get_chunk_info(0)
    with path.open("r+b") as file:
        file.seek(found.byte_offset)
        file.write(bytes(found.size))


@pytest.mark.parametrize(
    "harm", [_truncate, _external, _virtual, _huge, _backwards, _outside, _zeroed]
)
def test_a_file_that_is_not_what_it_says(
    good: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    path = tmp_path / "harmed" / "cells.h5ad"
    path.parent.mkdir()
    path.write_bytes(good.read_bytes())
    harm(path)
    with pytest.raises(DataHubError) as caught:
        making.make(job(tmp_path, Download(path=str(path))), lambda *_: None)
    assert isinstance(caught.value, UnreadableError | SelectionError), caught.value
    assert [one.name for one in tmp_path.iterdir()] == ["harmed"]


@pytest.mark.parametrize(
    ("wish", "error", "words"),
    [
        ({"where": "cell_type = 'B'"}, WhereError, "means nothing"),
        ({"where": "nowhere == 'B'"}, WhereError, "no column"),
        ({"where": "cell_type == 'nobody'"}, SelectionError, "no cells"),
        ({"genes": ("nowhere",)}, SelectionError, "no genes"),
        ({"layer": "nowhere"}, SelectionError, "no matrix"),
    ],
)
def test_a_wish_that_cannot_be_met(
    good: Path, tmp_path: Path, wish: dict[str, Any], error: type[DataHubError], words: str
) -> None:
    with pytest.raises(error, match=words):
        making.make(job(tmp_path, Download(path=str(good)), **wish), lambda *_: None)
    assert not list(tmp_path.iterdir())
    # No thread is left behind that goes on fetching.
    assert not [one for one in threading.enumerate() if one.name.startswith("datahub-chunks")]
