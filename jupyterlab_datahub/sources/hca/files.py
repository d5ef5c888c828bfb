"""Files of the Human Cell Atlas: what each is, whether it can be had, and if not, why."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Access, Asset
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.hca import refs
from jupyterlab_datahub.sources.hca.records import first, number, raw, values

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.hca.records import Record

COMPRESSION = (".gz", ".zip", ".bz2", ".xz", ".bgz")
SHORT = 8
"""Characters of an id that are enough where a file has no name."""

MANAGED = (
    "The data of this project are under managed access: apply for them at its data access "
    "committee (DUOS), as the project's page in the HCA Data Explorer describes. Its metadata are "
    "open to all."
)
NOT_AVAILABLE = (
    "The catalog lists this file but gives no address to fetch it from. It may come with a later "
    "release; search for its project again then."
)

_RANKS = {"h5ad": 0, "loom": 1, "h5": 2, "csv": 3, "tsv": 3, "mtx": 4, "zip": 5, "tar": 6}
_WORST = 7


def asset_of(
    record: Record,
    catalog: str,
    *,
    section: str = "",
    note: str = "",
    matrix: bool = False,
    managed: bool = False,
) -> Asset | None:
    """Return a file as an asset, None if it does not say which one it is.

    Parameters
    ----------
    record
        A leaf of a tree of matrices, or an object of ``files``.
    catalog
        The catalog it is in.
    section, note
        The heading it stands under, and what it is of.
    matrix
        Whether it is known to be a matrix.
    managed
        Whether its project is under managed access.
    """
    id_, version = first(record, "uuid"), first(record, "version")
    if not id_ or not version:
        return None
    name = first(record, "name") or id_[:SHORT]
    access, reason = access_of(record, managed=managed)
    kind = kind_of_name(name, first(record, "format"))
    sha256 = first(record, "sha256").lower()
    matrix = matrix or is_matrix(record)
    return Asset(
        ref=refs.file_ref(catalog, id_, version),
        name=safe(name),
        format=first(record, "format") or kind,
        size=number(record, "size"),
        checksums={"sha256": sha256} if sha256 else {},
        access=access,
        access_note=reason,
        loads_as_anndata=matrix and form_of(name) is not Form.PATH,
        section=section,
        note=note,
    )


def access_of(record: Record, *, managed: bool = False) -> tuple[Access, str]:
    """Return whether a file can be had, and if not, why and what to do.

    Azul gives its address as ``azul_url``, until late 2025 as ``url``. A record without either
    name (older catalogs leave it out) is taken to be at hand.
    """
    if managed or False in raw(record, "accessible"):
        return Access.CONTROLLED, MANAGED
    named = [record[name] for name in ("azul_url", "url") if name in record]
    if named and not any(named):
        return Access.VIEW_ONLY, NOT_AVAILABLE
    return Access.OPEN, ""


def is_matrix(record: Record) -> bool:
    """Return whether a file says of itself that it is a matrix."""
    content = " ".join(values(record, "contentDescription")).lower()
    return "matrix" in content or kind_of_name(first(record, "name"), "") in ("h5ad", "loom")


def kind_of_name(name: str, format_: str) -> str:
    """Return what a file is under its compression: ``csv`` of ``counts.csv.gz``."""
    suffixes = [one.lower() for one in PurePosixPath(name).suffixes]
    inner = [one for one in suffixes if one not in COMPRESSION]
    last = inner[-1] if inner else (suffixes[-1] if suffixes else "")
    return last.lstrip(".") or format_.lower().partition(".")[0]


def is_archive(name: str) -> bool:
    """Return whether a file holds other files."""
    return name.lower().endswith((".zip", ".tar", ".tar.gz", ".tgz"))


def rank(asset: Asset) -> int:
    """Return a sort key: what becomes an AnnData first, archives late."""
    if is_archive(asset.name):
        return _RANKS["tar" if ".t" in asset.name.lower() else "zip"]
    best = _RANKS.get(kind_of_name(asset.name, asset.format), _WORST)
    return best if asset.access is Access.OPEN else best + _WORST


def safe(name: str) -> str:
    """Return the name of a file, as it is where every file system can hold it."""
    name = name.rstrip("/").rpartition("/")[2] or name
    suffixes = "".join(PurePosixPath(name).suffixes[-2:])
    ending = suffixes if len(suffixes) <= 20 and " " not in suffixes else ""
    return file_name(name[: len(name) - len(ending)] if ending else name, ending)
