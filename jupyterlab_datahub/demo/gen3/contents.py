"""Filling a commons: a record and an object for each file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.gen3 import files, graph_contents, studies
from jupyterlab_datahub.demo.gen3.commons import CONTROLLED_BUCKET, OPEN_BUCKET
from jupyterlab_datahub.demo.gen3.index import IndexRecord, guid_of, moment, uuid_of
from jupyterlab_datahub.demo.gen3.users import ALICE, OPEN

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.gen3.commons import Commons

BEGUN = 1_767_603_600
"""When the first file came in: 2026-01-05, 09:00 UTC."""

APART = 977
"""Seconds between one file and the next."""


def fill(commons: Commons, demo_files: Path, *, big: bool = True) -> None:
    """Put the demo's files into a commons.

    Parameters
    ----------
    commons
        Empty so far.
    demo_files
        The demo's data directory, where what is missing is made.
    big
        Whether there is a file of more than a gigabyte.
    """
    made = files.make(demo_files, big=big)
    for at, spec in enumerate(files.specs()):
        if spec.key in made:
            _add(commons, spec, made[spec.key], moment(BEGUN + at * APART))
    graph_contents.fill(commons.graph, commons.index)
    commons.metadata.update(studies.studies(commons.index))
    commons.manifests[ALICE.name] = studies.manifests(commons.index)


def _add(commons: Commons, spec: files.FileSpec, made: files.Made, when: str) -> None:
    guid = guid_of(spec.key)
    bucket = OPEN_BUCKET if spec.authz == OPEN else CONTROLLED_BUCKET
    # What a key looks like is up to who put it there; nothing may be read from it.
    place = f"{bucket}/{guid}/{Path(made.path).name}"
    commons.index.add(
        IndexRecord(
            did=guid,
            baseid=uuid_of(f"base/{spec.version_of or spec.key}"),
            file_name=spec.name,
            size=made.measured.size,
            hashes={"md5": made.measured.md5} if spec.hashed else {},
            urls=[f"{spec.scheme}://{place}"],
            authz=[spec.authz],
            acl=["*"] if spec.authz == OPEN else [],
            version=spec.version,
            created=when,
            updated=when,
        )
    )
    if not spec.lost and spec.scheme == "s3":
        commons.storage.add(place, Path(made.path), f'"{made.measured.md5}"')
