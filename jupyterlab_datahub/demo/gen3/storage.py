"""The objects of the commons' buckets, and the signed addresses that give them away."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jupyterlab_datahub.demo.gen3.tokens import Clock

REGION = "us-east-1"
LEAST_PART = 5 << 20
"""Bytes that each part of an upload but the last has, at least (S3's own limit)."""

ALGORITHM = "AWS4-HMAC-SHA256"
WRONG_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method."
)
TIME = "%Y%m%dT%H%M%SZ"


class StorageError(Exception):
    """An upload in parts does not fit together; the text is S3's code."""


class StoredObject(NamedTuple):
    """A file in a bucket; ``etag`` has its quotes."""

    path: Path
    etag: str
    owned: bool = False


@dataclass
class MultipartUpload:
    """An upload in parts that is under way."""

    place: str
    parts: dict[int, StoredObject] = field(default_factory=dict)


class Storage:
    """What the buckets hold, by ``<bucket>/<key>``.

    Parameters
    ----------
    directory
        Where uploads are kept.

    Attributes
    ----------
    least_part : int
        Bytes of the smallest part but the last.
    """

    def __init__(self, directory: Path) -> None:
        self.least_part = LEAST_PART
        self._directory = directory
        self._objects: dict[str, StoredObject] = {}
        self._uploads: dict[str, MultipartUpload] = {}
        self._lock = threading.Lock()

    def find(self, place: str) -> StoredObject | None:
        """Return what is in a place, if anything."""
        return self._objects.get(place)

    def add(self, place: str, path: Path, etag: str) -> None:
        """Show a file that is there already."""
        self._objects[place] = StoredObject(path, etag)

    def below(self, prefix: str) -> list[str]:
        """Return the places that begin with `prefix`."""
        with self._lock:
            return sorted(place for place in self._objects if place.startswith(prefix))

    def new_file(self) -> Path:
        """Return a path to write an upload to."""
        self._directory.mkdir(parents=True, exist_ok=True)
        return self._directory / uuid.uuid4().hex

    def put(self, place: str, path: Path, etag: str) -> None:
        """Keep an upload."""
        with self._lock:
            self._forget(self._objects.pop(place, None))
            self._objects[place] = StoredObject(path, etag, owned=True)

    def remove(self, place: str) -> None:
        """Forget an object; nothing happens if there is none."""
        with self._lock:
            self._forget(self._objects.pop(place, None))

    def begin(self, place: str) -> str:
        """Begin an upload in parts and return its id."""
        upload = uuid.uuid4().hex
        with self._lock:
            self._uploads[upload] = MultipartUpload(place)
        return upload

    def has_upload(self, upload: str, place: str) -> bool:
        """Return whether an upload to a place is under way."""
        found = self._uploads.get(upload)
        return found is not None and found.place == place

    def put_part(self, upload: str, number: int, path: Path, etag: str) -> None:
        """Keep a part; one of the same number is replaced."""
        with self._lock:
            parts = self._uploads[upload].parts
            self._forget(parts.pop(number, None))
            parts[number] = StoredObject(path, etag, owned=True)

    def complete(self, upload: str, place: str, parts: Iterable[tuple[int, str]]) -> None:
        """Make an object of parts, given as (number, ETag) in their order.

        Raises
        ------
        StorageError
            With ``NoSuchUpload``, ``InvalidPart``, ``InvalidPartOrder`` or ``EntityTooSmall``.
        """
        with self._lock:
            under_way = self._uploads.get(upload)
            if under_way is None or under_way.place != place:
                code = "NoSuchUpload"
                raise StorageError(code)
            chosen = self._chosen(under_way, list(parts))
            path = self.new_file()
            digests = hashlib.md5(usedforsecurity=False)
            with path.open("wb") as whole:
                for part in chosen:
                    digests.update(bytes.fromhex(part.etag.strip('"')))
                    with part.path.open("rb") as file:
                        while piece := file.read(1 << 20):
                            whole.write(piece)
            for part in under_way.parts.values():
                self._forget(part)
            del self._uploads[upload]
        self.put(place, path, f'"{digests.hexdigest()}-{len(chosen)}"')

    def _chosen(
        self, under_way: MultipartUpload, parts: list[tuple[int, str]]
    ) -> list[StoredObject]:
        numbers = [number for number, _ in parts]
        if numbers != sorted(set(numbers)):
            code = "InvalidPartOrder"
            raise StorageError(code)
        chosen = [under_way.parts.get(number) for number in numbers]
        found = [
            part
            for part, (_, etag) in zip(chosen, parts, strict=True)
            if part and part.etag.strip('"') == etag.strip('"')
        ]
        if not found or len(found) < len(parts):
            code = "InvalidPart"
            raise StorageError(code)
        if any(part.path.stat().st_size < self.least_part for part in found[:-1]):
            code = "EntityTooSmall"
            raise StorageError(code)
        return found

    @staticmethod
    def _forget(stored: StoredObject | None) -> None:
        if stored and stored.owned:
            stored.path.unlink(missing_ok=True)


class Signer:
    """Signs addresses of the bucket host, each anew: no two are alike.

    Parameters
    ----------
    clock
        Decides when an address has expired.

    Attributes
    ----------
    base : str
        The bucket host, known once it listens.
    """

    def __init__(self, clock: Clock) -> None:
        self.base = ""
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def revoke(self) -> None:
        """Make every address that was signed so far a wrong one."""
        self._key = secrets.token_bytes(32)

    def sign(
        self, method: str, place: str, expires: int, user: Mapping[str, str], **more: str
    ) -> str:
        """Return an address of ``<bucket>/<key>`` for one method, with the user in it."""
        path = f"/{quote(place)}"
        query = {
            **more,
            **user,
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"DEMO{secrets.token_hex(8)}/{REGION}/s3/aws4_request",
            "X-Amz-Date": datetime.fromtimestamp(self._clock.now(), UTC).strftime(TIME),
            "X-Amz-Expires": str(expires),
            "X-Amz-SignedHeaders": "host",
        }
        query["X-Amz-Signature"] = self._signature(method, f"/{place}", query)
        return f"{self.base}{path}?{urlencode(query, quote_via=quote)}"

    def refused(self, method: str, path: str, query: Mapping[str, str]) -> tuple[str, str] | None:
        """Return S3's code and words where an address is not good, else None."""
        unsigned = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
        try:
            begun = datetime.strptime(query["X-Amz-Date"], TIME).replace(tzinfo=UTC).timestamp()
            ends = begun + int(query["X-Amz-Expires"])
            signature = query["X-Amz-Signature"]
        except (KeyError, ValueError):
            return "AccessDenied", "Access Denied"
        if not hmac.compare_digest(signature, self._signature(method, path, unsigned)):
            return "SignatureDoesNotMatch", WRONG_SIGNATURE
        return ("AccessDenied", "Request has expired") if self._clock.now() >= ends else None

    def _signature(self, method: str, path: str, query: Mapping[str, str]) -> str:
        text = "\n".join((method, path, urlencode(sorted(query.items()), quote_via=quote)))
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()
