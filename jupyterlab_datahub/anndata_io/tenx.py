"""Matrices by 10x Genomics as h5ad: three files of text in a folder or archive, or one HDF5.

The layouts are those of Cell Ranger's documentation ("Feature-barcode matrices"), since version 3
with features of several types and before it with genes alone.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.anndata_io import h5ad, loom, mtx, outputs, own_values, spatial
from jupyterlab_datahub.anndata_io.members import Members
from jupyterlab_datahub.anndata_io.mtx import CountsError, damaged
from jupyterlab_datahub.anndata_io.strips import Slab
from jupyterlab_datahub.sources.contents import ROLES, Content, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import h5py
    from numpy.typing import NDArray

    Tell = Callable[[float], None]

STEP = 1 << 21
"""Values of an HDF5 file that are copied at once."""

_HINT = "Its layout must be that of Cell Ranger; read it with a reader of your choice."
_KINDS = ("matrix", "barcodes", "features", "genes")
_FEATURES = ("gene_ids", "", "feature_types")


def write_archive(
    source: Path, name: str, target: h5py.File, tell: Tell, *, ordered: bool, packed: bool
) -> tuple[int, int, int]:
    """Write the one matrix of a folder or archive; return cells, features and values.

    Parameters
    ----------
    ordered
        Whether it is taken for granted that the cells follow each other.
    packed
        Whether the matrix is compressed.

    Raises
    ------
    UnorderedError
        If that is not so; `target` is to be begun anew.
    CountsError
        If there is no such matrix, or several, or it is damaged.
    """
    members = Members(source, name)
    every = members.names()
    names, size = outputs.in_one_bin(every)
    if inner := outputs.matrix_in(names):
        sizes = _write_inner(members, inner, names, name, target, tell, packed=packed)
        _say_bins(target, size, every)
        return sizes
    # Three files that were put together are one matrix, whichever of them are packed.
    alone = len(names) == len(ROLES) and {one.removesuffix(".gz") for one in names} == set(ROLES)
    found = Content(form=Form.TENX_MTX) if alone else outputs.files_among(names)
    if found.form is not Form.TENX_MTX:
        raise CountsError(
            f"{name} does not hold one matrix by 10x Genomics: there must be one matrix.mtx with"
            " its barcodes.tsv and features.tsv",
            hint="Where there are several, take out the one you want and load that.",
        )
    start = f"{found.below}/{found.prefix}" if found.below else found.prefix
    paths = {one: path for path in names for one in _KINDS if path in _spelled(start, one)}
    features = members.lines(paths.get("features") or paths["genes"])
    barcodes = [line.split("\t")[0] for line in members.lines(paths["barcodes"])]
    with members.opened(paths["matrix"]) as stream:
        said = mtx.head(stream, name)
        if (said.features, said.cells) != (len(features), len(barcodes)):
            raise damaged(
                name,
                f"the matrix is {said.features:,} by {said.cells:,}, and there are"
                f" {len(features):,} features and {len(barcodes):,} barcodes",
            )
        columns = _columns(features, name)
        written = _Target(target, _text(barcodes), columns.pop(""), columns, packed=packed)
        if ordered:
            values = written.matrix(mtx.slabs(stream, said, name), tell)
        else:
            with tempfile.TemporaryDirectory(dir=written.folder) as place:
                slabs = mtx.sorted_slabs(stream, said, name, Path(place))
                values = written.matrix(slabs, tell)
    around = outputs.of_folder_of(found.below, found.prefix, members, names)
    spatial.join(target, around, name)
    _say_bins(target, size, every)
    return said.cells, said.features, values


def _say_bins(target: h5py.File, size: int, names: list[str]) -> None:
    """Say which bins of Visium HD were taken, where there are others."""
    others = [one for one in outputs.bins_among(names) if one != size]
    if others:
        listed = ", ".join(f"square_{one:03}um" for one in others)
        spatial.note(
            target,
            f"Its cells are the bins of {size} µm of Visium HD; there are also {listed}:"
            " choose the matrix in one of these among what is in the archive.",
        )


def _write_inner(
    members: Members,
    path: str,
    names: list[str],
    name: str,
    target: h5py.File,
    tell: Tell,
    *,
    packed: bool,
) -> tuple[int, int, int]:
    """Write a matrix in HDF5 that is in a folder or archive, which HDF5 reads from a disk alone."""
    with tempfile.TemporaryDirectory(dir=Path(target.filename).parent) as place:
        copy = Path(place, "matrix.h5")
        with members.opened(path) as stream, copy.open("wb") as file:
            shutil.copyfileobj(stream, file, STEP)
        with own_values.opened(copy, name) as opened:
            sizes = write_h5(opened, name, target, tell, packed=packed)
            spatial.join(target, outputs.around_h5(path, members, names), name, said_by(opened))
    return sizes


def said_by(file: h5py.File) -> dict[str, str]:
    """Return what a matrix says of its experiment, as far as it does."""
    import numpy as np

    known = {
        "library": file.attrs.get("library_ids", ""),
        "chemistry_description": file.attrs.get("chemistry_description", ""),
        "software_version": file.attrs.get("software_version", ""),
    }
    texts = {key: np.atleast_1d(value).tolist() for key, value in known.items()}
    return {
        key: str(value[0].decode("utf-8", "replace") if isinstance(value[0], bytes) else value[0])
        for key, value in texts.items()
        if value and value[0]
    }


def _spelled(start: str, kind: str) -> tuple[str, str]:
    path = f"{start}{kind}.{'mtx' if kind == 'matrix' else 'tsv'}"
    return path, f"{path}.gz"


def _columns(lines: list[str], name: str) -> dict[str, NDArray[Any]]:
    """Return the columns of the list of features; without a name that of the names."""
    rows = [line.split("\t") for line in lines]
    width = min(map(len, rows), default=2)
    if width < 2:
        raise damaged(name, "a feature has no name")
    kept = zip(_FEATURES, zip(*rows, strict=False), strict=False)
    columns = {key: _text(values) for key, values in kept}
    return columns or {key: _text(()) for key in _FEATURES[:2]}


def is_tenx(file: h5py.File) -> bool:
    """Return whether an HDF5 file is laid out as Cell Ranger does."""
    return _matrix_group(file) is not None


def write_h5(
    file: h5py.File, name: str, target: h5py.File, tell: Tell, *, packed: bool
) -> tuple[int, int, int]:
    """Write the matrix of an HDF5 file; return cells, features and values.

    Raises
    ------
    CountsError
        If it is not laid out as it must be.
    """
    group = _matrix_group(file)
    if group is None:
        raise CountsError(f"{name} holds no matrix by 10x Genomics", hint=_HINT)
    features, cells = (int(one) for one in group["shape"][()])
    indptr = group["indptr"][()].astype("i8")
    barcodes = loom.readable(group["barcodes"][()])
    names, columns = _described(group)
    sizes = {len(barcodes), len(indptr) - 1, cells} | {cells + len(names) - features}
    sizes |= {cells + len(one) - features for one in columns.values()}
    length = min(len(group["indices"]), len(group["data"]))
    if sizes != {cells} or indptr[0] or indptr[-1] != length or (indptr[1:] < indptr[:-1]).any():
        raise damaged(name, "its parts are not of one size")
    written = _Target(target, barcodes, names, columns, packed=packed)
    values = written.matrix(_copied(group, indptr, features, name), tell)
    return cells, features, values


def _matrix_group(file: h5py.File) -> h5py.Group | None:
    """Return the one group that holds a matrix: ``matrix``, or named like a genome before."""
    import h5py

    needed = {"barcodes", "data", "indices", "indptr", "shape"}
    found = [
        group
        for key in file
        if isinstance(group := file.get(key), h5py.Group)
        and needed <= group.keys()
        and not {"features", "genes"}.isdisjoint(group.keys())
        and isinstance(file.get(key, getlink=True), h5py.HardLink)
    ]
    return found[0] if len(found) == 1 else None


def _described(group: h5py.Group) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """Return the names of features and what else is said of them."""
    import h5py

    if "features" not in group:
        return loom.readable(group["gene_names"][()]), {
            "gene_ids": loom.readable(group["genes"][()])
        }
    said = group["features"]
    columns = {"gene_ids": loom.readable(said["id"][()])}
    if "gene_id" in said:
        columns = {"gene_ids": loom.readable(said["gene_id"][()]), "probe_ids": columns["gene_ids"]}
    columns["feature_types"] = loom.readable(said["feature_type"][()])
    for key, item in said.items():
        known = {"name", "feature_type", "id", "gene_id", "_all_tag_keys"}
        if isinstance(item, h5py.Dataset) and key not in known:
            columns[key] = loom.readable(item[()])
    return loom.readable(said["name"][()]), columns


def _copied(group: h5py.Group, indptr: NDArray[Any], features: int, name: str) -> Iterator[Slab]:
    """Yield what is stored, some cells at a time, features ascending."""
    import numpy as np

    counts = np.diff(indptr)
    first = 0
    while first < len(counts):
        last = int(np.searchsorted(indptr, indptr[first] + STEP, side="right")) - 1
        last = min(max(last, first + 1), len(counts))
        start, end = int(indptr[first]), int(indptr[last])
        places = group["indices"][start:end].astype(np.int64)
        values = group["data"][start:end].astype(np.float32)
        if len(places) and not 0 <= places.min() <= places.max() < features:
            raise damaged(name, f"a value lies beyond {features:,} features")
        keys = (np.repeat(np.arange(last - first), counts[first:last]) << 32) | places
        if (keys[1:] < keys[:-1]).any():
            order = np.argsort(keys, kind="stable")
            places, values = places[order], values[order]
        yield Slab(counts[first:last], places.astype(np.int32), values)
        first = last


class _Target:
    """An h5ad of a matrix of counts."""

    def __init__(
        self,
        file: h5py.File,
        cells: NDArray[Any],
        features: NDArray[Any],
        columns: Mapping[str, NDArray[Any]],
        *,
        packed: bool,
    ) -> None:
        self._file = file
        self._shape = (len(cells), len(features))
        self._packed = packed
        self.folder = Path(file.filename).parent
        h5ad.encode(file, "anndata", "0.1.0")
        h5ad.write_frame(file, "obs", _unique(cells), {}, packed=packed)
        h5ad.write_frame(file, "var", _unique(features), columns, packed=packed)
        for key in ("layers", "obsm", "varm", "obsp", "varp", "uns"):
            h5ad.write_dict(file, key)

    def matrix(self, slabs: Iterator[Slab], tell: Tell) -> int:
        """Write X, and return how many values it has."""
        import numpy as np

        def told(rows: int) -> None:
            tell(rows / max(self._shape[0], 1))

        dtype = np.dtype(np.float32)
        return h5ad.write_sparse(
            self._file, "X", self._shape, dtype, slabs, told, packed=self._packed
        )


def _unique(names: NDArray[Any]) -> NDArray[Any]:
    return names if len(set(names.tolist())) == len(names) else loom.unique(names)


def _text(values: Any) -> NDArray[Any]:
    import numpy as np

    return np.array(list(values), dtype=object)
