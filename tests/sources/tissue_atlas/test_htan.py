"""The file table of the HTAN portal, from files as people have them."""

from __future__ import annotations

import gzip
import json
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
        (3, Access.LOGIN, "https://www.synapse.org/Synapse:syn90000103", ""),
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
    [b"", b"[", b"[]", b'{"files": 5}', b"[1, 2]", b"\x1f\x8bdamaged", b"a,b\n1,2\n"],
)
def test_what_is_no_file_table_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        list(source_of(tmp_path, content).harvest())
    assert caught.value.hint


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
