"""The host of the buckets: it asks for signed addresses, and for nothing beside them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.messages import Reply, Request, Seen, xml_error
from jupyterlab_datahub.demo.ranges import File, FileHost

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.faults import Faults
    from jupyterlab_datahub.demo.gen3.storage import Signer, Storage

TWO_WAYS = (
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query "
    "string parameter or the Authorization header should be specified"
)


class BucketHost(FileHost):
    """An object store that is asked with presigned addresses alone.

    Parameters
    ----------
    storage
        Its objects.
    signer
        Knows which addresses are good.
    directory
        Unused by objects, which have paths of their own.
    faults, log
        See :class:`~jupyterlab_datahub.demo.wire.Host`; faults know it as ``bucket``, and a
        request by ``/<bucket>/<key>``.
    """

    methods = ("GET", "HEAD", "PUT")

    def __init__(
        self,
        storage: Storage,
        signer: Signer,
        directory: Path,
        *,
        faults: Faults | None = None,
        log: list[Seen] | None = None,
    ) -> None:
        super().__init__(directory, name="bucket", faults=faults, log=log)
        self._storage = storage
        self._signer = signer

    def start(self) -> str:
        """Listen, and let addresses lead here."""
        self._signer.base = super().start()
        return self.url

    def streams(self, method: str, path: str) -> bool:  # noqa: ARG002 - all that is sent is a file
        """Return whether a body is read as it comes in."""
        return method == "PUT"

    def answer(self, request: Request) -> Reply:
        """Return an object or a part of it, or keep one that is sent."""
        if request.header("authorization"):
            return xml_error(400, "InvalidArgument", TWO_WAYS)
        query = {name: values[0] for name, values in request.query.items()}
        if refused := self._signer.refused(request.method, request.path, query):
            return xml_error(403, *refused)
        if request.method == "PUT":
            return self._keep(request, query)
        return super().answer(request)

    def _find(self, request: Request) -> File | None:
        stored = self._storage.find(request.path.removeprefix("/"))
        if stored is None or not stored.path.is_file():
            return None
        stat = stored.path.stat()
        return self._as_seen(
            request, File(stored.path, stat.st_size, stored.etag, float(int(stat.st_mtime)))
        )

    def _keep(self, request: Request, query: dict[str, str]) -> Reply:
        if request.incoming is None or request.incoming.length is None:
            return xml_error(
                411, "MissingContentLength", "You must provide the Content-Length HTTP header."
            )
        place, upload = request.path.removeprefix("/"), query.get("uploadId", "")
        if upload and not self._storage.has_upload(upload, place):
            return xml_error(404, "NoSuchUpload", "The specified upload does not exist.")
        path = self._storage.new_file()
        digest = hashlib.md5(usedforsecurity=False)
        try:
            with path.open("wb") as file:
                for piece in request.incoming.pieces():
                    file.write(piece)
                    digest.update(piece)
            etag = f'"{digest.hexdigest()}"'
            if upload:
                self._storage.put_part(upload, int(query["partNumber"]), path, etag)
            else:
                self._storage.put(place, path, etag)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Reply(200, {"ETag": etag})
