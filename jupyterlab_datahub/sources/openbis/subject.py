"""What a new notebook is about: an entity of openBIS with the datasets that belong to it.

Every question is one of the V3 API; the names of its types are those of its Java classes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Entity, Subject, SubjectDataset, SubjectKind

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.session import Session

MAX_DATASETS = 100
"""Datasets that a notebook begins with; more would be a list, not a notebook."""

_NAME_OF_ANYTHING = re.compile(r"/?[\w.:$-]{1,200}(?:/[\w.:$-]{1,200}){0,3}", re.ASCII)

_PERM_ID = {
    SubjectKind.EXPERIMENT: "as.dto.experiment.id.ExperimentPermId",
    SubjectKind.SAMPLE: "as.dto.sample.id.SamplePermId",
    SubjectKind.PROJECT: "as.dto.project.id.ProjectPermId",
    SubjectKind.SPACE: "as.dto.space.id.SpacePermId",
}
_IDENTIFIER = {
    SubjectKind.EXPERIMENT: "as.dto.experiment.id.ExperimentIdentifier",
    SubjectKind.SAMPLE: "as.dto.sample.id.SampleIdentifier",
    SubjectKind.PROJECT: "as.dto.project.id.ProjectIdentifier",
}
_GET = {
    SubjectKind.EXPERIMENT: "getExperiments",
    SubjectKind.SAMPLE: "getSamples",
    SubjectKind.PROJECT: "getProjects",
    SubjectKind.SPACE: "getSpaces",
}
_CLASS = {
    SubjectKind.EXPERIMENT: "Experiment",
    SubjectKind.SAMPLE: "Sample",
    SubjectKind.PROJECT: "Project",
    SubjectKind.SPACE: "Space",
}


def subject(session: Session, identifier: str) -> Subject:
    """Return an entity with its datasets.

    Parameters
    ----------
    session
        Who asks.
    identifier
        The permId of a dataset, experiment, object or project, the code of a space, or an
        identifier that begins with a slash.

    Raises
    ------
    BadRequestError
        If it can be no name of anything.
    NotFoundError
        If there is nothing of that name, or nothing that this user may see.
    AccessError, CatalogError
    """
    identifier = identifier.rstrip("/").upper()
    if not _NAME_OF_ANYTHING.fullmatch(identifier):
        raise BadRequestError(
            f"{identifier[:80]!r} is no identifier of openBIS",
            source=session.who.source,
            hint="One looks like 20240115093012345-11 or /SPACE/PROJECT/CODE.",
        )
    if not identifier.startswith("/") and (found := _dataset(session, identifier)):
        alone = Entity(kind=SubjectKind.DATASET, id=found.id, title=found.title)
        return Subject(entity=alone, datasets=(found,), total=1)
    for kind in _kinds(identifier):
        if entity := _entity(session, kind, identifier):
            return _with_datasets(session, entity)
    raise session.missing(identifier)


def _kinds(identifier: str) -> tuple[SubjectKind, ...]:
    """Return what could be called so, the likeliest first."""
    if not identifier.startswith("/"):
        return (
            SubjectKind.EXPERIMENT,
            SubjectKind.SAMPLE,
            SubjectKind.PROJECT,
            SubjectKind.SPACE,
        )
    depth = len(identifier.strip("/").split("/"))
    if depth == 1:
        return (SubjectKind.SPACE,)
    if depth == 2:
        return (SubjectKind.PROJECT, SubjectKind.SAMPLE)
    return (SubjectKind.EXPERIMENT, SubjectKind.SAMPLE)


def _dataset(session: Session, permid: str) -> SubjectDataset | None:
    ids = [{"permId": permid, "@type": "as.dto.dataset.id.DataSetPermId"}]
    found = session.call("getDataSets", ids, _dataset_options())
    record = next(iter((found or {}).values()), None)
    return _described(session, record) if record else None


def _entity(session: Session, kind: SubjectKind, identifier: str) -> Entity | None:
    if identifier.startswith("/") and kind in _IDENTIFIER:
        wanted = {"identifier": identifier, "@type": _IDENTIFIER[kind]}
    else:
        wanted = {"permId": identifier.strip("/"), "@type": _PERM_ID[kind]}
    name = _CLASS[kind]
    options: dict[str, Any] = {"@type": f"as.dto.{name.lower()}.fetchoptions.{name}FetchOptions"}
    if kind in (SubjectKind.EXPERIMENT, SubjectKind.SAMPLE):
        options["properties"] = _PROPERTIES
    found = session.call(_GET[kind], [wanted], options)
    record = next(iter((found or {}).values()), None)
    return _named(kind, record) if record else None


def _named(kind: SubjectKind, record: dict[str, Any]) -> Entity:
    code = str(record.get("code") or "")
    identifier = (record.get("identifier") or {}).get("identifier") or f"/{code}"
    return Entity(
        kind=kind,
        id=str((record.get("permId") or {}).get("permId") or code),
        identifier=identifier,
        title=_name(record) or code,
    )


def _with_datasets(session: Session, entity: Entity) -> Subject:
    found = session.call(
        "searchDataSets",
        {
            "@type": "as.dto.dataset.search.DataSetSearchCriteria",
            "operator": "OR",
            "criteria": _belonging_to(entity),
        },
        {**_dataset_options(), "from": 0, "count": MAX_DATASETS},
    )
    records = found.get("objects") or []
    return Subject(
        entity=entity,
        datasets=tuple(_described(session, record) for record in records),
        total=int(found.get("totalCount") or len(records)),
    )


def _belonging_to(entity: Entity) -> list[dict[str, Any]]:
    itself = _criteria(entity.kind, _is(entity))
    if entity.kind in (SubjectKind.EXPERIMENT, SubjectKind.SAMPLE):
        return [itself]
    if entity.kind is SubjectKind.SPACE:
        experiments = _criteria(SubjectKind.PROJECT, itself)
        return [
            _criteria(SubjectKind.EXPERIMENT, experiments),
            _criteria(SubjectKind.SAMPLE, itself),
        ]
    return [_criteria(SubjectKind.EXPERIMENT, itself), _criteria(SubjectKind.SAMPLE, itself)]


def _criteria(kind: SubjectKind, inner: dict[str, Any]) -> dict[str, Any]:
    name = _CLASS[kind]
    return {
        "@type": f"as.dto.{name.lower()}.search.{name}SearchCriteria",
        "operator": "AND",
        "criteria": [inner],
    }


def _is(entity: Entity) -> dict[str, Any]:
    is_space = entity.kind is SubjectKind.SPACE
    kind, name = ("Code", "code") if is_space else ("PermId", "perm_id")
    return {
        "@type": f"as.dto.common.search.{kind}SearchCriteria",
        "fieldType": "ATTRIBUTE",
        "fieldName": name,
        "fieldValue": {"value": entity.id, "@type": "as.dto.common.search.StringEqualToValue"},
    }


_PROPERTIES = {"@type": "as.dto.property.fetchoptions.PropertyFetchOptions"}


def _dataset_options() -> dict[str, Any]:
    dataset = "as.dto.dataset.fetchoptions"
    return {
        "@type": f"{dataset}.DataSetFetchOptions",
        "type": {"@type": f"{dataset}.DataSetTypeFetchOptions"},
        "properties": _PROPERTIES,
        "physicalData": {"@type": f"{dataset}.PhysicalDataFetchOptions"},
        "experiment": {"@type": "as.dto.experiment.fetchoptions.ExperimentFetchOptions"},
        "sample": {"@type": "as.dto.sample.fetchoptions.SampleFetchOptions"},
    }


def _described(session: Session, record: dict[str, Any]) -> SubjectDataset:
    permid = str((record.get("permId") or {}).get("permId") or record.get("code") or "")
    # An object says more than the experiment it is part of.
    owner = None
    if record.get("sample"):
        owner = _named(SubjectKind.SAMPLE, record["sample"])
    elif record.get("experiment"):
        owner = _named(SubjectKind.EXPERIMENT, record["experiment"])
    size = (record.get("physicalData") or {}).get("size")
    return SubjectDataset(
        ref=f"openbis:{session.host}/{permid}",
        id=permid,
        title=_name(record) or permid,
        type=str((record.get("type") or {}).get("code") or ""),
        size=size if isinstance(size, int) else None,
        owner=owner,
    )


def _name(record: dict[str, Any]) -> str:
    properties = record.get("properties") or {}
    return next((str(properties[code]) for code in ("$NAME", "NAME") if properties.get(code)), "")
