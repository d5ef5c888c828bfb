"""AnnData in Zarr: both forms, sharded or not, in a folder and in a bucket, and made to do harm."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anndata as ad
import numpy as np
import pandas as pd
import pytest
import zarr
from scipy import sparse

from jupyterlab_datahub.demo.s3.contents import OPEN, PAID
from jupyterlab_datahub.demo.s3.demo_store import DemoStore
from jupyterlab_datahub.errors import DataHubError, NotSupportedError, UnreadableError
from jupyterlab_datahub.model import Asset, Download, Preview
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.previews import run
from jupyterlab_datahub.previews.job import Job, Stored, What
from jupyterlab_datahub.previews.zarr_store import CheckedStore
from jupyterlab_datahub.ranged.child import raised
from jupyterlab_datahub.ranged.folder import LocalFolder
from jupyterlab_datahub.ranged.kept import State
from jupyterlab_datahub.settings import Settings, SourceConfig
from tests.previews.looking import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CELLS, GENES = 60, 40
FORMS = ("v2", "v3", "sharded", "bare")


@pytest.fixture(scope="module")
def data() -> ad.AnnData:
    dice = np.random.default_rng(0)
    counts = sparse.random(CELLS, GENES, 0.3, "csr", random_state=0)
    counts.data = np.ceil(counts.data * 9).astype("f4")
    obs = pd.DataFrame(
        {
            "cell_type": pd.Categorical(dice.choice(["B", "T"], CELLS)),
            "n": np.arange(CELLS, dtype="i8"),
            "flag": np.arange(CELLS) % 2 == 0,
        },
        index=[f"cell{n}" for n in range(CELLS)],
    )
    var = pd.DataFrame({"symbol": [f"S{n}" for n in range(GENES)]})
    var.index = [f"ENSG{n:011}" for n in range(GENES)]
    made = ad.AnnData(np.log1p(counts).toarray(), obs=obs, var=var)
    made.layers["counts"] = counts
    made.raw = ad.AnnData(counts, obs=obs, var=var)
    made.obsm["X_pca"] = dice.normal(size=(CELLS, 5)).astype("f4")
    made.obsm["X_umap"] = np.arange(CELLS * 2, dtype="f4").reshape(CELLS, 2)
    made.uns["title"] = "Some cells"
    made.uns["cell_type_colors"] = np.array(["#ff0000", "#00ff00"], dtype=object)
    return made


def write(data: ad.AnnData, path: Path, form: str) -> None:
    """Write a store of a form."""
    version: Literal[2, 3] = 2 if form == "v2" else 3
    group = zarr.open_group(str(path), mode="w", zarr_format=version)
    with warnings.catch_warnings():
        # Which shards anndata makes by default is no matter here.
        warnings.simplefilter("ignore")
        ad.io.write_elem(group, "/", data)
        if form == "sharded":
            told = dict(group["X"].attrs)
            made = group.create_array(
                "X",
                shape=(CELLS, GENES),
                chunks=(10, 10),
                shards=(30, 20),
                dtype="f4",
                overwrite=True,
            )
            made[:] = data.X
            made.attrs.update(told)
        if form != "bare":
            zarr.consolidate_metadata(str(path))


@pytest.fixture(scope="module")
def stores(data: ad.AnnData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a store of each form; treat it as read-only."""
    made = tmp_path_factory.mktemp("stores")
    for form in FORMS:
        write(data, made / f"{form}.zarr", form)
    return made


def done(job: Job) -> State:
    """Do a job and return what was kept, or raise its error."""
    found = run.answered(job)
    if found.error is not None:
        raise raised(found.error)
    return State(Path(job.directory) / found.key)


def here(path: Path, tmp_path: Path, **more: Any) -> Job:
    """Return a look at a folder of this machine."""
    config = SourceConfig(name="folder", kind="folder")
    download = Download(path=str(path))
    return Job(
        ref="a",
        name=path.name,
        download=download,
        config=config,
        directory=str(tmp_path / "kept"),
        **more,
    )


def facts(job: Job) -> Preview:
    content = done(job).get("facts.json")
    assert content is not None
    return from_json(content, Preview)


