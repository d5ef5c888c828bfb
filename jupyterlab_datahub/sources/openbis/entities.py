"""What datasets belong to, as a page: spaces, projects, collections and objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from jupyterlab_datahub.errors import DataHubError, ExpiredError, NotFoundError, RequestError
from jupyterlab_datahub.model import Dataset, Link, Node, NodePage, Related
from jupyterlab_datahub.sources.openbis import (
    afs_calls,
    datasets,
    options,
    owners,
    properties,
    records,
    refs,
    tree,
)

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.criteria import Json
    from jupyterlab_datahub.sources.openbis.session import Session

SPACE = "space"
PROJECT = "project"
COLLECTION = owners.COLLECTION
OBJECT = owners.OBJECT

SHOWN = 25
"""What belongs to an entity and is shown, of each kind."""

_ASKED: dict[str, tuple[str, str, Json]] = {
    COLLECTION: ("getExperiments", "experiment.id.Experiment", options.COLLECTION_RECORD),
    OBJECT: ("getSamples", "sample.id.Sample", options.OBJECT_RECORD),
    PROJECT: ("getProjects", "project.id.Project", options.PROJECT_RECORD),
    SPACE: ("getSpaces", "space.id.Space", options.SPACE_RECORD),
}
"""How an entity of a kind is asked for."""

_BY_DEPTH = {1: (SPACE,), 2: (PROJECT, OBJECT)}
_DEEP = (COLLECTION, OBJECT)


def by_permid(session: Session, permid: str) -> Dataset | None:
    """Return the page of the collection, object or project with a permId, None if there is none.

    Raises
    ------
    RequestError, CatalogError
    """
    for kind in (COLLECTION, OBJECT, PROJECT):
        if found := _get(session, kind, "PermId", permid):
            return _described(session, kind, found)
    return None


def by_identifier(session: Session, identifier: str) -> Dataset:
    """Return the page of the entity with an identifier, which is in upper case.

    Raises
    ------
    NotFoundError
        If there is none that this user may see.
    RequestError, CatalogError
    """
    parts = identifier.strip("/").split("/")
    for kind in _BY_DEPTH.get(len(parts), _DEEP):
        form, name = ("PermId", parts[0]) if kind == SPACE else ("Identifier", identifier)
        if found := _get(session, kind, form, name):
            return _described(session, kind, found)
    raise session.missing(identifier)


def _get(session: Session, kind: str, form: str, name: str) -> dict[str, Any] | None:
    method, id_type, wanted = _ASKED[kind]
    key = "identifier" if form == "Identifier" else "permId"
    try:
        answer = session.call(method, [{key: name, "@type": f"as.dto.{id_type}{form}"}], wanted)
    except ExpiredError:
        raise
    except RequestError:
        # Some servers refuse an identifier that is not in the form of this kind.
        return None
    found = next(iter(answer.values()), None) if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else None


def _described(session: Session, kind: str, given: dict[str, Any]) -> Dataset:
    if kind == SPACE:
        return _space(session, records.read(session, given, records.Space))
    if kind == PROJECT:
        return _project(session, records.read(session, given, records.Project))
    return _owner(session, kind, records.read(session, given, records.Owner))


def _space(session: Session, found: records.Space) -> Dataset:
    node = f"space:{found.code}"
    return _page(
        session,
        Dataset(
            ref=refs.space_ref(session, found.code),
            source=session.config.name,
            kind=refs.KIND,
            id=found.code,
            version="",
            title=found.code,
            entity=SPACE,
            identifier=f"/{found.code}",
            description=found.description or "",
            published=records.moment(found.registration_date),
            revised=records.moment(found.modification_date),
            place=(node,),
            extra=_extra("", found.registrator, None, ()),
        ),
    )


def _project(session: Session, found: records.Project) -> Dataset:
    identifier = found.identifier.identifier
    return _page(
        session,
        Dataset(
            ref=refs.dataset_ref(session, found.perm_id.perm_id),
            source=session.config.name,
            kind=refs.KIND,
            id=found.perm_id.perm_id,
            version="",
            title=found.code,
            entity=PROJECT,
            identifier=identifier,
            description=found.description or "",
            published=records.moment(found.registration_date),
            revised=records.moment(found.modification_date),
            owner=_space_of(session, identifier),
            place=tree.place_of_project(found),
            extra=_extra("", found.registrator, found.modifier, ()),
        ),
    )


def _owner(session: Session, kind: str, found: records.Owner) -> Dataset:
    permid, identifier = found.perm_id.perm_id, found.identifier.identifier
    place = tree.place_of_object if kind == OBJECT else tree.place_of_collection
    files, note = _files(session, permid)
    itself = owners.Entity(kind=kind, perm_id=permid, identifier=identifier)
    page = _page(
        session,
        Dataset(
            ref=refs.dataset_ref(session, permid),
            source=session.config.name,
            kind=refs.KIND,
            id=permid,
            version="",
            title=found.title,
            access_note=note,
            entity=kind,
            identifier=identifier,
            published=records.moment(found.registration_date),
            revised=records.moment(found.modification_date),
            properties=properties.of(session, found),
            parents=datasets.related(session, found.parents),
            children=datasets.related(session, found.children),
            owner=_above(session, found),
            place=place(found),
            can_save=owners.may_write(session, itself),
            extra=_extra(found.type_code, found.registrator, found.modifier, found.tags or ()),
        ),
    )
    return msgspec.structs.replace(page, contents=(*page.contents, *files))


def _files(session: Session, permid: str) -> tuple[tuple[NodePage, ...], str]:
    """Return the files that openBIS 7 keeps with an entity, newest first, or why not."""
    if session.server().api_version < (7, 0):
        return (), ""
    try:
        url = afs_calls.address(session)
        found = _listed(session, url, permid) if url else []
    except ExpiredError:
        raise
    except DataHubError as error:
        return (), f"Its files are not known: {error.message}."
    newest = sorted(found, key=lambda one: (one.date, one.path), reverse=True)
    nodes = tuple(
        Node(
            id=f"file:{permid}{one.path}",
            kind="file",
            title=one.path.lstrip("/"),
            size=one.size,
            date=one.date,
        )
        for one in newest[:SHOWN]
    )
    return ((NodePage(nodes=nodes, total=len(found)),) if nodes else ()), ""


def _listed(session: Session, url: str, permid: str) -> list[afs_calls.Listed]:
    server = afs_calls.AfsCalls(session, url)
    try:
        found = server.files(permid, "/")
    except NotFoundError:
        return []  # nothing was ever put there
    finally:
        server.close()
    return [one for one in found if not one.directory and "/." not in one.path]


def _page(session: Session, found: Dataset) -> Dataset:
    """Return an entity with its page in the ELN and the first of what belongs to it."""
    url = page_of(session, found)
    return msgspec.structs.replace(
        found,
        url=url,
        links=(Link(title=f"Open in {session.who.title}", url=url, kind="eln"),),
        contents=tree.parts(session, found.place[-1], SHOWN),
    )


def _above(session: Session, found: records.Owner) -> Related:
    """Return what a collection or object is in."""
    if found.experiment:
        above = found.experiment
        ref = refs.dataset_ref(session, above.perm_id.perm_id)
        return Related(ref=ref, title=above.title, type=above.type_code)
    if found.project:
        ref = refs.dataset_ref(session, found.project.perm_id.perm_id)
        return Related(ref=ref, title=found.project.identifier.identifier)
    return _space_of(session, found.identifier.identifier)


def _space_of(session: Session, identifier: str) -> Related:
    code = identifier.strip("/").split("/")[0]
    return Related(ref=refs.space_ref(session, code), title=code)


def _extra(
    type_: str,
    registrator: records.Person | None,
    modifier: records.Person | None,
    tags: tuple[records.Tag, ...],
) -> dict[str, Any]:
    return {
        "type": type_,
        "registrator": registrator.name if registrator else "",
        "modifier": modifier.name if modifier else "",
        "tags": [tag.code for tag in tags],
    }


def page_of(session: Session, found: Dataset) -> str:
    """Return the address of an entity in the ELN, or in the core interface where there is none."""
    if "eln-lims" not in session.server().technologies:
        kind = {COLLECTION: "EXPERIMENT", OBJECT: "SAMPLE"}.get(found.entity)
        anchor = f"#entity={kind}&permId={quote(found.id)}" if kind else ""
        return f"{session.url}/openbis/{anchor}"
    kind, view, data = {
        SPACE: ("SPACE", "showSpacePage", found.id),
        PROJECT: ("PROJECT", "showProjectPageFromPermId", found.id),
        COLLECTION: (
            "EXPERIMENT",
            "showExperimentPageFromIdentifier",
            f'["{found.identifier}",false]',
        ),
        OBJECT: ("SAMPLE", "showViewSamplePageFromPermId", found.id),
    }[found.entity]
    menu = quote(f'{{"type":"{kind}","id":"{found.id}"}}', safe="")
    return (
        f"{session.url}/openbis/webapp/eln-lims/?menuUniqueId={menu}"
        f"&viewName={view}&viewData={quote(data, safe='')}"
    )
