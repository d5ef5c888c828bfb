"""What a notebook can be saved to in a commons: the resources that we may write to.

A commons keeps no properties of an object; who may have it is decided by its resource. Which
inputs and checksums belong to it stands in the files that are saved with the notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.model import FieldError, Owner, SaveForm, SaveType
from jupyterlab_datahub.sources.gen3 import refs, rights
from jupyterlab_datahub.sources.saving import Checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import SaveRequest
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

TYPE = "FILES"
USUAL = "ANALYSIS_NOTEBOOK"
"""What a request says that leaves the type open."""

FORM = SaveForm(
    types=(
        SaveType(
            code=TYPE,
            description="Each file becomes an object with a GUID of its own",
            default=True,
        ),
    )
)


def owners(session: Session, known_rights: Rights, text: str) -> tuple[Owner, ...]:
    """Return the projects and other resources that we may upload to, for a text typed so far.

    Raises
    ------
    ExpiredError, UnreachableError
    """
    words = text.casefold().split()
    return tuple(
        one
        for one in _writable(session, known_rights)
        if all(word in f"{one.title} {one.identifier}".casefold() for word in words)
    )


def checked(session: Session, known_rights: Rights, request: SaveRequest) -> Checked:
    """Return a request with its type and owner as they are kept, and what is wrong with it.

    Raises
    ------
    ExpiredError, UnreachableError
    """
    errors: list[FieldError] = []
    if request.type not in (TYPE, USUAL, ""):
        message = f"{session.who.title} knows no type {request.type[:80]}"
        errors.append(FieldError(field="type", message=message))
    writable = {one.ref: one for one in _writable(session, known_rights)}
    by_name = {
        name.casefold(): one for one in writable.values() for name in (one.identifier, one.title)
    }
    owner = writable.get(request.owner) or by_name.get(request.owner.strip().casefold())
    if not session.connected:
        title = session.who.title
        errors.append(FieldError(field="owner", message=f"Connect to {title} to save to it"))
    elif owner is None:
        wanted = request.owner[:80] or "nothing"
        message = f"You may not upload to {wanted}" if request.owner else "Choose a project"
        errors.append(FieldError(field="owner", message=message))
    if request.properties:
        errors += [
            FieldError(field=code, message=f"{session.who.title} keeps no {code} of a file")
            for code in request.properties
        ]
    kept = msgspec.structs.replace(request, type=TYPE, owner=owner.ref if owner else request.owner)
    return Checked(request=kept, errors=tuple(errors))


def resource_of(session: Session, owner: str) -> str:
    """Return the resource that the ref of an owner names.

    Raises
    ------
    BadRequestError
        If it names none.
    """
    named = refs.parse(session, owner)
    if named.kind == refs.PROJECT:
        return rights.project_resource(named.program, named.project)
    return named.value


def _writable(session: Session, known_rights: Rights) -> Iterator[Owner]:
    mapping = known_rights.mapping() or {}
    if not session.connected:
        return
    for resource in sorted(mapping):
        may = rights.allows(mapping, rights.CREATE, resource) and rights.allows(
            mapping, rights.WRITE, resource
        )
        if may:
            yield _owner(session, resource)
    if rights.allows(mapping, rights.UPLOAD, rights.DATA_FILE):
        yield Owner(
            ref=refs.asked_ref(session, refs.RESOURCE, rights.DATA_FILE),
            identifier=rights.DATA_FILE,
            kind="resource",
            title="Files of no project yet",
        )


def _owner(session: Session, resource: str) -> Owner:
    parts = resource.strip("/").split("/")
    is_project = len(parts) == 4 and (parts[0], parts[2]) == ("programs", "projects")
    ref = (
        refs.project_ref(session, parts[1], parts[3])
        if is_project
        else refs.asked_ref(session, refs.RESOURCE, resource)
    )
    return Owner(
        ref=ref,
        identifier=resource,
        kind="project" if is_project else "resource",
        title=rights.label(resource),
    )
