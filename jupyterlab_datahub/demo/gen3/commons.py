"""What the services of one commons share: users, records, objects, and the time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.demo.gen3.graph import Graph
from jupyterlab_datahub.demo.gen3.index import Index, IndexRecord, moment, new_guid
from jupyterlab_datahub.demo.gen3.storage import Signer, Storage
from jupyterlab_datahub.demo.gen3.tokens import Clock, Tokens
from jupyterlab_datahub.demo.gen3.users import USERS, User, may

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.demo.messages import Request

OPEN_BUCKET = "demo-open"
CONTROLLED_BUCKET = "demo-controlled"
UPLOAD_BUCKET = "demo-upload"
BUCKETS = (OPEN_BUCKET, CONTROLLED_BUCKET, UPLOAD_BUCKET)

FEATURES = ("api", "bulk", "discovery", "guppy", "manifests", "workspace")
"""What a commons may go without: ``/credentials/api/…`` (older ones say ``cdis``), bulk
downloads, discovery metadata, guppy, the manifest service, the workspace token service."""


class Commons:
    """The state of one commons.

    Parameters
    ----------
    uploads
        Directory of what is uploaded.

    Attributes
    ----------
    url : str
        Its address, known once it listens.
    clock : Clock
        Set ``ahead`` to let tokens and addresses expire.
    tokens : Tokens
        Makes and reads tokens.
    index : Index
        The records of files.
    graph : Graph
        The nodes.
    metadata : dict
        What the metadata service holds, by identifier.
    manifests : dict
        What each user has kept in the manifest service, by name.
    storage, signer : Storage, Signer
        The objects of the buckets, and the addresses of them.
    features : set of str
        Which of `FEATURES` this commons has.
    indexing_delay : float or None
        Seconds after which the record of an upload is filled; None where only
        :meth:`run_indexing` does it.
    """

    def __init__(self, uploads: Path) -> None:
        self.url = ""
        self.clock = Clock()
        self.tokens = Tokens(self.clock)
        self.index = Index()
        self.graph = Graph()
        self.metadata: dict[str, dict[str, Any]] = {}
        self.manifests: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.storage = Storage(uploads)
        self.signer = Signer(self.clock)
        self.features = set(FEATURES)
        self.indexing_delay: float | None = None

    def caller(self, request: Request) -> User | None:
        """Return who asks, None for nobody in particular.

        Raises
        ------
        TokenError
            If there is a token that is not good.
        """
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        return USERS.get(int(self.tokens.read(token.strip(), "access")["sub"]))

    def blank_record(self, user: User, file_name: str, authz: list[str]) -> IndexRecord:
        """Add the record of an upload that begins; with `authz`, nobody is its uploader."""
        now = moment(self.clock.now())
        return self.index.add(
            IndexRecord(
                did=new_guid(),
                baseid=new_guid().rpartition("/")[2],
                file_name=file_name,
                authz=authz,
                uploader=None if authz else user.name,
                created=now,
                updated=now,
            )
        )

    def run_indexing(self, *, older_than: float = 0.0) -> list[str]:
        """Fill the records of uploads that arrived; returns their identifiers."""
        filled = []
        for record in self.index:
            if not record.blank:
                continue
            places = [
                place
                for bucket in BUCKETS
                for place in self.storage.below(f"{bucket}/{record.did}/")
            ]
            stored = self.storage.find(places[0]) if places else None
            if stored is None:
                continue
            stat = stored.path.stat()
            if self.clock.now() - stat.st_mtime < older_than:
                continue
            with stored.path.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
            record.size = stat.st_size
            record.hashes = {"md5": digest.hexdigest()}
            record.urls = [f"s3://{places[0]}"]
            record.updated = moment(self.clock.now())
            filled.append(record.did)
        return filled

    def settle(self) -> None:
        """Do what the indexing job would have done by now."""
        if self.indexing_delay is not None:
            self.run_indexing(older_than=self.indexing_delay)


def may_all(user: User | None, method: str, resources: list[str]) -> bool:
    """Return whether somebody may do something to all of some resources."""
    return bool(resources) and all(may(user, method, resource) for resource in resources)
