"""Everything one openBIS knows: entities, sessions, and the files of datasets."""

from __future__ import annotations

import shutil
import zlib
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import (
    DataSet,
    DataSetType,
    Experiment,
    Person,
    Physical,
    Sample,
    StoredFile,
)
from jupyterlab_datahub.demo.openbis.references import id_text, optional, visible
from jupyterlab_datahub.demo.openbis.sessions import Session, Sessions, now
from jupyterlab_datahub.demo.openbis.tables import Tables
from jupyterlab_datahub.demo.openbis.values import checked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PIECE = 1 << 20


class Store(Tables):
    """An openBIS without its services.

    Parameters
    ----------
    directory
        Where uploaded files are put.
    api_version
        What ``getServerInformation`` says: "3.5", "3.6", "3.7".
    version
        The version of openBIS that it says.

    Attributes
    ----------
    passwords : dict
        Password by user.
    sessions : Sessions
        Tokens.
    store_url : str
        The address of the data store server, without ``/datastore_server``.
    kinds : set of str
        The data stores it has: ``DSS``, and ``AFS`` as openBIS 7 has it.
    archiving_seconds : float
        How long a dataset is on its way to the archive, and back.
    """

    def __init__(
        self, directory: Path, *, api_version: str = "3.7", version: str = "20.10.12"
    ) -> None:
        super().__init__()
        self.directory = directory
        self.api_version = api_version
        self.version = version
        self.passwords: dict[str, str] = {}
        self.sessions = Sessions(self.passwords)
        self.store_url = ""
        self.kinds = {"DSS", "AFS"}
        self.archiving_seconds = 1.0

    def session(self, token: object) -> Session:
        """Return the session of a token.

        Raises
        ------
        OpenbisError
            If it is invalid.
        """
        return self.sessions.session(token)

    def add_person(self, user: str, password: str, first_name: str, last_name: str) -> Person:
        """Add a user, who may do nothing yet."""
        self.passwords[user] = password
        person = Person(
            code=user,
            perm_id=user,
            registered=now(),
            first_name=first_name,
            last_name=last_name,
            email=f"{user}@lab.example.org",
        )
        return self.add(person)

    def visible(self, session: Session, perm_id: str) -> bool:
        """Return whether there is a dataset that a session may see."""
        found = self.find(DataSet, perm_id)
        return found is not None and self.may_see(session.user, found)

    def files(self, perm_id: str) -> list[StoredFile]:
        """Return the files of a dataset in the order of their paths, none of no dataset."""
        found = self.find(DataSet, perm_id)
        return list(found.files) if found else []

    def register(self, session: Session, creation: dict[str, Any], directory: Path) -> str:
        """Make a dataset of the files below a directory and return its permId.

        Parameters
        ----------
        session
            Who registers.
        creation
            A ``UploadedDataSetCreation`` or ``DataSetCreation``, references put in.
        directory
            Holds ``original/…``; it stays where it is.

        Raises
        ------
        OpenbisError
            With the first thing that is wrong about the creation.
        """
        files, directories = stored_files(directory)
        with self.lock:
            dataset = self.create_dataset(session, creation)
            self.fill(dataset, files, directories)
        return dataset.perm_id

    def fill(
        self, dataset: DataSet, files: Iterable[StoredFile], directories: Iterable[str] = ()
    ) -> None:
        """Let files be those of a dataset."""
        dataset.files = sorted(files, key=lambda file: file.path)
        dataset.directories = sorted(directories)
        if dataset.physical:
            dataset.physical.size = sum(file.size for file in dataset.files)

    def create_dataset(self, session: Session, creation: dict[str, Any]) -> DataSet:
        """Add a dataset without files.

        Raises
        ------
        OpenbisError
            With the first thing that is wrong about the creation.
        """
        user = session.user
        type_ = optional(self, DataSetType, creation.get("typeId"))
        if type_ is None:
            raise OpenbisError("Type id cannot be null.")
        experiment = sample = None
        if creation.get("experimentId"):
            experiment = visible(self, user, Experiment, creation["experimentId"])
        if creation.get("sampleId"):
            sample = visible(self, user, Sample, creation["sampleId"])
            experiment = sample.experiment or experiment
        owner = sample or experiment
        if owner is None:
            raise OpenbisError("Experiment id and sample id cannot be both null.")
        self.check_write(user, owner)
        parents = [visible(self, user, DataSet, id_) for id_ in creation.get("parentIds") or ()]
        components = [
            visible(self, user, DataSet, id_) for id_ in creation.get("componentIds") or ()
        ]
        code = str(creation.get("code") or self.new_perm_id()).upper()
        time = now()
        kind = str(creation.get("dataSetKind") or "PHYSICAL")
        return self.add(
            DataSet(
                code=code,
                perm_id=code,
                registrator=user,
                registered=time,
                modifier=user,
                modified=time,
                type=type_,
                kind=kind,
                properties=checked(self, type_, creation.get("properties") or {}),
                tags=[id_text(tag) for tag in creation.get("tagIds") or ()],
                experiment=experiment,
                sample=sample,
                parents=parents,
                components=components,
                physical=_physical(code) if kind == "PHYSICAL" else None,
            )
        )

    def remove_files(self, dataset: DataSet) -> None:
        """Delete the files of a dataset that lie below the store's own directory."""
        place = self.directory / dataset.perm_id
        if dataset.files and place.is_dir():
            shutil.rmtree(place)


def stored_files(directory: Path) -> tuple[list[StoredFile], list[str]]:
    """Return the files below a directory with their checksums, and the directories."""
    paths = sorted(directory.rglob("*"))
    files = [
        StoredFile(
            path=path.relative_to(directory).as_posix(),
            size=path.stat().st_size,
            crc32=_crc32(path),
            file=path,
        )
        for path in paths
        if path.is_file()
    ]
    return files, [p.relative_to(directory).as_posix() for p in paths if p.is_dir()]


def _crc32(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            crc = zlib.crc32(piece, crc)
    return crc


def _physical(code: str) -> Physical:
    digest = f"{zlib.crc32(code.encode()):08x}"
    location = f"DEMO/{digest[:2]}/{digest[2:4]}/{digest[4:6]}/{code}"
    return Physical(location=location)
