"""What Space Ranger and Xenium put around a matrix: the files, wherever they lie.

Space Ranger has ``spatial/`` beside its matrices ("Space Ranger outputs", "Spatial outputs"); in
what is published of it the files often lie flat, with the sample's name before theirs. Xenium has
``cells.parquet`` and ``cells.csv.gz`` beside ``cell_feature_matrix.h5`` ("Xenium output files").
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from jupyterlab_datahub.anndata_io.members import Members
from jupyterlab_datahub.sources.contents import Form, matrix_among

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager

    from jupyterlab_datahub.sources.contents import Content

SPATIAL = "spatial"
MATRICES = (
    re.compile(r"(?P<prefix>.*?)(filtered_feature_bc_matrix|filtered_gene_bc_matrices_h5)\.h5"),
    re.compile(r"(?P<prefix>.*?)cell_feature_matrix\.h5"),
    re.compile(r"(?P<prefix>.*?)raw_feature_bc_matrix\.h5"),
)
"""Matrices of which one is taken where there are several, the first first."""

FOLDERS = ("filtered_feature_bc_matrix", "cell_feature_matrix", "raw_feature_bc_matrix")
_IN_H5 = re.compile(r"(?P<prefix>.*?)(filtered_feature_bc|raw_feature_bc|cell_feature)_matrix.*")

_BIN = re.compile(r"(?:^|/)square_(\d{3})um/")
USUAL_BIN = 8
"""Micrometres of the bins that Space Ranger's documentation begins an analysis with."""


class Outputs:
    """The files around one matrix.

    Parameters
    ----------
    members
        The folder or archive they are in.
    below
        Where in it the matrix lies.
    prefix
        What stands before the names of files, as in ``GSM1_filtered_feature_bc_matrix.h5``.
    names
        All paths; None for a folder, which is asked for each.
    """

    def __init__(
        self, members: Members, below: str, prefix: str, names: Collection[str] | None
    ) -> None:
        self._members = members
        self._below = below
        self.prefix = prefix
        self._names = None if names is None else frozenset(names)

    def find(self, *names: str) -> str:
        """Return the path of the first file that is there, packed or not, else nothing.

        It lies in ``spatial/``, or beside the matrix, with the prefix or without it.
        """
        for name in names:
            for start in (f"{SPATIAL}/", f"{SPATIAL}/{self.prefix}", self.prefix, ""):
                for ending in ("", ".gz"):
                    path = (PurePosixPath(self._below) / f"{start}{name}{ending}").as_posix()
                    if self._is_there(path):
                        return path
        return ""

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file, unpacked."""
        return self._members.opened(path)

    def _is_there(self, path: str) -> bool:
        if self._names is not None:
            return path in self._names
        return self._members.has(path)


def beside(source: Path, name: str) -> Outputs:
    """Return what lies around a matrix in HDF5 on this disk."""
    match = _IN_H5.fullmatch(PurePosixPath(name).name)
    prefix = match["prefix"] if match else ""
    return Outputs(Members(source.parent, name), "", prefix, None)


def of_folder_of(below: str, prefix: str, members: Members, names: Collection[str]) -> Outputs:
    """Return what lies around the matrix that a folder of three files is."""
    inner = PurePosixPath(below)
    around = inner.parent.as_posix() if inner.name in FOLDERS else below
    return Outputs(members, "" if around == "." else around, prefix, names)


def bins_among(names: Collection[str]) -> tuple[int, ...]:
    """Return the sizes of bins that an experiment of Visium HD was counted in, in micrometres."""
    return tuple(sorted({int(found[1]) for one in names if (found := _BIN.search(one))}))


def in_one_bin(names: Collection[str]) -> tuple[list[str], int]:
    """Return the files of the bins that are meant where nobody chose, and their size.

    Those are the usual ones, else the largest, of which there are fewest. The size is 0, and all
    files are returned, where there are no bins.
    """
    bins = bins_among(names)
    if not bins:
        return list(names), 0
    meant = USUAL_BIN if USUAL_BIN in bins else bins[-1]
    within = [one for one in names if (found := _BIN.search(one)) and int(found[1]) == meant]
    return within, meant


def matrix_in(names: Collection[str]) -> str:
    """Return the path of the one matrix in HDF5 that is meant among files, else nothing."""
    for pattern in MATRICES:
        found = [path for path in names if pattern.fullmatch(PurePosixPath(path).name)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def around_h5(path: str, members: Members, names: Collection[str]) -> Outputs:
    """Return what lies around a matrix in HDF5 in an archive."""
    pure = PurePosixPath(path)
    match = _IN_H5.fullmatch(pure.name)
    below = "" if pure.parent.as_posix() == "." else pure.parent.as_posix()
    return Outputs(members, below, match["prefix"] if match else "", names)


def files_among(names: Collection[str]) -> Content:
    """Return the one matrix of three files among others; that of filtered cells before the rest."""
    found = matrix_among(names)
    if found.form is Form.TENX_MTX:
        return found
    for folder in FOLDERS:
        inner = [path for path in names if PurePosixPath(path).parent.name == folder]
        if inner:
            return matrix_among(inner)
    return found
