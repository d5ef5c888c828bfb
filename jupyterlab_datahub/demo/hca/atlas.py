"""The demo's Human Cell Atlas as one: the service, its store, and their switches."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.demo.hca.catalogs import Catalogs
from jupyterlab_datahub.demo.hca.files import FOLDER, blob_name, read_records
from jupyterlab_datahub.demo.hca.generated import PROJECTS
from jupyterlab_datahub.demo.hca.hits import UrlName
from jupyterlab_datahub.demo.hca.pages import EXPLORER, PAIRS
from jupyterlab_datahub.demo.hca.service import AzulApi
from jupyterlab_datahub.demo.hca.storage import Storage
from jupyterlab_datahub.demo.messages import Reply, Request, Seen, json_reply, problem
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.hca.specs import FileSpec, ProjectSpec


class Switches(Struct):
    """What ``/_hca`` takes; what is left out stays as it is."""

    file_rounds: int | None = None
    manifest_rounds: int | None = None
    retry_after: int | None = None
    failing_manifests: int | None = None
    lifetime: int | None = None
    limit: int | None = None
    period: float | None = None
    url_name: UrlName | None = None
    expire_urls: bool = False
    expire_manifests: bool = False
    release: bool = False


class HumanCellAtlas:
    """Azul and the store behind it, on two ports.

    Parameters
    ----------
    data
        The demo's data directory.
    work
        A directory for manifests, which is made when it is needed.
    faults, log
        Shared with the other hosts.

    Attributes
    ----------
    catalogs : Catalogs
        What is served; ``release()`` puts another in place of the default one.
    api : AzulApi
        The service; ``url_name`` chooses what addresses of files are called.
    storage : Storage
        The store; ``signer.lifetime`` is in seconds, ``signer.expire()`` ends all addresses.

    Examples
    --------
    >>> hub.hca.api.repository.rounds = 3  # files are prepared for a while  # doctest: +SKIP
    >>> hub.hca.api.jobs.expire()  # manifests are gone  # doctest: +SKIP
    >>> hub.hca.api.rate.limit = 10  # doctest: +SKIP
    """

    def __init__(self, data: Path, work: Path, *, faults: Faults, log: list[Seen]) -> None:
        directory = data / FOLDER
        records = read_records(directory)
        etags = {
            blob_name(project.file_id(file), file.format): f'"{record.sha256[:32]}"'
            for project in PROJECTS
            for file in project.files
            if (record := records.get(project.file_id(file)))
        }
        self.catalogs = Catalogs(records)
        self.storage = Storage(directory, work / "manifests", etags, faults=faults, log=log)
        self.api = AzulApi(self.catalogs, self.storage, faults=faults, log=log)
        self.api.controls["/_hca"] = self._control

    @property
    def services(self) -> dict[str, str]:
        """The addresses, known once started."""
        return {
            "url": self.api.url,
            "catalog": self.catalogs.default,
            "storage": self.storage.url,
            "explorer": f"{self.api.url}{EXPLORER}",
            "pairs": f"{self.api.url}{EXPLORER}/{PAIRS}",
        }

    def start(self) -> None:
        """Start both hosts.

        Raises
        ------
        OSError
            If there is no port.
        """
        with ExitStack() as started:
            self.storage.start()
            started.callback(self.storage.stop)
            self.api.start()
            started.pop_all()

    def stop(self) -> None:
        """Stop both hosts; stopping twice is fine."""
        self.api.stop()
        self.storage.stop()

    def __enter__(self) -> Self:
        """Start both hosts."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop both hosts."""
        self.stop()

    def project(self, key: str) -> ProjectSpec:
        """Return a project by its key."""
        return next(project for project in PROJECTS if project.key == key)

    def file(self, key: str, name: str) -> FileSpec:
        """Return the first file of a name in a project."""
        return next(file for file in self.project(key).files if file.name == name)

    def ref(self, key: str, name: str = "") -> str:
        """Return how DataHub names a project, or a file of it, in the default catalog."""
        project = self.project(key)
        if not name:
            return f"hca:{self.catalogs.default}/{project.id}"
        file = self.file(key, name)
        return f"hca:{self.catalogs.default}/{project.file_id(file)}@{file.version}"

    def _control(self, request: Request) -> Reply:
        """Show or throw the switches."""
        if request.method == "POST":
            try:
                self._switch(from_json(request.body, Switches))
            except msgspec.DecodeError as error:
                return problem(400, str(error))
        api = self.api
        state: dict[str, Any] = {
            "file_rounds": api.repository.rounds,
            "manifest_rounds": api.jobs.rounds,
            "retry_after": api.jobs.retry_after,
            "failing_manifests": api.jobs.failing,
            "lifetime": self.storage.signer.lifetime,
            "limit": api.rate.limit,
            "period": api.rate.period,
            "url_name": api.url_name,
            "catalog": self.catalogs.default,
        }
        return json_reply(state)

    def _switch(self, switches: Switches) -> None:
        api, signer = self.api, self.storage.signer
        for holder, attribute, value in (
            (api.repository, "rounds", switches.file_rounds),
            (api.jobs, "rounds", switches.manifest_rounds),
            (api.jobs, "failing", switches.failing_manifests),
            (api.jobs, "retry_after", switches.retry_after),
            (api.repository, "longest_wait", switches.retry_after),
            (api.rate, "retry_after", switches.retry_after),
            (api.rate, "limit", switches.limit),
            (api.rate, "period", switches.period),
            (api, "url_name", switches.url_name),
            (signer, "lifetime", switches.lifetime),
        ):
            if value is not None:
                setattr(holder, attribute, value)
        for wanted, act in (
            (switches.expire_urls, signer.expire),
            (switches.expire_manifests, api.jobs.expire),
            (switches.release, self.catalogs.release),
        ):
            if wanted:
                act()
