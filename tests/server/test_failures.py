"""From an error to an HTTP answer."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyterlab_datahub import errors
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.server.bodies import ErrorReply
from jupyterlab_datahub.server.failures import failure

LOG = logging.getLogger("test_failures")


def descendants(kind: type[errors.DataHubError]) -> list[type[errors.DataHubError]]:
    """Return all classes below `kind`."""
    below = kind.__subclasses__()
    return [*below, *(one for child in below for one in descendants(child))]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.BadRequestError, 400),
        (errors.NotSupportedError, 400),
        (errors.AccessError, 403),
        (errors.NotFoundError, 404),
        (errors.ConflictError, 409),
        (errors.WithdrawnError, 410),
        (errors.TransferError, 500),
        (errors.ChecksumError, 500),
        (errors.SettingsError, 500),
        (errors.UnreachableError, 502),
        (errors.BadAnswerError, 502),
        (errors.BusyError, 503),
        (errors.SlowError, 504),
        (errors.NoSpaceError, 507),
    ],
)
def test_each_error_has_its_status(kind: type[errors.DataHubError], status: int) -> None:
    made = failure(kind("it failed", host="example.org", hint="do this"), 500, LOG)
    assert made.status == status
    told = from_json(made.encode(), ErrorReply).error
    assert told == kind("it failed", host="example.org", hint="do this").body()


def test_every_error_of_the_tree_is_known() -> None:
    # Those that a room adds for itself have the status of what they are kinds of.
    tree = [one for one in descendants(errors.DataHubError) if one.__module__ == errors.__name__]
    assert len(tree) > 15
    for kind in tree:
        assert failure(kind("x"), 500, LOG).status >= 400


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (0.2, "1"), (90.0, "90")])
def test_a_known_wait_is_told(seconds: float | None, header: str | None) -> None:
    made = failure(errors.BusyError("later", retry_after=seconds), 500, LOG)
    assert made.headers.get("Retry-After") == header


def test_what_nobody_expected_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    secret = "https://user:pass@host.example/file?X-Amz-Signature=abcdef"
    try:
        raise RuntimeError(secret)
    except RuntimeError as error:
        made = failure(error, 500, LOG)
    told = made.body
    assert (made.status, told.code) == (500, "internal")
    assert "Traceback" not in told.message + told.hint
    assert "host.example" not in told.message + told.hint
    [record] = caplog.records
    number = told.hint.rstrip(".").split()[-1]
    assert number in record.getMessage()
    assert "RuntimeError" in record.getMessage()
    assert "pass" not in record.getMessage()
    assert "abcdef" not in record.getMessage()


@pytest.mark.parametrize(
    ("error", "status", "code", "words"),
    [
        (HTTPError(404), 404, "not_found", "There is nothing at this address"),
        (HTTPError(405), 405, "not_supported", "does not answer that kind of request"),
        (HTTPError(400, "Missing argument x"), 400, "bad_request", "Missing argument x"),
        (HTTPError(400), 400, "bad_request", "Bad Request"),
        (HTTPError(413), 413, "too_large", ""),
        (HTTPError(503), 503, "internal", "Service Unavailable"),
        (None, 500, "internal", "Internal Server Error"),
    ],
)
def test_what_the_web_framework_refuses_has_words_too(
    error: Any, status: int, code: str, words: str
) -> None:
    made = failure(error, status, LOG)
    assert (made.status, made.body.code) == (status, code)
    assert words in made.body.message
    assert made.body.message
