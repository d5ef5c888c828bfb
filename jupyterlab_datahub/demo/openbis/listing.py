"""What a data store says of the files of datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.records import DataSet
from jupyterlab_datahub.demo.openbis.references import id_text

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.sessions import Session
    from jupyterlab_datahub.demo.openbis.store import Store

ARCHIVED = frozenset({"ARCHIVED", "UNARCHIVE_PENDING"})
"""Where the files of a dataset are on tape, or on their way back."""


def at_hand(dataset: DataSet) -> bool:
    """Return whether the data store has the files of a dataset on disk."""
    return dataset.physical is not None and dataset.physical.status not in ARCHIVED


def search_files(store: Store, session: Session, criteria: Json) -> Json:
    """Return the files and folders of the datasets that match; unseen ones are left out.

    Folders come before what is in them, the dataset's own root first, as "".
    """
    data_store: Json = {
        "@type": "as.dto.datastore.DataStore",
        "code": "DSS1",
        "downloadUrl": store.store_url,
        "remoteUrl": store.store_url,
        "registrationDate": 1_700_000_000_000,
        "modificationDate": 1_700_000_000_000,
    }
    objects = [
        entry
        for dataset in matching(store, session, criteria)
        for entry in _entries(dataset, data_store)
    ]
    return {
        "@type": "as.dto.common.search.SearchResult",
        "objects": objects,
        "totalCount": len(objects),
    }


def matching(store: Store, session: Session, criteria: Json) -> list[DataSet]:
    """Return the datasets whose codes or permIds a criteria names and that may be seen."""
    found: dict[str, DataSet] = {}
    for code in _named(criteria):
        dataset = store.find(DataSet, code)
        if dataset and store.may_see(session.user, dataset):
            found[dataset.perm_id] = dataset
    return list(found.values())


def _named(criteria: object) -> list[str]:
    """Return all values a tree of criteria asks for."""
    if isinstance(criteria, list):
        return [name for one in criteria for name in _named(one)]
    if not isinstance(criteria, dict):
        return []
    value = criteria.get("fieldValue")
    if isinstance(value, dict) and "value" in value:
        return [str(value["value"])]
    if isinstance(value, list):
        return [str(one) for one in value]
    if criteria.get("id"):
        return [id_text(criteria["id"])]
    return _named(criteria.get("criteria"))


def _entries(dataset: DataSet, data_store: Json) -> list[Json]:
    perm_id: Json = {"@type": "as.dto.dataset.id.DataSetPermId", "permId": dataset.perm_id}
    folders = {"", *dataset.directories}
    for file in dataset.files:
        parts = file.path.split("/")[:-1]
        folders.update("/".join(parts[: end + 1]) for end in range(len(parts)))
    sized: list[tuple[str, bool, int, int]] = [(path, True, 0, 0) for path in folders]
    sized += [(file.path, False, file.size, _signed(file.crc32)) for file in dataset.files]
    return [
        _entry(perm_id, data_store, path, folder=folder, size=size, crc=crc)
        for path, folder, size, crc in sorted(sized, key=lambda one: one[0].split("/"))
    ]


def _entry(
    perm_id: Json, data_store: Json, path: str, *, folder: bool, size: int, crc: int
) -> dict[str, Any]:
    return {
        "@type": "dss.dto.datasetfile.DataSetFile",
        "permId": {
            "@type": "dss.dto.datasetfile.id.DataSetFilePermId",
            "dataSetId": perm_id,
            "filePath": path,
        },
        "dataSetPermId": perm_id,
        "dataStore": data_store,
        "path": path,
        "directory": folder,
        "fileLength": size,
        "checksumCRC32": crc,
        "checksum": None,
        "checksumType": None,
    }


def _signed(crc: int) -> int:
    """Return a CRC32 as Java's int has it."""
    return crc - (1 << 32) if crc >= 1 << 31 else crc
