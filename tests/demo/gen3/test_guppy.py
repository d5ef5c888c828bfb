"""guppy: pages, filters, histograms and downloads, beside what a loop would find."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo.gen3.client import Client

GRAPHQL, DOWNLOAD = "/guppy/graphql", "/guppy/download"
NO_ACCESS = (
    "You don't have access to all the data you are querying. Try using "
    "'accessibility: accessible' in your query"
)


def ask(client: Client, query: str, **variables: Any) -> Any:
    return client.post(GRAPHQL, {"query": query, "variables": variables})["data"]


@pytest.fixture
def cases(alice: Client) -> list[Any]:
    """Return all documents of cases that alice may read."""
    return list(alice.post(DOWNLOAD, {"type": "case", "accessibility": "accessible"}))


def test_the_types_and_their_fields_are_found_out(nobody: Client, cases: list[Any]) -> None:
    query = '{_mapping {case file} __type(name: "Mapping") {fields {name}}}'
    answer = ask(nobody, query)

    assert [field["name"] for field in answer["__type"]["fields"]] == ["case", "file"]
    assert set(answer["_mapping"]["case"]) == set(cases[0])
    assert ask(nobody, '{_mapping {file(searchInput: "name")}}') == {
        "_mapping": {"file": ["file_name"]}
    }


FILTERS: list[tuple[dict[str, Any], Callable[[Any], bool]]] = [
    ({"=": {"sex": "Male"}}, lambda case: case["sex"] == "Male"),
    ({"!=": {"sex": "Male"}}, lambda case: case["sex"] != "Male"),
    ({"IN": {"tissue_type": ["Spleen"]}}, lambda case: "Spleen" in case["tissue_type"]),
    (
        {"AND": [{"IN": {"sex": ["Male", "Female"]}}, {">=": {"age_at_enrollment": 50}}]},
        lambda case: (
            case["sex"] in ("Male", "Female")
            and case["age_at_enrollment"] is not None
            and case["age_at_enrollment"] >= 50
        ),
    ),
    (
        {"OR": [{"<": {"age_at_enrollment": 30}}, {"=": {"primary_diagnosis": "COVID-19"}}]},
        lambda case: (
            case["primary_diagnosis"] == "COVID-19"
            or (case["age_at_enrollment"] is not None and case["age_at_enrollment"] < 30)
        ),
    ),
    (
        {"search": {"keyword": "LUPUS", "fields": ["primary_diagnosis"]}},
        lambda case: "lupus" in case["primary_diagnosis"].lower(),
    ),
    ({"AND": []}, lambda _: True),
]


@pytest.mark.parametrize(("wanted", "test"), FILTERS)
def test_filters_choose_what_a_loop_would(
    alice: Client, cases: list[Any], wanted: dict[str, Any], test: Callable[[Any], bool]
) -> None:
    query = (
        "query($f: JSON) {case(first: 100, filter: $f, accessibility: accessible) {case_id}"
        " _aggregation {case(filter: $f, accessibility: accessible) {_totalCount}}}"
    )
    answer = ask(alice, query, f=wanted)
    expected = {case["case_id"] for case in cases if test(case)}

    assert expected
    assert {case["case_id"] for case in answer["case"]} == expected
    assert answer["_aggregation"]["case"]["_totalCount"] == len(expected)


def test_pages_in_order(alice: Client, cases: list[Any]) -> None:
    query = (
        "query($at: Int) {case(first: 9, offset: $at, accessibility: accessible,"
        ' sort: [{age_at_enrollment: "desc"}, {submitter_id: "asc"}]) {submitter_id}}'
    )
    found = [one["submitter_id"] for at in (0, 9, 18) for one in ask(alice, query, at=at)["case"]]
    by_age = sorted(cases, key=lambda case: case["submitter_id"])
    by_age.sort(key=lambda case: case["age_at_enrollment"] or -1, reverse=True)

    assert found == [case["submitter_id"] for case in by_age]
    assert len(ask(alice, "{case(accessibility: accessible) {case_id}}")["case"]) == 10


def test_histograms_count(alice: Client, cases: list[Any]) -> None:
    query = (
        "query($f: JSON) {_aggregation {case(accessibility: accessible, filter: $f,"
        " filterSelf: false) {_totalCount sex {histogram {key count}}"
        " tissue_type {histogram {key count}}"
        " age_at_enrollment {histogram(rangeStep: 20) {key count min max avg sum}}}}}"
    )
    answer = ask(alice, query, f={"AND": [{"IN": {"sex": ["Male"]}}]})["_aggregation"]["case"]
    males = [case for case in cases if case["sex"] == "Male"]

    def counts(field: str) -> dict[str, int]:
        return {one["key"]: one["count"] for one in answer[field]["histogram"]}

    assert answer["_totalCount"] == len(males)
    # The filter of a field does not narrow its own histogram.
    assert counts("sex") == Counter(case["sex"] for case in cases)
    assert counts("tissue_type") == Counter(one for case in males for one in case["tissue_type"])
    ages = [case["age_at_enrollment"] for case in males if case["age_at_enrollment"] is not None]
    bins = answer["age_at_enrollment"]["histogram"]
    assert sum(one["count"] for one in bins) == len(ages)
    assert sum(one["sum"] for one in bins) == sum(ages)


def test_what_may_not_be_read_is_counted_and_not_given(
    alice: Client, bob: Client, nobody: Client
) -> None:
    total = "{_aggregation {case {_totalCount}}}"
    for client, accessible in ((alice, 24), (bob, 0), (nobody, 0)):
        assert ask(client, total) == {"_aggregation": {"case": {"_totalCount": 28}}}
        answer = ask(client, "{case(first: 100, accessibility: accessible) {case_id}}")
        assert len(answer["case"]) == accessible
        refused = client.post(GRAPHQL, {"query": "{case {case_id}}"})
        assert refused["data"] == {"case": None}
        assert refused["errors"][0]["message"] == NO_ACCESS
        assert client.post(DOWNLOAD, {"type": "case"}, 401)["error"] == NO_ACCESS


def test_downloads_as_tables(alice: Client) -> None:
    wanted = {
        "type": "file",
        "fields": ["file_name", "file_size", "object_id"],
        "filter": {"=": {"node": "reference_file"}},
        "sort": [{"file_size": "asc"}],
    }
    rows = alice.post(DOWNLOAD, wanted)
    answers = {
        form: alice.ask("POST", DOWNLOAD, json={**wanted, "format": form})
        for form in ("csv", "tsv")
    }

    assert [row["file_size"] for row in rows] == sorted(row["file_size"] for row in rows)
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        assert answers[form].headers["Content-Type"].startswith(f"text/{form}")
        read = list(csv.DictReader(io.StringIO(answers[form].text), delimiter=delimiter))
        assert [row["object_id"] for row in read] == [row["object_id"] for row in rows]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"type": "nosuch"},
        {"type": "case", "fields": ["nosuch"], "accessibility": "accessible"},
        {"type": "case", "filter": {"=": {"nosuch": 1}}},
        {"type": "case", "filter": {"NOSUCH": {"sex": 1}}},
        {"type": "case", "format": "xml", "accessibility": "accessible"},
    ],
)
def test_downloads_that_cannot_be(alice: Client, sent: dict[str, Any]) -> None:
    answer = alice.post(DOWNLOAD, sent, 400)

    assert answer["code"] == 400
    assert answer["error"]


def test_errors_are_objects_here(alice: Client) -> None:
    answer = alice.post(GRAPHQL, {"query": "{nosuch}"}, 400)
    window = alice.post(GRAPHQL, {"query": "{case(offset: 9995, first: 10) {case_id}}"})

    assert "nosuch" in answer["errors"][0]["message"]
    assert "too large" in window["errors"][0]["message"]
