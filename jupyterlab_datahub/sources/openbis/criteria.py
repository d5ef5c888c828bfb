"""What is looked for (search criteria), in the words of the V3 API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

_WAYS = {
    "dataset": "as.dto.dataset.search.DataSetSearchCriteria",
    "experiment": "as.dto.experiment.search.ExperimentSearchCriteria",
    "object": "as.dto.sample.search.SampleSearchCriteria",
    "project": "as.dto.project.search.ProjectSearchCriteria",
    "space": "as.dto.space.search.SpaceSearchCriteria",
    "type": "as.dto.dataset.search.DataSetTypeSearchCriteria",
    "registrator": "as.dto.person.search.RegistratorSearchCriteria",
    "physical": "as.dto.dataset.search.PhysicalDataSearchCriteria",
    "container": "as.dto.dataset.search.DataSetContainerSearchCriteria",
}

NO_OBJECT: Json = {"@type": "as.dto.sample.search.NoSampleSearchCriteria"}
NO_EXPERIMENT: Json = {"@type": "as.dto.experiment.search.NoExperimentSearchCriteria"}
NO_PROJECT: Json = {"@type": "as.dto.project.search.NoProjectSearchCriteria"}


def every(of: str, *parts: Json) -> Json:
    """Return criteria for a kind of entity that holds if all of its parts do."""
    return _nested(of, "AND", parts)


def some(of: str, *parts: Json) -> Json:
    """Return criteria for a kind of entity that holds if one of its parts does."""
    return _nested(of, "OR", parts)


def code(wanted: str) -> Json:
    """Return the condition that a code is `wanted`."""
    return _attribute("as.dto.common.search.CodeSearchCriteria", "code", wanted)


def permid(wanted: str) -> Json:
    """Return the condition that a permId is `wanted`."""
    return _attribute("as.dto.common.search.PermIdSearchCriteria", "perm_id", wanted)


def identifier(wanted: str) -> Json:
    """Return the condition that an identifier is `wanted`."""
    return _attribute("as.dto.common.search.IdentifierSearchCriteria", "identifier", wanted)


def user(wanted: str) -> Json:
    """Return the condition that the id of a user is `wanted`."""
    return _attribute("as.dto.person.search.UserIdSearchCriteria", "userId", wanted)


def project(path: str) -> Json:
    """Return criteria for the project with an identifier, in any case."""
    space, _, name = path.strip("/").upper().partition("/")
    return every("project", code(name), every("space", code(space)))


def status(wanted: str) -> Json:
    """Return the condition that the status of a dataset's files is `wanted`."""
    leaf = {
        "@type": "as.dto.dataset.search.StatusSearchCriteria",
        "fieldName": "status",
        "fieldType": "ATTRIBUTE",
        "fieldValue": wanted,
    }
    return every("physical", leaf)


def any_field(part: str) -> Json:
    """Return the condition that some attribute or property has `part` in it."""
    return {
        "@type": "as.dto.common.search.AnyFieldSearchCriteria",
        "fieldName": "any",
        "fieldType": "ANY_FIELD",
        "fieldValue": _text("StringContainsValue", part),
    }


def property_is(name: str, wanted: str) -> Json:
    """Return the condition that a property is `wanted`, which may have ``*`` in it."""
    return {
        "@type": "as.dto.common.search.StringPropertySearchCriteria",
        "fieldName": name,
        "fieldType": "PROPERTY",
        "useWildcards": "*" in wanted,
        "fieldValue": _text("StringEqualToValue", wanted),
    }


def registered(first: str, last: str) -> tuple[Json, ...]:
    """Return the conditions that something was registered in these days (``2026-01-31``).

    Either may be empty; both days are included.
    """
    ends = (("DateLaterThanOrEqualToValue", first), ("DateEarlierThanOrEqualToValue", last))
    return tuple(
        {
            "@type": "as.dto.common.search.RegistrationDateSearchCriteria",
            "fieldName": "registration_date",
            "fieldType": "ATTRIBUTE",
            "fieldValue": _text(kind, day),
        }
        for kind, day in ends
        if day
    )


def _nested(of: str, operator: str, parts: Sequence[Json]) -> Json:
    return {"@type": _WAYS[of], "operator": operator, "criteria": list(parts)}


def _attribute(kind: str, name: str, wanted: str) -> Json:
    return {
        "@type": kind,
        "fieldName": name,
        "fieldType": "ATTRIBUTE",
        "fieldValue": _text("StringEqualToValue", wanted),
    }


def _text(kind: str, value: str) -> Json:
    return {"value": value, "@type": f"as.dto.common.search.{kind}"}
