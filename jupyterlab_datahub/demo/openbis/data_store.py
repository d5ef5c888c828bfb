"""The data store server: listing, downloads, uploads and registration of files."""

from __future__ import annotations

import json
from bisect import bisect_left
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.messages import (
    FileBody,
    MadeBody,
    Reply,
    Request,
    json_reply,
    problem,
)
from jupyterlab_datahub.demo.openbis import rpc
from jupyterlab_datahub.demo.openbis.failures import OpenbisError, invalid_session
from jupyterlab_datahub.demo.openbis.fast_download import (
    DownloadSessions,
    Item,
    TransferError,
    busy,
    illegal,
)
from jupyterlab_datahub.demo.openbis.listing import at_hand, search_files
from jupyterlab_datahub.demo.openbis.records import DataSet
from jupyterlab_datahub.demo.openbis.registration import aggregation_service, create_uploaded
from jupyterlab_datahub.demo.openbis.workspace import Workspaces
from jupyterlab_datahub.demo.sending import FLIP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Fault, Faults, Kind
    from jupyterlab_datahub.demo.openbis.chunks import Chunk
    from jupyterlab_datahub.demo.openbis.records import StoredFile
    from jupyterlab_datahub.demo.openbis.references import Json
    from jupyterlab_datahub.demo.openbis.store import Store

BASE = "/datastore_server/"
RPC = f"{BASE}rmi-data-store-server-v3.json"
TRANSFER = f"{BASE}file-transfer"
UPLOAD = f"{BASE}session_workspace_file_upload"
WORKSPACE_FILE = f"{BASE}session_workspace_file_download"
OCTETS = {"Content-Type": "application/octet-stream"}


