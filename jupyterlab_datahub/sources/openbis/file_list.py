"""The files of a dataset, as its data store lists them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import FOLDER, Asset
from jupyterlab_datahub.sources.contents import PATH, Form, form_of, matrix_among
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.openbis import criteria, records, refs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.sources.openbis.session import Session

_COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zst"})


class StoredFile(NamedTuple):
    """A file of a dataset: ``size`` in bytes, ``crc32`` as eight hexadecimal digits or empty."""

    path: str
    size: int | None
    crc32: str


def files(session: Session, permid: str) -> tuple[StoredFile, ...]:
    """Return the files of a dataset in the order of their paths; none of an archived one may come.

    Raises
    ------
    RequestError, CatalogError
    """
    wanted = criteria.code(permid)
    asked = {
        "@type": "dss.dto.datasetfile.search.DataSetFileSearchCriteria",
        "operator": "AND",
        "criteria": [criteria.some("dataset", wanted)],
    }
    options = {"@type": "dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}
    answer = session.call("searchFiles", asked, options, store=True)
    listed, _ = records.found(session, answer, records.File)
    found = (
        StoredFile(one.path.lstrip("/"), one.file_length, _hex(one.checksum_crc32))
        for one in listed
        if not one.directory and one.path.strip("/")
    )
    return tuple(sorted(found, key=lambda file: file.path))


def assets(
    session: Session, permid: str, listed: Sequence[StoredFile], title: str
) -> tuple[Asset, ...]:
    """Return the files of a dataset as assets and, if there are several, the whole of them last."""
    single = [
        Asset(
            ref=refs.file_ref(session, permid, file.path),
            name=_name(file.path),
            path=file.path,
            format=format_of(file.path),
            size=file.size,
            checksums={"crc32": file.crc32} if file.crc32 else {},
            loads_as_anndata=form_of(file.path) is not Form.PATH,
        )
        for file in listed
    ]
    if len(single) < 2:
        return tuple(single)
    sizes = [file.size for file in listed]
    whole = Asset(
        ref=refs.dataset_ref(session, permid),
        name=file_name(title, "", permid),
        format=FOLDER,
        size=None if None in sizes else sum(size or 0 for size in sizes),
        loads_as_anndata=matrix_among(file.path for file in listed) != PATH,
    )
    return (*single, whole)


def format_of(path: str) -> str:
    """Return the format that a file's name tells, compressed or not, empty if it tells none."""
    endings = [ending.lower() for ending in PurePosixPath(path).suffixes]
    while len(endings) > 1 and endings[-1] in _COMPRESSED:
        endings.pop()
    return endings[-1].lstrip(".") if endings else ""


def _name(path: str) -> str:
    """Return a name under which a file can lie in any folder."""
    last = PurePosixPath(path)
    return file_name(last.stem, last.suffix)


def _hex(signed: int | None) -> str:
    """Return a CRC32 that came as Java's signed number."""
    return "" if signed is None else f"{signed & 0xFFFFFFFF:08x}"
