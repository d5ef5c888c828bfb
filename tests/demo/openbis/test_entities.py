"""What is made, shown, refused, deleted and archived."""

from typing import Any

import pytest

from jupyterlab_datahub.demo.openbis.service import OpenbisService
from tests.demo.openbis.calls import COLLECTION, Calls, Json, RefusedError, field, inside
from tests.demo.openbis.test_search_criteria import RUN

PEOPLE: Json = {"registrator": {}, "modifier": {}}


def test_values_are_kept_in_the_form_of_their_type(scientist: Calls) -> None:
    link = {"protocol_url": "https://protocols.example.org/1", "donor": "/LAB/SC/DONOR_1"}
    scientist.dataset("D1", "SEQUENCING_RUN", properties={**RUN, **link, "notes": None})
    kept = scientist.get("DataSets", "D1", properties={})["properties"]
    donor = scientist.get("Samples", "/LAB/SC/DONOR_1")["permId"]["permId"]
    assert kept.pop("SEQUENCED_AT").startswith("2024-03-01 12:30:00 ")
    assert kept == {
        "$NAME": "First run",
        "ORGANISM": "HUMAN",
        "MEASURED_ON": "2024-02-29",
        "CELLS": 700,
        "VIABILITY": "0.93",
        "PASSED_QC": "true",
        "ASSAYS": ["10X_3_V3", "SMART_SEQ_2"],
        "KEYWORDS": ["pbmc", "donor 1"],
        "PROTOCOL_URL": "https://protocols.example.org/1",
        "DONOR": donor,
    }


