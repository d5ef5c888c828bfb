"""Finding data files below a directory, within bounds.

Hidden directories, those of tools and links are left alone: what a link leads to is either
found at its own place or does not belong to the folder (the library's files, for one).
"""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import UnreachableError
from jupyterlab_datahub.sources.contents import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ENTRIES = 200_000
"""Files and directories that are looked at before the walk ends."""

FORMATS = {
    ".h5ad": "h5ad",
    ".h5mu": "h5mu",
    ".loom": "loom",
    ".h5": "h5",
    ".hdf5": "h5",
    ".zarr": "zarr",
    ".mtx": "mtx",
    ".mtx.gz": "mtx",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "tsv",
    ".tsv.gz": "tsv",
    ".parquet": "parquet",
    ".rds": "rds",
    ".ome.tif": "ome.tif",
    ".ome.tiff": "ome.tif",
    ".tif": "tif",
    ".tiff": "tif",
}
ARCHIVES = {".tar": "tar", ".tar.gz": "tar", ".tgz": "tar", ".zip": "zip"}
"""Formats of archives, which are data only where their names say so."""

DIRECTORIES = frozenset({"zarr"})
"""Formats that are a directory."""

MOST_SAID = 64 << 20
"""Bytes of what a store says of itself, that of all its parts included."""

OF_TOOLS = frozenset({"__pycache__", "node_modules", "site-packages"})
MATRIX = ("matrix.mtx", "matrix.mtx.gz")
COMPANIONS = ("barcodes.tsv", "features.tsv", "genes.tsv")


class Found(NamedTuple):
    """A data file: its path relative to the folder, with ``/``, and what the disk says."""

    relative: str
    path: Path
    format: str
    size: int | None
    modified: int

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.relative).name

    @property
    def stem(self) -> str:
        """The file's own name without what says its format."""
        return self.name[: -len(ending_of(self.name))]


class Bounds(NamedTuple):
    """How far a walk goes: levels of directories, number of data files."""

    depth: int
    files: int


class Walk:
    """One walk over a folder; after it, `left_out` says in words what was not looked at."""

    def __init__(self, folder: Path, bounds: Bounds) -> None:
        self._folder = folder
        self._bounds = bounds
        self._entries = 0
        self.left_out: list[str] = []

    def __iter__(self) -> Iterator[Found]:
        """Yield the data files, directory by directory, in the order of their names.

        Raises
        ------
        UnreachableError
            If the folder itself cannot be listed: an empty answer would say that it is empty.
        """
        found = 0
        waiting = [(self._folder, 0)]
        while waiting:
            directory, depth = waiting.pop()
            entries = self._listed(directory)
            files, inner = self._sorted(directory, entries)
            for file in files:
                found += 1
                if found > self._bounds.files:
                    self.left_out.append(f"more than {self._bounds.files:,} files")
                    return
                yield file
            self._entries += len(entries)
            if self._entries > MOST_ENTRIES:
                self.left_out.append(f"what comes after {MOST_ENTRIES:,} files and folders")
                return
            if depth < self._bounds.depth:
                waiting += [(path, depth + 1) for path in reversed(inner)]
            elif inner:
                self.left_out.append(f"folders more than {depth} levels deep")

    def _listed(self, directory: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(directory) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if directory != self._folder:
                where = directory.relative_to(self._folder)
                self.left_out.append(f"{where}, which cannot be listed")
                return []
            raise UnreachableError(
                f"the folder {directory} cannot be listed: {error.strerror}",
                hint="Mount or make it, or correct the path of the source.",
            ) from error

    def _sorted(
        self, directory: Path, entries: list[os.DirEntry[str]]
    ) -> tuple[list[Found], list[Path]]:
        """Return the data files and the directories to look into."""
        files: list[Found] = []
        inner: list[Path] = []
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names:
            return files, inner
        for entry in entries:
            if not is_shown(entry.name) or entry.is_symlink():
                continue
            if not names.isdisjoint(matrix_of(entry.name)):
                continue  # shown with its matrix
            if entry.is_dir() and not ending_of(entry.name):
                if entry.name not in OF_TOOLS:
                    inner.append(directory / entry.name)
            elif file := found_at(self._folder, directory / entry.name):
                files.append(file)
        return files, inner


def found_at(folder: Path, path: Path) -> Found | None:
    """Return the data file at a path, None if there is none."""
    format_ = (FORMATS | ARCHIVES).get(ending_of(path.name), "")
    try:
        stat = path.stat()
    except OSError:
        return None  # gone since it was listed
    is_directory = path.is_dir()
    if not format_ or is_directory != (format_ in DIRECTORIES):
        return None
    return Found(
        relative=path.relative_to(folder).as_posix(),
        path=path,
        format=format_,
        size=None if is_directory else stat.st_size,
        modified=stat.st_mtime_ns,
    )


def is_anndata_store(path: Path) -> bool:
    """Return whether a Zarr store says of itself that it is an AnnData, in version 2 or 3."""
    for name in (".zattrs", "zarr.json"):
        try:
            with (path / name).open("rb") as file:
                said = json.loads(file.read(MOST_SAID))
        except (OSError, ValueError, RecursionError):
            continue
        said = said.get("attributes", said) if isinstance(said, dict) else {}
        if isinstance(said, dict) and said.get("encoding-type") == "anndata":
            return True
    return False


def ending_of(name: str) -> str:
    """Return what says a file's format, empty where nothing we know does."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    joined = ("".join(suffixes[-count:]) for count in (2, 1))
    data = form_of(name) in (Form.TENX_ARCHIVE, Form.MCMICRO)
    known = FORMATS | ARCHIVES if data else FORMATS
    return next((ending for ending in joined if ending in known), "")


def is_shown(name: str) -> bool:
    """Return whether a name is one that is listed: not hidden, and text throughout."""
    text = all(c.isprintable() or unicodedata.category(c) == "Zs" for c in name)
    return text and not name.startswith(".")


def matrix_of(name: str) -> tuple[str, ...]:
    """Return the names of the matrix that a file of barcodes or genes may belong to."""
    for part in COMPANIONS:
        for written in (part, f"{part}.gz"):
            if name.endswith(written):
                return tuple(name.removesuffix(written) + matrix for matrix in MATRIX)
    return ()


def companions_of(name: str) -> tuple[str, ...]:
    """Return the names of the files that may belong to a 10x matrix."""
    for matrix in MATRIX:
        if name.endswith(matrix):
            prefix = name.removesuffix(matrix)
            return tuple(f"{prefix}{part}{gz}" for part in COMPANIONS for gz in ("", ".gz"))
    return ()
