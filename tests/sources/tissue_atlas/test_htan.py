"""The file table of the HTAN portal, from files as people have them."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    NotFoundError,
    SettingsError,
    UnreachableError,
)
from jupyterlab_datahub.model import Access, Asset
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.sources.tissue_atlas import htan_rows
from jupyterlab_datahub.sources.tissue_atlas.htan_source import HtanSource

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import Dataset

ROWS: list[dict[str, Any]] = [
    {
        "DataFileID": "HTX1_1_1",
        "Filename": "single_cell/level_4/cells.h5ad",
        "FileFormat": "h5ad",
        "level": "Level 4",
        "assayName": "scRNA-seq",
        "atlas_name": "HTAN X",
        "organType": ["Breast", "Lymph node"],
        "PrimaryDiagnosis": ["Carcinoma, NOS"],
        "synapseId": "syn90000101",
        "downloadSource": "CRDC-GC/SB-CGC (open access)",
        "viewers": {"crdcGc": {"name": "cells", "drs_uri": "dg.T/0001"}},
        "biospecimenIds": ["HTX1_1_5", "HTX1_1_6"],
        "releaseVersion": "v7.0",
    },
    {
        "DataFileID": "HTX1_1_2",
        "Filename": "reads.fastq.gz",
        "downloadSource": "dbGaP",
        "viewers": {"crdcGc": {"drs_uri": "drs://nci-crdc.datacommons.io/dg.T/0002"}},
    },
    {
        "DataFileID": "HTX1_1_3",
        "Filename": "image.ome.tif",
        "organType": ["Colon"],
        "downloadSource": "Synapse",
        "synapseId": "syn90000103",
        "viewers": {"autoMinerva": {"minerva": "https://stories.example.org/3/index.html"}},
    },
    {
        "DataFileID": "HTX1_1_4",
        "Filename": "image.svs",
        "downloadSource": "Synapse",
        "viewers": {"idc": {"s5cmd_manifest_aws": "cp s3://idc-open-data/24e6-04d/* ."}},
    },
    {"DataFileID": "HTX1_1_5", "Filename": "later.csv", "downloadSource": "Coming Soon"},
    {"DataFileID": "HTX1_1_6", "Filename": "nowhere.csv"},
    {"DataFileID": "../../etc", "Filename": "bad.csv"},
    {"Filename": "nobody.csv"},
]


def source_of(tmp_path: Path, content: bytes, name: str = "files.json", **more: Any) -> HtanSource:
    (tmp_path / name).write_bytes(content)
    config = SourceConfig(name="htan", kind="htan", options={"path": name, **more})
    return HtanSource(config, tmp_path / "cache", tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> HtanSource:
    return source_of(tmp_path, json.dumps(ROWS).encode())


def labels(dataset: Dataset, facet: str) -> list[str]:
    return [term.label for term in dataset.facets.get(facet, ())]


def test_file_has_the_facets_of_the_portal(source: HtanSource) -> None:
    found = source.dataset("htan:HTX1_1_1")
    assert found.title == "cells.h5ad"
    assert labels(found, "organ") == ["Breast", "Lymph node"]
    assert labels(found, "disease") == ["Carcinoma, NOS"]
    assert labels(found, "assay") == ["scRNA-seq"]
    assert labels(found, "level") == ["Level 4"]
    assert labels(found, "atlas") == ["HTAN X"]
    assert found.assets[0].format == "h5ad"
    assert found.assets[0].loads_as_anndata
    assert found.version == "v7.0"


@pytest.mark.parametrize(
    ("id_", "access", "words", "elsewhere"),
    [
        (
            1,
            Access.LOGIN,
            "Gen3 commons commons.example.org",
            "drs://commons.example.org/dg.T/0001",
        ),
        (2, Access.CONTROLLED, "phs002371", "drs://commons.example.org/dg.T/0002"),
        (
            3,
            Access.LOGIN,
            "https://www.synapse.org/Synapse:syn90000103",
            "synapse:syn90000103",
        ),
        (4, Access.REQUEST, "s3://idc-open-data/24e6-04d/", "s3://idc-open-data/24e6-04d/"),
        (5, Access.VIEW_ONLY, "not released yet", ""),
        (6, Access.VIEW_ONLY, "no place", ""),
    ],
)
def test_each_access_names_the_next_step(
    tmp_path: Path, id_: int, access: Access, words: str, elsewhere: str
) -> None:
    source = source_of(tmp_path, json.dumps(ROWS).encode(), drs_host="commons.example.org")
    found = source.dataset(f"htan:HTX1_1_{id_}")
    assert found.access is found.assets[0].access is access
    assert words in found.access_note
    assert found.assets[0].elsewhere == elsewhere
    with pytest.raises(AccessError) as caught:
        source.resolve(Asset(ref=f"htan:HTX1_1_{id_}/file", name="x"))
    assert caught.value.hint == found.access_note


def test_every_ref_leads_back_and_rows_without_identity_are_left_out(source: HtanSource) -> None:
    told: list[str] = []
    found = list(source.harvest(told.append))
    assert [dataset.id for dataset in found] == [f"HTX1_1_{number}" for number in range(1, 7)]
    for dataset in found:
        assert source.dataset(dataset.ref) == dataset
        assert source.dataset(dataset.assets[0].ref) == dataset
    assert told
    assert found[2].stories[0].url == "https://stories.example.org/3/index.html"


def test_other_forms_of_the_table_say_the_same(tmp_path: Path, source: HtanSource) -> None:
    wanted = list(source.harvest())
    text = json.dumps({"files": ROWS}).encode()
    assert list(source_of(tmp_path, gzip.compress(text), "files.json.gz").harvest()) == wanted
    table = (
        "\ufeffData File ID\tFilename\tFile Format\tLevel\tAssay Name\tOrgan Type\tAtlas Name\n"
        "HTX1_1_1\tcells.h5ad\th5ad\tLevel 4\tscRNA-seq\tBreast, Lymph node\tHTAN X\n"
    ).encode()
    for content, name in ((table, "files.tsv"), (table.replace(b", ", b";"), "other.tsv")):
        (found,) = source_of(tmp_path, content, name).harvest()
        assert found.id == "HTX1_1_1"
        assert labels(found, "assay") == ["scRNA-seq"]
    (found,) = source_of(tmp_path, table, "again.tsv").harvest()
    assert labels(found, "organ") == ["Breast", "Lymph node"]


def test_table_is_read_again_when_it_is_another_one(tmp_path: Path, source: HtanSource) -> None:
    assert source.dataset("htan:HTX1_1_6").title == "nowhere.csv"
    (tmp_path / "files.json").write_text(json.dumps(ROWS[:2]))
    with pytest.raises(NotFoundError):
        source.dataset("htan:HTX1_1_6")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[",
        b"[]",
        b'{"files": 5}',
        b"[1, 2]",
        b"\x1f\x8bdamaged",
        b"a,b\n1,2\n",
        b"{5: []}",
        b'{"files": [{"DataFileID": "HTX1_1_1", "Filename": "a.csv"}]} and more',
        b'[{"DataFileID": "HTX1_1_1", "Filename": "a.csv"} {}]',
    ],
)
def test_what_is_no_file_table_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        list(source_of(tmp_path, content).harvest())
    assert caught.value.hint


@pytest.mark.parametrize("block", [1, 7, 64])
def test_rows_lie_across_blocks_and_other_lists_are_passed_over(
    tmp_path: Path, source: HtanSource, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    wanted = list(source.harvest())
    monkeypatch.setattr(htan_rows, "BLOCK", block)
    cases = [{"files": [ROWS[0]]}, 12.5, "\u00e9\n]", []]
    document = {"n": 123, "cases": cases, "none": [], "files": ROWS, "more": {"files": [{}]}}
    content = json.dumps(document, indent=1).encode()
    assert list(source_of(tmp_path, content, "other.json").harvest()) == wanted
    lines = ['DataFileID,Filename,organType\r\nHTX1_1_1,"a, b\nc.csv","Breast, Skin"\r\n']
    (found,) = source_of(tmp_path, "".join(lines).encode(), "other.csv").harvest()
    assert labels(found, "organ") == ["Breast", "Skin"]
    assert found.assets[0].name.startswith("a, b")


def test_memory_does_not_grow_with_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(htan_rows, "BLOCK", 1 << 14)
    rows = ({**ROWS[0], "DataFileID": f"HTX1_1_{n}", "Note": "x" * 6000} for n in range(1500))
    source = source_of(tmp_path, json.dumps(list(rows)).encode())
    # What is imported on first use is no part of it.
    (tmp_path / "small").mkdir()
    assert list(source_of(tmp_path / "small", json.dumps(ROWS).encode()).harvest())
    tracemalloc.start()
    try:
        assert sum(1 for _ in source.harvest()) == 1500
        assert source.dataset("htan:HTX1_1_1499").title == "cells.h5ad"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < (tmp_path / "files.json").stat().st_size


def test_a_file_that_comes_twice_is_as_it_comes_last(tmp_path: Path) -> None:
    rows = [*ROWS[:3], {**ROWS[0], "Filename": "newer.h5ad"}]
    source = source_of(tmp_path, json.dumps(rows).encode())
    assert [one.title for one in source.harvest()] == [
        "newer.h5ad",
        "reads.fastq.gz",
        "image.ome.tif",
    ]


def test_what_was_kept_is_made_anew_where_it_is_damaged(tmp_path: Path, source: HtanSource) -> None:
    assert source.dataset("htan:HTX1_1_1").id == "HTX1_1_1"
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(b"no database")
    assert source.dataset("htan:HTX1_1_1").title == "cells.h5ad"


def test_cut_gzip_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps(ROWS).encode())
    with pytest.raises(SettingsError, match="cut short"):
        list(source_of(tmp_path, whole[:-10]).harvest())


def test_missing_file_and_path_are_errors_in_words(tmp_path: Path, source: HtanSource) -> None:
    (tmp_path / "files.json").unlink()
    with pytest.raises(UnreachableError, match="is not there"):
        list(source.harvest())
    with pytest.raises(SettingsError, match="path"):
        HtanSource(SourceConfig(name="h", kind="htan"), tmp_path, tmp_path)


@pytest.mark.parametrize("ref", ["htan:", "htan:../x", "htan:a/b/c", "htan:é", "htan:a\x00"])
def test_what_is_no_ref_is_refused(source: HtanSource, ref: str) -> None:
    with pytest.raises(BadRequestError):
        source.dataset(ref)
