"""Uploads: a blank record, a signed address to send the bytes to, and parts of large files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.commons import BUCKETS, UPLOAD_BUCKET, may_all
from jupyterlab_datahub.demo.gen3.dialects import ServiceError
from jupyterlab_datahub.demo.gen3.downloads import LONGEST, Downloads, signed_for
from jupyterlab_datahub.demo.gen3.storage import StorageError
from jupyterlab_datahub.demo.gen3.users import UPLOADS, User, may
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.index import IndexRecord


class Uploads:
    """The calls of fence that give addresses to write to.

    Parameters
    ----------
    commons
        What is written to.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    def begin(self, request: Request) -> Reply:
        """Make a blank record, or take one that is there, and say where its bytes go."""
        user, sent = self._uploader(request), _document(request)
        name, bucket = _file_name(sent), _bucket(sent)
        record = self._record(user, sent, name)
        url = self._sign(user, f"{bucket}/{record.did}/{name}", sent.get("expires_in"))
        return json_reply({"guid": record.did, "url": url}, 201)

    def again(self, request: Request, guid: str) -> Reply:
        """Return a new address for a record that is there."""
        user = self._uploader(request)
        record = self._found(guid)
        self._check(user, record)
        query = {name: values[0] for name, values in request.query.items()}
        name, bucket = query.get("file_name") or guid, _bucket(query)
        place = f"{bucket}/{record.did}/{name}"
        url = self._commons.signer.sign("PUT", place, Downloads.life(request), signed_for(user))
        return json_reply({"url": url})

    def begin_parts(self, request: Request) -> Reply:
        """Begin an upload in parts."""
        user, sent = self._uploader(request), _document(request)
        name, bucket = _file_name(sent), _bucket(sent)
        record = self._record(user, sent, name)
        upload = self._commons.storage.begin(f"{bucket}/{record.did}/{name}")
        return json_reply({"guid": record.did, "uploadId": upload}, 201)

    def sign_part(self, request: Request) -> Reply:
        """Return the address of one part."""
        user, sent = self._uploader(request), _document(request)
        _require(sent, "key", "uploadId", "partNumber")
        part = sent["partNumber"]
        if not isinstance(part, int) or not 1 <= part <= 10_000:
            raise ServiceError(400, "partNumber must be a number from 1 to 10000")
        place = f"{_bucket(sent)}/{sent['key']}"
        self._check(user, self._owner(str(sent["key"])))
        more = {"partNumber": str(part), "uploadId": str(sent["uploadId"])}
        url = self._sign(user, place, sent.get("expires_in"), **more)
        return json_reply({"presigned_url": url})

    def complete(self, request: Request) -> Reply:
        """Put the parts together."""
        user, sent = self._uploader(request), _document(request)
        _require(sent, "key", "uploadId", "parts")
        self._check(user, self._owner(str(sent["key"])))
        place = f"{_bucket(sent)}/{sent['key']}"
        try:
            parts = [(int(part["PartNumber"]), str(part["ETag"])) for part in sent["parts"]]
            self._commons.storage.complete(str(sent["uploadId"]), place, parts)
        except (KeyError, TypeError, ValueError) as error:
            raise ServiceError(400, "`parts` must be a list of PartNumber and ETag") from error
        except StorageError as error:
            raise ServiceError(
                500, f"Can not complete multipart upload for {sent['key']}. Detail {error}"
            ) from error
        return json_reply({"message": "OK"})

    def remove(self, request: Request, guid: str) -> Reply:
        """Delete a file from its buckets, and its record."""
        user = self._uploader(request)
        record = self._found(guid)
        owns = record.uploader is not None and record.uploader == user.name
        if not owns and not may_all(user, "delete", record.authz):
            raise ServiceError(
                403, f"You do not have permission to delete file {guid} on {record.authz}"
            )
        for bucket in BUCKETS:
            for place in self._commons.storage.below(f"{bucket}/{record.did}/"):
                self._commons.storage.remove(place)
        self._commons.index.remove(record)
        return Reply(204)

    def _uploader(self, request: Request) -> User:
        user = self._commons.caller(request)
        if user is None:
            raise ServiceError(401, "Please login")
        return user

    def _record(self, user: User, sent: dict[str, Any], name: str) -> IndexRecord:
        if guid := sent.get("guid"):
            record = self._found(str(guid))
            self._check(user, record)
            return record
        authz = sent.get("authz") or []
        if not isinstance(authz, list):
            raise ServiceError(400, "`authz` must be a list of resources")
        self._may_write(user, [str(resource) for resource in authz])
        return self._commons.blank_record(user, name, authz)

    def _check(self, user: User, record: IndexRecord) -> None:
        if record.uploader != user.name:
            self._may_write(user, record.authz)

    @staticmethod
    def _may_write(user: User, authz: list[str]) -> None:
        if not authz and not may(user, "file_upload", UPLOADS):
            raise ServiceError(403, "You do not have permission to upload data files.")
        for method in ("create", "write-storage"):
            if authz and not may_all(user, method, authz):
                raise ServiceError(
                    403,
                    f"You do not have access to upload data to {authz}: {method} is missing.",
                )

    def _owner(self, key: str) -> IndexRecord:
        return self._found(key.rpartition("/")[0])

    def _found(self, guid: str) -> IndexRecord:
        record = self._commons.index.find(guid)
        if record is None:
            raise ServiceError(404, f"No indexed document found with id {guid}")
        return record

    def _sign(self, user: User, place: str, expires: object, **more: str) -> str:
        life = min(expires, LONGEST) if isinstance(expires, int) and expires > 0 else LONGEST
        return self._commons.signer.sign("PUT", place, life, signed_for(user), **more)


def _document(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError:
        sent = None
    if not isinstance(sent, dict) or not sent:
        raise ServiceError(400, "wrong Content-Type; expected application/json")
    return sent


def _require(sent: dict[str, Any], *names: str) -> None:
    missing = [name for name in names if not sent.get(name)]
    if missing:
        raise ServiceError(400, f"missing required arguments: {', '.join(missing)}")


def _file_name(sent: dict[str, Any]) -> str:
    name = sent.get("file_name")
    if not isinstance(name, str) or not name:
        raise ServiceError(400, "missing required argument `file_name`")
    return name


def _bucket(sent: dict[str, Any]) -> str:
    bucket = str(sent.get("bucket") or UPLOAD_BUCKET)
    if bucket != UPLOAD_BUCKET:
        raise ServiceError(403, f"Uploading to bucket '{bucket}' is not allowed")
    return bucket
