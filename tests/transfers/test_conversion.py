"""Loom files on their way to AnnData: fetched, verified and converted once."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import anndata as ad
import msgspec
import numpy as np
import pytest

from jupyterlab_datahub.engine.together import put_together
from jupyterlab_datahub.model import Access, ErrorBody
from jupyterlab_datahub.transfers.conversion.converter import converted
from jupyterlab_datahub.transfers.network.stopping import Halt
from tests.anndata_io import looms, tenx_files
from tests.transfers.desk import SOURCE, S, dataset_of

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Asset, Dataset, Transfer
    from tests.transfers.desk import Desk

NAME = "cells.loom"


@pytest.fixture
def served(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a Loom file that the host serves, of this test alone."""
    directory = tmp_path / "served"
    directory.mkdir()
    monkeypatch.setattr(desk, "files", directory)
    monkeypatch.setattr(desk.host, "directory", directory)
    looms.optimus(directory / NAME, genes=200, cells=400)
    return directory / NAME


def sold(desk: Desk) -> tuple[Dataset, Asset]:
    _, asset = desk.sell(NAME)
    asset = msgspec.structs.replace(asset, format="loom")
    return dataset_of(asset), asset


def load(desk: Desk) -> Transfer:
    return desk.queue.add(*sold(desk), desk.folder, SOURCE, convert=True)[0]


def test_the_h5ad_is_linked_and_both_are_kept(desk: Desk, served: Path) -> None:
    transfer = load(desk)
    assert transfer.name == "cells.h5ad"
    desk.supervise()
    last = desk.done(transfer)
    assert Path(last.path) == desk.folder / "cells.h5ad"
    assert ad.read_h5ad(last.path).shape == (400, 200)
    kept = {item.ref: item for item in desk.library.items()}
    assert set(kept) == {transfer.ref, f"{transfer.ref}#h5ad"}
    assert Path(kept[transfer.ref].path).read_bytes() == served.read_bytes()
    assert kept[f"{transfer.ref}#h5ad"].title == f"Cells of {NAME}"
    assert desk.gone()


def test_it_is_converted_once(desk: Desk, served: Path) -> None:
    desk.supervise()
    first = desk.done(load(desk))
    before = len(desk.host.requests)
    again, new = desk.queue.add(*sold(desk), desk.folder, SOURCE, convert=True)
    assert (again.state, new) == (S.DONE, False)
    assert again.sha256 == first.sha256
    assert len(desk.host.requests) == before
    # The file itself costs no network either.
    plain, _ = desk.queue.add(*sold(desk), desk.folder, SOURCE)
    assert plain.state is S.DONE
    assert Path(plain.path).read_bytes() == served.read_bytes()


def test_what_cannot_be_converted_says_why_and_is_kept(desk: Desk, served: Path) -> None:
    served.write_bytes(b"this is no Loom file")
    transfer = load(desk)
    desk.supervise()
    last = desk.finished(transfer)
    assert last.state is S.FAILED
    assert last.error is not None
    assert "cannot be read" in last.error.message
    assert last.error.hint
    assert desk.library.find_asset(transfer.ref) is not None
    assert desk.leftovers() == []
    before = len(desk.host.requests)
    desk.queue.retry(transfer.id)
    assert desk.finished(transfer).state is S.FAILED
    assert len(desk.host.requests) == before


def test_a_download_that_was_stopped_goes_on(desk: Desk, served: Path) -> None:
    desk.host.faults.add("stall", after=1000, times=1000)
    transfer = load(desk)
    desk.supervise()
    desk.running(transfer)
    desk.queue.pause(transfer.id)
    desk.until(transfer, lambda _: not desk.owners())
    assert desk.queue.get(transfer.id).state is S.PAUSED
    desk.host.faults.clear()
    desk.queue.resume(transfer.id)
    desk.done(transfer)
    assert served.exists()


def test_cancelled_nothing_unfinished_stays(desk: Desk, served: Path) -> None:
    desk.host.faults.add("stall", after=1000, times=1000)
    transfer = load(desk)
    desk.supervise()
    desk.running(transfer)
    desk.queue.cancel(transfer.id)
    desk.until(transfer, lambda _: not desk.owners() and desk.gone())
    assert desk.library.items() == ()
    assert served.exists()


