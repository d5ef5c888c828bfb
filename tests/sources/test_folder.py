"""The folder Source: what it lists, what it leaves alone, what it refuses."""

from __future__ import annotations

import gzip
import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    SettingsError,
    UnreachableError,
)
from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources import folder_memory, folder_walk
from jupyterlab_datahub.sources.folder import FolderSource
from jupyterlab_datahub.sources.hdf5_header import read_header
from tests.sources import h5_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.model import Dataset
    from jupyterlab_datahub.sources.hdf5_header import Header


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def make(root: Path, tmp_path: Path) -> Callable[..., FolderSource]:
    def made(**options: Any) -> FolderSource:
        config = SourceConfig(name="lab", kind="folder", title="My data", options=options)
        return FolderSource(config, tmp_path / "cache", root)

    return made


def write(path: Path, content: bytes = b"x,y\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def refs(source: FolderSource) -> list[str]:
    return [dataset.ref for dataset in source.harvest()]


def only(source: FolderSource) -> Dataset:
    (dataset,) = source.harvest()
    return dataset


def test_lists_data_files_of_every_format(root: Path, make: Callable[..., FolderSource]) -> None:
    for name in ("a.csv", "b.CSV.gz", "c.tsv", "d.mtx", "e.rds", "f.parquet", "my.v2.loom"):
        write(root / name)
    (root / "g.zarr").mkdir()
    for name in ("notes.txt", "script.py", "archive.gz", "plain"):
        write(root / name)
    found = {dataset.id: dataset.assets[0] for dataset in make().harvest()}
    assert {name: asset.format for name, asset in found.items()} == {
        "a.csv": "csv",
        "b.CSV.gz": "csv",
        "c.tsv": "tsv",
        "d.mtx": "mtx",
        "e.rds": "rds",
        "f.parquet": "parquet",
        "g.zarr": "zarr",
        "my.v2.loom": "loom",
    }
    assert found["a.csv"].size == 4
    assert found["g.zarr"].size is None


def test_a_dataset_is_described_by_its_file(root: Path, make: Callable[..., FolderSource]) -> None:
    h5_files.organism_in_uns(root / "cells.h5ad")
    os.utime(root / "cells.h5ad", (1_700_000_000, 1_700_000_000))
    dataset = only(make())
    assert dataset.ref == "folder:lab/cells.h5ad"
    assert dataset.title == "A title"
    assert dataset.cells == 4
    assert dataset.doi == "10.1038/ncomms14049"
    assert dataset.raw_counts == "X"
    assert dataset.revised == dataset.version == "2023-11-14T22:13:20+00:00"
    assert dataset.collection is not None
    assert dataset.collection.title == "My data"
    assert dataset.main_asset is not None
    assert dataset.main_asset.loads_as_anndata


def test_a_file_without_a_title_is_called_by_its_name(
    root: Path, make: Callable[..., FolderSource]
) -> None:
    write(root / "sub" / "counts of 2020-05-06.csv.gz")
    dataset = only(make())
    assert dataset.title == "counts of 2020-05-06"
    assert dataset.collection is not None
    assert dataset.collection.title == "sub"


def test_a_broken_file_is_listed_with_words(root: Path, make: Callable[..., FolderSource]) -> None:
    write(root / "cut.h5ad", b"\x89HDF\r\n\x1a\nnothing more")
    dataset = only(make())
    assert dataset.access_note
    assert dataset.assets[0].access_note == dataset.access_note
    assert not dataset.assets[0].loads_as_anndata


def test_what_was_broken_is_looked_at_again(root: Path, make: Callable[..., FolderSource]) -> None:
    path = root / "cells.h5ad"
    h5_files.counts_in(path, "X")
    whole, times = path.read_bytes(), path.stat()
    path.write_bytes(b"\0" * len(whole))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert only(make()).access_note
    path.write_bytes(whole)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert only(make()).access_note == ""


def test_hidden_and_tool_directories_are_left_alone(
    root: Path, make: Callable[..., FolderSource]
) -> None:
    write(root / "shown" / "a.csv")
    for hidden in (".git/a.csv", ".a.csv", "node_modules/a.csv", "venv/lib/a.csv"):
        write(root / hidden)
    write(root / "venv" / "pyvenv.cfg", b"home = /usr")
    assert refs(make()) == ["folder:lab/shown/a.csv"]
    with pytest.raises(NotFoundError):
        make().dataset("folder:lab/.git/a.csv")


def test_names_that_are_no_text_are_left_alone(
    root: Path, make: Callable[..., FolderSource]
) -> None:
    for name in (b"bad\xff.csv", b"new\nline.csv", "ä 细胞.csv".encode()):
        (root / os.fsdecode(name)).write_bytes(b"")
    assert refs(make()) == ["folder:lab/ä 细胞.csv"]


def test_links_are_not_followed(
    root: Path, tmp_path: Path, make: Callable[..., FolderSource]
) -> None:
    outside = write(tmp_path / "library" / "objects" / "blob.csv")
    write(root / "real" / "a.csv")
    (root / "datahub").mkdir()
    (root / "datahub" / "blob.csv").symlink_to(outside)
    (root / "out").symlink_to(outside.parent)
    (root / "loop").symlink_to(root)
    (root / "dead.csv").symlink_to(root / "gone.csv")
    assert refs(make()) == ["folder:lab/real/a.csv"]


def test_a_link_out_of_the_folder_is_refused(
    root: Path, tmp_path: Path, make: Callable[..., FolderSource]
) -> None:
    write(tmp_path / "secret.csv")
    write(root / ".hidden" / "b.csv")
    (root / "out.csv").symlink_to(tmp_path / "secret.csv")
    (root / "up").symlink_to(tmp_path)
    (root / "hidden.csv").symlink_to(root / ".hidden" / "b.csv")
    (root / "round.csv").symlink_to(root / "round.csv")
    source = make()
    for name in ("out.csv", "up/secret.csv"):
        for ask in (source.dataset, lambda ref: source.resolve(Asset(ref=ref, name="x"))):
            with pytest.raises(AccessError, match="leads out of the folder"):
                ask(f"folder:lab/{name}")
    for name in ("hidden.csv", "round.csv"):
        with pytest.raises(NotFoundError):
            source.dataset(f"folder:lab/{name}")


def test_a_link_within_the_folder_may_be_named(
    root: Path, make: Callable[..., FolderSource]
) -> None:
    write(root / "a.csv", b"12345")
    (root / "b.csv").symlink_to(root / "a.csv")
    assert make().dataset("folder:lab/b.csv").size == 5


@pytest.mark.parametrize(
    "path", ["../secret.csv", "a/../../secret.csv", "/etc/passwd", "//x.csv", "a//b.csv", "./a.csv"]
)
def test_paths_that_lead_away_are_refused(
    root: Path, tmp_path: Path, make: Callable[..., FolderSource], path: str
) -> None:
    write(tmp_path / "secret.csv")
    write(root / "a" / "b.csv")
    source = make()
    for ask in (source.dataset, lambda ref: source.resolve(Asset(ref=ref, name="x"))):
        with pytest.raises(BadRequestError, match="not a path below the folder"):
            ask(f"folder:lab/{path}")


def test_only_data_files_can_be_named(root: Path, make: Callable[..., FolderSource]) -> None:
    write(root / "id_rsa", b"secret")
    write(root / "data.csv" / "inner.txt")
    for name in ("id_rsa", "data.csv", "a\0.csv", "gone.csv"):
        with pytest.raises(NotFoundError, match="no data file"):
            make().dataset(f"folder:lab/{name}")


def test_another_folders_ref_is_not_ours(make: Callable[..., FolderSource]) -> None:
    source = make()
    assert source.owns("folder:lab/a.csv")
    assert not source.owns("folder:laboratory/a.csv")
    assert not source.owns("cellxgene:lab/a.csv")
    with pytest.raises(BadRequestError, match="not an identifier"):
        source.dataset("folder:other/a.csv")


def test_a_matrix_comes_with_its_barcodes_and_genes(
    root: Path, make: Callable[..., FolderSource]
) -> None:
    for name in ("matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz"):
        write(root / f"s1_{name}", gzip.compress(b"x"))
    write(root / "other" / "barcodes.tsv")
    source = make()
    first, second = source.harvest()
    assert [asset.name for asset in first.assets] == [
        "s1_matrix.mtx.gz",
        "s1_barcodes.tsv.gz",
        "s1_features.tsv.gz",
    ]
    assert second.id == "other/barcodes.tsv"
    assert source.dataset(first.assets[1].ref) == first
    assert source.resolve(first.assets[1]).path == str(root / "s1_barcodes.tsv.gz")


def test_depth_and_number_are_bounded(root: Path, make: Callable[..., FolderSource]) -> None:
    for number in range(4):
        write(root / "a" / f"{number}.csv")
    write(root / "a" / "b" / "deep.csv")
    told: list[str] = []
    shallow = [dataset.id for dataset in make(depth=1).harvest(told.append)]
    assert shallow == ["a/0.csv", "a/1.csv", "a/2.csv", "a/3.csv"]
    assert told == ["Left out: folders more than 1 levels deep"]
    told.clear()
    assert len(list(make(files=2).harvest(told.append))) == 2
    assert told == ["Left out: more than 2 files"]


def test_a_very_large_tree_is_left_in_time(
    root: Path, make: Callable[..., FolderSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_walk, "MOST_ENTRIES", 3)
    for number in range(5):
        write(root / f"d{number}" / "a.csv")
    told: list[str] = []
    assert list(make().harvest(told.append)) == []
    assert told == ["Left out: what comes after 3 files and folders"]


def test_only_changed_files_are_opened_again(
    root: Path, make: Callable[..., FolderSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.h5ad", "b.h5ad"):
        h5_files.counts_in(root / name, "X")
    before = list(make().harvest())
    opened: list[str] = []

    def noted(path: Path, format_: str) -> Header:
        opened.append(path.name)
        return read_header(path, format_)

    monkeypatch.setattr(folder_memory, "read_header", noted)
    assert list(make().harvest()) == before
    assert opened == []
    h5_files.anndata_07(root / "b.h5ad")
    (root / "a.h5ad").unlink()
    (after,) = make().harvest()
    assert opened == ["b.h5ad"]
    assert "cell_type" in after.facets


def test_a_memory_that_is_lost_or_strange_does_no_harm(
    root: Path, tmp_path: Path, make: Callable[..., FolderSource]
) -> None:
    h5_files.counts_in(root / "a.h5ad", "X")
    before = list(make().harvest())
    memory = tmp_path / "cache" / "headers.json"
    for content in (b"", b"[]", b'{"form": 99, "entries": {}}'):
        memory.write_bytes(content)
        assert list(make().harvest()) == before


def test_a_harvest_that_is_stopped_keeps_what_it_read(
    root: Path, tmp_path: Path, make: Callable[..., FolderSource]
) -> None:
    for name in ("a.h5ad", "b.h5ad"):
        h5_files.counts_in(root / name, "X")
    with closing(make().harvest()) as harvest:
        assert next(harvest).id == "a.h5ad"
    assert "a.h5ad" in (tmp_path / "cache" / "headers.json").read_text()


def test_a_folder_that_is_not_there_is_no_empty_folder(
    root: Path, make: Callable[..., FolderSource]
) -> None:
    with pytest.raises(UnreachableError, match="cannot be listed") as caught:
        list(make(path="gone").harvest())
    assert "Mount" in caught.value.hint


def test_the_path_may_be_absolute_or_a_link(
    root: Path, tmp_path: Path, make: Callable[..., FolderSource]
) -> None:
    write(tmp_path / "big disk" / "a.csv")
    (root / "data").symlink_to(tmp_path / "big disk")
    assert refs(make(path=str(tmp_path / "big disk"))) == ["folder:lab/a.csv"]
    assert refs(make(path="data")) == ["folder:lab/a.csv"]


@pytest.mark.parametrize("options", [{"path": 3}, {"path": ""}, {"depth": 0}, {"files": "many"}])
def test_options_that_make_no_sense(
    make: Callable[..., FolderSource], options: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match="source 'lab'"):
        make(**options)
