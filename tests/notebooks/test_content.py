"""What files hold, and cells that read it in a real kernel."""

from __future__ import annotations

import ast
import gzip
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anndata as ad
import h5py
import msgspec
import numpy as np
import pytest

from jupyterlab_datahub.demo.faults import Faults
from jupyterlab_datahub.demo.ranges import FileHost
from jupyterlab_datahub.demo.spatial import pyramid
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Asset, CellReply, CellRequest
from jupyterlab_datahub.notebooks.content import content_of
from jupyterlab_datahub.notebooks.handoff import hand_off
from jupyterlab_datahub.sources.contents import PATH, Content, Form
from tests.notebooks.conftest import Kernel, dataset_of
from tests.sources import endless_texts

if TYPE_CHECKING:
    from pathlib import Path

GENES = ["GENE1", "GENE2", "GENE3"]
CELLS = ["AAAC-1", "CCCG-1"]
SHOWN = "AnnData object with n_obs × n_vars = 2 × 3"


def asset(name: str, kind: str = "") -> Asset:
    return Asset(ref="openbis:host/1-1/x", name=name, format=kind)


def write_h5(path: Path, group: str, features: str) -> Path:
    """Write 2 cells and 3 genes as Cell Ranger does, since version 3 or before it."""
    with h5py.File(path, "w") as file:
        matrix = file.create_group(group)
        matrix["barcodes"] = np.array(CELLS, dtype="S")
        matrix["data"] = np.array([1, 2, 3], dtype="i4")
        matrix["indices"] = np.array([0, 1, 2])
        matrix["indptr"] = np.array([0, 2, 3])
        matrix["shape"] = np.array([3, 2], dtype="i4")
        names = np.array(GENES, dtype="S")
        if features == "genes":
            matrix["genes"] = names
            matrix["gene_names"] = names
            return path
        described = matrix.create_group("features")
        described["id"] = described["name"] = names
        kinds = ["Gene Expression", "Gene Expression", "Antibody Capture"]
        described["feature_type"] = np.array(kinds, dtype="S")
        described["genome"] = np.array(["GRCh38"] * 3, dtype="S")
    return path


def write_mtx(folder: Path, *, prefix: str = "", old: bool = False) -> None:
    """Write the same as three text files: compressed since version 3, plain before it."""
    folder.mkdir(parents=True, exist_ok=True)
    matrix = "%%MatrixMarket matrix coordinate integer general\n3 2 3\n1 1 1\n2 1 2\n3 2 3\n"
    columns = ("\n",) if old else ("\tGene Expression\n",) * 2 + ("\tAntibody Capture\n",)
    lines = [f"{g}\t{g}{columns[i % len(columns)]}" for i, g in enumerate(GENES)]
    files = {
        "matrix.mtx": matrix,
        "barcodes.tsv": "".join(f"{cell}\n" for cell in CELLS),
        "genes.tsv" if old else "features.tsv": "".join(lines),
    }
    for name, text in files.items():
        if old:
            (folder / f"{prefix}{name}").write_text(text)
        else:
            (folder / f"{prefix}{name}.gz").write_bytes(gzip.compress(text.encode()))


@pytest.mark.parametrize(
    ("name", "kind", "form"),
    [
        ("a.h5ad", "", Form.H5AD),
        ("A.H5AD", "", Form.H5AD),
        ("a", "h5ad", Form.H5AD),
        ("a.loom", "", Form.LOOM),
        ("a.h5mu", "", Form.H5MU),
        ("a.csv", "", Form.CSV),
        ("a.csv.gz", "", Form.CSV),
        ("a.tsv", "", Form.TSV),
        ("unmicst-a_cell.csv", "", Form.MCMICRO),
        ("a--unmicst_nucleiRing.csv.zip", "csv", Form.MCMICRO),
        ("single_cell.csv", "", Form.CSV),
        ("t-cell.csv", "", Form.CSV),
        ("raw_feature_bc_matrix.h5", "", Form.TENX_H5),
        ("sample1_filtered_gene_bc_matrices_h5.h5", "", Form.TENX_H5),
        ("a.h5", "", Form.PATH),
        ("filtered_feature_bc_matrix.tar.gz", "", Form.PATH),
        ("a.mtx.gz", "", Form.PATH),
        ("a.csv.h5ad.zip", "", Form.PATH),
        ("", "", Form.PATH),
    ],
)
def test_a_name_tells_the_form(name: str, kind: str, form: Form) -> None:
    assert content_of(asset(name, kind)).form is form