def test_a_table_of_cells_is_named_by_what_it_is_called(desk: Desk, served: Path) -> None:
    name = "unmicst-tonsil-1_cell.csv.gz"
    rows = "CellID,CD3,X_centroid,Y_centroid\n7,1.5,20,30\n"
    served.with_name(name).write_bytes(gzip.compress(rows.encode()))
    _, asset = desk.sell(name)
    asset = msgspec.structs.replace(asset, format="csv")
    transfer, _ = desk.queue.add(dataset_of(asset), asset, desk.folder, SOURCE, convert=True)
    desk.supervise()
    last = desk.done(transfer)
    assert Path(last.path) == desk.folder / "unmicst-tonsil-1_cell.h5ad"
    assert list(ad.read_h5ad(last.path).obs_names) == ["unmicst-tonsil-1_cell_7"]


@pytest.mark.parametrize("features", ["features.tsv.gz", "genes.tsv"])
def test_a_matrix_is_fetched_with_its_lists(desk: Desk, served: Path, features: str) -> None:
    matrix = tenx_files.counts()
    texts = tenx_files.texts(matrix)
    files = {f"GSM1_{name}.gz": gzip.compress(text.encode()) for name, text in texts.items()}
    content = files.pop("GSM1_features.tsv.gz")
    files[f"GSM1_{features}"] = content if features.endswith("gz") else gzip.decompress(content)
    for name, content in files.items():
        served.with_name(name).write_bytes(content)
    first, *others = (desk.sell(name)[1] for name in files)
    assets = (first, *others)
    dataset = put_together(dataset_of(first, *others))
    asset = dataset.assets[0]
    assert asset.loads_as_anndata
    assert [one.name for one in asset.beside] == ["GSM1_barcodes.tsv.gz", f"GSM1_{features}"]
    transfer, _ = desk.queue.add(dataset, asset, desk.folder, SOURCE, convert=True)
    desk.supervise()
    last = desk.done(transfer)
    assert Path(last.path) == desk.folder / "GSM1_matrix.h5ad"
    np.testing.assert_array_equal(ad.read_h5ad(last.path).X.toarray(), matrix)
    kept = {item.ref for item in desk.library.items()}
    assert kept == {*(one.ref for one in assets), f"{asset.ref}#h5ad"}
    assert desk.gone()
    assert not list(desk.library.parts.glob("together-*"))


def test_files_are_together_only_if_they_are_whole(desk: Desk, served: Path) -> None:
    names = ["a_matrix.mtx", "a_barcodes.tsv", "b_genes.tsv", "a_notes.txt"]
    for name in names:
        served.with_name(name).write_text("1")
    assets = tuple(desk.sell(name)[1] for name in names)
    assert put_together(dataset_of(*assets)) == dataset_of(*assets)
    other = msgspec.structs.replace(assets[2], name="a_genes.tsv", path="a_genes.tsv")
    hidden = msgspec.structs.replace(other, access=Access.REQUEST)
    for third, beside in ((other, 2), (hidden, 0)):
        found = put_together(dataset_of(*assets[:2], third))
        assert len(found.assets[0].beside) == beside
    # Twice the same list: nobody can say which is meant.
    found = put_together(dataset_of(*assets[:2], other, msgspec.structs.replace(other, ref="x")))
    assert found.assets[0].beside == ()


def test_trouble_with_the_disk_is_told_in_words(tmp_path: Path) -> None:
    source = tmp_path / "counts.csv"
    source.write_text("gene,ACGTACGTACGT-1\nENSG00000000001,3\n")
    module = "jupyterlab_datahub.anndata_io.convert"
    target = tmp_path / "none" / "made.h5ad"
    said = converted(module, source, target, source.name, Halt(), lambda _: None, "", 1 << 30)
    assert isinstance(said, ErrorBody)
    assert said.message == (
        "the conversion of counts.csv could not go on: No such file or directory"
    )
    assert "disk" in said.hint