class DataStore:
    """The data store server of one openBIS.

    Parameters
    ----------
    store
        What openBIS knows.
    faults
        What goes wrong.
    directory
        Where uploads are kept until they are registered.

    Attributes
    ----------
    downloads : DownloadSessions
        Fast downloads; set its ``most_streams`` for a busy server.
    workspaces : Workspaces
        Uploads.
    """

    def __init__(self, store: Store, faults: Faults, directory: Path) -> None:
        self.store = store
        self.downloads = DownloadSessions(self._alive)
        self.workspaces = Workspaces(directory)
        self._faults = faults
        self._calls = {
            "startDownloadSession": self._start,
            "queue": self._queue,
            "download": self._download,
            "finishDownloadSession": self._finish,
        }

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request below ``/datastore_server``."""
        if request.path == RPC:
            methods: dict[str, rpc.Method] = {
                "searchFiles": self._search_files,
                "createFastDownloadSession": partial(self._create_session, request),
                "createUploadedDataSet": self._create_uploaded,
            }
            return rpc.answer(request, methods)
        if request.path == TRANSFER:
            return self._transfer(request)
        if request.path == UPLOAD:
            return self._upload(request)
        if request.path == WORKSPACE_FILE:
            return self._workspace_file(request)
        if request.method == "GET":
            return self._file(request)
        return problem(404)

    def report(self, token: object, _store: str, plugin: str, wanted: Json) -> Json:
        """Run an aggregation service; the application server hands these calls on.

        Raises
        ------
        OpenbisError
            If the token is invalid.
        """
        session = self.store.session(token)
        return aggregation_service(self.store, self.workspaces, session, plugin, wanted)

    def _alive(self, token: str) -> bool:
        return self.store.sessions.find(token) is not None

    def _fault(self, kind: Kind, request: Request) -> Fault | None:
        return self._faults.take(kind, "openbis", request.method, request.place)

    # --- calls ------------------------------------------------------------------------------

    def _search_files(self, token: object, criteria: Json, _options: object = None) -> Json:
        session = self.store.session(token)
        with self.store.lock:
            return search_files(self.store, session, criteria)

    def _create_session(
        self, request: Request, token: object, ids: list[Json], options: Json | None = None
    ) -> Json:
        session = self.store.session(token)
        # As in openBIS, what the asker may not see is left out without a word.
        files = [
            {
                "@type": "dss.dto.datasetfile.id.DataSetFilePermId",
                "dataSetId": {
                    "@type": "as.dto.dataset.id.DataSetPermId",
                    "permId": id_["dataSetId"]["permId"],
                },
                "filePath": id_["filePath"],
            }
            for id_ in ids
            if self.store.visible(session, id_["dataSetId"]["permId"])
        ]
        if fault := self._fault("filtered", request):
            files = files[: -fault.by or None]
        return {
            "@type": "dss.dto.datasetfile.fastdownload.FastDownloadSession",
            "downloadUrl": f"{self.store.store_url}{TRANSFER}",
            "fileTransferUserSessionId": token,
            "files": files,
            "options": options,
        }

    def _create_uploaded(self, token: object, creation: Json) -> Json:
        return create_uploaded(self.store, self.workspaces, self.store.session(token), creation)

    # --- fast download ----------------------------------------------------------------------

    def _transfer(self, request: Request) -> Reply:
        try:
            call = self._calls.get(request.call)
            if call is None:
                raise illegal(f"Unknown method '{request.call}'.")
            return call(request, transfer_parameters(request))
        except TransferError as error:
            return json_reply(error.document())

    def _start(self, request: Request, given: Json) -> Reply:
        if self._fault("busy", request):
            raise busy()
        token = _first(given, "userSessionId")
        session = self.store.sessions.find(token)
        ids = _item_ids(given)
        with self.store.lock:
            asked = [
                (id_, self._items(request, id_))
                for id_ in ids
                if session and self.store.visible(session, id_.partition("/")[0])
            ]
        if fault := self._fault("filtered", request):
            asked = asked[: -fault.by or None]
        wished = given.get("wishedNumberOfStreams")
        return json_reply(self.downloads.start(token, asked, int(wished[0]) if wished else None))

    def _items(self, request: Request, id_: str) -> list[Item]:
        code, _, path = id_.partition("/")
        dataset = self.store.dataset(code)
        if not at_hand(dataset):
            raise TransferError(
                f"Data set '{code}' is not available because it is archived.",
                "ch.systemsx.cisd.common.exceptions.UserFailureException",
            )
        fault = self._fault("truncated", request)
        items = [
            Item(id_, file.path, min(file.size, fault.size) if fault else file.size, file.file)
            for file in _below(dataset, path)
        ]
        if not items and path not in dataset.directories:
            raise illegal(f"Resource '{path}' does not exist.")
        return items

    def _queue(self, _request: Request, given: Json) -> Reply:
        self.downloads.queue(_first(given, "downloadSessionId"), _split(given, "ranges"))
        return Reply(200)

    def _download(self, request: Request, given: Json) -> Reply:
        count = given.get("numberOfChunks")
        chunks = self.downloads.take(
            _first(given, "downloadSessionId"),
            _first(given, "downloadStreamId"),
            int(count[0]) if count else None,
        )
        flipped = bool(chunks and self._fault("changed", request))
        pieces = partial(_encoded, chunks, flipped=flipped)
        return Reply(200, dict(OCTETS), MadeBody(sum(chunk.size for chunk in chunks), pieces))

    def _finish(self, _request: Request, given: Json) -> Reply:
        self.downloads.finish(_first(given, "downloadSessionId"))
        return Reply(200)

    # --- servlets ---------------------------------------------------------------------------

    def _upload(self, request: Request) -> Reply:
        given = {name: values[0] for name, values in request.query.items()}
        token, name = given.get("sessionID", ""), given.get("filename", "")
        missing = {"sessionID", "id", "startByte", "endByte", "filename"} - given.keys()
        if missing or request.incoming is None:
            return jetty_error(f"{', '.join(sorted(missing))} parameter cannot be null")
        if not self._alive(token):
            return jetty_error(str(invalid_session(token)))
        start = int(given["startByte"])
        empty = given.get("emptyFolder", "").lower() == "true"
        try:
            if empty:
                size = -1
                self.workspaces.make_folder(token, name)
            else:
                pieces = request.incoming.pieces()
                fault = self._fault("short", request)
                if fault and request.incoming.length:
                    pieces = _at_most(request.incoming.length - fault.by, pieces)
                size = self.workspaces.write(token, name, start, pieces)
        except OpenbisError as error:
            return jetty_error(str(error))
        document = {
            "id": int(given["id"]),
            "startByte": start,
            "endByte": int(given["endByte"]),
            "filename": name,
            "emptyFolder": empty,
            "size": size,
            "status": "ok",
        }
        return Reply(200, {"Content-Type": "text/json"}, json.dumps(document).encode())

    def _workspace_file(self, request: Request) -> Reply:
        """Return a file of a session workspace, as it is just now."""
        given = {name: values[0] for name, values in request.query.items()}
        token, name = given.get("sessionID", ""), given.get("filePath", "")
        if not self._alive(token):
            return jetty_error(str(invalid_session(token)))
        try:
            path = self.workspaces.find(token, name)
        except OpenbisError as error:
            return jetty_error(str(error))
        if path is None or not path.is_file():
            return jetty_error(f"java.io.FileNotFoundException: {name} (No such file)")
        return Reply(200, dict(OCTETS), FileBody(path, 0, path.stat().st_size))

    def _file(self, request: Request) -> Reply:
        token = (request.query.get("sessionID") or [""])[0]
        code, _, path = request.path.removeprefix(BASE).partition("/")
        session = self.store.sessions.find(token)
        if session is None:
            return page("The session expired. Please login again.")
        dataset = self.store.find(DataSet, code)
        if dataset is None or not self.store.may_see(session.user, dataset):
            return page(f"Data set '{code}' not found.")
        if not at_hand(dataset):
            return page(f"Data set '{code}' is not available because it is archived.")
        file = next((file for file in dataset.files if file.path == path), None)
        if file is None:
            return page(f"File '{path}' does not exist.", 404)
        size = file.size
        if fault := self._fault("truncated", request):
            size = min(size, fault.size)
        flipped = self._fault("changed", request) is not None
        return Reply(200, dict(OCTETS), FileBody(file.file, 0, size, flipped))


def _below(dataset: DataSet, path: str) -> list[StoredFile]:
    """Return the file of a path, or the files of a folder; the files are in order."""
    at = bisect_left(dataset.files, path, key=lambda file: file.path)
    if at < len(dataset.files) and dataset.files[at].path == path:
        return [dataset.files[at]]
    return [file for file in dataset.files if not path or file.path.startswith(f"{path}/")]


def transfer_parameters(request: Request) -> Json:
    """Return the parameters of a file-transfer call: from the JSON body, else from the query.

    Raises
    ------
    TransferError
        If the body is no JSON object.
    """
    if not request.body:
        return dict(request.query)
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise illegal(str(error)) from error
    if not isinstance(document, dict):
        raise illegal("not an object")
    return document


def page(text: str, status: int = 200) -> Reply:
    """Return a page with a sentence, which openBIS shows instead of a file, mostly with 200."""
    body = f"<html><body>{escape(text)}</body></html>\n"
    return Reply(status, {"Content-Type": "text/html;charset=utf-8"}, body.encode())


def jetty_error(text: str) -> Reply:
    """Return what the server's web framework makes of an exception."""
    body = f"<html><body><h2>HTTP ERROR 500</h2><pre>{escape(text)}</pre></body></html>\n"
    return Reply(500, {"Content-Type": "text/html;charset=iso-8859-1"}, body.encode())


