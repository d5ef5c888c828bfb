"""Asking Synapse for entities: one with all that its page shows, or where a link leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadAnswerError, DataHubError, NotFoundError
from jupyterlab_datahub.sources.synapse import wire
from jupyterlab_datahub.sources.synapse.refs import Ref, parse

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.synapse.session import Session

MOST_LINKS = 8
"""Links that are followed one after the other; people make chains of two at most."""


def bundle(session: Session, ref: Ref) -> tuple[Ref, wire.Bundle]:
    """Return an entity with what belongs to it, at its version; of a link, where it leads.

    Raises
    ------
    NotFoundError
        If there is no such entity, or links lead in a circle.
    WithdrawnError
        If it is in the trash can.
    AccessError, CatalogError
    """
    seen: set[Ref] = set()
    at = ref
    while len(seen) < MOST_LINKS and at not in seen:
        seen.add(at)
        found = session.post(_path(at, "/bundle2"), wire.BUNDLE, wire.Bundle)
        entity = found.entity
        if entity.type != wire.LINK:
            return named(entity), found
        at = _target(entity, session)
    raise NotFoundError(
        f"{ref.dotted} is a link that leads to links without end",
        source=session.who.source,
        hint="Tell whoever made it; look for the file itself.",
    )


def entity(session: Session, ref: Ref) -> wire.Entity:
    """Return an entity by itself, where nothing more of it is wanted.

    Raises
    ------
    NotFoundError, WithdrawnError, AccessError, CatalogError
    """
    return session.get(_path(ref), wire.Entity)


def named(found: wire.Entity) -> Ref:
    """Return the ref of an entity: files and datasets are named at their version."""
    versioned = found.type not in wire.CONTAINERS and found.version_number
    return Ref(parse(f"synapse:{found.id}").id, (found.version_number or 0) if versioned else 0)


def header_ref(header: wire.Header) -> Ref:
    """Return the ref of an entity that is listed; containers are named as they are now."""
    version = 0 if wire.type_of(header.type) in wire.CONTAINERS else header.version_number or 0
    return Ref(parse(f"synapse:{header.id}").id, version)


def wiki(session: Session, id_: str, wiki_id: str | None) -> str:
    """Return the text of an entity's wiki page, empty where none can be had.

    A page of an entity is worth showing without it.
    """
    if not wiki_id:
        return ""
    try:
        return session.get(f"/entity/{id_}/wiki/{wiki_id}", wire.Wiki).markdown or ""
    except DataHubError:
        return ""


def versions(session: Session, ref: Ref, limit: int) -> tuple[wire.Version, ...]:
    """Return the newest versions of an entity, newest first.

    Raises
    ------
    NotFoundError, AccessError, CatalogError
    """
    query = {"offset": 0, "limit": limit}
    return session.get(f"/entity/{ref.id}/version", wire.Versions, query).results


def _path(ref: Ref, rest: str = "") -> str:
    version = f"/version/{ref.version}" if ref.version else ""
    return f"/entity/{ref.id}{version}{rest}"


def _target(link: wire.Entity, session: Session) -> Ref:
    to = link.links_to
    if to is None or not to.target_id:
        raise BadAnswerError(
            f"{link.id} is a link that leads nowhere",
            source=session.who.source,
            hint="Tell whoever made it; look for the file itself.",
        )
    return Ref(parse(f"synapse:{to.target_id}").id, to.target_version_number or 0)
