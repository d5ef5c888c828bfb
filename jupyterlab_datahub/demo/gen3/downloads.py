"""Signed addresses of files, for those who may read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3.commons import may_all
from jupyterlab_datahub.demo.gen3.dialects import ServiceError
from jupyterlab_datahub.demo.gen3.tokens import TokenError
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.index import IndexRecord
    from jupyterlab_datahub.demo.gen3.users import User

LONGEST = 3600
"""Seconds that a signed address lasts, unless less is asked for."""

PROTOCOLS = ("s3", "http", "https", "ftp", "gs", "az")


class Downloads:
    """The calls of fence that give addresses to read from.

    Parameters
    ----------
    commons
        What is read.
    """

    def __init__(self, commons: Commons) -> None:
        self._commons = commons

    def one(self, request: Request, guid: str) -> Reply:
        """Return the address of one file, or lead there with ``redirect``."""
        protocol = (request.query.get("protocol") or [""])[0]
        url = self.url(request, guid, protocol)
        if "redirect" in request.query:
            return Reply(302, {"Location": url})
        return json_reply({"url": url})

    def bulk(self, request: Request) -> Reply:
        """Return the addresses of several files, and why others have none."""
        try:
            guids = json.loads(request.body)["guids"]
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError(400, "missing required argument `guids`") from error
        if not isinstance(guids, list) or not guids:
            raise ServiceError(400, "`guids` must be a list that is not empty")
        urls: list[dict[str, str]] = []
        failed: dict[int, list[str]] = {}
        for guid in map(str, guids):
            try:
                urls.append({"drs_object_id": guid, "url": self.url(request, guid)})
            except ServiceError as error:
                failed.setdefault(error.status, []).append(guid)
        return json_reply(
            {
                "failed_guids": [
                    {"error_code": status, "object_ids": guids} for status, guids in failed.items()
                ],
                "urls": urls,
            }
        )

    def access(self, request: Request, guid: str, access: str) -> Reply:
        """Return the address of one file for one of its access methods (DRS)."""
        return json_reply({"url": self.url(request, guid, access)})

    def url(self, request: Request, guid: str, protocol: str = "") -> str:
        """Return a signed address.

        Raises
        ------
        ServiceError
            If there is no such file, or not for this user (which is a 401, logged in or not).
        """
        user = self._reader(request)
        record = self._commons.index.find(guid)
        if record is None:
            raise ServiceError(404, f"No indexed document found with id {guid}")
        uploads = record.uploader is not None and user and user.name == record.uploader
        if not uploads and not may_all(user, "read-storage", record.authz):
            raise ServiceError(
                401,
                "Either you weren't authenticated successfully or you don't have read-storage "
                f"permission on authorization resource: {record.authz}.",
            )
        location = _location(record, guid, protocol)
        # No urlsplit: keys may have question marks and number signs of their own.
        scheme, _, place = location.partition("://")
        if scheme in ("http", "https", "ftp"):
            return location
        return self._commons.signer.sign("GET", place, self.life(request), signed_for(user))

    @staticmethod
    def life(request: Request) -> int:
        """Return the seconds that an address is to last."""
        asked = (request.query.get("expires_in") or [""])[0]
        if not asked:
            return LONGEST
        if not asked.isdecimal() or int(asked) < 1:
            raise ServiceError(
                400,
                "Requested expiry must be a positive integer; "
                f"instead of this you supplied {asked}",
            )
        return min(int(asked), LONGEST)

    def _reader(self, request: Request) -> User | None:
        try:
            return self._commons.caller(request)
        except TokenError as error:
            words = str(error)
            if words == "Signature has expired":
                words = f"expired at time: {int(self._commons.clock.now())}"
            raise ServiceError(
                401, f"request to arborist failed: error decoding token: {words}"
            ) from error


def _location(record: IndexRecord, guid: str, protocol: str) -> str:
    if protocol and protocol not in PROTOCOLS:
        raise ServiceError(404, f"The specified protocol {protocol} is not supported")
    for url in record.urls:
        if not protocol or url.partition("://")[0] == protocol:
            return url
    if record.urls:
        raise ServiceError(
            404,
            f"File {guid} does not have a location with specified protocol {protocol}.",
        )
    raise ServiceError(404, "No file locations specified for file with id " + guid)


def signed_for(user: User | None) -> dict[str, str]:
    """Return what an address says of the user who asked for it."""
    if user is None:
        return {"user_id": "anonymous", "username": "anonymous", "client_id": ""}
    return {"user_id": str(user.id), "username": user.name, "client_id": ""}
