"""Saving as a dataset: the files go to the session workspace, then a dataset is made of them.

Servers with API 3.6 and later take ``createUploadedDataSet``; before there was an aggregation
service, ``dataset-uploader-api``. Both are asked as pyBIS 1.37.5 asks them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import BadAnswerError, NotFoundError
from jupyterlab_datahub.sources.openbis import owners, wire
from jupyterlab_datahub.sources.openbis.session import AFS_CODE, QUERY, Session
from jupyterlab_datahub.sources.openbis.workspace import FOLDER, Workspace, flat
from jupyterlab_datahub.sources.saving import BackEnd, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyterlab_datahub.sources.saving import Bundle, Piece

V1_UNTIL = (3, 5)
"""The last API without ``createUploadedDataSet``."""

PLUGIN = "dataset-uploader-api"

PLACES = (f"original/{FOLDER}/", "original/", "original/DEFAULT/", "original/upload/", "")
"""Where the files of an upload may be in the dataset, which is for the server to decide."""

CANDIDATES = 200
"""Datasets that are looked at when a save may be among them; the newest come first."""


class Registration(BackEnd):
    """A bundle on its way to become a dataset.

    Parameters
    ----------
    session
        Who saves.
    bundle
        What is saved.
    """

    def __init__(self, session: Session, bundle: Bundle) -> None:
        self._session = session
        self._bundle = bundle
        self._old = session.server().api_version <= V1_UNTIL
        upload = "" if self._old else bundle.id
        self._workspace = Workspace(session, upload, several=len(bundle.files) > 1)
        self.host = self._workspace.host
        self.room = self._workspace.room

    def arrived(self, piece: Piece, crc32: str) -> bool:
        """Return whether the bytes of a piece are there; False where nobody can tell."""
        return self._workspace.arrived(piece, crc32)

    def send(self, piece: Piece, body: Callable[[], Iterable[bytes]]) -> None:
        """Send the bytes of a piece to their place."""
        self._workspace.send(piece, body())

    def find(self, crc32: Mapping[str, str]) -> str:
        """Return the dataset that has the file no other save has, else nothing."""
        marker = crc32[self._bundle.marker]
        for perm_id in self._candidates():
            found = self._named(perm_id)
            if self._bundle.marker in found and found[self._bundle.marker].crc32 == marker:
                return owners.ref_of(self._session, perm_id)
        return ""

    def register(self) -> str:
        """Make a dataset of what is in the workspace."""
        owner = self._owner()
        perm_id = self._register_v1(owner) if self._old else self._register_v3(owner)
        if not perm_id:
            raise BadAnswerError(
                f"{self._session.who.title} does not say which dataset it made",
                source=self._session.who.source,
                host=self._session.host,
                hint="Look for it in openBIS before you save again.",
            )
        return owners.ref_of(self._session, perm_id)

    def stored(self, ref: str) -> Mapping[str, StoredFile]:
        """Return the files of the dataset, by their names in the bundle."""
        return self._named(owners.of_ref(self._session, ref))

    def close(self) -> None:
        """Close the connections."""
        self._workspace.close()

    def _owner(self) -> owners.Entity:
        ident = owners.of_ref(self._session, self._bundle.owner)
        found = owners.entity(self._session, ident) if ident else None
        if found is None:
            raise NotFoundError(
                "the collection or object that the notebook was to be saved to is gone",
                source=self._session.who.source,
                host=self._session.host,
                hint="Save the notebook to another one.",
            )
        return found

    def _register_v3(self, owner: owners.Entity) -> str:
        creation: dict[str, Any] = {
            "@type": "dss.dto.dataset.create.UploadedDataSetCreation",
            "@id": "1",
            "typeId": {
                "@type": "as.dto.entitytype.id.EntityTypePermId",
                "@id": "2",
                "permId": self._bundle.type,
                "entityKind": "DATA_SET",
            },
            "properties": self._properties(),
            "parentIds": [
                {
                    "@type": "as.dto.dataset.id.DataSetPermId",
                    "@id": str(number),
                    "permId": perm_id,
                }
                for number, perm_id in enumerate(self._parents(), 5)
            ],
            "uploadId": self._bundle.id,
        }
        if owner.kind == owners.COLLECTION:
            creation["experimentId"] = {
                "@type": "as.dto.experiment.id.ExperimentIdentifier",
                "@id": "3",
                "identifier": owner.identifier,
            }
        else:
            creation["sampleId"] = {
                "@type": "as.dto.sample.id.SamplePermId",
                "@id": "4",
                "permId": owner.perm_id,
            }
        answer = self._session.call("createUploadedDataSet", creation, store=True)
        return str(answer.get("permId") or "") if isinstance(answer, dict) else ""

    def _register_v1(self, owner: owners.Entity) -> str:
        is_collection = owner.kind == owners.COLLECTION
        wanted = {
            "permId": None,
            "method": "insertDataSet",
            "sampleIdentifier": None if is_collection else owner.identifier,
            "experimentIdentifier": owner.identifier if is_collection else None,
            "dataSetType": self._bundle.type,
            "folderName": None,
            "fileNames": [self._workspace.name(file.name) for file in self._bundle.files],
            "isZipDirectoryUpload": False,
            "properties": self._properties(),
            "parentIdentifiers": list(self._parents()),
        }
        answer = self._session.ask(
            "createReportFromAggregationService",
            [self._session.token(), self._store_code(), PLUGIN, wanted],
            url=f"{self._session.url}{QUERY}",
        )
        row = [cell.get("value") for cell in answer["rows"][0]]
        if row[0] != "OK":
            words = row[1] if len(row) > 1 else ""
            raise wire.error_of(words, self._session.who, self._session.host)
        return str(row[2] or "") if len(row) > 2 else ""

    def _store_code(self) -> str:
        found = self._session.call(
            "searchDataStores",
            {"@type": "as.dto.datastore.search.DataStoreSearchCriteria"},
            {"@type": "as.dto.datastore.fetchoptions.DataStoreFetchOptions"},
        )
        return next(str(one["code"]) for one in found["objects"] if one["code"] != AFS_CODE)

    def _properties(self) -> dict[str, object]:
        """Return the properties as pyBIS writes them: codes in lower case, lists for several."""
        return {
            code.lower(): value if isinstance(value, str) else list(value)
            for code, value in self._bundle.properties.items()
        }

    def _parents(self) -> tuple[str, ...]:
        return tuple(owners.of_ref(self._session, ref) for ref in self._bundle.parents)

    def _candidates(self) -> list[str]:
        """Return the datasets of this type that were made since, the newest first."""
        since = datetime.fromisoformat(self._bundle.created).astimezone(UTC) - timedelta(days=1)
        owner = self._owner()
        word = "experiment" if owner.kind == owners.COLLECTION else "sample"
        criteria = [
            _criteria("as.dto.dataset.search.DataSetTypeSearchCriteria", "Code", self._bundle.type),
            _criteria(
                f"as.dto.{word}.search.{word.capitalize()}SearchCriteria", "PermId", owner.perm_id
            ),
            {
                "@type": "as.dto.common.search.RegistrationDateSearchCriteria",
                "fieldName": "registrationDate",
                "fieldType": "ATTRIBUTE",
                "fieldValue": {
                    "@type": "as.dto.common.search.DateLaterThanOrEqualToValue",
                    "value": since.strftime("%Y-%m-%d"),
                },
            },
        ]
        found = self._session.call(
            "searchDataSets",
            {
                "@type": "as.dto.dataset.search.DataSetSearchCriteria",
                "operator": "AND",
                "criteria": criteria,
            },
            {
                "@type": "as.dto.dataset.fetchoptions.DataSetFetchOptions",
                "from": None,
                "count": None,
            },
        )
        objects = [one for one in found.get("objects") or () if isinstance(one, dict)]
        objects.sort(key=lambda one: one.get("registrationDate") or 0, reverse=True)
        return [one["permId"]["permId"] for one in objects[:CANDIDATES]]

    def _named(self, perm_id: str) -> dict[str, StoredFile]:
        """Return the files of a dataset by their names in the bundle, wherever they were put."""
        stored = _listing(self._session, perm_id)
        names = [flat(one.name) if self._old else one.name for one in self._bundle.files]
        marker = flat(self._bundle.marker) if self._old else self._bundle.marker
        place = next((one for one in PLACES if f"{one}{marker}" in stored), PLACES[0])
        return {
            file.name: stored[f"{place}{name}"]
            for file, name in zip(self._bundle.files, names, strict=True)
            if f"{place}{name}" in stored
        }


def _listing(session: Session, perm_id: str) -> dict[str, StoredFile]:
    found = session.call(
        "searchFiles",
        {
            "@type": "dss.dto.datasetfile.search.DataSetFileSearchCriteria",
            "operator": "AND",
            "criteria": [
                _criteria("as.dto.dataset.search.DataSetSearchCriteria", "Code", perm_id, "OR")
            ],
        },
        {"@type": "dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"},
        store=True,
    )
    return {
        one["path"]: StoredFile(
            name=one["path"], size=one.get("fileLength") or 0, crc32=_crc32(one)
        )
        for one in found.get("objects") or ()
        if isinstance(one, dict) and not one.get("directory")
    }


def _crc32(file: dict[str, Any]) -> str:
    """Return a file's checksum; a zero of a file that is not empty means that there is none."""
    value = file.get("checksumCRC32")
    if not isinstance(value, int) or (value == 0 and file.get("fileLength")):
        return ""
    return f"{value & 0xFFFFFFFF:08x}"


def _criteria(of: str, field: str, value: str, operator: str = "AND") -> dict[str, Any]:
    return {
        "criteria": [
            {
                "fieldName": "code" if field == "Code" else "perm_id",
                "fieldType": "ATTRIBUTE",
                "fieldValue": {
                    "value": value,
                    "@type": "as.dto.common.search.StringEqualToValue",
                },
                "@type": f"as.dto.common.search.{field}SearchCriteria",
            }
        ],
        "operator": operator,
        "@type": of,
    }