def _first(given: Json, name: str) -> str:
    values = _split(given, name)
    return values[0] if values else ""


def _split(given: Json, name: str) -> list[str]:
    """Return the values of a parameter; openBIS splits them at commas whatever they are."""
    values = given.get(name)
    if not isinstance(values, list):
        raise TransferError(f"Unspecified parameter '{name}'.", "javax.servlet.ServletException")
    return [part.strip() for value in values for part in str(value).split(",")]


def _item_ids(given: Json) -> list[str]:
    """Return the ids of the files to send.

    With version 2 they are a list in JSON; before, they are separated by commas, so that no
    name with a comma can be asked for.
    """
    version: list[Any] = given.get("version") or []
    if [str(value).strip() for value in version] != ["2"]:
        return _split(given, "downloadItemIds")
    try:
        ids = json.loads(given["downloadItemIds"][0])
    except (KeyError, IndexError, ValueError) as error:
        raise TransferError(str(error), "java.lang.RuntimeException") from error
    return [str(id_) for id_ in ids]


def _encoded(chunks: list[Chunk], *, flipped: bool) -> Iterator[bytes | FileBody]:
    for chunk in chunks:
        if flipped:
            yield chunk.encoded(chunk.payload().translate(FLIP))
        else:
            yield from chunk.pieces()


def _at_most(size: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if size <= 0:
            return
        yield piece[:size]
        size -= len(piece)
