"""Speaking to the demo's data store as its protocols have it, without any client."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
import urllib3

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub

FIXED = 4 + 2 + 1 + 2 + 8 + 4
PATIENCE = 60


@dataclass(frozen=True)
class Received:
    """A chunk as it came; `whole` tells whether both checksums are right."""

    number: int
    item: str
    path: str
    offset: int
    payload: bytes
    header_right: bool
    payload_right: bool


def chunks_of(content: bytes) -> list[Received]:
    """Return the chunks in an answer."""
    found = []
    while content:
        names = int.from_bytes(content[4:6]), int.from_bytes(content[7:9])
        length = int.from_bytes(content[17:21])
        end = FIXED + sum(names)
        item = content[FIXED : FIXED + names[0]]
        path = content[FIXED + names[0] : end]
        payload = content[end + 8 : end + 8 + length]
        last = end + 8 + length + 8
        found.append(
            Received(
                number=int.from_bytes(content[:4]),
                item=item.decode(errors="replace"),
                path=path.decode(errors="replace"),
                offset=int.from_bytes(content[9:17]),
                payload=payload,
                header_right=int.from_bytes(content[end : end + 8]) == zlib.crc32(content[:end]),
                payload_right=int.from_bytes(content[last - 8 : last]) == zlib.crc32(payload),
            )
        )
        content = content[last:]
    return found


class Wire:
    """A session of one user at the hub's openBIS."""

    def __init__(self, hub: DemoHub, who: str = "scientist") -> None:
        service = hub.services["openbis"]
        users = {
            "scientist": (service["user"], service["password"]),
            "reader": (service["reader"], service["reader_password"]),
        }
        self.url = service["url"]
        token = hub.openbis.store.sessions.login(*users[who])
        assert token
        self.token = token

    def call(self, method: str, *params: Any) -> Any:
        """Call the data store and return the result, or the error's message."""
        document = {"method": method, "params": [self.token, *params], "id": "1", "jsonrpc": "2.0"}
        answer = requests.post(
            f"{self.url}/datastore_server/rmi-data-store-server-v3.json",
            json=document,
            timeout=PATIENCE,
        ).json()
        return answer["error"]["message"] if "error" in answer else answer["result"]

    def transfer(self, **given: object) -> requests.Response:
        """Call the file-transfer servlet."""
        document = {name: [str(value)] for name, value in given.items()}
        return requests.post(
            f"{self.url}/datastore_server/file-transfer", json=document, timeout=PATIENCE
        )

    def start(self, items: list[str], *, version: str = "2", **given: object) -> Any:
        """Start a download session and return the answer."""
        ids = json.dumps(items) if version == "2" else ", ".join(items)
        return self.transfer(
            method="startDownloadSession",
            version=version,
            userSessionId=self.token,
            downloadItemIds=ids,
            **{"wishedNumberOfStreams": 4, **given},
        ).json()

    def queue(self, session: dict[str, Any], ranges: str) -> requests.Response:
        """Queue chunks."""
        return self.transfer(
            method="queue", downloadSessionId=session["downloadSessionId"], ranges=ranges
        )

    def download(self, session: dict[str, Any], count: int = 1, stream: int = 0) -> bytes:
        """Return what comes of `count` chunks."""
        return self.transfer(
            method="download",
            downloadSessionId=session["downloadSessionId"],
            downloadStreamId=session["streamIds"][stream],
            numberOfChunks=count,
        ).content

    def finish(self, session: dict[str, Any]) -> requests.Response:
        """End a download session."""
        return self.transfer(
            method="finishDownloadSession", downloadSessionId=session["downloadSessionId"]
        )

    def upload(self, name: str, content: bytes, start: int = 0, **more: str) -> requests.Response:
        """Put a slice into the session workspace."""
        query = {
            "filename": name,
            "id": "1",
            "startByte": str(start),
            "endByte": str(start + len(content) - 1),
            "emptyFolder": "False",
            "sessionID": self.token,
            **more,
        }
        return requests.post(
            f"{self.url}/datastore_server/session_workspace_file_upload",
            params=query,
            data=content,
            timeout=PATIENCE,
        )

    def register(self, upload: str, **more: Any) -> Any:
        """Register an upload and return the new permId, or the error's message."""
        creation = {
            "typeId": {"permId": "RAW_DATA"},
            "experimentId": {"identifier": "/LAB/SC/PBMC"},
            "properties": {"$name": "uploaded"},
            "uploadId": upload,
            **more,
        }
        result = self.call("createUploadedDataSet", creation)
        return result["permId"] if isinstance(result, dict) else result

    def files(self, perm_id: str) -> dict[str, dict[str, Any]]:
        """Return the files and folders of a dataset by path."""
        code = {"fieldValue": {"value": perm_id}, "@type": "CodeSearchCriteria"}
        criteria = {"operator": "AND", "criteria": [{"criteria": [code]}]}
        found = self.call("searchFiles", criteria, {})
        return {file["path"]: file for file in found["objects"]}

    def get(self, path: str, **headers: str) -> requests.Response:
        """Return a file from the download servlet; `path` begins with the permId."""
        quoted = quote(path)
        return requests.get(
            f"{self.url}/datastore_server/{quoted}",
            params={"sessionID": self.token},
            headers=headers,
            timeout=PATIENCE,
        )


def raw_pool() -> urllib3.PoolManager:
    """Return a client that tries nothing twice."""
    return urllib3.PoolManager(retries=False, timeout=60)
