"""Searches, nested as clients nest them."""

from datetime import datetime, timedelta

import pytest

from jupyterlab_datahub.demo.openbis.service import OpenbisService
from tests.demo.openbis.calls import Calls, Json, RefusedError, field, inside

RUN = {
    "$name": "First run",
    "organism": "human",
    "measured_on": "2024-02-29",
    "cells": 700,
    "viability": 0.93,
    "passed_qc": True,
    "assays": ["10x_3_v3", "SMART_SEQ_2"],
    "keywords": ["pbmc", "donor 1"],
    "sequenced_at": "2024-03-01 12:30:00",
}


@pytest.fixture
def filled(scientist: Calls) -> Calls:
    """Return the calls, after four datasets were made."""
    scientist.dataset("D1", "SEQUENCING_RUN", properties=RUN)
    more = {**RUN, "$name": "Second run", "cells": 80, "measured_on": "2024-03-02"}
    scientist.dataset("D2", "SEQUENCING_RUN", properties=more)
    notebook = {"$name": "PBMC 100%", "notes": "all cells"}
    parents = [{"permId": "D1"}, {"permId": "D2"}]
    scientist.dataset("D3", "ANALYSIS_NOTEBOOK", properties=notebook, parentIds=parents)
    scientist.dataset("D4", sampleId={"identifier": "/LAB/SC/DONOR_1"})
    scientist.dataset("D5", experimentId={"identifier": "/SECRET/UNPUBLISHED/PILOT"})
    return scientist


def own(name: str, value: object, how: str = "StringEqualTo") -> Json:
    """Return a criterion on a property."""
    kind = "NumberProperty" if how.startswith("Number") else "StringProperty"
    kind = "DateProperty" if how.startswith("Date") else kind
    return field(kind, value, how, fieldName=name, fieldType="PROPERTY")


TODAY = datetime.now().astimezone().date()

