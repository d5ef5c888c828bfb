"""Entities of Synapse as datasets: what the page of a file, folder or project says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyterlab_datahub.model import Access, Asset, Collection, Dataset, Property, Term
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.files import file_name
from jupyterlab_datahub.sources.synapse import entities, handles, wire
from jupyterlab_datahub.sources.synapse.refs import KIND
from jupyterlab_datahub.sources.synapse.rights import Right, right_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.synapse.refs import Ref
    from jupyterlab_datahub.sources.synapse.session import Session

LONGEST_WIKI = 2000
"""Characters of a wiki page that are shown; the rest is on Synapse's own page."""

GROUPS = frozenset({*wire.CONTAINERS, wire.DATASET})
"""Types of entities whose files come together."""

ROOTS = 1
"""Headers at the beginning of a path that are no entities of people: the root of all projects."""

FACETS = {
    "species": "organism",
    "organism": "organism",
    "tissue": "tissue",
    "organ": "tissue",
    "diagnosis": "disease",
    "disease": "disease",
    "assay": "assay",
}
"""Facets by the annotations, in lower case, that Sage's data curators use for them."""

NAMES = {
    wire.PROJECT: "Project",
    wire.FOLDER: "Folder",
    wire.FILE: "File",
    wire.DATASET: "Dataset",
    "table": "Table",
    "entityview": "View",
    "materializedview": "Materialized view",
    "dockerrepo": "Docker repository",
}

_ENDING = re.compile(r"(\.ome)?\.[A-Za-z0-9]{1,10}(\.(gz|zip|bz2|xz))?$")
_MARKUP = (
    (re.compile(r"\$\{[^}]*\}"), ""),
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<[^>\n]{1,200}>"), ""),
    (re.compile(r"^\s{0,3}(#{1,6}|>)\s*", re.MULTILINE), ""),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"\1"),
    (re.compile(r"\n{3,}"), "\n\n"),
)
"""Marks of Synapse's Markdown, and what is left of them in plain text."""


def dataset_of(session: Session, ref: Ref, found: wire.Bundle) -> Dataset:
    """Return an entity as a dataset; a file has one asset, a folder or project one group."""
    entity = found.entity
    right = right_of(session, found)
    asset = _asset(ref, found, right)
    note = asset.access_note if asset else right.note
    access = asset.access if asset else right.access
    if asset is None:
        access = Access.VIEW_ONLY
        kind = NAMES.get(entity.type, entity.type).lower()
        note = f"This {kind} can only be looked at and queried at Synapse itself."
    text = entities.wiki(session, entity.id, found.root_wiki_id) or entity.description or ""
    project = _project(found)
    return Dataset(
        ref=str(ref),
        source=session.who.source,
        kind=KIND,
        id=str(ref.current),
        version=_version(entity),
        title=entity.name or entity.id,
        collection=Collection(
            id=project.id, title=project.name or project.id, url=session.page(project.id)
        )
        if project
        else None,
        description=plain(text),
        facets=_facets(found),
        assets=(asset,) if asset else (),
        access=access,
        access_note=note,
        doi=_doi(found),
        published=utc(entity.created_on),
        revised=utc(entity.modified_on),
        url=session.page(ref.dotted),
        properties=tuple(_properties(entity, found)),
        place=_place(found),
    )


def plain(text: str) -> str:
    """Return the beginning of a wiki page without its marks."""
    for pattern, left in _MARKUP:
        text = pattern.sub(left, text)
    text = text.strip()
    if len(text) <= LONGEST_WIKI:
        return text
    return text[:LONGEST_WIKI].rsplit(maxsplit=1)[0] + " …"


def utc(text: str | None) -> str:
    """Return a time of Synapse as ISO 8601 in UTC, empty if it is none."""
    try:
        then = datetime.fromisoformat(text or "")
    except ValueError:
        return ""
    return then.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def safe_name(name: str) -> str:
    """Return a file name that is safe on every file system, with its ending."""
    match = _ENDING.search(name)
    ending = match[0] if match else ""
    return file_name(name.removesuffix(ending), ending)


