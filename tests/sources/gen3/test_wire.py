"""Five ways to say no, and what each of them means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    ConflictError,
    DataHubError,
    NotFoundError,
)
from jupyterlab_datahub.sources.answers import Answer, Who
from jupyterlab_datahub.sources.gen3.wire import (
    QuestionError,
    UnauthorizedError,
    refusal,
    resource_of,
)

WHO = Who("Commons", "commons")

PAGE = """<html><body><p class="subheader">Error Message:</p>
<p class="introduction">{}</p><p>Error Identifier</p><p>0c1d</p></body></html>"""

NO_RIGHT = (
    "Either you weren&#39;t authenticated successfully or you don&#39;t have read-storage "
    "permission on authorization resource: [&#39;/programs/DEV/projects/secret&#39;]."
)


def said(status: int, body: Any) -> DataHubError | None:
    if isinstance(body, str):
        return refusal(status, Answer(body.encode(), "text/html", "host"), WHO)
    return refusal(status, Answer(json.dumps(body).encode(), "application/json", "host"), WHO)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (404, PAGE.format("No indexed document found with id x"), NotFoundError, "No indexed doc"),
        (403, PAGE.format("Uploading to bucket &#39;x&#39; is not allowed"), AccessError, "'x'"),
        (404, {"error": "no record found"}, NotFoundError, "no record found"),
        (400, {"error": "limit must be between 0 and 1024"}, BadRequestError, "1024"),
        (404, {"msg": "no record found", "status_code": 404}, NotFoundError, "no record"),
        (403, {"message": "You don't have access to this resource"}, AccessError, "access"),
        (400, {"message": "dictionary does not have node with type x"}, BadRequestError, "type x"),
        (409, {"code": 409, "error": "there already"}, ConflictError, "there already"),
        (404, {"detail": "Not found: zzz"}, NotFoundError, "zzz"),
        (422, {"detail": [{"loc": ["limit"], "msg": "no number"}]}, BadRequestError, "no number"),
        (500, {"message": "Internal server error"}, BadAnswerError, "Internal server error"),
    ],
)
def test_each_dialect_is_understood(
    status: int, body: Any, kind: type[DataHubError], words: str
) -> None:
    error = said(status, body)
    assert type(error) is kind
    assert error is not None
    assert words in error.message
    assert "Commons" in error.message
    assert "<" not in error.message
    assert error.host == "host"
    assert error.hint


@pytest.mark.parametrize(
    ("status", "body", "over"),
    [
        (401, PAGE.format("failed to validate token: Signature has expired"), True),
        (401, PAGE.format("request to arborist failed: expired at time: 17"), True),
        (401, {"message": "Authentication Error: Signature has expired"}, True),
        (401, {"error": "Permission denied."}, False),
        (403, {"error": "Please log in."}, False),
        (401, PAGE.format(NO_RIGHT), False),
    ],
)
def test_a_refused_token_is_told_from_one_that_is_over(status: int, body: Any, over: bool) -> None:
    error = said(status, body)
    assert isinstance(error, UnauthorizedError)
    assert error.over is over


def test_the_resource_that_is_refused_is_named() -> None:
    error = said(401, PAGE.format(NO_RIGHT))
    assert isinstance(error, UnauthorizedError)
    assert error.resource == "/programs/DEV/projects/secret"
    assert resource_of("nothing of the kind") == ""


def test_errors_in_graphql_are_strings() -> None:
    words = 'Cannot query field "nosuch" on type "Root".'
    error = said(400, {"data": None, "errors": [words, {"message": "another"}]})
    assert isinstance(error, QuestionError)
    assert error.errors == (words, "another")
    assert words in error.message


@pytest.mark.parametrize("body", ["<html>gateway</html>", "", {"other": 1}, [], {"message": ""}])
def test_what_says_nothing_is_left_to_its_status(body: Any) -> None:
    assert said(500, body) is None


def test_no_secret_is_repeated() -> None:
    error = said(400, {"message": "bad token eyJhbGciOi.eyJzdWIiOiIxIn0.c2ln of ada"})
    assert error is not None
    assert "eyJ" not in error.message


def test_long_words_are_cut() -> None:
    error = said(400, {"message": "x" * 5000})
    assert error is not None
    assert len(error.message) < 400
