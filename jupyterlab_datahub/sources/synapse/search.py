"""Synapse's own search: words in the names and wiki pages of files, folders and projects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import EntityType, Hit, SearchResult, Summary
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.synapse import entities, records, wire
from jupyterlab_datahub.sources.synapse.refs import KIND, PREFIX, Ref, is_ref, parse
from jupyterlab_datahub.sources.synapse.session import moment

if TYPE_CHECKING:
    from jupyterlab_datahub.model import SearchQuery
    from jupyterlab_datahub.sources.synapse.session import Session

FILES = "files"
TYPES = {FILES: wire.FILE, "folders": wire.FOLDER, "projects": wire.PROJECT}
"""What can be searched for, by Synapse's names of it."""

ENTITIES = tuple(EntityType(name=name, title=name.capitalize()) for name in TYPES)
FIELDS = ("name", "node_type", "modified_on", "path")
MOST = 100
"""Hits in one answer."""

_ID = re.compile(r"(?i)\s*syn\d+(\.\d+)?\s*")


def search(session: Session, query: SearchQuery) -> SearchResult:
    """Answer a search; a text that is a Synapse ID finds what it names.

    Raises
    ------
    BadRequestError
        If it is for something that there is not.
    AccessError, CatalogError
    """
    entity = query.entity or FILES
    if entity not in TYPES:
        raise BadRequestError(
            f"{session.who.title} cannot be searched for {entity[:40]!r}",
            source=session.who.source,
            hint=f"It can be for {', '.join(TYPES)}.",
        )
    text = query.text.strip()
    if _ID.fullmatch(text) and is_ref(PREFIX + text):
        return _named(session, parse(PREFIX + text), entity)
    if not query.limit:
        # Synapse takes a size of 0 for none given.
        return _result(_ask(session, text, entity, 0, 1).found, (), query.offset, entity)
    answer = _ask(session, text, entity, query.offset, min(query.limit, MOST))
    versions = _versions(session, answer.hits) if entity == FILES else {}
    hits = tuple(_hit(session, found, versions) for found in answer.hits)
    return _result(answer.found, hits, query.offset, entity)


def _ask(session: Session, text: str, entity: str, start: int, size: int) -> wire.SearchResults:
    body: dict[str, Any] = {
        "booleanQuery": [{"key": "node_type", "value": TYPES[entity]}],
        "returnFields": FIELDS,
        "start": start,
        "size": size,
    }
    if text:
        body["queryTerm"] = text.split()
    return session.post("/search", body, wire.SearchResults)


def _versions(session: Session, hits: tuple[wire.Found, ...]) -> dict[str, Ref]:
    """Return the current versions of what was found, which the search does not tell."""
    if not hits:
        return {}
    body = {"references": [{"targetId": hit.id} for hit in hits]}
    found = session.post("/entity/header", body, wire.Headers).results
    return {header.id: entities.header_ref(header) for header in found}


def _named(session: Session, wanted: Ref, entity: str) -> SearchResult:
    ref, found = entities.bundle(session, wanted)
    dataset = records.dataset_of(session, ref, found)
    hit = Hit(
        ref=dataset.ref,
        id=dataset.id,
        source=session.who.source,
        kind=KIND,
        title=dataset.title,
        collection=dataset.collection.title if dataset.collection else "",
        size=dataset.size,
        format=dataset.assets[0].format if dataset.assets else "",
        loads_as_anndata=any(asset.loads_as_anndata for asset in dataset.assets),
        access=dataset.access,
        date=dataset.revised,
        entity=_word(found.entity.type),
    )
    return _result(1, (hit,), 0, entity)


def _hit(session: Session, found: wire.Found, versions: dict[str, Ref]) -> Hit:
    ref = versions.get(found.id) or parse(PREFIX + found.id)
    path = found.path.path if found.path else ()
    return Hit(
        ref=str(ref),
        id=str(ref.current),
        source=session.who.source,
        kind=KIND,
        title=found.name or found.id,
        collection=path[records.ROOTS].name if len(path) > records.ROOTS + 1 else "",
        format=records.format_of(found.name) if found.node_type == wire.FILE else "",
        loads_as_anndata=form_of(found.name) is not Form.PATH,
        date=moment(found.modified_on) if found.modified_on else "",
        entity=_word(found.node_type),
    )


def _word(type_: str) -> str:
    """Return what a hit is where it is no file, which is what is meant unless said."""
    return "" if type_ == wire.FILE else type_


def _result(total: int, hits: tuple[Hit, ...], offset: int, entity: str) -> SearchResult:
    return SearchResult(
        total=total,
        hits=hits,
        summary=Summary(datasets=total, unknown_sizes=total),
        offset=offset,
        entity=entity,
        entities=ENTITIES,
    )