def test_a_look_inside_tells_what_an_h5_file_is(tmp_path: Path) -> None:
    new = write_h5(tmp_path / "new.h5", "matrix", "features")
    old = write_h5(tmp_path / "old.h5", "GRCh38", "genes")
    other = tmp_path / "raw_feature_bc_matrix.h5"
    with h5py.File(other, "w") as file:
        file["matrix"] = [1]
    broken = tmp_path / "broken.h5"
    broken.write_bytes(b"no HDF5")
    forms = [content_of(asset(path.name), path).form for path in (new, old, other, broken)]
    assert forms == [Form.TENX_H5, Form.TENX_H5, Form.PATH, Form.PATH]


def test_a_folder_with_one_matrix_is_that_matrix(tmp_path: Path) -> None:
    write_mtx(tmp_path / "original" / "filtered", prefix="GSM1_")
    (tmp_path / "original" / "readme.txt").touch()
    assert content_of(asset("d", "folder"), tmp_path) == Content(
        form=Form.TENX_MTX, below="original/filtered", prefix="GSM1_"
    )


def test_a_plain_matrix_of_version_3_says_so(tmp_path: Path) -> None:
    for name in ("matrix.mtx", "barcodes.tsv", "features.tsv"):
        (tmp_path / name).touch()
    assert content_of(asset("d", "folder"), tmp_path) == Content(
        form=Form.TENX_MTX, compressed=False
    )


def test_folders_with_two_matrices_or_none_are_paths(tmp_path: Path) -> None:
    assert content_of(asset("d", "folder"), tmp_path) == PATH
    write_mtx(tmp_path / "raw")
    write_mtx(tmp_path / "filtered")
    assert content_of(asset("d", "folder"), tmp_path) == PATH
    (tmp_path / "raw" / "barcodes.tsv.gz").unlink()
    assert content_of(asset("d", "folder"), tmp_path).below == "filtered"
    assert content_of(asset("d", "folder"), None) == PATH


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    write_mtx(tmp_path / "elsewhere")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "elsewhere")
    assert content_of(asset("d", "folder"), tmp_path / "folder") == PATH


def loaded(kernel: Kernel, path: Path, **changes: Any) -> str:
    """Run the cell for a file or folder and return the first line it showed."""
    dataset, plain = dataset_of("Lung", path if path.is_file() else file_of(path))
    named = msgspec.structs.replace(plain, name=path.name, **changes)
    cell = hand_off(CellRequest(ref=named.ref), dataset, named, None, str(path), path)
    ran = kernel.run(cell.code)
    assert ran.error == "", ran.error
    return ran.results[-1].splitlines()[0]


def file_of(folder: Path) -> Path:
    return next(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("group", "features"), [("matrix", "features"), ("GRCh38", "genes")])
def test_a_10x_h5_file_is_an_anndata(
    kernel: Kernel, tmp_path: Path, group: str, features: str
) -> None:
    path = write_h5(tmp_path / 'it\'s "10x".h5', group, features)
    assert loaded(kernel, path) == SHOWN
    assert kernel.run("list(lung.obs_names)").results == [repr(CELLS)]


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("prefix", ["", "it's_"])
def test_a_10x_folder_is_an_anndata(
    kernel: Kernel, tmp_path: Path, prefix: str, *, old: bool
) -> None:
    folder = tmp_path / "data set"
    write_mtx(folder / "original" / "GRCh38", prefix=prefix, old=old)
    assert loaded(kernel, folder, format="folder") == SHOWN
    assert kernel.run("list(lung.var_names)").results == [repr(GENES)]