@pytest.mark.parametrize("form", FORMS)
def test_it_says_what_a_file_of_hdf5_says(stores: Path, tmp_path: Path, form: str) -> None:
    job = here(stores / f"{form}.zarr", tmp_path)
    found = facts(job)
    assert (found.format, found.shape, found.local) == ("zarr", (CELLS, GENES), True)
    assert found.x is not None
    assert (found.x.encoding, found.x.integers) == ("dense", False)
    assert found.raw is not None
    assert (found.raw.encoding, found.raw_counts) == ("csr", "raw.X")
    assert [layer.name for layer in found.layers] == ["layers/counts"]
    assert {array.name for array in found.obsm} == {"X_umap", "X_pca"}
    columns = {column.name: column for column in found.obs}
    assert sum(top.count for top in columns["cell_type"].top) == CELLS
    assert (columns["n"].low, columns["n"].high) == (0, CELLS - 1)
    assert (found.var.names, found.var.symbols_in, found.title) == (
        "ensembl",
        "symbol",
        "Some cells",
    )
    assert found.picture.embedding == "X_umap"
    packed = done(here(stores / f"{form}.zarr", tmp_path, what=What.POINTS)).get("points-")
    assert packed is not None
    header, axes = unpack(packed)
    assert (header["points"], axes["x"][0], axes["x"][-1]) == (CELLS, 0, 65534)
    state = done(here(stores / f"{form}.zarr", tmp_path, what=What.COLOURS, argument="cell_type"))
    packed = state.get("colours-cell_type")
    assert packed is not None
    header, codes = unpack(packed)
    assert len(codes["codes"]) == CELLS
    assert header["categories"] == ["B", "T"]


@pytest.fixture(scope="module")
def bucket(
    stores: Path, demo_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoStore]:
    """Return a running object store with two forms in two of its buckets."""
    running = DemoStore(demo_data, tmp_path_factory.mktemp("store"))
    running.start()
    for path in stores.rglob("*"):
        key = path.relative_to(stores).as_posix()
        if path.is_file() and key.startswith(("sharded", "bare")):
            for name in (OPEN, PAID):
                running.api.buckets.put(name, key, path.read_bytes())
    try:
        yield running
    finally:
        running.stop()


def there(store: DemoStore, tmp_path: Path, ref: str) -> Job:
    """Return a look at a folder in a bucket."""
    service = store.service
    options = {
        "buckets": [OPEN, PAID],
        "profile": service["profile"],
        "credentials_file": service["credentials"],
    }
    config = SourceConfig(name="s3", kind="s3", url=store.api.url, options=options)
    settings = Settings(home=str(tmp_path), root=str(tmp_path), sources=(config,))
    asset = Asset(ref=ref, name=ref.rpartition("/")[2], format="zarr")
    return Job(
        ref=ref,
        name=asset.name,
        download=Download(),
        config=config,
        directory=str(tmp_path / "kept"),
        stored=Stored(settings=settings, asset=asset),
    )


@pytest.mark.parametrize("form", ["sharded", "bare"])
def test_a_store_in_a_bucket(bucket: DemoStore, stores: Path, tmp_path: Path, form: str) -> None:
    bucket.api.requests.clear()
    found = facts(there(bucket, tmp_path, f"s3://{OPEN}/{form}.zarr"))
    assert (found.shape, found.raw_counts) == ((CELLS, GENES), "raw.X")
    assert found.picture.embedding == "X_umap"
    sent = [one for one in bucket.api.requests if one.status in (200, 206) and one.method == "GET"]
    assert found.bytes_fetched == sum(one.sent for one in sent)
    assert any("no consolidated metadata" in note for note in found.notes) == (form == "bare")
    again = facts(there(bucket, tmp_path, f"s3://{OPEN}/{form}.zarr"))
    assert again == found


def test_a_store_that_somebody_pays_for_is_refused_before_it_costs_anything(
    bucket: DemoStore, tmp_path: Path
) -> None:
    with pytest.raises(NotSupportedError, match="pays"):
        done(there(bucket, tmp_path, f"s3://{PAID}/sharded.zarr"))
    assert not any(bucket.api.charged.values())


