"""What openBIS wants to know, and that everything wrong is said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterlab_datahub.demo.openbis.contents import CELLS, HIDDEN
from jupyterlab_datahub.demo.openbis.defaults import (
    COLLECTION,
    HIDDEN_COLLECTION,
    OBJECT,
    READER,
    READER_PASSWORD,
    add_object,
)
from jupyterlab_datahub.engine import saves
from jupyterlab_datahub.errors import FieldsError, NotSupportedError
from jupyterlab_datahub.model import Choice, SaveField
from jupyterlab_datahub.sources.openbis.property_values import (
    ValueRefusedError,
    accepted,
    elements,
)

if TYPE_CHECKING:
    from tests.transfers.openbis_upload.office import Office

RUN = {"type": "SEQUENCING_RUN"}
GOOD = {"ORGANISM": "human", "MEASURED_ON": "2026-03-31"}


def test_a_form_has_a_field_for_each_property(office: Office) -> None:
    form = saves.form(office.rooms, "openbis")

    assert [one.code for one in form.types if one.default] == ["ANALYSIS_NOTEBOOK"]
    assert form.types[0].default
    assert {field.code for field in form.types[0].fields} == {"$NAME", "NOTES"}
    fields = {
        field.code: field
        for one in form.types
        if one.code == "SEQUENCING_RUN"
        for field in one.fields
    }
    assert fields["ORGANISM"].mandatory
    assert fields["ORGANISM"].choices[0] == Choice(code="HUMAN", label="Homo sapiens")
    assert fields["ASSAYS"].multi_value
    assert [fields[code].data_type for code in ("CELLS", "MEASURED_ON", "DONOR")] == [
        "INTEGER",
        "DATE",
        "SAMPLE",
    ]


def test_nothing_can_be_saved_where_there_is_no_store(office: Office) -> None:
    rooms = office.open(
        sources=(*office.settings.sources, _folder()),
    )
    with pytest.raises(NotSupportedError):
        saves.form(rooms, "folder")


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("/LAB/SC/PBMC", [COLLECTION]),
        ("lab/sc/pbmc", [COLLECTION]),
        ("PBM", [COLLECTION]),
        ("donor", [OBJECT, COLLECTION]),
        ("no such thing", []),
    ],
)
def test_owners_are_found_by_what_is_typed(
    office: Office, text: str, identifiers: list[str]
) -> None:
    found = saves.owners(office.rooms, "openbis", text)
    assert sorted(one.identifier for one in found) == sorted(identifiers)


def test_an_owner_is_found_by_its_perm_id(office: Office) -> None:
    first = saves.owners(office.rooms, "openbis", OBJECT)[0]
    perm_id = first.ref.rpartition("/")[2]
    assert saves.owners(office.rooms, "openbis", perm_id) == (first,)
    assert (first.kind, first.type, first.title) == ("object", "DONOR", "Donor 1")


def test_everything_that_is_wrong_is_said_at_once(office: Office) -> None:
    with pytest.raises(FieldsError) as refused:
        office.save(
            **RUN,
            owner=office.ref("/LAB/SC/NOWHERE"),
            properties={
                "$NAME": ("one", "two"),
                "assays": ("10X_3_V3", "NANOPORE"),
                "CELLS": "many",
                "VIABILITY": "nan",
                "PASSED_QC": "perhaps",
                "MEASURED_ON": "31.03.2026",
                "SEQUENCED_AT": "2026-02-30 10:00",
                "PROTOCOL_URL": "here",
                "SETTINGS_XML": "<open>",
                "DONOR": "/LAB/SC/NOBODY",
                "COLOUR": "blue",
            },
            parents=(office.ref("20010101000000000-1"), "cellxgene:1"),
            files=("../secret", "gone.csv"),
        )
    error = refused.value.body()
    assert [field.field for field in error.fields] == [
        *("files", "files", "$NAME", "ASSAYS", "CELLS", "VIABILITY", "PASSED_QC", "MEASURED_ON"),
        *("SEQUENCED_AT", "PROTOCOL_URL", "SETTINGS_XML", "DONOR", "COLOUR", "ORGANISM"),
        *("owner", "parents", "parents"),
    ]
    assert error.code == "fields"
    assert all(field.message for field in error.fields)
    assert office.saves == []


def test_a_property_takes_objects_of_its_type_alone(office: Office) -> None:
    other = "/LAB/SC/STEP_1"
    add_object(office.hub.openbis.store, other, "EXPERIMENTAL_STEP", COLLECTION, {})
    with pytest.raises(FieldsError) as refused:
        office.save(**RUN, properties={**GOOD, "DONOR": other})
    said = refused.value.body().fields
    assert [(one.field, one.message) for one in said] == [
        ("DONOR", f"Donor: {other} is of type EXPERIMENTAL_STEP, not DONOR")
    ]


def test_the_type_must_exist(office: Office) -> None:
    with pytest.raises(FieldsError, match="no dataset type NOVEL"):
        office.save(type="NOVEL")


def test_values_arrive_as_the_store_knows_them(office: Office) -> None:
    given = {
        **GOOD,
        "assays": ("smart-seq2", "10X_3_V3"),
        "keywords": ("a", "b"),
        "cells": "+0700",
        "passed_qc": "Yes",
        "sequenced_at": "2026-03-31T14:30:00.5Z",
        "protocol_url": "https://example.org/p?a=1",
        "donor": OBJECT.lower(),
        "notes": "",
    }
    ended = office.done(office.save(**RUN, properties=given))

    kept = office.dataset(ended).properties
    assert kept["ORGANISM"] == "HUMAN"
    assert kept["ASSAYS"] == ["SMART_SEQ_2", "10X_3_V3"]
    assert kept["KEYWORDS"] == ["a", "b"]
    assert kept["CELLS"] == "700"
    assert kept["PASSED_QC"] == "true"
    assert kept["MEASURED_ON"] == "2026-03-31"
    assert str(kept["SEQUENCED_AT"]).startswith("2026-03-31")
    assert "NOTES" not in kept


@pytest.mark.parametrize("missing", [{"MEASURED_ON": ""}, {"MEASURED_ON": "  "}, {}])
def test_a_mandatory_property_is_missed(office: Office, missing: dict[str, str]) -> None:
    with pytest.raises(FieldsError, match="Measured on is mandatory"):
        office.save(**RUN, properties={"ORGANISM": "MOUSE", **missing})


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        ("", "choose the collection"),
        ("openbis:elsewhere.example.org/20240101-1", "is not in the openBIS at"),
        ("/LAB/SC/PBMC", "is not in the openBIS at"),
        (CELLS, "there is no collection or object"),
    ],
)
def test_the_owner_must_be_a_collection_or_object(office: Office, owner: str, words: str) -> None:
    ref = office.ref(owner) if owner[:1].isdigit() else owner
    with pytest.raises(FieldsError, match=words):
        office.save(owner=ref)


def test_what_a_user_cannot_see_is_not_there(office: Office) -> None:
    office.connect(READER, READER_PASSWORD)
    with pytest.raises(FieldsError) as refused:
        office.save(owner=office.ref(HIDDEN_COLLECTION), parents=(office.ref(HIDDEN),))
    assert [field.field for field in refused.value.fields] == ["owner", "parents"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("INTEGER", " -12 ", "-12"),
        ("REAL", "1e-3", "1e-3"),
        ("BOOLEAN", "off", "false"),
        ("DATE", "2024-02-29", "2024-02-29"),
        ("TIMESTAMP", "2026-03-31", "2026-03-31"),
        ("TIMESTAMP", "2026-03-31 14:30", "2026-03-31 14:30"),
        ("TIMESTAMP", "2026-03-31 14:30:00 +0200", "2026-03-31 14:30:00 +0200"),
        ("TIMESTAMP", "2026-03-31T14:30:00+02:00", "2026-03-31 14:30:00 +0200"),
        ("HYPERLINK", "https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("XML", "<a>ü</a>", "<a>ü</a>"),
        ("JSON", '{"a": 1}', '{"a": 1}'),
        ("VARCHAR", " as it is ", " as it is "),
        ("SOMETHING_NEW", "as it is", "as it is"),
    ],
)
def test_good_values(kind: str, text: str, value: str) -> None:
    assert accepted(SaveField(code="P", label="P", data_type=kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("INTEGER", "1.5"),
        ("INTEGER", "9223372036854775808"),
        ("REAL", "inf"),
        ("REAL", "1,5"),
        ("BOOLEAN", "maybe"),
        ("DATE", "2026-02-30"),
        ("DATE", "2026-3-1"),
        ("TIMESTAMP", "yesterday"),
        ("TIMESTAMP", "2026-03-31 25:00"),
        ("HYPERLINK", "javascript:alert(1)"),
        ("HYPERLINK", "https://a b"),
        ("XML", "<a>"),
        ("JSON", "{"),
        ("CONTROLLEDVOCABULARY", "x"),
    ],
)
def test_bad_values(kind: str, text: str) -> None:
    with pytest.raises(ValueRefusedError):
        accepted(SaveField(code="P", label="P", data_type=kind), text)


def test_arrays_are_checked_element_by_element() -> None:
    field = SaveField(code="P", label="P", data_type="ARRAY_INTEGER")
    assert elements(field, "[1, 2,3]") == ("1", "2", "3")
    with pytest.raises(ValueRefusedError):
        elements(field, "1, x")


def _folder() -> object:
    from jupyterlab_datahub.settings import SourceConfig

    return SourceConfig(name="folder", kind="folder", options={"path": "."})
