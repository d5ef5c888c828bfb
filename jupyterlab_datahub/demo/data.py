"""Making the demo's files, once: the second start finds them.

A data directory holds ``<dataset_version_id>.h5ad`` (and the other assets) and, in
``records/``, one JSON file for each version with what was measured while writing it. The files
of the Human Cell Atlas are in a folder of their own, ``hca/``, and the MCMICRO project of a tissue
in ``spatial/``, with a small one of its shape in ``spatial-small/``.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo import rds
from jupyterlab_datahub.demo.cellxgene import files as cellxgene_files
from jupyterlab_datahub.demo.cellxgene.catalog import COLLECTIONS
from jupyterlab_datahub.demo.hca import files as hca_files
from jupyterlab_datahub.demo.hca.generated import PROJECTS
from jupyterlab_datahub.demo.pbmc import read_pbmc
from jupyterlab_datahub.demo.spatial import project as spatial
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import FileIO

    from anndata import AnnData

    from jupyterlab_datahub.demo.cellxgene.specs import (
        CollectionSpec,
        DatasetSpec,
        VersionSpec,
    )
    from jupyterlab_datahub.demo.pbmc import Pbmc

STAMP = "stamp"
RECORDS = "records"
MADE_BY = (
    "cellxgene/catalog.py",
    "cellxgene/files.py",
    "cellxgene/specs.py",
    "cellxgene/standins.py",
    "data.py",
    "genes.tsv",
    "hca/files.py",
    "hca/generated.py",
    "hca/islets.py",
    "hca/islets.tsv",
    "hca/loom.py",
    "hca/made.py",
    "hca/matrices.py",
    "hca/specs.py",
    "hca/studies.py",
    "pbmc.py",
    "rds.py",
    "spatial/project.py",
    "spatial/pyramid.py",
    "spatial/tissue.py",
    "terms.py",
)
"""What decides what is in the files; a change in one makes the files anew."""

PART = 8 << 20
"""Part size of S3's multipart uploads, which decides the ETag of a file."""


class AssetRecord(Struct):
    """A file as the catalog lists it; ``size`` is -1 where the catalog does not know it."""

    name: str
    type: str
    size: int
    etag: str
    listed: bool = True


class VersionRecord(Struct):
    """What is known of one version once its files exist."""

    id: str
    assets: tuple[AssetRecord, ...]
    measured: dict[str, Any]


def prepare(
    directory: Path, *, big: bool = True, collections: Sequence[CollectionSpec] = COLLECTIONS
) -> None:
    """Make the files of the demo in a directory, unless they are there.

    A directory of another version of the demo is replaced. Two processes may do this at once:
    each makes its own files, and the first to finish wins.

    Raises
    ------
    MissingPackageError
        If scanpy or anndata is not installed.
    """
    cells: Pbmc | None = None
    if not is_prepared(directory):
        cells = read_pbmc()
        _replace(directory, cells, collections)
    for collection, spec, version in _versions(collections, big=True):
        missing = not (directory / RECORDS / f"{spec.version_id(version)}.json").exists()
        if big and spec.big and missing:
            cells = cells or read_pbmc()
            _make(directory, collection, spec, version, cells)
    if big and not (directory / spatial.FULL).exists():
        _make_spatial(directory)


def is_prepared(directory: Path) -> bool:
    """Return whether :func:`prepare` finds the small files and has nothing long to do."""
    return _stamp_of(directory) == stamp()


@cache
def stamp() -> str:
    """Return what a data directory must have been made with to be of use."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in MADE_BY:
        digest.update((here / name).read_bytes())
    return digest.hexdigest()


def records(
    directory: Path, *, big: bool = True, collections: Sequence[CollectionSpec] = COLLECTIONS
) -> dict[str, VersionRecord]:
    """Return what is known of the versions whose files are in a data directory, by id."""
    wanted = {spec.version_id(version) for _, spec, version in _versions(collections, big=big)}
    found = (
        from_json(path.read_bytes(), VersionRecord)
        for path in (directory / RECORDS).glob("*.json")
        if path.stem in wanted
    )
    return {record.id: record for record in found}


def s3_etag(path: Path, *, multipart: bool) -> str:
    """Return the ETag S3 gives a file: its MD5, or that of its parts' MD5s (``…-<parts>``)."""
    with path.open("rb", buffering=0) as file:
        if not multipart:
            return f'"{hashlib.file_digest(file, _new_md5).hexdigest()}"'
        size = path.stat().st_size
        parts = [_part_md5(file, start, min(PART, size - start)) for start in range(0, size, PART)]
    return f'"{_md5(b"".join(parts)).hex()}-{len(parts)}"'