CASES: dict[str, tuple[Json, list[str]]] = {
    "code": (field("Code", "d3"), ["D3"]),
    "identifier of the experiment, in any case": (
        inside("Experiment", field("Identifier", "/lab/sc/pbmc")),
        ["D1", "D2", "D3", "D4"],
    ),
    "experiment, project and space, each inside the one before as a dict": (
        {
            "@type": "as.dto.experiment.search.ExperimentSearchCriteria",
            "criteria": {
                "@type": "as.dto.project.search.ProjectSearchCriteria",
                "criteria": {
                    "@type": "as.dto.space.search.SpaceSearchCriteria",
                    "criteria": [field("Code", "SECRET")],
                },
            },
        },
        ["D5"],
    ),
    "sample": (inside("Sample", field("Code", "DONOR_1")), ["D4"]),
    "no sample": (inside("NoSample"), ["D1", "D2", "D3", "D5"]),
    "type": (inside("DataSetType", field("Code", "SEQUENCING_RUN")), ["D1", "D2"]),
    "parent": (inside("DataSetParents", field("Code", "D1")), ["D3"]),
    "child": (inside("DataSetChildren", field("PermId", "D3")), ["D1", "D2"]),
    "property": (own("$name", "first run"), ["D1"]),
    "vocabulary term": (own("ORGANISM", "HUMAN"), ["D1", "D2"]),
    "one of several values": (own("ASSAYS", "SMART_SEQ_2"), ["D1", "D2"]),
    "part of a property": (own("$NAME", "run", "StringContains"), ["D1", "D2"]),
    "a star stands for anything": (own("$NAME", "*run"), ["D1", "D2"]),
    "a star is a star": ({**own("$NAME", "*run"), "useWildcards": False}, []),
    "number": (own("CELLS", 100, "NumberGreaterThan"), ["D1"]),
    "number at most": (own("CELLS", "80", "NumberLessThanOrEqualTo"), ["D2"]),
    "date": (own("MEASURED_ON", "2024-02-29", "DateEqualTo"), ["D1"]),
    "date and after": (
        own("MEASURED_ON", "2024-03-01", "DateLaterThanOrEqualTo"),
        ["D2"],
    ),
    "time up to": (own("SEQUENCED_AT", "2024-03-01", "DateEarlierThanOrEqualTo"), ["D1", "D2"]),
    "registered today": (
        field("RegistrationDate", TODAY.isoformat(), "DateEqualTo"),
        ["D1", "D2", "D3", "D4", "D5"],
    ),
    "registered before today": (
        field("RegistrationDate", TODAY.isoformat(), "DateEarlierThan"),
        [],
    ),
    "changed after yesterday": (
        field("ModificationDate", (TODAY - timedelta(1)).isoformat(), "DateLaterThan"),
        ["D1", "D2", "D3", "D4", "D5"],
    ),
    "registrator": (
        inside("Registrator", field("UserId", "scientist")),
        ["D1", "D2", "D3", "D4", "D5"],
    ),
    "nobody's": (inside("Registrator", field("UserId", "reader")), []),
    "any field": (field("AnyField", "pbmc", "StringContains"), ["D1", "D2", "D3", "D4"]),
    "any property": (field("AnyProperty", "all cells"), ["D3"]),
    "either": (
        inside("DataSet", field("Code", "D1"), field("Code", "D4"), operator="OR"),
        ["D1", "D4"],
    ),
    "not": ({**field("Code", "D1"), "negated": True}, ["D2", "D3", "D4", "D5"]),
    "status": (
        inside(
            "PhysicalData",
            {"@type": "as.dto.dataset.search.StatusSearchCriteria", "fieldValue": "ARCHIVED"},
        ),
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_criterion_finds_what_it_should(filled: Calls, case: str) -> None:
    criterion, codes = CASES[case]
    assert filled.codes("DataSets", criterion) == codes


def test_criteria_hold_together_or_one_by_one(filled: Calls) -> None:
    both = (field("Code", "D1"), field("Code", "D2"))
    assert filled.codes("DataSets", *both) == []
    assert filled.codes("DataSets", *both, operator="OR") == ["D1", "D2"]


def test_pages_say_how_many_there_are_in_all(filled: Calls) -> None:
    options: Json = {"from": 1, "count": 2}
    page = filled.find("DataSets", **options)
    assert [found["code"] for found in page["objects"]] == ["D2", "D3"]
    assert page["totalCount"] == 5
    assert filled.codes("DataSets", **{"from": 4, "count": 10}) == ["D5"]
    assert filled.codes("DataSets", **{"from": 9, "count": 10}) == []
    assert len(filled.codes("DataSets", **{"from": None, "count": None})) == 5


def test_results_come_in_the_order_that_is_asked_for(filled: Calls) -> None:
    sort = {"sortings": [{"field": "CODE", "order": {"asc": False}}]}
    assert filled.codes("DataSets", sort=sort) == ["D5", "D4", "D3", "D2", "D1"]
    by_type = {"sortings": [{"field": "TYPE"}, {"field": "CODE", "order": "DESC"}]}
    assert filled.codes("DataSets", sort=by_type)[:3] == ["D3", "D5", "D4"]


def test_archived_datasets_are_found_by_their_status(
    openbis: OpenbisService, filled: Calls
) -> None:
    physical = openbis.store.dataset("D2").physical
    assert physical
    physical.status = "ARCHIVED"
    assert filled.codes("DataSets", CASES["status"][0]) == ["D2"]


@pytest.mark.parametrize(
    "criterion",
    [
        inside("Weather", field("Code", "X")),
        field("Code", "X", "StringRhymesWith"),
        {"@type": "nonsense"},
        field("RegistrationDate", "yesterday", "DateEqualTo"),
    ],
)
def test_criteria_that_openbis_does_not_know_are_refused(filled: Calls, criterion: Json) -> None:
    with pytest.raises(RefusedError):
        filled.find("DataSets", criterion)


def test_the_tree_is_searched_level_by_level(scientist: Calls) -> None:
    space = inside("Space", field("Code", "LAB"))
    assert scientist.codes("Projects", space) == ["SC"]
    project = inside("Project", field("Code", "SC"), space)
    assert scientist.codes("Experiments", project) == ["PBMC", "NOTEBOOKS"]
    experiment = inside("Experiment", field("Code", "PBMC"))
    assert scientist.codes("Samples", experiment) == ["DONOR_1"]


def test_terms_are_found_by_their_vocabulary(scientist: Calls) -> None:
    vocabulary = inside("Vocabulary", field("Code", "ORGANISM"))
    assert scientist.codes("VocabularyTerms", vocabulary) == ["HUMAN", "MOUSE", "YEAST"]
