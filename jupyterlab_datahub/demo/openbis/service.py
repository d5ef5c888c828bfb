"""One openBIS on one port: application server, data store server and file server."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.messages import Reply, Request, Seen, json_reply, problem
from jupyterlab_datahub.demo.openbis import afs, data_store, rpc
from jupyterlab_datahub.demo.openbis.application import ApplicationServer
from jupyterlab_datahub.demo.openbis.failures import OpenbisError, invalid_session
from jupyterlab_datahub.demo.openbis.fast_download import TransferError, illegal
from jupyterlab_datahub.demo.wire import Host

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.openbis.store import Store

BASE = "/openbis/openbis/"
QUERY = f"{BASE}rmi-query-v1.json"
"""The older interface, which hands reports on to the data store server."""
WORK = "work"
AFS = "afs"


class OpenbisService(Host):
    """Serves a :class:`Store`.

    Parameters
    ----------
    store
        What openBIS knows; its ``store_url`` is set when the service starts.
    directory
        Where uploads and the files of the file server are kept.
    port, faults, log, tls
        See :class:`~jupyterlab_datahub.demo.wire.Host`. Faults know a call by its path and
        name, ``/datastore_server/file-transfer#download`` for one.

    Attributes
    ----------
    application_server : ApplicationServer
        Everything but files.
    data_store : DataStore
        Uploads and downloads.
    afs : AfsServer
        The file server.
    """

    methods = ("GET", "HEAD", "POST", "DELETE")
    longest_body = 64 << 20

    def __init__(
        self,
        store: Store,
        directory: Path,
        *,
        port: int = 0,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__("openbis", port=port, faults=faults, log=log, tls=tls)
        self.store = store
        self.data_store = data_store.DataStore(store, self.faults, directory / WORK)
        self.afs = afs.AfsServer(store, directory / AFS)
        self.application_server = ApplicationServer(store)
        self.controls["/_openbis"] = partial(control, store)

    @property
    def host(self) -> str:
        """Name and port, as references to datasets have them."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> str:
        """Listen, and let the store know where."""
        url = super().start()
        self.store.store_url = url
        return url

    def answer(self, request: Request) -> Reply:
        """Return the reply of the server that a path belongs to."""
        if request.path == QUERY and request.method == "POST":
            methods: dict[str, rpc.Method] = {
                "createReportFromAggregationService": self.data_store.report
            }
            return rpc.answer(request, methods)
        if request.path.startswith(BASE) and request.method == "POST":
            return self.application_server.answer(request)
        if request.path.startswith(data_store.BASE):
            return self.data_store.answer(request)
        if request.path == afs.API:
            return self.afs.answer(request)
        return problem(404)

    def streams(self, method: str, path: str) -> bool:
        """Return whether a body is a file, or a part of one."""
        return method in ("POST", "DELETE") and path in (data_store.UPLOAD, afs.API)

    def call_of(self, request: Request) -> str:
        """Return the procedure that a request calls."""
        if request.path == afs.API:
            return (request.query.get("method") or [""])[0]
        if request.path == data_store.TRANSFER:
            return _transfer_call(request)
        if request.path.endswith(".json") and request.body:
            return _rpc_call(request.body)
        return ""

    def expired(self, request: Request) -> Reply:
        """Return what each of the servers says to a session that is over."""
        if request.path == afs.API:
            return afs.refused(20001, "Session token is invalid or has expired")
        if request.path == data_store.TRANSFER:
            return json_reply(illegal("Item ids cannot be null or empty").document())
        if request.path == data_store.UPLOAD:
            return data_store.jetty_error(str(invalid_session("demo")))
        if request.path.endswith(".json"):
            call = rpc.call_of(request.body)
            token = str(call.params[0]) if call.params else ""
            return rpc.error_reply(call, str(invalid_session(token)))
        return data_store.page("The session expired. Please login again.")


def control(store: Store, request: Request) -> Reply:
    """Show or change what no client can.

    POST ``{"api_version": "3.5"}`` sets it, ``"expire": true`` ends all sessions, ``"revoke":
    true`` takes all personal access tokens back, ``"archive": [permId, …]`` puts datasets into
    the archive, ``"archiving_seconds": 2.5`` is how long one takes to come back. The answer says
    how many personal access tokens there are.
    """
    if request.method == "POST":
        try:
            document = json.loads(request.body)
            _change(store, document)
        except (OpenbisError, ValueError) as error:
            return problem(400, str(error))
    return json_reply(
        {
            "api_version": store.api_version,
            "archiving_seconds": store.archiving_seconds,
            "tokens": len(store.sessions.pats),
        }
    )


def _change(store: Store, document: dict[str, Any]) -> None:
    store.api_version = str(document.get("api_version", store.api_version))
    store.archiving_seconds = float(document.get("archiving_seconds", store.archiving_seconds))
    if document.get("expire"):
        store.sessions.expire()
    if document.get("revoke"):
        for pat in list(store.sessions.pats):
            store.sessions.revoke_pat(pat)
    for perm_id in document.get("archive", ()):
        physical = store.dataset(str(perm_id)).physical
        if physical:
            physical.status = "ARCHIVED"
            physical.present_in_archive = True


def _transfer_call(request: Request) -> str:
    try:
        named = data_store.transfer_parameters(request).get("method")
    except TransferError:
        return ""
    return str(named[0]) if isinstance(named, list) and len(named) == 1 else ""


def _rpc_call(body: bytes) -> str:
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    return str(document.get("method", "")) if isinstance(document, dict) else ""
