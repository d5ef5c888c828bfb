"""The demo's files are real cells in the layout of CELLxGENE, and the records are true."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import anndata
import h5py
import msgspec
import numpy as np
import pytest
from anndata.io import read_elem
from scipy.sparse import issparse

from jupyterlab_datahub.demo import data, pbmc, rds
from jupyterlab_datahub.demo.cellxgene.catalog import COLLECTIONS, PBMC
from jupyterlab_datahub.demo.cellxgene.files import TERM_COLUMNS
from jupyterlab_datahub.demo.cellxgene.specs import CollectionSpec
from jupyterlab_datahub.demo.data import VersionRecord, prepare, records, s3_etag, stamp
from jupyterlab_datahub.demo.pbmc import MissingPackageError, Pbmc, read_pbmc
from jupyterlab_datahub.demo.terms import TERMS

OBS = {
    *(f"{name}_ontology_term_id" for name in TERM_COLUMNS),
    *TERM_COLUMNS,
    "donor_id",
    "is_primary_data",
    "observation_joinid",
    "suspension_type",
    "tissue_type",
}
VAR = {
    "feature_biotype",
    "feature_is_filtered",
    "feature_length",
    "feature_name",
    "feature_reference",
    "feature_type",
}
UNS = {
    "citation",
    "default_embedding",
    "organism",
    "organism_ontology_term_id",
    "schema_reference",
    "schema_version",
    "title",
}


@pytest.fixture(scope="module")
def cells() -> Pbmc:
    return read_pbmc()


@pytest.fixture(scope="module")
def known(demo_data: Path) -> dict[str, VersionRecord]:
    return records(demo_data, big=False)


def small_versions() -> Iterator[Any]:
    for collection in COLLECTIONS:
        for spec in collection.datasets:
            if collection.withdrawn or spec.withdrawn or spec.big:
                continue
            for version in spec.versions:
                yield pytest.param(spec, version, id=f"{spec.key}@{version.published[:10]}")


def read(demo_data: Path, key: str) -> anndata.AnnData:
    spec = next(spec for c in COLLECTIONS for spec in c.datasets if spec.key == key)
    return anndata.read_h5ad(demo_data / f"{spec.version_id(spec.newest)}.h5ad")


def test_counts_come_back_whole_from_the_packaged_file(cells: Pbmc) -> None:
    assert cells.counts.shape == (700, 738)
    assert cells.counts.data.min() == 1
    assert np.array_equal(cells.counts.data, np.rint(cells.counts.data))
    # No cell has more counts in these genes than it has in all.
    assert (cells.totals - cells.counts.sum(axis=1).A1 > -0.5).all()


def test_genes_are_what_the_annotation_says(cells: Pbmc) -> None:
    assert cells.var.index.is_unique
    assert cells.var.index.str.fullmatch(r"ENSG\d{11}").all()
    names = dict(zip(cells.var.index, cells.var["feature_name"], strict=True))
    assert names["ENSG00000105374"] == "NKG7"
    assert names["ENSG00000090382"] == "LYZ"
    # B cells are known by CD79A: the columns are those of their genes, the rows of their labels.
    marker = cells.counts[:, cells.var.index.get_loc("ENSG00000105369")].toarray().ravel()
    b_cells = (cells.obs["bulk_labels"] == "CD19+ B").to_numpy()
    assert marker[b_cells].mean() > 20 * marker[~b_cells].mean()


@pytest.mark.parametrize(("spec", "version"), list(small_versions()))
def test_a_file_is_laid_out_as_its_record_says(
    demo_data: Path, known: dict[str, VersionRecord], spec: Any, version: Any
) -> None:
    record = known[spec.version_id(version)]
    loaded = anndata.read_h5ad(demo_data / f"{record.id}.h5ad")
    measured = record.measured
    assert loaded.n_obs == measured["cell_count"]
    assert loaded.n_vars == measured["feature_count"]
    assert set(loaded.obs.columns) >= OBS
    assert set(loaded.var.columns) == VAR
    assert set(loaded.uns) >= UNS
    assert sorted(loaded.obsm) == measured["embeddings"]
    assert loaded.uns["title"] == spec.title
    assert loaded.uns["schema_version"] == version.schema
    assert loaded.uns["organism"] == measured["organism"][0]["label"]
    assert loaded.obs_names.is_unique
    assert loaded.obs["observation_joinid"].is_unique
    for column in TERM_COLUMNS:
        labels = [term["label"] for term in measured[column]]
        assert sorted(loaded.obs[column].unique()) == labels
        pairs = loaded.obs[[column, f"{column}_ontology_term_id"]].drop_duplicates()
        assert {row[0]: row[1] for row in pairs.itertuples(index=False)} == {
            label: TERMS[label] for label in labels
        }


@pytest.mark.parametrize(("spec", "version"), list(small_versions()))
def test_raw_counts_are_where_the_record_says(
    demo_data: Path, known: dict[str, VersionRecord], spec: Any, version: Any
) -> None:
    record = known[spec.version_id(version)]
    loaded = anndata.read_h5ad(demo_data / f"{record.id}.h5ad")
    in_x = record.measured["raw_data_location"] == "X"
    counts = loaded.X if in_x else loaded.raw.X
    assert issparse(counts)
    assert counts.dtype == np.float32
    assert np.array_equal(counts.data, np.rint(counts.data))
    assert counts.min() == 0
    assert np.diff(counts.indptr).mean() == pytest.approx(
        record.measured["mean_genes_per_cell"], abs=1e-3
    )
    if in_x:
        assert loaded.raw is None
    else:
        assert list(loaded.raw.var.columns) == []
        assert not np.array_equal(loaded.X.data, np.rint(loaded.X.data))
        assert np.array_equal(loaded.X.indices, counts.indices)


def test_normalised_values_are_those_of_the_packaged_file(demo_data: Path) -> None:
    loaded = read(demo_data, "pbmc68k/all")
    gene = list(loaded.var["feature_name"]).index("HES4")
    values = loaded.X[:, [gene]].toarray().ravel()
    # The first four values of HES4 in the packaged file, which rounds to three decimals.
    assert values[:4] == pytest.approx([0.0, 1.55, 0.0, 0.0], abs=2e-3)


def test_versions_of_a_dataset_differ(demo_data: Path) -> None:
    spec = PBMC.datasets[0]
    sizes = [
        anndata.read_h5ad(demo_data / f"{spec.version_id(version)}.h5ad").n_obs
        for version in spec.versions
    ]
    assert sizes == [350, 560, 700]


def test_files_open_backed(demo_data: Path) -> None:
    spec = PBMC.datasets[0]
    path = demo_data / f"{spec.version_id(spec.newest)}.h5ad"
    backed = anndata.read_h5ad(path, backed="r")
    assert backed.X[:5].shape == (5, 738)
    backed.file.close()


def test_etags_are_true(demo_data: Path, known: dict[str, VersionRecord]) -> None:
    assets = [asset for record in known.values() for asset in record.assets]
    multipart = [asset for asset in assets if "-" in asset.etag]
    assert len(multipart) == 1
    assert multipart[0].size > 8 << 20
    for asset in assets:
        content = (demo_data / asset.name).read_bytes()
        assert asset.size in (-1, len(content))
        digests = [md5(content)]
        if asset in multipart:
            parts = [md5(content[at : at + 8388608]) for at in range(0, len(content), 8388608)]
            joined = md5(b"".join(bytes.fromhex(part) for part in parts))
            digests = [f"{joined}-{len(parts)}"]
        assert asset.etag == f'"{digests[0]}"'


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_holes_do_not_change_an_etag(tmp_path: Path) -> None:
    sparse, dense = tmp_path / "sparse", tmp_path / "dense"
    size = (40 << 20) + 12_345
    with sparse.open("wb") as file:
        file.truncate(size)
        file.seek(20 << 20)
        file.write(b"data")
    dense.write_bytes(bytes(20 << 20) + b"data" + bytes(size - (20 << 20) - 4))
    assert s3_etag(sparse, multipart=True) == s3_etag(dense, multipart=True)
    assert s3_etag(sparse, multipart=True).endswith('-6"')
    assert s3_etag(sparse, multipart=False) == f'"{md5(dense.read_bytes())}"'


def test_the_second_start_makes_nothing(demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Pbmc:
        pytest.fail("the files were made again")

    monkeypatch.setattr(data, "read_pbmc", fail)
    prepare(demo_data, big=False)


def few(*keys: str) -> tuple[CollectionSpec, ...]:
    """Return a catalog of only some datasets, so that making all its files is quick."""
    kept = tuple(spec for spec in PBMC.datasets if spec.key in keys)
    return (msgspec.structs.replace(PBMC, datasets=kept),)


def only_version(collections: tuple[CollectionSpec, ...]) -> str:
    (spec,) = collections[0].datasets
    return spec.version_id(spec.newest)


def test_the_big_file_is_mostly_a_hole(tmp_path: Path) -> None:
    collections = few("pbmc68k/big")
    directory = tmp_path / "files"
    prepare(directory, big=False, collections=collections)
    assert records(directory, collections=collections) == {}
    prepare(directory, big=True, collections=collections)
    record = records(directory, collections=collections)[only_version(collections)]
    assert records(directory, big=False, collections=collections) == {}
    path = directory / record.assets[0].name
    assert record.assets[0].size == path.stat().st_size > 10**9
    assert path.stat().st_blocks * 512 < 10**8
    assert record.assets[0].etag.endswith(f'-{-(-path.stat().st_size // (8 << 20))}"')
    with h5py.File(path) as file:
        # All but the zeros is loaded; those are laid out as the embedding beside them is.
        assert read_elem(file["X"]).shape == (14_000, 738)
        assert len(read_elem(file["obs"])) == record.measured["cell_count"] == 14_000
        assert sorted(file["obsm"]) == record.measured["embeddings"]
        zeros, pca = file["obsm/X_zeros"], file["obsm/X_pca"]
        assert dict(zeros.attrs) == dict(pca.attrs)
        assert (zeros.shape, zeros.dtype) == ((14_000, 19_600), pca.dtype)
        assert not zeros[13_999].any()


def test_files_of_another_version_are_replaced(tmp_path: Path) -> None:
    directory = tmp_path / "files"
    directory.mkdir()
    (directory / "stamp").write_text("of long ago")
    (directory / "old.h5ad").write_text("old")
    collections = few("pbmc68k/nk")
    prepare(directory, big=False, collections=collections)
    assert (directory / "stamp").read_text() == stamp()
    assert not (directory / "old.h5ad").exists()
    assert list(records(directory, collections=collections)) == [only_version(collections)]
    assert [path.name for path in tmp_path.iterdir()] == ["files"]


def test_two_may_make_the_files_at_once(tmp_path: Path) -> None:
    collections = few("pbmc68k/nk")
    directory = tmp_path / "files"
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as both:
        made = [both.submit(prepare, directory, big=False, collections=collections) for _ in "ab"]
    assert [one.result() for one in made] == [None, None]
    assert list(records(directory, collections=collections)) == [only_version(collections)]
    assert [path.name for path in tmp_path.iterdir()] == ["files"]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbmc, "find_spec", lambda _: None)
    with pytest.raises(MissingPackageError, match=r"scanpy.*pip install"):
        prepare(tmp_path / "files", big=False)
    assert not (tmp_path / "files").exists()


def test_an_r_character_vector_is_what_r_writes() -> None:
    # c("A-1", "BC") as R Internals 1.8 writes it, without the gzip around it.
    assert gzip.decompress(rds.character_vector(["A-1", "BC"])) == bytes.fromhex(
        "580a00000002000403000002030000000010000000020004000900000003412d3100040009000000024243"
    )


def test_the_records_are_plain_json(demo_data: Path) -> None:
    for path in (demo_data / "records").iterdir():
        record = json.loads(path.read_text("utf-8"))
        assert record["id"] == path.stem
        assert record["assets"][0]["type"] == "H5AD"
