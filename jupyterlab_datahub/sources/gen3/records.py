"""The records of files in indexd, and what becomes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jupyterlab_datahub.model import (
    Access,
    Asset,
    Collection,
    Dataset,
    DatasetVersion,
    Property,
    Struct,
    Term,
)
from jupyterlab_datahub.sources.gen3 import names, refs, rights
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

INDEX = "/index/index"
BULK = "/index/bulk/documents"
MOST_AT_ONCE = 500

AWAITING = "AWAITING INDEXING"
AWAITING_NOTE = (
    "It was uploaded and waits for the commons to look at it; until then it cannot be downloaded. "
    "Try again in some minutes."
)
ALGORITHMS = ("md5", "sha256")
"""The checksums that are compared, of those that records have."""

_HEX = {"md5": re.compile(r"[0-9a-f]{32}"), "sha256": re.compile(r"[0-9a-f]{64}")}


class Record(Struct):
    """A record of indexd; what is null there is None here."""

    did: str
    file_name: str | None = None
    size: int | None = None
    hashes: dict[str, str | None] | None = None
    urls: tuple[str, ...] | None = None
    authz: tuple[str, ...] | None = None
    acl: tuple[str, ...] | None = None
    form: str | None = None
    rev: str | None = None
    baseid: str | None = None
    version: str | None = None
    created_date: str | None = None
    updated_date: str | None = None
    content_created_date: str | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def blank(self) -> bool:
        """Whether it was made for an upload that the commons has not looked at yet."""
        return not self.urls and self.size is None and not self.hashes

    @property
    def checksums(self) -> dict[str, str]:
        """The checksums that are compared."""
        return checksums(self.hashes or {})

    @property
    def title(self) -> str:
        """The file's name without folders, else its GUID."""
        return (self.file_name or "").rstrip("/").rpartition("/")[2].strip() or self.did


def checksums(given: dict[str, Any]) -> dict[str, str]:
    """Return those of some checksums that are compared, in lower case."""
    found = {name: str(given.get(name) or "").strip().lower() for name in ALGORITHMS}
    return {name: digest for name, digest in found.items() if _HEX[name].fullmatch(digest)}


def record(session: Session, guid: str) -> Record:
    """Return the record of a file; its prefix may be left out of the GUID.

    Raises
    ------
    NotFoundError
        If there is none.
    AccessError, CatalogError
    """
    return session.get(f"{INDEX}/{quote(guid, safe='/:')}", Record)


def records(session: Session, guids: Iterable[str]) -> dict[str, Record]:
    """Return the records of files by GUID, without those that are not there.

    Raises
    ------
    AccessError, CatalogError
    """
    wanted = list(dict.fromkeys(guids))
    found: dict[str, Record] = {}
    for start in range(0, len(wanted), MOST_AT_ONCE):
        part = wanted[start : start + MOST_AT_ONCE]
        for one in session.post(BULK, part, tuple[Record, ...]):
            found[one.did] = one
    # A prefix may be left out of what is asked for, though not of what is answered.
    bare = {did.rpartition("/")[2]: one for did, one in found.items()}
    return {guid: found.get(guid) or bare[guid] for guid in wanted if guid in found or guid in bare}


def asset_of(session: Session, known_rights: Rights, found: Record, guid: str = "") -> Asset:
    """Return the file of a record.

    Parameters
    ----------
    session, known_rights
        Who asks, and what they may do.
    found
        The record.
    guid
        How the file was asked for, if not by the record's own GUID.

    Raises
    ------
    ExpiredError, UnreachableError
    """
    access, note = known_rights.of_resources(found.authz or (), found.acl or ())
    path = names.safe_path(found.file_name or "", found.did)
    name = path.rpartition("/")[2]
    return Asset(
        ref=refs.file_ref(session, guid or found.did),
        name=name,
        format=names.format_of(name),
        size=found.size,
        checksums=found.checksums,
        access=access,
        access_note=note or (AWAITING_NOTE if found.blank else ""),
        loads_as_anndata=names.becomes_anndata(name) and access is Access.OPEN,
    )


def dataset_of(session: Session, known_rights: Rights, found: Record, guid: str = "") -> Dataset:
    """Return a file as a dataset with one asset; see :func:`asset_of`."""
    asset = asset_of(session, known_rights, found, guid)
    project = next(filter(None, map(project_of, found.authz or ())), "")
    facets = {"project": project, "format": asset.format}
    return Dataset(
        ref=asset.ref,
        source=session.who.source,
        kind=KIND,
        id=found.did,
        version=found.rev or found.baseid or found.did,
        title=found.title,
        collection=Collection(id=project, title=project) if project else None,
        description=found.description or "",
        facets={name: (Term(label=value),) for name, value in facets.items() if value},
        assets=(asset,),
        access=asset.access,
        access_note=asset.access_note,
        published=in_utc(found.content_created_date or found.created_date),
        revised=in_utc(found.updated_date),
        status=AWAITING if found.blank else "",
        properties=tuple(_properties(found)),
        url=f"{session.url}/files/{quote(found.did, safe='/')}",
        extra={"metadata": found.metadata} if found.metadata else {},
    )


def versions(session: Session, guid: str) -> tuple[DatasetVersion, ...]:
    """Return the history of a file, newest first; empty where it has but one version.

    Raises
    ------
    NotFoundError, AccessError, CatalogError
    """
    found = session.get(f"{INDEX}/{quote(guid, safe='/:')}/versions", dict[str, Record])
    ordered = sorted(found.values(), key=lambda one: one.created_date or "", reverse=True)
    if len(ordered) < 2:
        return ()
    return tuple(
        DatasetVersion(
            ref=refs.file_ref(session, one.did),
            version=one.version or one.rev or one.did,
            date=in_utc(one.created_date),
            title=one.title,
            size=one.size,
            current=number == 0,
        )
        for number, one in enumerate(ordered)
    )


def project_of(resource: str) -> str:
    """Return the project that a resource is of, as in ``DEV-test``; empty if it is of none."""
    called = rights.label(resource)
    return called if called != resource and resource.startswith("/programs/") else ""


def in_utc(moment: str | None) -> str:
    """Return a time of indexd, which is UTC without saying so, as ISO 8601."""
    if not moment:
        return ""
    has_zone = moment.endswith("Z") or re.search(r"[+-]\d\d:?\d\d$", moment)
    return moment if has_zone else f"{moment}Z"


def _properties(found: Record) -> Iterable[Property]:
    yield Property(code="guid", label="GUID", value=found.did)
    for name, digest in found.checksums.items():
        yield Property(code=name, label=name.upper(), value=digest)
    if found.authz:
        yield Property(code="authz", label="Access is decided by", value=", ".join(found.authz))
    places = dict.fromkeys(_place(url) for url in found.urls or ())
    if places:
        yield Property(code="storage", label="Stored in", value=", ".join(places))
    if found.version:
        yield Property(code="version", label="Version", value=found.version)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
