"""A zip of samples and a MuData, made of the demo's cells: files of several things to load."""

from __future__ import annotations

import gzip
import io
import zipfile
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import h5py

ARCHIVE = "bundles/pbmc-samples.zip"
MUDATA = "bundles/pbmc-cite.h5mu"

MATRIX = "sample-2/matrix.mtx.gz"
CELLS = "sample-1/cells.h5ad"
MODALITIES = ("rna", "prot")

PROTEINS = ("CD3", "CD4", "CD8a", "CD14", "CD16", "CD19", "CD25", "CD45RA", "CD56", "HLA-DR")

_WHEN = (2024, 3, 5, 9, 30, 0)
_README = b"Sample 1 is one file; sample 2 are three, as Cell Ranger writes them.\n"


@cache
def contents(demo_files: Path) -> dict[str, bytes]:
    """Return the files by their keys.

    Parameters
    ----------
    demo_files
        The demo's data directory, whose smallest ``.h5ad`` the cells are taken from.
    """
    import h5py

    smallest = min(sorted(demo_files.glob("*.h5ad")), key=lambda path: path.stat().st_size)
    with h5py.File(smallest) as cells:
        members = {CELLS: smallest.read_bytes(), **_tenx("sample-2/", cells)}
        members |= {"README.txt": _README, "figures/umap.png": b"\x89PNG\r\n\x1a\n"}
        return {ARCHIVE: _zipped(members), MUDATA: _mudata(cells)}


def _zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content)
    return made.getvalue()


def _tenx(folder: str, cells: h5py.File) -> dict[str, bytes]:
    """Return the three files of a matrix of whole numbers."""
    import numpy as np

    matrix = cells["X"]
    indptr, genes = matrix["indptr"][()], matrix["indices"][()]
    counts = np.ceil(matrix["data"][()]).astype(int)
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    names, ids = _names(cells["var"]), _index(cells["var"])
    barcodes = _index(cells["obs"])
    head = "%%MatrixMarket matrix coordinate integer general\n"
    head += f"{len(ids)} {len(barcodes)} {len(genes)}\n"
    lines = (
        f"{gene + 1} {row + 1} {count}\n"
        for gene, row, count in zip(genes.tolist(), rows.tolist(), counts.tolist(), strict=True)
    )
    features = (f"{i}\t{n}\tGene Expression\n" for i, n in zip(ids, names, strict=True))
    texts = {
        "matrix.mtx.gz": head + "".join(lines),
        "features.tsv.gz": "".join(features),
        "barcodes.tsv.gz": "".join(f"{one}\n" for one in barcodes),
    }
    packed = {name: gzip.compress(text.encode(), mtime=0) for name, text in texts.items()}
    return {f"{folder}{name}": content for name, content in packed.items()}


def _mudata(cells: h5py.File) -> bytes:
    """Return a MuData of the cells and of made-up values of some proteins."""
    import h5py
    import numpy as np

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.attrs.update({"encoding-type": "MuData", "encoding-version": "0.1.0"})
        mods = file.create_group("mod")
        mods.attrs["mod-order"] = list(MODALITIES)
        rna, prot = (mods.create_group(name) for name in MODALITIES)
        for group in (rna, prot):
            group.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        for key in cells:
            cells.copy(cells[key], rna, name=key)
        cells.copy(cells["obs"], prot, name="obs")
        shape = (len(_index(cells["obs"])), len(PROTEINS))
        values = np.random.default_rng(68).poisson(20, shape).astype("f4")
        prot.create_dataset("X", data=values)
        prot["X"].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        var = prot.create_group("var")
        var.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0"})
        var.attrs["_index"] = "_index"
        var.attrs.create("column-order", [], dtype=h5py.string_dtype())
        var.create_dataset("_index", data=list(PROTEINS), dtype=h5py.string_dtype())
        var["_index"].attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})
        for axis in ("obs", "var"):
            frame = file.create_group(axis)
            frame.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0"})
            frame.attrs["_index"] = "_index"
            frame.attrs.create("column-order", [], dtype=h5py.string_dtype())
        cells.copy(cells["obs/_index"], file["obs"], name="_index")
        cells.copy(cells["var/_index"], file["var"], name="_index")
    return content.getvalue()


def _index(frame: h5py.Group) -> list[str]:
    return _texts(frame[frame.attrs["_index"]])


def _texts(held: h5py.Group | h5py.Dataset) -> list[str]:
    """Return texts, beside which newer versions of anndata keep which of them are missing."""
    import h5py

    values = held if isinstance(held, h5py.Dataset) else held["values"]
    return [one.decode() for one in values[()]]


def _names(var: h5py.Group) -> list[str]:
    """Return the symbols of genes, which are kept as categories where they repeat."""
    import h5py

    named = var["feature_name"]
    if isinstance(named, h5py.Dataset) or "values" in named:
        return _texts(named)
    categories = _texts(named["categories"])
    return [categories[code] for code in named["codes"][()]]