def _part_md5(file: FileIO, start: int, size: int) -> bytes:
    if _is_hole(file, start, size):
        return _zeros_md5(size)
    file.seek(start)
    return _md5(file.read(size))


def _is_hole(file: FileIO, start: int, size: int) -> bool:
    """Return whether the file system knows these bytes to be zeros, which saves reading them."""
    if not hasattr(os, "SEEK_DATA"):
        return False
    try:
        return os.lseek(file.fileno(), start, os.SEEK_DATA) >= start + size
    except OSError:
        return True  # no data from here to the end of the file


@cache
def _zeros_md5(size: int) -> bytes:
    return _md5(bytes(size))


def _new_md5() -> Any:
    return hashlib.md5(usedforsecurity=False)


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _stamp_of(directory: Path) -> str:
    try:
        return (directory / STAMP).read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _versions(
    collections: Sequence[CollectionSpec], *, big: bool
) -> Iterator[tuple[CollectionSpec, DatasetSpec, VersionSpec]]:
    for collection in collections:
        for spec in collection.datasets:
            if collection.withdrawn or spec.withdrawn or (spec.big and not big):
                continue
            for version in spec.versions:
                yield collection, spec, version


def _replace(directory: Path, cells: Pbmc, collections: Sequence[CollectionSpec]) -> None:
    """Make all small files beside `directory`, then put them in its place."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".demo-") as name:
        made, old = Path(name) / "made", Path(name) / "old"
        (made / RECORDS).mkdir(parents=True)
        for collection, spec, version in _versions(collections, big=False):
            _make(made, collection, spec, version, cells)
        hca_files.make(made / hca_files.FOLDER, PROJECTS, cells)
        spatial.make(made / spatial.SMALL)
        (made / STAMP).write_text(stamp(), encoding="ascii")
        if directory.exists() and not is_prepared(directory):
            directory.replace(old)
        try:
            made.rename(directory)
        except OSError:
            if not is_prepared(directory):
                raise


def _make_spatial(directory: Path) -> None:
    """Make the great project beside its place, where another process may put it first."""
    with tempfile.TemporaryDirectory(dir=directory, prefix=".spatial-") as name:
        made = Path(name) / spatial.FULL
        spatial.make(made)
        try:
            made.rename(directory / spatial.FULL)
        except OSError:
            if not (directory / spatial.FULL).exists():
                raise


def _make(
    directory: Path,
    collection: CollectionSpec,
    spec: DatasetSpec,
    version: VersionSpec,
    cells: Pbmc,
) -> None:
    """Write the files of one version, and its record when they are complete."""
    made = cellxgene_files.build(collection, spec, version, cells)
    name = spec.version_id(version)
    path = directory / f"{name}.h5ad"
    part = path.with_suffix(f".{os.getpid()}.part")
    cellxgene_files.write(made, spec, part)
    part.replace(path)
    etag = s3_etag(path, multipart=spec.multipart)
    size = -1 if spec.size_unknown else path.stat().st_size
    assets = [AssetRecord(name=path.name, type="H5AD", size=size, etag=etag)]
    assets += [_extra(directory, name, extra, made) for extra in spec.extras]
    record = VersionRecord(
        id=name, assets=tuple(assets), measured=cellxgene_files.measure(made, spec)
    )
    written = directory / RECORDS / f"{name}.json"
    part = written.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(msgspec.json.encode(record))
    part.replace(written)


def _extra(directory: Path, name: str, kind: str, made: AnnData) -> AssetRecord:
    """Write an asset beside the .h5ad: a small but well-formed file of its type."""
    if kind == "RDS":
        path = directory / f"{name}.rds"
        path.write_bytes(rds.character_vector(list(made.obs_names)))
    elif kind == "OBS_CSV":
        path = directory / f"{name}.obs.csv.gz"
        path.write_bytes(gzip.compress(made.obs.to_csv().encode(), mtime=0))
    else:
        path = directory / f"{name}-fragment.tsv.gz"
        path.write_bytes(gzip.compress(b"# The demo has no chromatin data.\n", mtime=0))
    return AssetRecord(
        name=path.name,
        type=kind,
        size=path.stat().st_size,
        etag=s3_etag(path, multipart=False),
        listed=kind != "ATAC_FRAGMENT",
    )
