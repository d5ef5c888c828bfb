"""A dataset of openBIS in the project's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyterlab_datahub.errors import ConflictError
from jupyterlab_datahub.model import (
    Collection,
    Dataset,
    DatasetVersion,
    Download,
    Link,
    Related,
    Term,
)
from jupyterlab_datahub.sources.openbis import (
    criteria,
    file_list,
    options,
    properties,
    records,
    refs,
    tree,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.model import Asset
    from jupyterlab_datahub.sources.openbis.file_list import StoredFile
    from jupyterlab_datahub.sources.openbis.session import Session

HISTORY = "$HISTORY_ID"
"""The property that groups the versions of one notebook."""

MAX_VERSIONS = 100
ARCHIVED = "ARCHIVED"
NOT_AT_HAND = {
    ARCHIVED: "Its files are in the archive; ask for them to be brought back, then download them.",
    "ARCHIVE_PENDING": "Its files are being put into the archive.",
    "UNARCHIVE_PENDING": "Its files are being brought back from the archive; try again later.",
    "LOCKED": "Its files are locked by openBIS; try again later.",
}
"""What stands between a user and the files, by status of a dataset."""


def dataset(session: Session, ref: str) -> Dataset:
    """Return the dataset that a ref (of it or of one of its files) names.

    Raises
    ------
    BadRequestError
        If it is no such ref.
    NotFoundError
        If there is none that this user may see.
    RequestError, CatalogError
    """
    permid = refs.parse(session, ref).permid
    found = _get(session, permid)
    return _described(session, found, file_list.files(session, permid))


def resolve(session: Session, asset: Asset) -> Download:
    """Return what the bytes of an asset will be, which come in pieces: size and checksums.

    Raises
    ------
    ConflictError
        If the files are not at hand.
    NotFoundError
        If there is no such file or dataset that this user may see.
    RequestError, CatalogError
    """
    found = dataset(session, asset.ref)
    if found.status in NOT_AT_HAND:
        raise ConflictError(
            f"{asset.name} is not at hand at {session.who.title}",
            source=session.who.source,
            host=session.host,
            hint=NOT_AT_HAND[found.status],
        )
    current = next((one for one in found.assets if one.ref == asset.ref), None)
    if current is None and asset.ref == found.ref:
        current = found.main_asset
    if current is None:
        raise session.missing(refs.parse(session, asset.ref).path)
    return Download(size=current.size, checksums=current.checksums)


def unarchive(session: Session, ref: str) -> Dataset:
    """Ask for the files of a dataset to be brought back from the archive.

    Raises
    ------
    ConflictError
        If they are not in the archive.
    RequestError, CatalogError
    """
    permid = refs.parse(session, ref).permid
    found = _get(session, permid)
    if found.status != ARCHIVED:
        raise ConflictError(
            f"the files of {found.title!r} are not in the archive",
            source=session.who.source,
            host=session.host,
            hint=NOT_AT_HAND.get(found.status, "They can be downloaded as they are."),
        )
    session.call(
        "unarchiveDataSets",
        [_id(permid)],
        {"@type": "as.dto.dataset.unarchive.DataSetUnarchiveOptions"},
    )
    return dataset(session, ref)


def versions(session: Session, ref: str) -> tuple[DatasetVersion, ...]:
    """Return the datasets with the same $HISTORY_ID, newest first; none if it has none.

    Raises
    ------
    RequestError, CatalogError
    """
    permid = refs.parse(session, ref).permid
    found = _get(session, permid)
    history = (found.properties or {}).get(HISTORY)
    if not isinstance(history, str) or not history:
        return ()
    wanted = options.sorted_by(options.DATASET_LINE, "REGISTRATION_DATE", ascending=False)
    answer = session.call(
        "searchDataSets",
        criteria.every("dataset", criteria.property_is(HISTORY, history)),
        options.page(wanted, 0, MAX_VERSIONS),
    )
    same, _ = records.found(session, answer, records.DataSet)
    newest_first = sorted(same, key=lambda one: one.registration_date or 0, reverse=True)
    return tuple(
        DatasetVersion(
            ref=refs.dataset_ref(session, one.perm_id.perm_id),
            version=_version(one),
            date=records.moment(one.registration_date),
            title=one.title,
            size=one.physical_data.size if one.physical_data else None,
            current=number == 0,
        )
        for number, one in enumerate(newest_first)
    )


def page_of(session: Session, permid: str) -> str:
    """Return the address of a dataset in the ELN, or in the core interface where there is none."""
    if "eln-lims" in session.server().technologies:
        menu = quote(f'{{"type":"DATASET","id":"{permid}"}}', safe="")
        return (
            f"{session.url}/openbis/webapp/eln-lims/?menuUniqueId={menu}"
            f"&viewName=showViewDataSetPageFromPermId&viewData={quote(permid)}"
        )
    return f"{session.url}/openbis/#entity=DATA_SET&permId={quote(permid)}"


def _get(session: Session, permid: str) -> records.DataSet:
    answer = session.call("getDataSets", [_id(permid)], options.DATASET_RECORD)
    given = next(iter(answer.values()), None) if isinstance(answer, dict) else None
    if given is None:
        raise session.missing(permid)
    return records.read(session, given, records.DataSet)


def _id(permid: str) -> dict[str, str]:
    return {"permId": permid, "@type": "as.dto.dataset.id.DataSetPermId"}


def _described(session: Session, found: records.DataSet, listed: Sequence[StoredFile]) -> Dataset:
    permid = found.perm_id.perm_id
    url = page_of(session, permid)
    owner = found.owner
    return Dataset(
        ref=refs.dataset_ref(session, permid),
        source=session.config.name,
        kind=refs.KIND,
        id=permid,
        version=_version(found),
        title=found.title,
        collection=_collection(found.experiment),
        description=_first(found, "NOTES", "DESCRIPTION", "$DESCRIPTION"),
        facets={"type": (Term(label=found.type_code),)} if found.type_code else {},
        assets=file_list.assets(session, permid, listed, found.title),
        access_note=NOT_AT_HAND.get(found.status, ""),
        published=records.moment(found.registration_date),
        revised=records.moment(found.modification_date),
        url=url,
        links=(Link(title=f"Open in {session.who.title}", url=url, kind="eln"),),
        properties=properties.of(session, found),
        parents=related(session, found.parents),
        children=related(session, found.children),
        owner=_owner(session, owner) if owner else None,
        status=found.status,
        identifier=permid,
        place=_place(found),
        extra=_extra(found),
    )


def _version(found: records.DataSet) -> str:
    """Return the day of registration: the files of a dataset never change after it."""
    return records.moment(found.registration_date)[:10] or found.perm_id.perm_id


def _collection(owner: records.Owner | None) -> Collection | None:
    if owner is None:
        return None
    return Collection(id=owner.identifier.identifier, title=owner.title)


def _owner(session: Session, owner: records.Owner) -> Related:
    return Related(
        ref=refs.dataset_ref(session, owner.perm_id.perm_id),
        title=owner.title,
        type=owner.type_code,
    )


def _place(found: records.DataSet) -> tuple[str, ...]:
    node = f"dataset:{found.perm_id.perm_id}"
    if found.sample:
        return (*tree.place_of_object(found.sample), node)
    return (*tree.place_of_collection(found.experiment), node) if found.experiment else (node,)


def related(session: Session, others: Sequence[records.Named] | None) -> tuple[Related, ...]:
    """Return entities as links."""
    return tuple(
        Related(
            ref=refs.dataset_ref(session, one.perm_id.perm_id),
            title=one.title,
            type=one.type_code,
        )
        for one in others or ()
    )


def _first(found: records.Named, *names: str) -> str:
    given = found.properties or {}
    return next((str(given[name]) for name in names if given.get(name)), "")


def _extra(found: records.DataSet) -> dict[str, Any]:
    """Return what has no place in the model: who registered it, how openBIS files it."""
    owner = found.owner
    return {
        "type": found.type_code,
        "kind": found.kind or "",
        "identifier": owner.identifier.identifier if owner else "",
        "registrator": found.registrator.name if found.registrator else "",
        "modifier": found.modifier.name if found.modifier else "",
        "data_store": found.data_store.code if found.data_store else "",
        "tags": [tag.code for tag in found.tags or ()],
        "containers": [one.perm_id.perm_id for one in found.containers or ()],
        "components": [one.perm_id.perm_id for one in found.components or ()],
    }
