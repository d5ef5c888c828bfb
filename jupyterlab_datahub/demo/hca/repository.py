"""Data files: from a UUID to a signed address, with the waiting in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jupyterlab_datahub.demo.hca.failures import AzulError, bad_request
from jupyterlab_datahub.demo.hca.files import blob_name
from jupyterlab_datahub.demo.hca.filters import reified, selected
from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterlab_datahub.demo.hca.aggregation import Entity
    from jupyterlab_datahub.demo.hca.catalogs import Catalog
    from jupyterlab_datahub.demo.hca.storage import Storage

VERSION = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

PARAMETERS = (
    "catalog",
    "version",
    "fileName",
    "wait",
    "requestIndex",
    "replica",
    "drsUri",
    "token",
)


class Resolved(Struct):
    """The answer to "where is this file": an HTTP status with what belongs to it."""

    status: int
    location: str = ""
    retry_after: int | None = None
    file_name: str = ""


class Repository:
    """Hands out addresses of files.

    Attributes
    ----------
    rounds : int
        How often one is told to come back (301) before the address of a file is ready.
    longest_wait : int
        Seconds that the repository asks for; Azul asks for less at first, and for nothing
        where this is 0.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.rounds = 0
        self.longest_wait = 3

    def resolve(
        self,
        catalog: Catalog,
        uuid: str,
        params: Mapping[str, str],
        *,
        sources: set[str],
        address: str,
        wanted_range: str,
    ) -> Resolved:
        """Return where a file can be read, or where and when to ask again.

        Parameters
        ----------
        catalog, uuid, params
            What is asked for.
        sources
            The sources that the caller may read.
        address
            This very endpoint, without a query.
        wanted_range
            The Range header.

        Raises
        ------
        AzulError
            400 for wrong parameters, 404 for files that are not there or not to be had.
        """
        _check(params)
        version = params.get("version")
        file = _find(catalog, uuid, version, sources)
        if file is None:
            message = (
                f"Unable to find file {uuid!r}, version {version!r} in catalog {catalog.name!r}"
            )
            raise AzulError(404, message)
        if wanted_range and _begins_at_end(wanted_range, file["size"]):
            # For curl, which asks for the rest of a file that it has all of.
            return Resolved(status=206)
        name = params.get("fileName", file["name"])
        asked = int(params.get("requestIndex", "0"))
        if file["drs_uri"] is None:
            message = (
                f"File {uuid!r} with version {file['version']!r} was found in catalog "
                f"{catalog.name!r}, however no download is currently available"
            )
            raise AzulError(404, message)
        if asked < self.rounds:
            again = {
                "catalog": catalog.name,
                "version": file["version"],
                "fileName": name,
                "requestIndex": asked + 1,
                "drsUri": file["drs_uri"],
                "token": f"{uuid[:8]}-{asked + 1}",
            }
            if "wait" in params:
                again["wait"] = params["wait"]
            wait = min(self.longest_wait, int(1.3**asked)) or None
            return Resolved(status=301, location=f"{address}?{urlencode(again)}", retry_after=wait)
        location = self._storage.signed(blob_name(uuid, file["file_format"]))
        return Resolved(status=302, location=location, file_name=name)


def _check(params: Mapping[str, str]) -> None:
    if extra := sorted(params.keys() - set(PARAMETERS)):
        names = ", ".join(f"`{name}`" for name in extra)
        message = f"Unknown query parameter{'s' if len(extra) > 1 else ''} {names}"
        raise bad_request(message)
    allowed = {
        "version": VERSION.fullmatch,
        "wait": re.compile("[01]").fullmatch,
        "requestIndex": re.compile(r"\d+").fullmatch,
        "replica": re.compile("aws|gcp").fullmatch,
    }
    for name, matches in allowed.items():
        if name in params and not matches(params[name]):
            message = f"Invalid value for `{name}`"
            raise bad_request(message)


def _begins_at_end(wanted: str, size: int) -> bool:
    unit, equals, ranges = wanted.partition("=")
    parts = ranges.split("-")
    if not unit or not equals or len(parts) != 2 or not any(parts):
        message = f"Invalid range specifier {wanted!r}"
        raise bad_request(message)
    return unit == "bytes" and parts == [str(size), ""]


def _find(catalog: Catalog, uuid: str, version: str | None, sources: set[str]) -> Entity | None:
    index = catalog.indices["files"]
    asked: dict[str, dict[str, list[Any]]] = {"fileId": {"is": [uuid]}}
    if version is not None:
        asked["fileVersion"] = {"is": [version]}
    found = selected(index, reified(asked, sources, limited=True))
    files = [index.documents[at].contents["files"][0] for at in found]
    return max(files, key=lambda file: str(file["version"]), default=None)
