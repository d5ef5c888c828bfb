"""One of several things in a file as h5ad: a member of an archive, a modality of a MuData."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.anndata_io import modality, outputs, spatial, zarr_store
from jupyterlab_datahub.anndata_io.convert import Converted, convert
from jupyterlab_datahub.anndata_io.members import Members, broken
from jupyterlab_datahub.anndata_io.mtx import CountsError, damaged
from jupyterlab_datahub.model import MemberKind
from jupyterlab_datahub.sources.bundles import LOADED, Picked, picked
from jupyterlab_datahub.sources.contents import role_of

if TYPE_CHECKING:
    from collections.abc import Callable

_HDF5 = b"\x89HDF"


def write_member(
    bundle: Path,
    name: str,
    member: str,
    target: Path,
    tell: Callable[[float], None] = lambda _: None,
) -> Converted:
    """Write one member of a file as h5ad, whole or not at all; nothing else is unpacked.

    Parameters
    ----------
    bundle
        An archive or a MuData on this disk.
    name
        What it is called.
    member
        The path in the archive, that of the values of a matrix in three files; or the name of a
        modality.
    target
        Where the h5ad goes.
    tell
        Is given the part that is done, from 0 to 1.

    Raises
    ------
    CountsError
        If it is not there, the archive means harm, or it cannot become an AnnData.
    DataHubError
        If what it is cannot be read.
    """
    with bundle.open("rb") as file:
        is_hdf5 = file.read(4) == _HDF5
    part = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix="member-") as place:
        if is_hdf5:
            modality.write(bundle, name, member, part, tell)
        else:
            one, source = _taken(bundle, name, member, Path(place))
            if one.kind is not MemberKind.ANNDATA:
                return convert(source, target, tell, Path(member).name)
            source.replace(part)
    try:
        cells, genes, values = zarr_store.sizes_of(part, member)
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = part.stat().st_size
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Converted(size=size, sha256=sha256, cells=cells, genes=genes, values=values)


def _taken(bundle: Path, name: str, member: str, place: Path) -> tuple[Picked, Path]:
    """Return what a member is, and where it was put: a folder where it needs others beside it."""
    try:
        members = Members(bundle, name)
        one, around = needed(members, name, member)
        if not one.beside:
            source = members.take(member, place)
            for path in around:
                members.take(path, place)
            return one, source
        folder = place / "matrix"
        folder.mkdir()
        for path in (one.path, *one.beside):
            members.take(path, place).rename(folder / role_of(path))
    except broken() as error:
        raise damaged(name, str(error)) from error
    return one, folder


def needed(members: Members, name: str, member: str) -> tuple[Picked, tuple[str, ...]]:
    """Return what a member of an archive is, and the paths of what lies around it.

    Parameters
    ----------
    members
        The archive.
    name
        What it is called.
    member
        The path in it.

    Raises
    ------
    CountsError
        If it is not there, or does not become an AnnData.
    """
    names = members.names()
    one = next((one for one in picked(names) if one.path == member), None)
    if one is None:
        raise CountsError(
            f"{member[:200]} is not in {name}", hint="Choose one of the files that are listed."
        )
    if one.kind not in LOADED:
        raise CountsError(
            f"{member} in {name} does not become an AnnData", hint=_HINTS.get(one.kind, "")
        )
    if one.beside or one.kind is not MemberKind.MATRIX:
        return one, ()
    # Where its spots are, and pictures of the tissue, lie around it.
    return one, tuple(spatial.files(outputs.around_h5(member, members, names)))


_HINTS = {
    MemberKind.PART: "Choose the matrix.mtx that it belongs to; all three files are needed.",
    MemberKind.MODALITIES: "Download the archive, take the .h5mu out of it and load that.",
    MemberKind.ARCHIVE: "Download the archive, take this one out of it and load that.",
    MemberKind.STORE: "Download the archive and take the store out of it.",
    MemberKind.OTHER: "Choose a file of cells, a matrix or a table.",
}
