"""What is to come with an entity (fetch options), in the words of the V3 API."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def of(kind: str, **more: Any) -> Json:
    """Return the fetch options of a kind: ``dataset.DataSet``, ``person.Person``, …."""
    package, _, name = kind.partition(".")
    return {"@type": f"as.dto.{package}.fetchoptions.{name}FetchOptions", **more}


def page(options: Json, begin: int | None, count: int | None) -> Json:
    """Return options with some of the entities that are found; None: all."""
    return {**options, "from": begin, "count": count}


def sorted_by(options: Json, field: str, *, ascending: bool = True) -> Json:
    """Return options with an order, such as ``CODE`` or ``REGISTRATION_DATE``."""
    kind = options["@type"].removesuffix("FetchOptions")
    sorting = {
        "@type": "as.dto.common.fetchoptions.Sorting",
        "field": field,
        "order": {"@type": "as.dto.common.fetchoptions.SortOrder", "asc": ascending},
        "parameters": None,
    }
    return {**options, "sort": {"@type": f"{kind}SortOptions", "sortings": [sorting]}}


PROPERTIES = of("property.Property")
PERSON = of("person.Person")
SPACE = of("space.Space")
PROJECT = of("project.Project", space=SPACE)

COLLECTION = of(
    "experiment.Experiment",
    type=of("experiment.ExperimentType"),
    properties=PROPERTIES,
    project=PROJECT,
)
OBJECT = of(
    "sample.Sample",
    type=of("sample.SampleType"),
    properties=PROPERTIES,
    space=SPACE,
    project=PROJECT,
)
DATASET_LINE = of(
    "dataset.DataSet",
    type=of("dataset.DataSetType"),
    properties=PROPERTIES,
    physicalData=of("dataset.PhysicalData"),
    registrator=PERSON,
    experiment=COLLECTION,
    sample=OBJECT,
)
"""What a line of a list shows of a dataset."""


def _labelled(kind: str) -> Json:
    """Return the fetch options of a type with the labels of its properties."""
    return of(
        kind,
        propertyAssignments=of(
            "property.PropertyAssignment",
            propertyType=of("property.PropertyType", vocabulary=of("vocabulary.Vocabulary")),
        ),
    )


_RELATED = of("dataset.DataSet", type=of("dataset.DataSetType"), properties=PROPERTIES)
_RELATED_OBJECT = of("sample.Sample", type=of("sample.SampleType"), properties=PROPERTIES)
_WHO = {"registrator": PERSON, "modifier": PERSON}

DATASET_RECORD = {
    **DATASET_LINE,
    "type": _labelled("dataset.DataSetType"),
    "sample": {**OBJECT, "experiment": COLLECTION},
    "dataStore": of("datastore.DataStore"),
    "modifier": PERSON,
    "tags": of("tag.Tag"),
    "parents": _RELATED,
    "children": _RELATED,
    "containers": _RELATED,
    "components": _RELATED,
}
"""Everything that the page of a dataset shows, but for its files."""

COLLECTION_RECORD = {
    **COLLECTION,
    **_WHO,
    "type": _labelled("experiment.ExperimentType"),
    "tags": of("tag.Tag"),
}
OBJECT_RECORD = {
    **OBJECT,
    **_WHO,
    "type": _labelled("sample.SampleType"),
    "experiment": COLLECTION,
    "parents": _RELATED_OBJECT,
    "children": _RELATED_OBJECT,
    "tags": of("tag.Tag"),
}
PROJECT_RECORD = {**PROJECT, **_WHO}
SPACE_RECORD = {**SPACE, "registrator": PERSON}
"""Everything that the pages of entities show, but for what belongs to them."""
