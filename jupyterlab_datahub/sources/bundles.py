"""Files that hold several things to load: archives by their members, MuData by its modalities.

Each of these has a ref of its own, that of the file with ``#member=`` and what it is called there.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from jupyterlab_datahub.model import MemberKind
from jupyterlab_datahub.sources.contents import ROLES, Form, form_of, role_of, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARK = "#member="

TARS = (".tar", ".tar.gz", ".tgz")
ARCHIVES = (*TARS, ".zip")
_IN_ZARR = ".zarr/"

LOADED = frozenset(
    {
        MemberKind.ANNDATA,
        MemberKind.LOOM,
        MemberKind.MATRIX,
        MemberKind.TABLE,
        MemberKind.MODALITY,
    }
)
"""What becomes an AnnData."""

_KINDS = {
    Form.H5AD: MemberKind.ANNDATA,
    Form.H5MU: MemberKind.MODALITIES,
    Form.LOOM: MemberKind.LOOM,
    Form.CSV: MemberKind.TABLE,
    Form.TSV: MemberKind.TABLE,
    Form.MCMICRO: MemberKind.TABLE,
    Form.TENX_H5: MemberKind.MATRIX,
    Form.TENX_ARCHIVE: MemberKind.MATRIX,
}


TAKEN_APART = 64 << 20
"""Bytes of a zip above which only the member that is wanted comes of it; a smaller one comes whole,
verified by its own checksum, and once for all of its members."""


def is_taken_apart(name: str, size: int | None) -> bool:
    """Return whether one member of an archive on a host is fetched without the rest."""
    return name.lower().endswith(".zip") and (size is None or size > TAKEN_APART)


class Picked(NamedTuple):
    """A member by its path, and what it is; ``beside`` are those that it is of no use without."""

    path: str
    kind: MemberKind
    beside: tuple[str, ...] = ()


def member_ref(ref: str, path: str) -> str:
    """Return the ref of a member of a file."""
    return f"{ref}{_MARK}{quote(path, safe='/')}"


def split_ref(ref: str) -> tuple[str, str]:
    """Return the ref of a file and the member of it that is meant, empty for the file itself."""
    file, mark, path = ref.rpartition(_MARK)
    return (file, unquote(path)) if mark and file and path else (ref, "")


def is_archive(name: str) -> bool:
    """Return whether a file is an archive whose members can be listed."""
    return name.lower().endswith(ARCHIVES)


def is_tar(name: str) -> bool:
    """Return whether a file is an archive that has no list of what is in it."""
    return name.lower().endswith(TARS)


def has_modalities(name: str) -> bool:
    """Return whether a file is a MuData."""
    return form_of(name) is Form.H5MU


def is_bundle(name: str) -> bool:
    """Return whether a file holds several things of which one can be loaded."""
    return is_archive(name) or has_modalities(name)


def picked(paths: Iterable[str]) -> Iterator[Picked]:
    """Yield what the members of an archive are, by their paths, in the order of these.

    Three files that are one matrix are that of the file with its values.
    """
    ordered = sorted(paths)
    roles: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for path in ordered:
        if role := role_of(path):
            roles[stem_of(path)].setdefault(role.removesuffix(".gz"), path)
    for path in ordered:
        yield _picked(path, roles)


def _picked(path: str, roles: dict[str, dict[str, str]]) -> Picked:
    role = role_of(path).removesuffix(".gz")
    if role:
        there = roles[stem_of(path)]
        if set(there) != set(ROLES):
            return Picked(path, MemberKind.PART)
        if path != there[ROLES[0]]:
            return Picked(path, MemberKind.PART, (there[ROLES[0]],))
        return Picked(path, MemberKind.MATRIX, tuple(there[one] for one in ROLES[1:]))
    if _IN_ZARR in path.lower():
        return Picked(path, MemberKind.STORE)
    name = PurePosixPath(path).name
    kind = _KINDS.get(form_of(name))
    if kind is None and name.lower().endswith((".h5", ".hdf5")):
        # Its name does not say so; whether it is one shows once it is read.
        kind = MemberKind.MATRIX
    if kind is None and is_archive(name):
        kind = MemberKind.ARCHIVE
    return Picked(path, kind or MemberKind.OTHER)
