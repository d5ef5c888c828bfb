"""Questions in GraphQL, and their answers as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from jupyterlab_datahub.errors import AccessError, BadRequestError, NotFoundError
from jupyterlab_datahub.model import Asset, GraphQuestion
from jupyterlab_datahub.sources.gen3 import dictionary, refs, tables
from jupyterlab_datahub.sources.pieces import Wanted

if TYPE_CHECKING:
    from jupyterlab_datahub.demo.hub import DemoHub
    from jupyterlab_datahub.sources.gen3.source import Gen3Source

CASES = "{ case(first: 3) { submitter_id samples { submitter_id } } _case_count }"


def read(source: Gen3Source, asset: Asset) -> bytes:
    source.resolve(asset)
    reader = source.pieces(asset)
    (file,) = reader.files
    streams = reader.start([Wanted(0, 0, file.size)], 1)
    return b"".join(bytes(piece.data) for piece in streams.read(0))


def test_an_answer_comes_as_it_is_and_as_tables(commons: Gen3Source) -> None:
    answer = commons.ask(GraphQuestion(query=CASES))
    assert answer.errors == ()
    assert len(answer.data["case"]) == 3
    cases, single = answer.tables
    assert (cases.name, cases.columns) == ("case", ("submitter_id", "samples.submitter_id"))
    assert len(cases.rows) == 6
    assert (single.columns, single.rows) == (("_case_count",), ((24,),))


def test_a_table_of_an_answer_can_be_fetched(commons: Gen3Source) -> None:
    table = commons.ask(GraphQuestion(query=CASES)).tables[0]
    (asset,) = commons.dataset(table.ref).assets
    assert asset.volatile
    assert asset.name.endswith(".tsv")
    assert asset.ref == table.ref
    lines = read(commons, asset).decode().splitlines()
    assert lines[0] == "submitter_id\tsamples.submitter_id"
    assert len(lines) == 7


def test_an_answer_can_be_fetched_as_json_with_its_nesting(commons: Gen3Source) -> None:
    cases, single = commons.ask(GraphQuestion(query=CASES)).tables
    assert [one.format for one in cases.exports] == ["tsv", "json"]
    assert cases.exports[0].ref == cases.ref
    (asset,) = commons.dataset(cases.exports[1].ref).assets
    assert (asset.format, asset.name[-5:]) == ("json", ".json")
    records = msgspec.json.decode(read(commons, asset))
    assert len(records) == 3
    assert records[0]["samples"][0]["submitter_id"]
    (asset,) = commons.dataset(single.exports[1].ref).assets
    assert msgspec.json.decode(read(commons, asset)) == {"_case_count": 24}


def test_the_table_of_a_question_too_long_for_an_identifier_has_none(commons: Gen3Source) -> None:
    long = f"# {'x' * refs.LONGEST}\n{CASES}"
    table = commons.ask(GraphQuestion(query=long)).tables[0]
    assert len(table.rows) == 6
    assert (table.ref, table.exports) == ("", ())


def test_variables_are_handed_on(commons: Gen3Source) -> None:
    question = GraphQuestion(
        query="query Some($n: Int) { case(first: $n) { submitter_id } }", variables={"n": 2}
    )
    answer = commons.ask(question)
    assert len(answer.data["case"]) == 2
    (asset,) = commons.dataset(answer.tables[0].ref).assets
    assert len(read(commons, asset).splitlines()) == 3


def test_what_is_wrong_with_a_question_is_in_the_answer(commons: Gen3Source) -> None:
    answer = commons.ask(GraphQuestion(query="{ nosuch }"))
    assert answer.data == {}
    assert "nosuch" in answer.errors[0]
    explorer = commons.ask(GraphQuestion(query="{ nosuch }", endpoint="guppy"))
    assert "nosuch" in explorer.errors[0]


def test_a_question_that_went_wrong_is_no_table(commons: Gen3Source) -> None:
    table = commons.ask(GraphQuestion(query=CASES)).tables[0]
    broken = table.ref.replace("submitter_id", "nosuch")
    with pytest.raises(BadRequestError, match="nosuch"):
        commons.resolve(Asset(ref=broken, name="x"))
    other = table.ref.replace('"table":"case"', '"table":"other"')
    with pytest.raises(NotFoundError, match="other"):
        commons.resolve(Asset(ref=other, name="x"))
    with pytest.raises(BadRequestError):
        commons.dataset(f"gen3:{commons.session.host}/?graphql=nonsense")


def test_an_empty_question_is_told(commons: Gen3Source) -> None:
    for question in (GraphQuestion(query=" "), GraphQuestion(query=CASES, endpoint="nosuch")):
        with pytest.raises(BadRequestError):
            commons.ask(question)


def test_nobody_in_particular_may_not_ask(anybody: Gen3Source) -> None:
    with pytest.raises(AccessError) as caught:
        anybody.ask(GraphQuestion(query=CASES))
    assert "Connect" in caught.value.hint


def test_a_commons_without_a_dictionary_still_has_a_schema(
    commons: Gen3Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "ALL", "/api/v0/submission/_dictionary/none")
    found = commons.schema()
    assert found.schema["__schema"]["types"]
    assert found.types == ()


def test_the_schema_says_what_can_be_asked(hub: DemoHub, commons: Gen3Source) -> None:
    found = commons.schema()
    assert [one.name for one in found.endpoints] == ["submission", "guppy"]
    types = {one["name"] for one in found.schema["__schema"]["types"]}
    assert {"Root", "case"} <= types or "Query" in types
    described = {one.name: one for one in found.types}
    assert described["case"].title
    assert described["case"].description
    explorer = commons.schema("guppy")
    assert explorer.schema["__schema"]["types"]
    assert explorer.types == ()
    hub.gen3.commons.features.discard("guppy")
    assert [one.name for one in commons.schema().endpoints] == ["submission"]


@pytest.mark.parametrize(
    ("data", "columns", "rows"),
    [
        ({"a": [{"b": 1}, {"c": None}]}, ("b", "c"), ((1, None), (None, None))),
        ({"a": [{"b": {"c": {"d": True}}}]}, ("b.c.d",), ((True,),)),
        ({"a": [{"b": [1, "x"]}]}, ("b",), (("1, x",),)),
        ({"a": [{"b": [{"c": 1}, {"c": 2}], "d": [{"e": 3}]}]}, ("b.c", "d.e"), ((1, 3), (2, 3))),
        ({"a": [{"b": []}]}, ("b",), (("",),)),
        ({"a": ["x", "y"]}, ("value",), (("x",), ("y",))),
        ({"a": []}, (), ()),
    ],
)
def test_nested_records_become_rows(data: Any, columns: Any, rows: Any) -> None:
    found = tables.flattened(data)["a"]
    assert (found.columns, found.rows) == (columns, rows)


def test_lists_below_an_object_are_tables_too() -> None:
    found = tables.flattened({"x": {"n": 1, "list": [{"b": 2}]}})
    assert found["x.list"].rows == ((2,),)
    assert found["x"].rows == ((1,),)


def test_a_cell_keeps_to_its_line() -> None:
    table = tables.table("t", [{"a": "one\ttwo\nthree", "b": False}])
    assert b"".join(tables.as_tsv(table)) == b"a\tb\none two three\tfalse\n"
