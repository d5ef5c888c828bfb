"""What is in the demo's projects: trees of matrices, and the matrices themselves."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import anndata
import h5py
import numpy as np
import pytest

from jupyterlab_datahub.demo.cellxgene.catalog import PBMC_DOI
from jupyterlab_datahub.demo.hca import islets
from jupyterlab_datahub.demo.hca.files import FOLDER, blob_name, crc32c, read_records
from jupyterlab_datahub.demo.hca.generated import PROJECTS
from jupyterlab_datahub.demo.hca.matrices import choose
from jupyterlab_datahub.demo.hca.trees import parse_strata, tree_of
from jupyterlab_datahub.demo.pbmc import read_pbmc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.demo.hca.client import Client, Json

TREES = ("matrices", "contributedAnalyses")


def leaves(tree: Any, above: tuple[tuple[str, str], ...] = ()) -> Iterator[tuple[Json, Any]]:
    """Yield the files of a tree with the way to them."""
    for dimension, values in tree.items():
        for value, below in values.items():
            way = (*above, (dimension, value))
            if isinstance(below, list):
                yield from ((file, way) for file in below)
            else:
                yield from leaves(below, way)


def path_of(directory: Path, key: str, name: str) -> Path:
    project = next(project for project in PROJECTS if project.key == key)
    file = next(file for file in project.files if file.name == name)
    return directory / FOLDER / blob_name(project.file_id(file), file.format)


def column(file: h5py.File, name: str) -> list[Any]:
    values: list[Any] = file[name].asstr()[:].tolist()
    return values


def test_every_file_is_there_and_is_what_the_catalog_says(demo_data: Path) -> None:
    records = read_records(demo_data / FOLDER)
    known = {p.file_id(f): f for p in PROJECTS for f in p.files}
    assert records.keys() == {uuid for uuid, file in known.items() if file.made}
    for uuid, record in records.items():
        content = (demo_data / FOLDER / blob_name(uuid, known[uuid].format)).read_bytes()
        assert len(content) == record.size
        assert hashlib.sha256(content).hexdigest() == record.sha256
    assert len({record.sha256 for record in records.values()}) == len(records)


def test_a_checksum_of_google_is_computed() -> None:
    # The check value of CRC-32C.
    assert crc32c(b"123456789") == "e3069283"


def test_trees_are_of_different_depth_and_order(lasting: Client) -> None:
    ways = {
        tuple(dimension for dimension, _ in way)
        for hit in lasting.hits("projects")
        for tree in TREES
        for _, way in leaves(hit["projects"][0][tree])
    }
    assert len(ways) > 4
    assert {len(way) for way in ways} >= {1, 2, 3, 4}
    assert len({way[0] for way in ways}) > 1


def test_a_file_may_be_below_several_branches(lasting: Client) -> None:
    [hit] = lasting.hits("projects", filters={"project": {"is": ["KidneyTwoSpecies"]}})
    found = [
        (file["uuid"], way)
        for file, way in leaves(hit["projects"][0]["contributedAnalyses"])
        if file["name"] == "kidney-both.h5ad"
    ]
    assert len(found) == 5
    assert len({uuid for uuid, _ in found}) == 1
    values = {value for _, way in found for _, value in way}
    assert values == {
        *("Homo sapiens", "Mus musculus", "kidney", "organoid"),
        *("10x 3' v3", "Drop-seq", "Unspecified"),
    }


def test_joined_values_are_one_branch_in_an_old_tree(lasting: Client) -> None:
    [hit] = lasting.hits("projects", filters={"project": {"is": ["RetinaStandIn"]}})
    [(_, way)] = leaves(hit["projects"][0]["matrices"])
    assert ("developmentStage", "human adult stage,human fetal stage") in way


def test_strata_become_a_tree_as_the_service_makes_it() -> None:
    strata = parse_strata("genusSpecies=a;organ=b\ngenusSpecies=c,e;organ=d")
    assert [sorted(s.values()) for s in strata] == [["a", "b"], ["c", "d"], ["d", "e"]]
    # Fewer values are nearer to the root.
    assert tree_of([("file", strata)]) == {
        "organ": {
            "b": {"genusSpecies": {"a": ["file"]}},
            "d": {"genusSpecies": {"c": ["file"], "e": ["file"]}},
        }
    }
    lacking = tree_of(
        [("x", parse_strata("organ=o")), ("y", parse_strata("organ=o;genusSpecies=g"))]
    )
    assert lacking["genusSpecies"]["Unspecified"] == {"organ": {"o": ["x"]}}
    assert tree_of([]) == {}


def test_files_of_the_trees_are_in_the_index(lasting: Client) -> None:
    files = {hit["entryId"]: hit["files"][0] for hit in lasting.hits("files")}
    for hit in lasting.hits("projects", filters={"accessible": {"is": [True]}}):
        for tree in TREES:
            for file, _ in leaves(hit["projects"][0][tree]):
                known = files[file["uuid"]]
                assert {name: known[name] for name in file} == file


def test_stand_ins_say_so_and_one_project_is_real(lasting: Client) -> None:
    for hit in lasting.hits("projects"):
        [project] = hit["projects"]
        dois = [publication["doi"] for publication in project["publications"]]
        if project["projectShortname"] == "PBMC68kReduced":
            assert dois == [PBMC_DOI]
        else:
            assert "stand-in" in project["projectTitle"]
            assert "blood cells of Zheng et al. 2017" in project["projectDescription"]
            assert dois in ([], [None])


def test_an_optimus_loom_has_barcodes_that_repeat(demo_data: Path) -> None:
    with h5py.File(path_of(demo_data, "pancreas", "pancreas-islets-human-10XV2.loom")) as file:
        genes, cells = file["matrix"].shape
        assert (genes, cells) == (740, 700)
        ids, names = column(file, "row_attrs/ensembl_ids"), column(file, "row_attrs/Gene")
        assert column(file, "row_attrs/gene_names") == names
        assert len(set(ids)) == genes > len(set(names))
        assert all(id_.startswith("ENSG") for id_ in ids)
        barcodes, unique = column(file, "col_attrs/CellID"), column(file, "col_attrs/cell_names")
        assert len(set(unique)) == cells > len(set(barcodes))
        inputs = column(file, "col_attrs/input_id")
        listed = file["attrs/input_id"].asstr()[()].split(", ")
        for barcode, name, one in zip(barcodes, unique, inputs, strict=True):
            assert name == f"{barcode}-{listed.index(one)}"
        assert len(listed) == 4
        assert file["attrs/specimen_from_organism.organ"].asstr()[()] == "pancreas"
        matrix = file["matrix"][:]
        assert (matrix == np.rint(matrix)).all()
        assert not file["layers"].keys()


def test_the_inputs_of_a_loom_are_in_the_manifest(lasting: Client, demo_data: Path) -> None:
    with h5py.File(path_of(demo_data, "pancreas", "pancreas-islets-human-10XV2.loom")) as file:
        inputs = set(column(file, "col_attrs/input_id"))
    filters = '{"project":{"is":["PancreasIslets' + 'StandIn"]},"fileFormat":{"is":["fastq.gz"]}}'
    answer = lasting.ask("PUT", "/fetch/manifest/files", params={"filters": filters}).json()
    ready, _ = lasting.follow(answer)
    lines = [line.split("\t") for line in lasting.ask("GET", ready["Location"]).text.splitlines()]
    at = lines[0].index("sequencing_process.provenance.document_id")
    assert {line[at] for line in lines[1:]} == inputs


def test_a_smartseq2_loom_has_tpm_and_counts(demo_data: Path) -> None:
    with h5py.File(path_of(demo_data, "pancreas", "pancreas-islets-human-SS2.loom")) as file:
        tpm, counts = file["matrix"][:], file["layers/estimated_counts"][:]
        assert tpm.shape == counts.shape == (816, 700)
        assert np.allclose(tpm.sum(axis=0), 1e6, rtol=1e-4)
        assert ((tpm > 0) == (counts > 0)).all()
        cells = column(file, "col_attrs/CellID")
        assert cells == column(file, "col_attrs/cell_names")
        assert len(set(cells)) == 700


def test_every_type_of_islet_cell_is_known_by_its_genes() -> None:
    project = next(project for project in PROJECTS if project.key == "pancreas")
    file = next(file for file in project.files if file.made == "islets")
    blood = choose(file.made, project, file, read_pbmc())
    made = islets.islet_cells(blood)
    again = islets.islet_cells(blood)
    assert (made.counts != again.counts).nnz == 0
    assert made.labels.tolist() == again.labels.tolist()
    assert len(set(made.ids)) == len(made.ids) == made.counts.shape[1] == len(made.lengths)
    counts, names = made.counts.toarray(), made.names.tolist()
    mitochondrial = np.array([name.startswith(islets.MITOCHONDRIAL) for name in names])
    share = counts[:, mitochondrial].sum(axis=1) / counts.sum(axis=1)
    assert (share > 0.25).sum() == round(islets.POOR * len(counts))
    good = share <= 0.25
    for gene in islets.genes():
        if gene.name.startswith(islets.MITOCHONDRIAL):
            continue
        at = names.index(gene.name)
        means = {
            name: counts[good & (made.labels == name), at].mean() for name in sorted(islets.SHARES)
        }
        assert max(means, key=means.__getitem__) in {
            name for name, reads in gene.reads.items() if reads > 0.5 * max(gene.reads.values())
        }, gene.name


def test_the_first_platform_kept_attributes_on_the_file(demo_data: Path) -> None:
    with h5py.File(path_of(demo_data, "pancreas", "pancreas-islets.homo_sapiens.loom")) as file:
        assert bytes(file.attrs["LOOM_SPEC_VERSION"]) == b"2.0.1"
        assert "attrs" not in file
        genes = column(file, "row_attrs/Gene")
        assert all(gene.startswith("ENSG") for gene in genes)
        assert file["row_attrs/Gene"].dtype.kind == "S"
        assert len(set(column(file, "col_attrs/CellID"))) == file["matrix"].shape[1]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("pancreas", "pancreas-islets-human-10XV2.loom"),
        ("pancreas", "pancreas-islets-human-SS2.loom"),
        ("pancreas", "pancreas-islets.homo_sapiens.loom"),
        ("pbmc68k", "pbmc68k-human-10XV1-tiled.loom"),
    ],
)
def test_structures_are_those_of_loom(demo_data: Path, key: str, name: str) -> None:
    with h5py.File(path_of(demo_data, key, name)) as file:
        assert file.keys() >= {
            *("matrix", "layers", "row_attrs", "col_attrs", "row_graphs", "col_graphs"),
        }
        genes, cells = file["matrix"].shape
        assert {values.shape for values in file["row_attrs"].values()} == {(genes,)}
        assert {values.shape for values in file["col_attrs"].values()} == {(cells,)}


def test_contributors_hand_in_anything(demo_data: Path) -> None:
    annotated = anndata.read_h5ad(path_of(demo_data, "pancreas", "islets-annotated.h5ad"))
    assert annotated.shape == (700, 740)
    assert annotated.obs_names.is_unique
    assert len(annotated.obs["label"].cat.categories) == 10
    csv = path_of(demo_data, "pancreas", "islets-counts.csv").read_text().splitlines()
    assert len(csv) == 741
    assert csv[0].startswith("gene,")
    matrix = gzip.decompress(path_of(demo_data, "pbmc68k", "pbmc68k_matrix.mtx.gz").read_bytes())
    assert matrix.startswith(b"%%MatrixMarket matrix coordinate integer general")
    zipped = path_of(demo_data, "retina", "E-DEMO-2.processed.1.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert sorted(name.rpartition("/")[2] for name in archive.namelist()) == [
            *("barcodes.tsv.gz", "features.tsv.gz", "matrix.mtx.gz"),
        ]
    with tarfile.open(path_of(demo_data, "kidney-two-species", "GSE000002_RAW.tar")) as tar:
        assert len(tar.getnames()) == 3


def test_a_selection_may_have_hundreds_of_files_with_the_same_names(lasting: Client) -> None:
    filters = {"project": {"is": ["Airways160Donors"]}}
    files = [hit["files"][0] for hit in lasting.hits("files", filters=filters)]
    assert len(files) == len({file["uuid"] for file in files}) == 320
    assert {file["name"] for file in files} == {"R1.fastq.gz", "R2.fastq.gz"}
    location = lasting.ask("GET", files[0]["azul_url"]).headers["Location"]
    reads = gzip.decompress(lasting.ask("GET", location).content).decode().splitlines()
    assert reads[0].startswith("@DEMO:")
    assert len(reads) % 4 == 0