def metadata(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what an array says of itself."""
    told = json.loads(path.read_text("utf-8"))
    change(told)
    path.write_text(json.dumps(told), "utf-8")


def refused(path: Path, tmp_path: Path) -> DataHubError:
    with pytest.raises(DataHubError) as caught:
        done(here(path, tmp_path))
    return caught.value


@pytest.fixture
def copy(stores: Path, tmp_path: Path) -> Path:
    """Return a store to spoil."""
    made = tmp_path / "spoilt.zarr"
    shutil.copytree(stores / "bare.zarr", made)
    return made


def test_what_is_no_store_or_no_anndata(tmp_path: Path) -> None:
    (tmp_path / "empty.zarr").mkdir()
    assert "no Zarr" in refused(tmp_path / "empty.zarr", tmp_path).message
    zarr.open_group(str(tmp_path / "plain.zarr"), mode="w", zarr_format=3)
    assert "no AnnData" in refused(tmp_path / "plain.zarr", tmp_path).message
    (tmp_path / "cut.zarr").mkdir()
    (tmp_path / "cut.zarr" / "zarr.json").write_text('{"zarr_format": 3, "node_')
    assert isinstance(refused(tmp_path / "cut.zarr", tmp_path), UnreadableError)


def test_parts_that_are_missing_are_named(copy: Path, tmp_path: Path) -> None:
    shutil.rmtree(copy / "obs" / "cell_type" / "categories")
    shutil.rmtree(copy / "layers" / "counts" / "indices")
    found = facts(here(copy, tmp_path))
    columns = {column.name: column for column in found.obs}
    assert columns["cell_type"].note == "its categories are missing"
    assert any("layers/counts lacks a part" in note for note in found.notes)
    shutil.rmtree(copy / "obs")
    assert "no AnnData" in refused(copy, tmp_path).message


def test_a_chunk_that_is_damaged_leaves_the_rest(copy: Path, tmp_path: Path) -> None:
    for chunk in (copy / "obs" / "n" / "c").rglob("*"):
        if chunk.is_file():
            chunk.write_bytes(b"\x00\x01")
    found = facts(here(copy, tmp_path))
    columns = {column.name: column for column in found.obs}
    assert columns["n"].note
    assert columns["cell_type"].looked_at


def test_huge_shapes_take_no_memory(copy: Path, tmp_path: Path) -> None:
    def grow(told: dict[str, Any]) -> None:
        told["shape"] = [10**12]
        told["chunk_grid"]["configuration"]["chunk_shape"] = [10**12]

    metadata(copy / "obs" / "n" / "zarr.json", grow)
    found = facts(here(copy, tmp_path))
    assert next(column for column in found.obs if column.name == "n").note


def test_a_codec_that_runs_what_it_is_given_is_not_used(stores: Path, tmp_path: Path) -> None:
    made = tmp_path / "pickle.zarr"
    shutil.copytree(stores / "v2.zarr", made)
    (made / ".zmetadata").unlink()
    metadata(
        made / "obs" / "n" / ".zarray",
        lambda told: told.update(filters=[{"id": "pickle", "protocol": 4}], dtype="|O"),
    )
    with pytest.raises(DataHubError):
        done(here(made, tmp_path, what=What.COLOURS, argument="n"))
    checked = CheckedStore(LocalFolder(made))
    with pytest.raises(UnreadableError, match="codec"):
        zarr.open_group(checked, mode="r", use_consolidated=False)["obs/n"]


def test_links_and_paths_that_lead_out_are_not_followed(copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    shutil.copytree(copy / "obs" / "n", secret)
    shutil.rmtree(copy / "obs" / "n")
    (copy / "obs" / "n").symlink_to(secret)
    metadata(
        copy / "obs" / "zarr.json",
        lambda told: told["attributes"].update({"column-order": ["n", "../../secret", "flag"]}),
    )
    error = refused(copy, tmp_path)
    assert "leads out of the folder" in error.message


def test_arrays_with_named_parts_as_anndata_06_wrote_them(tmp_path: Path) -> None:
    obs = np.array([(b"a", 1), (b"b", 2)], [("index", "S2"), ("n", "<i4")])
    obsm = np.array([((0, 1),), ((2, 3),)], [("X_umap", "<f4", (2,))])
    root = tmp_path / "old.zarr"
    zarr.open_group(str(root), mode="w", zarr_format=2)
    for name, values in {"obs": obs, "var": obs, "obsm": obsm}.items():
        (root / name).mkdir()
        told = {
            "zarr_format": 2,
            "shape": [2],
            "chunks": [2],
            "dtype": [list(field) for field in values.dtype.descr],
            "compressor": None,
            "fill_value": None,
            "filters": None,
            "order": "C",
        }
        (root / name / ".zarray").write_text(json.dumps(told), "utf-8")
        (root / name / "0").write_bytes(values.tobytes())
    found = facts(here(root, tmp_path))
    assert (found.shape, [column.name for column in found.obs]) == ((2, 2), ["n"])
    assert found.notes[0] == "/obsm is of a kind that zarr does not read"


@pytest.mark.parametrize("part", ["obs", "var", "X", "uns", "obsm"])
def test_parts_of_another_kind_than_they_should_be(copy: Path, tmp_path: Path, part: str) -> None:
    shutil.rmtree(copy / part)
    group = zarr.open_group(str(copy), mode="r+")
    array = group.create_array(part, shape=(3, 3, 3), chunks=(3, 3, 3), dtype="i4")
    array[:] = 1
    if part in ("obs", "var"):
        assert isinstance(refused(copy, tmp_path), UnreadableError)
    else:
        assert facts(here(copy, tmp_path)).shape == (CELLS, GENES)
