"""What an openBIS puts on the wire, read without one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    CatalogError,
    ConflictError,
    DataHubError,
    ExpiredError,
    NotFoundError,
)
from jupyterlab_datahub.sources.answers import Answer, Who
from jupyterlab_datahub.sources.openbis import wire

WHO = Who("openBIS lab", "lab")
TOKEN = "scientist-261121020757000x1C2F75CD88CF4A71B504DA08CEC680F8"
PAT = "$pat-scientist-8e09c9d228ea415f9d622e98b8390cf7"


def answer(body: bytes | str, content_type: str = "application/json") -> Answer:
    return Answer(body.encode() if isinstance(body, str) else body, content_type, "lab.test:8443")


def refusal(message: object) -> DataHubError:
    with pytest.raises(DataHubError) as caught:
        wire.result_of(answer(json.dumps({"error": message, "id": "1"})), WHO)
    return caught.value


def test_numbers_that_are_none_become_nothing() -> None:
    body = '{"result": {"a": NaN, "b": [Infinity, -Infinity, 1.5]}, "id": "1"}'
    assert wire.result_of(answer(body), WHO) == {"a": None, "b": [None, None, 1.5]}


def test_a_result_that_is_nothing_is_a_result() -> None:
    assert wire.result_of(answer('{"result": null}'), WHO) is None
    assert wire.result_of(answer('{"result": [], "error": null}'), WHO) == []


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        ("<!DOCTYPE html><html>Sign in</html>", "text/html", "web page"),
        ("<html/>", "application/json", "web page"),
        ("", "application/json", "nothing"),
        ('{"result": {"objects": [', "application/json", "cut short"),
        ('{"result": nonsense}', "application/json", "cannot be read"),
        (b'{"result": "\xff\xfe"}', "application/json", "cannot be read"),
        ("[" * 100_000, "application/json", "cut short"),
        ("[1, 2]", "application/json", "not openBIS"),
        ('{"message": "hello"}', "application/json", "not openBIS"),
    ],
)
def test_what_is_no_answer_says_so(body: str, content_type: str, words: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        wire.result_of(answer(body, content_type), WHO)
    assert words in caught.value.message
    assert "lab.test:8443" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (f"Session token '{TOKEN}' is invalid: user is not logged in.", ExpiredError),
        ("Session is no longer valid. Please log in again.", ExpiredError),
        (f"Personal access token '{PAT}' is invalid.", ExpiredError),
        (
            "Authorization failure: ERROR: \"None of method roles '[X]' could be found\".",
            AccessError,
        ),
        ("Object with DataSetPermId = [X] has not been found. (Context: [])", NotFoundError),
        ("Data set 'X' is archived.", ConflictError),
        ("Property 'Name' is mandatory", BadRequestError),
        ("LDAP server is down", CatalogError),
    ],
)
def test_errors_are_what_their_words_mean(message: str, kind: type[DataHubError]) -> None:
    for said in ({"message": message}, message, {"message": message, "code": 1, "data": {}}):
        error = refusal(said)
        assert type(error) is kind
        assert error.source == "lab"
        assert "lab.test:8443" in error.message
        assert error.hint
        assert "Context" not in error.message


@pytest.mark.parametrize("said", [None, "", {}, {"message": None}, {"message": "  \n"}])
def test_an_error_without_words_is_one_all_the_same(said: object) -> None:
    if said is None:
        assert wire.error_of(said, WHO, "lab.test").message
    else:
        assert "no reason given" in refusal(said).message


def test_traces_and_decoration_of_java_are_left_out() -> None:
    error = refusal(
        {"message": "ch.systemsx.cisd.common.exceptions.UserFailureException: No.\n\tat X.java:1"}
    )
    assert error.message == "openBIS lab refused: No (lab.test:8443)"
    assert len(refusal({"message": "x" * 10_000}).message) < 600


def test_tokens_never_get_into_an_error() -> None:
    for secret in (TOKEN, PAT):
        for words in (
            f"Cannot use '{secret}' now",
            f"/datastore_server/x?sessionID={secret} failed",
            f"Session token '{secret}' broke",
        ):
            error = refusal({"message": words})
            assert secret not in f"{error} {error.message} {error.body()}"
            assert secret[-20:] not in error.message


def test_repeated_objects_are_put_in_their_places() -> None:
    person = {"@id": 3, "userId": "sofia"}
    first: dict[str, Any] = {
        "@id": 1,
        "type": {"@id": 2, "code": "RAW"},
        "registrator": person,
        "registrationDate": 2,
        "properties": {"TYPE": 2, "OWNER": 3},
        "metaData": {"type": 2},
    }
    second = {"@id": 4, "type": 2, "registrator": 3, "parents": [1], "size": 1}
    found = wire.expanded({"objects": [first, second, 1], "totalCount": 3})
    assert found["totalCount"] == 3
    one, two, three = found["objects"]
    assert three is one
    assert two["type"] == {"@id": 2, "code": "RAW"}
    assert two["registrator"] is one["registrator"]
    assert two["parents"] == [one]
    assert two["size"] == 1
    assert one["registrationDate"] == 2
    assert one["properties"] == {"TYPE": 2, "OWNER": 3}
    assert one["metaData"] == {"type": 2}


def test_families_that_go_round_in_circles_are_put_together() -> None:
    parent = {"@id": 1, "code": "P", "children": [{"@id": 2, "code": "C", "parents": [1]}]}
    found = wire.expanded({"P": parent, "C": 2})
    assert found["C"]["parents"][0] is found["P"]
    assert found["P"]["children"][0] is found["C"]


def test_answers_without_references_stay_as_they_are() -> None:
    for plain in (None, True, "token", 7, [1, 2], {"a": 1, "type": 5}):
        assert wire.expanded(json.loads(json.dumps(plain))) == plain


def test_deep_answers_are_read() -> None:
    deep: dict[str, Any] = {"@id": 1, "code": "leaf"}
    for number in range(2, 3000):
        deep = {"@id": number, "container": deep}
    assert wire.expanded({"objects": [deep]})["objects"][0]["@id"] == 2999
