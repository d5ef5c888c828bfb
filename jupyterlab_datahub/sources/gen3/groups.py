"""Groups of files: those of a study, of a kept manifest, of a search."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Asset, Dataset
from jupyterlab_datahub.sources.gen3 import names, refs, studies, tree
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.gen3.refs import Named
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.search import LiveSearch
    from jupyterlab_datahub.sources.gen3.session import Session
    from jupyterlab_datahub.sources.gen3.studies import Studies

TITLES = {refs.MANIFEST: "Files of a manifest", refs.FILES: "Files of a search"}


def dataset(session: Session, rights: Rights, all_studies: Studies, named: Named) -> Dataset:
    """Return a group as a dataset with one asset.

    Raises
    ------
    NotFoundError, BadRequestError, AccessError, CatalogError
    """
    if named.kind == refs.STUDY_FILES:
        study = all_studies.one(named.value)
        group = studies.group_of(session, rights, study)
        return _dataset(session, named, f"Files of {study.title}", group)
    title = TITLES[named.kind]
    called = named.value.rpartition(".")[0] if named.kind == refs.MANIFEST else "files"
    if named.kind == refs.FILES:
        # Says what is wrong with it before anything is queued.
        digest = hashlib.sha256(repr(named.question).encode()).hexdigest()[:8]
        called = f"files-{digest}"
    group = Asset(
        ref=named.ref, name=names.safe_name(called or named.value), group=True, format="group"
    )
    return _dataset(session, named, title, group)


def members(
    session: Session,
    rights: Rights,
    all_studies: Studies,
    search: LiveSearch,
    named: Named,
) -> tuple[Asset, ...]:
    """Return the files of a group.

    Raises
    ------
    NotFoundError, BadRequestError, AccessError, CatalogError
    """
    if named.kind == refs.STUDY_FILES:
        return studies.files_of(session, rights, all_studies.one(named.value))
    if named.kind == refs.MANIFEST:
        return tree.kept_manifest(session, named.value)
    if named.kind == refs.FILES:
        return tuple(search.members(named.question))
    raise BadRequestError(
        f"{named.ref[:80]!r} is no group of files", source=session.who.source, hint="Choose one."
    )


def _dataset(session: Session, named: Named, title: str, group: Asset) -> Dataset:
    digest = hashlib.sha256(named.value.encode()).hexdigest()[:12]
    return Dataset(
        ref=named.ref,
        source=session.who.source,
        kind=KIND,
        id=digest,
        version="live",
        title=title,
        assets=(group,),
        access=group.access,
        access_note=group.access_note,
    )
