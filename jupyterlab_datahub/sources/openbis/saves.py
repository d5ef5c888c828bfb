"""Which way an openBIS takes a bundle: as a dataset where it can, else as files of the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadAnswerError
from jupyterlab_datahub.sources.openbis import afs, afs_calls
from jupyterlab_datahub.sources.openbis.registration import Registration

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.session import Session
    from jupyterlab_datahub.sources.saving import BackEnd, Bundle

OPTION = "save_with"
"""The option of a Source's entry that decides: ``afs`` or ``dataset``."""


def back_end(session: Session, bundle: Bundle) -> BackEnd:
    """Return what takes a bundle.

    A dataset keeps type, properties and parents, so it is preferred where there is a data store
    server; an openBIS 7 may have its file server (AFS) alone.

    Raises
    ------
    AccessError, CatalogError
    """
    wished = session.config.options.get(OPTION)
    if wished != "afs":
        try:
            session.store_url()
        except BadAnswerError:
            if wished == "dataset":
                raise
        else:
            return Registration(session, bundle)
    url = afs_calls.address(session)
    if not url:
        # Says what is missing.
        session.store_url()
        raise BadAnswerError(
            f"{session.who.title} has no file server (AFS)",
            source=session.who.source,
            host=session.host,
            hint=f"Take {OPTION} out of the entry of this source.",
        )
    return afs.FileServer(session, bundle, url)
