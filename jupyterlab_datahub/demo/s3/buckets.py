"""Buckets and objects, kept by moto.

moto knows S3's protocol but asks nobody who they are or who pays, so only the layer in front of
it (:mod:`.service`) is ever reachable. Each store has an account of its own in moto, whose
backends are global.
"""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterlab_datahub.demo.messages import Request

_ACCOUNTS = itertools.count(100_000_000_001)
REGION = "us-east-1"


class Answer(NamedTuple):
    """What moto says; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Bucket(NamedTuple):
    """A bucket and who may do what with it; names are those of users, ``quota`` is in bytes."""

    name: str
    region: str = REGION
    versioned: bool = False
    requester_pays: bool = False
    public: bool = False
    readers: frozenset[str] = frozenset()
    writers: frozenset[str] = frozenset()
    quota: int = 0


class Buckets:
    """The buckets of one store."""

    def __init__(self) -> None:
        from moto.s3.models import s3_backends

        self._account = str(next(_ACCOUNTS))
        self._backend: Any = s3_backends[self._account]["aws"]
        self._lock = threading.Lock()
        self._known: dict[str, Bucket] = {}

    def __iter__(self) -> Iterator[Bucket]:
        return iter(self._known.values())

    def create(self, bucket: Bucket) -> None:
        """Make a bucket; other stores of this process may have one of the same name."""
        from moto.s3 import models

        kind: Any = models.FakeBucket
        made = kind(bucket.name, self._account, bucket.region)
        if bucket.versioned:
            made.versioning_status = "Enabled"
        with self._lock:
            self._backend.buckets[bucket.name] = made
            self._known[bucket.name] = bucket

    def get(self, name: str) -> Bucket | None:
        """Return a bucket, None if there is none."""
        return self._known.get(name)

    def put(self, bucket: str, key: str, value: bytes) -> None:
        """Put an object, as another version where the bucket keeps versions."""
        with self._lock:
            self._backend.put_object(bucket, key, value)

    def has(self, bucket: str, key: str) -> bool:
        """Return whether there is an object."""
        return self.read(bucket, key) is not None

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return the bytes of an object, None if there is none."""
        with self._lock:
            found = self._backend.get_object(bucket, key)
            return None if found is None else bytes(found.value)

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of all objects."""
        with self._lock:
            return sorted(self._backend.buckets[bucket].keys)

    def size(self, bucket: str) -> int:
        """Return the bytes of all objects."""
        with self._lock:
            return sum(one.size for one in self._backend.buckets[bucket].keys.values())

    def under_way(self, bucket: str) -> list[str]:
        """Return the keys of all uploads in parts that are neither complete nor aborted."""
        with self._lock:
            uploads = self._backend.buckets[bucket].multiparts.values()
            return sorted(one.key_name for one in uploads)

    def knows(self, bucket: str, upload: str) -> bool:
        """Return whether an upload in parts is under way."""
        with self._lock:
            return upload in self._backend.buckets[bucket].multiparts

    def abort_all(self, bucket: str) -> None:
        """Abort every upload in parts, as a rule of the bucket does after some days."""
        with self._lock:
            self._backend.buckets[bucket].multiparts.clear()

    def remove(self, bucket: str) -> None:
        """Remove a bucket with all that is in it."""
        with self._lock:
            del self._known[bucket]
            del self._backend.buckets[bucket]

    def close(self) -> None:
        """Forget all objects, and the files that moto keeps them in."""
        with self._lock:
            self._backend.reset()
            self._known.clear()

    def ask(self, request: Request, headers: Mapping[str, str], path: str, query: str) -> Answer:
        """Return moto's answer to a request for a path of the store."""
        from botocore.awsrequest import AWSPreparedRequest, HeadersDict
        from moto.core.botocore_stubber import BotocoreStubber

        host = "s3.amazonaws.com"
        address = f"https://{host}{path}{'?' if query else ''}{query}"
        sent = HeadersDict({**headers, "host": host, "x-moto-account-id": self._account})
        prepared = AWSPreparedRequest(request.method, address, sent, request.body, False)
        with self._lock:
            answer = BotocoreStubber().process_request(prepared)
        if answer is None:
            return Answer(404, {}, b"")
        status, said, body = answer
        raw = body.encode() if isinstance(body, str) else bytes(body)
        return Answer(int(status), {name.lower(): str(it) for name, it in said.items()}, raw)
