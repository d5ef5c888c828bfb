"""The files of a folder, project or dataset of Synapse, which come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.sources.contents import Form, form_of
from jupyterlab_datahub.sources.synapse import entities, records, wire
from jupyterlab_datahub.sources.synapse.refs import PREFIX, Ref, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.sources.synapse.session import Session
    from jupyterlab_datahub.sources.synapse.tree import Tree

DEEPEST = 100
"""Folders in folders; Synapse itself allows no deeper ones (its "max entity depth")."""


def members(session: Session, tree: Tree, ref: Ref) -> Iterator[Asset]:
    """Yield the files of an entity with their paths in it; links are not followed.

    A folder that is met twice is listed once, so that none can hold itself.

    Raises
    ------
    NotSupportedError
        If it has no files of its own.
    NotFoundError, AccessError, CatalogError
    """
    found = entities.entity(session, ref)
    if found.type == wire.DATASET:
        yield from _items(session, found)
    elif found.type in wire.CONTAINERS:
        taken: set[str] = set()
        for header, path in _below(tree, ref, "", {ref.id}, 0):
            yield _asset(header, _free(path, header.id, taken))
    else:
        raise NotSupportedError(
            f"{found.name or ref.dotted} is no folder",
            source=session.who.source,
            hint="Fetch it as it is.",
        )


def _below(
    tree: Tree, ref: Ref, path: str, seen: set[str], depth: int
) -> Iterator[tuple[wire.Header, str]]:
    folders: list[wire.Header] = []
    for header in tree.below(ref):
        kind = wire.type_of(header.type)
        if kind == wire.FILE:
            yield header, path + header.name
        elif kind == wire.FOLDER and header.id not in seen:
            folders.append(header)
    for header in folders:
        if header.id not in seen and depth < DEEPEST:
            seen.add(header.id)
            yield from _below(
                tree, entities.header_ref(header), f"{path}{header.name}/", seen, depth + 1
            )


def _items(session: Session, found: wire.Entity) -> Iterator[Asset]:
    """Yield the files of a dataset, which names them by version and not by name."""
    taken: set[str] = set()
    for item in found.items or ():
        ref = Ref(parse(f"{PREFIX}{item.entity_id}").id, item.version_number or 0)
        header = _header(session, ref)
        yield _asset(header, _free(header.name, header.id, taken))


def _header(session: Session, ref: Ref) -> wire.Header:
    """Return what is known of a file of a dataset; one that cannot be seen has no name."""
    body = {"references": [{"targetId": ref.id, "targetVersionNumber": ref.version or None}]}
    found = session.post("/entity/header", body, wire.Headers).results
    return found[0] if found else wire.Header(id=ref.id, name=ref.dotted, type="file")


def _asset(header: wire.Header, path: str) -> Asset:
    name = records.safe_name(path.rpartition("/")[2])
    return Asset(
        ref=str(entities.header_ref(header)),
        name=name,
        path=path,
        format=records.format_of(name),
        loads_as_anndata=form_of(name) is not Form.PATH,
    )


def _free(path: str, id_: str, taken: set[str]) -> str:
    """Return a path that no file before has, on a disk that knows no capital letters either."""
    folder, slash, name = path.rpartition("/")
    if path.casefold() in taken:
        path = f"{folder}{slash}{id_} {name}"
    taken.add(path.casefold())
    return path