@pytest.mark.parametrize(
    ("name", "separator"), [("a.csv", ","), ("a.tsv", "\t"), ("a.csv.gz", ","), ("a.TSV", "\t")]
)
def test_a_table_is_an_anndata_with_its_text_in_obs(
    kernel: Kernel, tmp_path: Path, name: str, separator: str
) -> None:
    lines = (["cell", "A", "B", "C", "type"], [1, 1, 0, 2.5, "T"], [2, 0, 3, 1, "B"])
    table = "".join(separator.join(map(str, line)) + "\n" for line in lines).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(table) if name.endswith(".gz") else table)
    assert loaded(kernel, path) == SHOWN
    shown = kernel.run("lung.obs['type'].tolist(), lung.X.tolist(), list(lung.obs_names)").results
    assert shown == ["(['T', 'B'], [[1.0, 0.0, 2.5], [0.0, 3.0, 1.0]], ['1', '2'])"]


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ","), ("files.tsv", "\t")])
def test_a_table_that_a_catalog_makes_is_a_data_frame(
    kernel: Kernel, tmp_path: Path, name: str, separator: str
) -> None:
    lines = (["file_uuid", "file name", "size"], ["0c5a", "R1.fastq.gz", 7], ["0c5b", "", 8])
    path = tmp_path / name
    path.write_text("".join(separator.join(map(str, line)) + "\n" for line in lines))
    loaded(kernel, path, volatile=True)
    shown = kernel.run("type(lung).__name__, list(lung.columns), lung['size'].tolist()").results
    assert shown == ["('DataFrame', ['file_uuid', 'file name', 'size'], [7, 8])"]


@pytest.mark.parametrize(("name", "reader"), [("a.csv", "read.csv"), ("a.tsv", "read.delim")])
def test_r_reads_such_a_table_too(tmp_path: Path, name: str, reader: str) -> None:
    path = tmp_path / name
    path.touch()
    dataset, plain = dataset_of("Lung", path)
    made = msgspec.structs.replace(plain, name=name, volatile=True)
    request = CellRequest(ref=made.ref, language="R")
    code = hand_off(request, dataset, made, None, "it's/a", path).code
    assert f'lung <- {reader}("it\'s/a", check.names = FALSE)' in code


def test_any_other_folder_is_a_path(kernel: Kernel, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "a.tif").touch()
    assert loaded(kernel, folder, format="folder") == f"PosixPath({str(folder)!r})"


def test_levels_of_an_image_are_arrays_of_which_nothing_is_read(
    kernel: Kernel, h5ad: Path, tmp_path: Path
) -> None:
    path = tmp_path / "it's one.ome.tif"
    pixels = np.arange(128 * 128, dtype=np.uint16).reshape(1, 128, 128)
    pyramid.write(path, ["DNA"], [pixels[0]], pixel_um=1, levels=2)
    dataset, asset = dataset_of("Tonsil", h5ad)
    asset = msgspec.structs.replace(asset, name=path.name, format="ome.tif")
    plain = hand_off(CellRequest(ref=asset.ref), dataset, asset, None, str(path), path)
    assert "Path(" in plain.code
    assert plain.layers == ()
    asked = CellRequest(ref=asset.ref, layer="zarr")
    cell = hand_off(asked, dataset, asset, None, str(path), path)
    assert cell.input is not None
    assert cell.input.selection == ""
    shown = "[(level.shape, int(level[3, 5])) for level in tonsil]"
    ran = kernel.run(f"{cell.code}\n{shown}")
    assert ran.error == ""
    assert ran.results[-1].startswith(f"[((128, 128), {pixels[0, 3, 5]}), ((64, 64), ")
    lazy = hand_off(CellRequest(ref=asset.ref, layer="dask"), dataset, asset, None, str(path), path)
    ast.parse(lazy.code)
    assert lazy.code.count("da.from_zarr(") == 1
    alone = CellRequest(ref=asset.ref, layer="dask", level=1)
    one = hand_off(alone, dataset, asset, None, str(path), path)
    assert one.input is not None
    assert one.input.selection == "level 1"
    assert kernel.run(f"{one.code}\ntonsil.shape").results == ["(64, 64)"]
    for wrong in ({"layer": ""}, {"layer": "vitessce"}, {"level": -1}, {"language": "R"}):
        request = msgspec.structs.replace(alone, **wrong)
        with pytest.raises(BadRequestError, match="level"):
            hand_off(request, dataset, asset, None, str(path), path)


