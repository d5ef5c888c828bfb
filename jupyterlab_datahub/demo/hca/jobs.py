"""Preparing manifests: jobs that take a while, tokens to ask after them, results that expire."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.demo.hca.failures import AzulError, bad_request
from jupyterlab_datahub.demo.hca.filters import Filters
from jupyterlab_datahub.demo.hca.manifests import EXTENSIONS
from jupyterlab_datahub.demo.hca.storage import MANIFEST
from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.hca.storage import Storage

GONE = "The requested manifest has expired, please request a new one"


class Order(Struct):
    """A manifest that somebody wants; ``sources`` are those they may read."""

    catalog: str
    format: str
    filters: Filters
    sources: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same for the same wish."""
        text = json.dumps(msgspec.to_builtins(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


class Waiting(Struct):
    """A job that is not done: where to ask again, and after how many seconds."""

    token: str
    retry_after: int


class Ready(Struct):
    """A manifest that can be fetched: its key, and the name it is stored by."""

    format: str
    key: str
    name: str


class Token(Struct):
    """Names a job and says how often it was asked after."""

    job: str
    asked: int = 0


class Jobs:
    """The jobs of a service.

    Parameters
    ----------
    storage
        Where manifests are put.
    write
        Makes the content of a manifest.

    Attributes
    ----------
    rounds : int
        How often one has to ask after a new job.
    retry_after : int
        Seconds between two of these.
    failing : int
        How many of the next jobs fail.
    """

    def __init__(self, storage: Storage, write: Callable[[Order], bytes]) -> None:
        self._storage = storage
        self._write = write
        self._lock = threading.Lock()
        self._orders: dict[str, Order] = {}
        self._ready: dict[str, Ready] = {}
        self._gone: set[str] = set()
        self._failed: set[str] = set()
        self.rounds = 2
        self.retry_after = 1
        self.failing = 0

    def expire(self) -> None:
        """Forget all manifests and jobs; whoever asks after one is told that it is gone."""
        with self._lock:
            self._gone |= self._orders.keys() | self._ready.keys()
            self._orders.clear()
            self._ready.clear()

    def order(self, order: Order) -> Waiting | Ready:
        """Begin a job, unless the manifest is there."""
        with self._lock:
            if order.key in self._ready:
                return self._ready[order.key]
            job = str(uuid.uuid4())
            self._orders[job] = order
            if self.failing:
                self.failing -= 1
                self._failed.add(job)
        return self._ask(Token(job=job))

    def look(self, text: str) -> Waiting | Ready:
        """Ask after a job.

        Raises
        ------
        AzulError
            400 for what is no token, 410 for an old one, 500 if the job failed.
        """
        token = _decoded(text)
        if token.job in self._gone:
            raise AzulError(410, GONE)
        if token.job in self._failed:
            message = "('Failed to generate manifest', 'FAILED', None)"
            raise AzulError(500, message)
        if token.job not in self._orders:
            raise bad_request("Invalid token")
        return self._ask(token)

    def ready(self, key: str) -> Ready | None:
        """Return a manifest by its key, None for what is no key.

        Raises
        ------
        AzulError
            410 where it has expired.
        """
        if key in self._gone:
            raise AzulError(410, GONE)
        return self._ready.get(key)

    def location(self, ready: Ready) -> str:
        """Return an address at which the manifest may be read for a while."""
        return self._storage.signed(ready.name)

    def _ask(self, token: Token) -> Waiting | Ready:
        if token.asked < self.rounds or token.job in self._failed:
            text = msgspec.json.encode(Token(job=token.job, asked=token.asked + 1))
            encoded = base64.urlsafe_b64encode(text).decode().rstrip("=")
            return Waiting(token=encoded, retry_after=self.retry_after)
        with self._lock:
            order = self._orders[token.job]
            if order.key not in self._ready:
                self._ready[order.key] = self._finish(order)
                self._gone.discard(order.key)
            return self._ready[order.key]

    def _finish(self, order: Order) -> Ready:
        content = self._write(order)
        parts = (uuid.uuid5(uuid.NAMESPACE_OID, text) for text in (order.key, str(content)))
        name = f"{MANIFEST}{'.'.join(map(str, parts))}.{EXTENSIONS[order.format]}"
        path = self._storage.manifests / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return Ready(format=order.format, key=order.key, name=name)


def _decoded(text: str) -> Token:
    try:
        padded = text + "=" * (-len(text) % 4)
        return from_json(base64.urlsafe_b64decode(padded), Token)
    except ValueError as error:
        raise bad_request("Invalid token") from error
