"""What stands between a user and the bytes of a file, with the next step in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.model import Access

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.synapse import wire
    from jupyterlab_datahub.sources.synapse.session import Session

TERMS = "RESTRICTED_BY_TERMS_OF_USE"


class Right(NamedTuple):
    """How something can be had, and the next step where it is not open."""

    access: Access
    note: str = ""


OPEN = Right(Access.OPEN)


def right_of(session: Session, found: wire.Bundle) -> Right:
    """Return whether this user may download an entity, by what Synapse says of both."""
    id_ = found.entity.id
    restriction = found.restriction_information
    if restriction is not None and restriction.has_unmet_access_requirement:
        where = session.requirements(id_)
        at = f" at {where}" if where else " on its page at Synapse"
        if restriction.restriction_level == TERMS:
            note = f"Agree to its terms of use{at}, then open it here again."
            return Right(Access.REQUEST, note)
        note = (
            "Its use is controlled: Synapse asks for more before it may be downloaded, such as a "
            f"data use certificate or an approval. Ask for it{at}, then open it here again."
        )
        return Right(Access.CONTROLLED, note)
    permissions = found.permissions
    if permissions is not None and not permissions.can_download:
        page = session.page(id_)
        note = "You may look at it and not download it: ask whoever shares it"
        return Right(Access.REQUEST, f"{note}, at {page}." if page else f"{note}.")
    return OPEN