def test_levels_of_an_image_are_opened_by_a_kernel_that_fetches_it(
    kernel: Kernel, h5ad: Path, tmp_path: Path
) -> None:
    path = tmp_path / "far.ome.tif"
    pixels = np.arange(128 * 128, dtype=np.uint16).reshape(128, 128)
    pyramid.write(path, ["DNA"], [pixels], pixel_um=1, levels=2)
    dataset, asset = dataset_of("Tonsil", h5ad)
    with FileHost(tmp_path, faults=Faults()) as host:
        url = f"{host.url}/{path.name}"
        asset = msgspec.structs.replace(
            asset, name=path.name, format="", url=url, size=None, checksums={}
        )
        for level, shown in ((None, "[level.shape for level in tonsil]"), (1, "[tonsil.shape]")):
            wish = CellRequest(ref=asset.ref, layer="zarr", level=level, path_visible=False)
            cell = hand_off(wish, dataset, asset, None, str(tmp_path / "here.ome.tif"))
            ran = kernel.run(f"{cell.code}\n{shown}")
            levels = [(128, 128), (64, 64)]
            assert ran.results == [str(levels if level is None else levels[level:])], ran.error


def test_an_h5mu_is_an_anndata_for_each_modality(kernel: Kernel, tmp_path: Path) -> None:
    file = tmp_path / "cells.h5mu"
    with h5py.File(file, "w") as opened:
        modalities = opened.create_group("mod")
        for name, cells in (("rna", 3), ("prot ein", 2)):
            ad.io.write_elem(modalities, name, ad.AnnData(np.ones((cells, 4), "f4")))
    dataset, asset = dataset_of("Lung", file)
    asset = msgspec.structs.replace(asset, name="cells.h5mu", format="h5mu")

    def cell(language: str = "python", layer: str = "") -> CellReply:
        wish = CellRequest(ref=asset.ref, language=language, variable="lung", layer=layer)
        return hand_off(wish, dataset, asset, None, str(file), file)

    reply = cell()
    assert reply.layers == ()
    assert kernel.run(reply.code).error == "", reply.code
    assert kernel.run("{name: one.n_obs for name, one in lung.items()}").results == [
        "{'prot ein': 2, 'rna': 3}"
    ]
    one = cell(layer="prot ein")
    assert one.input is not None
    assert one.input.selection == "modality prot ein"
    assert kernel.run(one.code).error == "", one.code
    assert kernel.run("lung.shape").results == ["(2, 4)"]
    assert "lung = readh5mu(" in cell("julia").code
    with pytest.raises(BadRequestError, match="there is no layer 'atac'"):
        cell(layer="atac")


# A process, as HDF5 itself does not come back from what it must not be given.
ENDLESS = """\
import sys
from pathlib import Path
from jupyterlab_datahub.notebooks import content
file = Path(sys.argv[1])
print(content.layers_of(file), content.is_by_genes(file), content.note_of(file) or "no note")
"""


def test_texts_without_an_end_tell_nothing(tmp_path: Path) -> None:
    file = tmp_path / "cells.h5ad"
    data = ad.AnnData(np.eye(2, dtype="f4"), layers={"counts": np.eye(2)})
    data.uns["datahub"] = {"note": "Some words."}
    data.write_h5ad(file)
    assert told_of(file) == "('counts',) False Some words."
    endless_texts.spoil(file)
    assert told_of(file) == "('counts',) False no note"


def told_of(file: Path) -> str:
    command = [sys.executable, "-c", ENDLESS, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()
