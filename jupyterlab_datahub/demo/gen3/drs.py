"""The Data Repository Service of GA4GH over the same records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.dialects import ServiceError, drs_error, fence_error
from jupyterlab_datahub.demo.gen3.storage import REGION
from jupyterlab_datahub.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons
    from jupyterlab_datahub.demo.gen3.downloads import Downloads
    from jupyterlab_datahub.demo.gen3.index import IndexRecord

BASE = "/ga4gh/drs/v1"
OBJECTS = "/objects/"
MOST = 100
PAGE = 100


class Drs:
    """Answers below ``/ga4gh/drs/v1``; what gives addresses away is fence's, in its dialect.

    Parameters
    ----------
    commons
        Whose records these are.
    downloads
        Gives addresses.
    """

    def __init__(self, commons: Commons, downloads: Downloads) -> None:
        self._commons = commons
        self._downloads = downloads

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        place = request.path.partition(BASE)[2].rstrip("/")
        guid, access, access_id = place.removeprefix(OBJECTS).partition("/access/")
        if access and request.method in ("GET", "POST"):
            try:
                return self._downloads.access(request, guid, access_id)
            except ServiceError as error:
                return fence_error(error.status, error.message)
        try:
            if place == "/service-info":
                return json_reply(self._service_info())
            if place == "/objects":
                return self._bulk(request) if request.method == "POST" else self._page(request)
            return json_reply(self._object(guid))
        except ServiceError as error:
            return drs_error(error.status, error.message)

    def _object(self, guid: str) -> dict[str, Any]:
        record = self._commons.index.find(guid)
        if record is None:
            raise ServiceError(404, "no record found")
        return drs_object(record)

    def _page(self, request: Request) -> Reply:
        query = {name: values[0] for name, values in request.query.items()}
        limit = query.get("limit", str(PAGE))
        if not limit.isdecimal() or not int(limit) <= 1024:
            raise ServiceError(400, "limit must be between 0 and 1024")
        start = query.get("start", "")
        records = [record for record in self._commons.index if record.did > start]
        return json_reply({"drs_objects": [drs_object(one) for one in records[: int(limit)]]})

    def _bulk(self, request: Request) -> Reply:
        try:
            ids = json.loads(request.body)["bulk_object_ids"]
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError(400, "bulk_object_ids is missing") from error
        if not isinstance(ids, list) or not ids:
            raise ServiceError(400, "bulk_object_ids must be a list that is not empty")
        if len(ids) > MOST:
            raise ServiceError(413, f"no more than {MOST} objects in one request")
        found = {str(guid): self._commons.index.find(str(guid)) for guid in ids}
        resolved = [drs_object(record) for record in found.values() if record]
        lost = [guid for guid, record in found.items() if record is None]
        return json_reply(
            {
                "resolved_drs_objects": resolved,
                "summary": {
                    "requested": len(ids),
                    "resolved": len(resolved),
                    "unresolved": len(lost),
                },
                "unresolved_drs_objects": (
                    [{"error_code": 404, "object_ids": lost}] if lost else []
                ),
            }
        )

    def _service_info(self) -> dict[str, Any]:
        sizes = [record.size or 0 for record in self._commons.index]
        return {
            "createdAt": "2026-01-05T09:00:00Z",
            "drs": {
                "maxBulkRequestLength": MOST,
                "objectCount": len(sizes),
                "totalObjectSize": sum(sizes),
            },
            "id": "org.example.demo-commons",
            "maxBulkRequestLength": MOST,
            "name": "DRS System",
            "organization": {"name": "Demo commons", "url": self._commons.url},
            "type": {"artifact": "drs", "group": "org.ga4gh", "version": "1.5.0"},
            "version": "6.3.0",
        }


def drs_object(record: IndexRecord) -> dict[str, Any]:
    """Return a record as DRS has it; its MIME type means nothing, as on real servers."""
    return {
        "access_methods": [_method(url, record) for url in record.urls],
        "aliases": [],
        "checksums": [{"checksum": value, "type": kind} for kind, value in record.hashes.items()],
        "created_time": None,
        "description": record.description,
        "form": record.form,
        "id": record.did,
        "index_created_time": record.created,
        "index_updated_time": record.updated,
        "mime_type": "application/json",
        "name": record.file_name,
        "self_uri": f"drs://{record.did.replace('/', ':')}",
        "size": record.size,
        "updated_time": None,
        "version": record.version,
    }


def _method(url: str, record: IndexRecord) -> dict[str, Any]:
    scheme = url.partition("://")[0]
    return {
        "access_id": scheme,
        "access_url": {"url": url},
        "authorizations": {
            "bearer_auth_issuers": [],
            "drs_object_id": record.did,
            "passport_auth_issuers": [],
            "supported_types": ["None"],
        },
        "available": True,
        "cloud": "gcp" if scheme == "gs" else "aws",
        "region": REGION if scheme == "s3" else "",
        "type": scheme,
    }