def test_numbers_are_text_before_api_3_7(openbis: OpenbisService, scientist: Calls) -> None:
    openbis.store.api_version = "3.6"
    scientist.dataset("D1", "SEQUENCING_RUN", properties=RUN)
    assert scientist.get("DataSets", "D1", properties={})["properties"]["CELLS"] == "700"


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("organism", "UNICORN", "Vocabulary value 'UNICORN' is not valid. It must exist in 'ORG"),
        ("organism", "", "Value of mandatory property 'ORGANISM' not specified."),
        ("measured_on", None, "Value of mandatory property 'MEASURED_ON' not specified."),
        ("measured_on", "29.02.2024", "Date value '29.02.2024' has improper format."),
        ("measured_on", "2023-02-29", "Date value '2023-02-29' has improper format."),
        ("sequenced_at", "noon", "Date value 'noon' has improper format."),
        ("cells", "many", "Integer value 'many' has improper format."),
        ("cells", 1.5, "Integer value '1.5' has improper format."),
        ("viability", "good", "Double value 'good' has improper format."),
        ("passed_qc", "maybe", "Boolean value 'maybe' has improper format."),
        ("protocol_url", "file:///etc", "Hyperlink 'file:///etc' should start with"),
        ("donor", "/LAB/SC/NOBODY", "SampleIdentifier = .* has not been found"),
        ("viability", [1, 2], "'VIABILITY' is not a multi-value property"),
        ("assays", ["10X_3_V3", "X"], "Vocabulary value 'X' is not valid."),
        ("colour", "red", "Property type with code 'COLOUR' is not assigned to Data Set type"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_made(
    scientist: Calls, code: str, value: Any, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        scientist.dataset("D1", "SEQUENCING_RUN", properties={**RUN, code: value})
    assert scientist.codes("DataSets") == []


@pytest.mark.parametrize(
    ("creation", "words"),
    [
        ({"typeId": {"permId": "NO_SUCH"}}, "DataSetTypePermId = .NO_SUCH. has not been found"),
        ({"typeId": None}, "Type id cannot be null"),
        ({"experimentId": None}, "cannot be both null"),
        ({"experimentId": {"identifier": "/LAB/SC/NO"}}, "has not been found"),
        ({"parentIds": [{"permId": "20010101-1"}]}, "has not been found"),
    ],
)
def test_a_dataset_needs_a_type_an_owner_and_parents_that_are_there(
    scientist: Calls, creation: Json, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        scientist.dataset("D1", **creation)


def test_a_dataset_of_an_object_is_in_the_objects_collection(scientist: Calls) -> None:
    scientist.dataset("D1", sampleId={"identifier": "/LAB/SC/DONOR_1"})
    found = scientist.get("DataSets", "D1", experiment={}, sample={})
    assert found["sample"]["code"] == "DONOR_1"
    assert found["experiment"]["identifier"]["identifier"] == COLLECTION


def test_only_what_is_asked_for_is_fetched(scientist: Calls) -> None:
    bare = scientist.get("Samples", "/LAB/SC/DONOR_1")
    assert bare["properties"] is bare["experiment"] is bare["parents"] is None
    assert bare["fetchOptions"]["children"] is None
    whole = scientist.get(
        "Samples", "/LAB/SC/DONOR_1", type={}, experiment={"project": {"space": {}}}, parents={}
    )
    assert whole["type"]["code"] == "DONOR"
    assert whole["experiment"]["project"]["space"]["code"] == "LAB"
    assert whole["parents"] == []


def test_what_is_not_there_is_left_out_of_the_answer(scientist: Calls) -> None:
    ids = [{"identifier": COLLECTION}, {"identifier": "/LAB/SC/NO"}, {"permId": "20010101-1"}]
    assert list(scientist.call("getExperiments", ids, {})) == [COLLECTION]


def test_an_object_met_again_is_written_as_a_number(
    openbis: OpenbisService, scientist: Calls
) -> None:
    for code in ("D1", "D2"):
        scientist.dataset(code)
    first, second = scientist.find("DataSets", type={}, **PEOPLE)["objects"]
    assert first["registrator"]["userId"] == "scientist"
    assert first["modifier"] == second["registrator"] == first["registrator"]["@id"]
    assert second["type"] == first["type"]["@id"]
    # Clients look for references in few places, and here they do not.
    assert second["permId"]["permId"] == "D2"
    openbis.application_server.references = False
    plain = scientist.find("DataSets", type={}, **PEOPLE)["objects"]
    assert plain[1]["registrator"]["userId"] == "scientist"
    assert "@id" not in plain[0]


def test_the_reader_sees_only_what_is_shared(scientist: Calls, reader: Calls) -> None:
    hidden: Json = {"experimentId": {"identifier": "/SECRET/UNPUBLISHED/PILOT"}}
    scientist.dataset("HIDDEN", **hidden)
    scientist.dataset("SHOWN", parentIds=[{"permId": "HIDDEN"}])
    assert reader.codes("Spaces") == ["DEFAULT", "LAB"]
    assert reader.codes("DataSets") == ["SHOWN"]
    assert reader.call("getDataSets", [{"permId": "HIDDEN"}], {}) == {}
    assert reader.get("DataSets", "SHOWN", parents={})["parents"] == []
    assert len(scientist.get("DataSets", "SHOWN", parents={})["parents"]) == 1


@pytest.mark.parametrize(
    ("method", "creation"),
    [
        ("createSpaces", {"code": "MINE"}),
        ("createProjects", {"code": "MINE", "spaceId": {"permId": "LAB"}}),
        (
            "createDataSets",
            {"typeId": {"permId": "RAW_DATA"}, "experimentId": {"identifier": COLLECTION}},
        ),
        ("createDataSetTypes", {"code": "MINE"}),
    ],
)
def test_the_reader_makes_nothing(reader: Calls, method: str, creation: Json) -> None:
    with pytest.raises(RefusedError, match="roles of user 'reader'"):
        reader.call(method, [creation])


def test_the_reader_registers_and_deletes_nothing(scientist: Calls, reader: Calls) -> None:
    scientist.dataset("D1")
    hidden: Json = {"experimentId": {"identifier": "/SECRET/UNPUBLISHED/PILOT"}}
    with pytest.raises(RefusedError, match="Access denied to object with Experiment"):
        reader.dataset("D2", **hidden)
    with pytest.raises(RefusedError, match="Authorization failure"):
        reader.call("deleteDataSets", [{"permId": "D1"}], {"reason": "envy"})
    assert scientist.codes("DataSets") == ["D1"]


def test_a_deleted_collection_takes_its_datasets_along_and_brings_them_back(
    scientist: Calls,
) -> None:
    scientist.dataset("D1")
    deletion = scientist.call("deleteExperiments", [{"identifier": COLLECTION}], {"reason": "x"})
    assert isinstance(deletion["id"], str)
    assert scientist.codes("DataSets") == scientist.codes("Samples", field("Code", "DONOR_1")) == []
    options: Json = {"deletedObjects": {}}
    (found,) = scientist.find("Deletions", **options)["objects"]
    assert {entity["id"]["@type"].rpartition(".")[2] for entity in found["deletedObjects"]} == {
        "ExperimentPermId",
        "SamplePermId",
        "DataSetPermId",
    }
    scientist.call("revertDeletions", [deletion])
    assert scientist.codes("DataSets") == ["D1"]
    assert scientist.find("Deletions")["totalCount"] == 0


def test_what_is_deleted_for_good_is_gone_for_its_children_too(scientist: Calls) -> None:
    scientist.dataset("D1")
    scientist.dataset("D2", parentIds=[{"permId": "D1"}])
    with pytest.raises(RefusedError, match="reason"):
        scientist.call("deleteDataSets", [{"permId": "D1"}], {})
    deletion = scientist.call("deleteDataSets", [{"permId": "D1"}], {"reason": "wrong"})
    scientist.call("confirmDeletions", [deletion])
    assert scientist.get("DataSets", "D2", parents={})["parents"] == []
    with pytest.raises(RefusedError, match="has not been found"):
        scientist.call("revertDeletions", [deletion])


def test_a_space_in_use_is_not_deleted(scientist: Calls) -> None:
    with pytest.raises(RefusedError, match="is being used"):
        scientist.call("deleteSpaces", [{"permId": "LAB"}], {"reason": "x"})


def test_a_dataset_goes_to_the_archive_and_comes_back(
    openbis: OpenbisService, scientist: Calls
) -> None:
    def status() -> str:
        found = scientist.get("DataSets", "D1", physicalData={})["physicalData"]
        return str(found["status"])

    scientist.dataset("D1")
    openbis.store.archiving_seconds = 3600
    ids = [{"permId": "D1"}]
    with pytest.raises(RefusedError, match="not archived"):
        scientist.call("unarchiveDataSets", ids, {})
    scientist.call("archiveDataSets", ids, {"removeFromDataStore": True})
    assert status() == "ARCHIVE_PENDING"
    with pytest.raises(RefusedError, match="not available"):
        scientist.call("archiveDataSets", ids, {})
    physical = openbis.store.dataset("D1").physical
    assert physical
    physical.status = "ARCHIVED"
    scientist.call("unarchiveDataSets", ids, {})
    assert status() == "UNARCHIVE_PENDING"
    openbis.store.archiving_seconds = 0
    physical.status = "ARCHIVED"
    scientist.call("unarchiveDataSets", ids, {})
    assert status() == "AVAILABLE"


def test_types_come_with_labels_vocabularies_and_what_is_mandatory(scientist: Calls) -> None:
    options: Json = {"propertyType": {"vocabulary": {"terms": {}}}}
    found = scientist.get("DataSetTypes", "SEQUENCING_RUN", propertyAssignments=options)
    assignments = {
        assignment["propertyType"]["code"]: assignment
        for assignment in found["propertyAssignments"]
    }
    assert [code for code, a in assignments.items() if a["mandatory"]] == [
        "ORGANISM",
        "MEASURED_ON",
    ]
    terms = assignments["ORGANISM"]["propertyType"]["vocabulary"]["terms"]
    assert terms[0]["label"] == "Homo sapiens"
    assert assignments["ASSAYS"]["propertyType"]["multiValue"] is True
    assert {a["propertyType"]["dataType"] for a in assignments.values()} >= {
        "BOOLEAN",
        "CONTROLLEDVOCABULARY",
        "DATE",
        "HYPERLINK",
        "INTEGER",
        "REAL",
        "SAMPLE",
        "TIMESTAMP",
        "VARCHAR",
        "XML",
    }


def test_codes_and_perm_ids_are_never_given_twice(scientist: Calls) -> None:
    given = scientist.call("createPermIdStrings", 50)
    assert len(set(given)) == 50
    codes = scientist.call("createCodes", "NB", "DATA_SET", 3)
    assert len(set(codes)) == 3
    assert all(code.startswith("NB") for code in codes)


def test_a_path_or_permid_is_found_in_any_case_and_datasets_by_their_owner(
    scientist: Calls,
) -> None:
    assert scientist.get("Experiments", "/lab/sc/pbmc")["code"] == "PBMC"
    scientist.dataset("D1")
    owner = inside("Experiment", field("Identifier", COLLECTION))
    assert scientist.codes("DataSets", owner) == ["D1"]