def format_of(name: str) -> str:
    """Return the format that the ending of a name says."""
    match = _ENDING.search(name)
    if match is None:
        return ""
    ending = match[0].lower().removesuffix(".gz")
    return "ome-tiff" if ending in (".ome.tif", ".ome.tiff") else ending.removeprefix(".")


def _asset(ref: Ref, found: wire.Bundle, right: Right) -> Asset | None:
    entity = found.entity
    if entity.type in GROUPS:
        return Asset(
            ref=str(ref),
            name=safe_name(entity.name or entity.id),
            group=True,
            format="group",
            members=len(entity.items) if entity.items is not None else None,
            access=right.access,
            access_note=right.note,
        )
    if entity.type != wire.FILE:
        return None
    handle = handles.main_handle(found)
    place = handles.place_of(handle)
    name = found.file_name or (handle.file_name if handle else "") or entity.name
    # What this user lacks is said first: the rest is of no use without it.
    way = right if right.access is not Access.OPEN else place.right or right
    return Asset(
        ref=str(ref),
        name=safe_name(name),
        format=format_of(name),
        size=handles.size_of(handle),
        checksums=handles.checksums_of(handle),
        access=way.access,
        access_note=way.note,
        loads_as_anndata=form_of(name) is not Form.PATH,
        elsewhere=place.elsewhere,
        note=f"kept at {place.where}" if place.where and place.right is None else "",
    )


def _version(entity: wire.Entity) -> str:
    if entity.type in wire.CONTAINERS or not entity.version_number:
        return "live"
    return str(entity.version_number)


def _place(found: wire.Bundle) -> tuple[str, ...]:
    """Return the nodes that lead to an entity in the tree, its own last."""
    path = found.path.path if found.path else ()
    return tuple(str(entities.header_ref(header).current) for header in path[ROOTS:])


def _project(found: wire.Bundle) -> wire.Header | None:
    path = found.path.path if found.path else ()
    return path[ROOTS] if len(path) > ROOTS + 1 else None


def _doi(found: wire.Bundle) -> str:
    said = found.doi_association.doi_uri if found.doi_association else None
    return (said or "").removeprefix("doi:").strip()


def _facets(found: wire.Bundle) -> dict[str, tuple[Term, ...]]:
    labels: dict[str, dict[str, None]] = {}
    for key, values in _annotations(found).items():
        if facet := FACETS.get(key.lower()):
            texts = (value.strip() for value in values.value)
            labels.setdefault(facet, {}).update(dict.fromkeys(text for text in texts if text))
    return {
        facet: tuple(Term(label=label) for label in some) for facet, some in labels.items() if some
    }


def _properties(entity: wire.Entity, found: wire.Bundle) -> Iterator[Property]:
    yield Property(code="synapse_id", label="Synapse ID", value=entity.id)
    if entity.type != wire.FILE:
        yield Property(code="type", label="Type", value=NAMES.get(entity.type, entity.type))
    if entity.version_comment:
        comment = entity.version_comment
        yield Property(code="version_comment", label="Version comment", value=comment)
    for code, values in sorted(_annotations(found).items()):
        if text := ", ".join(_texts(values)):
            yield Property(code=code, label=code, value=text, section="Annotations")


def _texts(values: wire.Values) -> Iterator[str]:
    for value in values.value:
        if values.type == "TIMESTAMP_MS" and value.lstrip("-").isdecimal():
            try:
                yield datetime.fromtimestamp(int(value) / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
            except (ValueError, OverflowError, OSError):
                yield value
        elif value.strip():
            yield value.strip()


def _annotations(found: wire.Bundle) -> dict[str, wire.Values]:
    return found.annotations.annotations if found.annotations else {}
