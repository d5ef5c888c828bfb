"""What a host's answer, or its silence, means: one place that turns wire trouble into words."""

from __future__ import annotations

import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    BusyError,
    DataHubError,
    NotFoundError,
    SettingsError,
    SlowError,
    UnreachableError,
    WithdrawnError,
)
from jupyterlab_datahub.model.decoding import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterlab_datahub.sources.patience import Patience

T = TypeVar("T")

LONGEST_DETAIL = 200
AGAIN = frozenset({429, 502, 503, 504})
"""Statuses that pass: the host is overloaded or a gateway lost it for a moment."""

LATER = "Try again in a few minutes."
SIGN_IN = f"{LATER} If this network has a sign-in page, sign in first."
NO_ADDRESS = "has an address that is not a web address"
ADDRESS = "Correct the url of the source; one looks like https://host/path."
PROXY = "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
CERTIFICATE = (
    "If its institution signs for itself, or the network inspects TLS, give the file of that CA as "
    "CA bundle (ca_bundle of the source)."
)
NETWORK = "Check the network connection and the proxy settings, then try again."


class Who(NamedTuple):
    """The catalog that is asked: the title people read and the name in the configuration."""

    title: str
    source: str


class Answer(NamedTuple):
    """A complete answer; ``location`` is set only if it says to ask elsewhere."""

    body: bytes
    content_type: str
    host: str
    location: str | None = None
    headers: Mapping[str, str] = {}


class TryAgain(Exception):  # noqa: N818 - a signal inside the client, no error of its own
    """A failure that may pass; carries the error to raise when patience ends."""

    def __init__(self, error: DataHubError) -> None:
        super().__init__(error.message)
        self.error = error


class Problem(msgspec.Struct):
    """The readable fields of ``application/problem+json`` (RFC 9457), and of AWS Chalice."""

    detail: str | None = None
    title: str | None = None
    message: str | None = msgspec.field(name="Message", default=None)


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for (RFC 9110, 10.2.3).

    Parameters
    ----------
    value
        Seconds, or an HTTP date; anything else counts as not said.
    """
    if not value:
        return None
    try:
        return max(0.0, float(int(value)))
    except ValueError:
        pass  # not a number of seconds, so a date
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def checked(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    who: Who,
    host: str,
    refusal: Callable[[int, Answer], DataHubError | None] | None = None,
) -> Answer:
    """Return an answer whose status is good or a redirect.

    Parameters
    ----------
    status, headers, body
        What came.
    who, host
        From whom.
    refusal
        What the catalog's own words for a refusal mean; None leaves it to us.

    Raises
    ------
    TryAgain
        If the status is one that passes.
    RequestError, CatalogError
        For every other status.
    """
    kind, location = headers.get("Content-Type", ""), headers.get("Location")
    answer = Answer(body, kind, host, location, headers)
    if 300 <= status < 400 and answer.location:
        return answer
    if 200 <= status < 300:
        return answer._replace(location=None)
    error = _refusal(status, answer, who, retry_after(headers.get("Retry-After")))
    if status in AGAIN:
        raise TryAgain(error)
    raise (refusal(status, answer) if refusal else None) or error


def decode(answer: Answer, kind: type[T], who: Who) -> T:
    """Return the JSON of an answer as `kind`.

    Raises
    ------
    BadAnswerError
    """
    try:
        return from_json(data_of(answer, who), kind, strict=False)
    except msgspec.ValidationError as error:
        raise bad(
            answer,
            who,
            f"answered in a form we do not know: {error}",
            "Look for a newer version of DataHub.",
        ) from error
    except msgspec.DecodeError as error:
        cut = "truncated" in str(error)
        raise bad(
            answer, who, f"answered with data that {'is cut short' if cut else 'cannot be read'}"
        ) from error


def data_of(answer: Answer, who: Who, if_page: str = SIGN_IN) -> bytes:
    """Return the body of an answer that is meant to be data.

    Parameters
    ----------
    answer
        What came.
    who
        The Source it came from.
    if_page
        What to do if it is a web page.

    Raises
    ------
    BadAnswerError
        If there is none, or a web page.
    """
    if not answer.body.strip():
        raise bad(answer, who, "answered with nothing")
    if "html" in answer.content_type.lower() or answer.body.lstrip()[:1] == b"<":
        raise bad(
            answer,
            who,
            "answered with a web page instead of data; the service is probably overloaded",
            if_page,
        )
    return answer.body


def bad(answer: Answer, who: Who, words: str, hint: str = LATER) -> BadAnswerError:
    """Return the error for an answer of which `words` are true."""
    return BadAnswerError(f"{who.title} {words}", source=who.source, host=answer.host, hint=hint)


def host_of(url: str, who: Who) -> str:
    """Return host and port of a web address.

    Raises
    ------
    SettingsError
        If it is none.
    """
    problem = None
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return parts.netloc.rpartition("@")[2]
    except ValueError as error:
        problem = error
    raise SettingsError(f"{who.title} {NO_ADDRESS}", source=who.source, hint=ADDRESS) from problem


def not_connected(who: Who, host: str, hint: str) -> AccessError:
    """Return the error for what only those who are connected may ask; `hint` says how to be."""
    return AccessError(
        f"You are not connected to {who.title}", source=who.source, host=host, hint=hint
    )


def slow(who: Who, host: str, seconds: float) -> SlowError:
    """Return the error for a host that did not finish in time."""
    return SlowError(
        f"{who.title} did not answer within {seconds:.0f} s",
        source=who.source,
        host=host,
        hint=LATER,
    )


@contextmanager
def as_errors(who: Who, host: str, patience: Patience) -> Iterator[None]:
    """Turn what urllib3 raises into our errors, those that may pass into :class:`TryAgain`."""
    from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError

    try:
        yield
    except ReadTimeoutError as error:
        raise slow(who, host, patience.read_timeout) from error
    except HTTPError as error:
        kind, words, hint = _trouble(error, patience)
        made = kind(f"{who.title} {words}", source=who.source, host=host, hint=hint)
        if isinstance(error, (NewConnectionError, ProtocolError)) and kind is UnreachableError:
            raise TryAgain(made) from error
        raise made from error


def _trouble(error: Exception, patience: Patience) -> tuple[type[DataHubError], str, str]:
    """Return the kind of error, what failed and what to do for an exception of urllib3."""
    from urllib3 import exceptions as u3

    # The most particular first: urllib3's refusals are also its connection time-outs.
    unreachable: tuple[tuple[type[Exception], str, str], ...] = (
        (u3.ProxyError, "the proxy did not let us through", PROXY),
        (u3.SSLError, f"its certificate was not accepted: {_reason(error)}", CERTIFICATE),
        (u3.NameResolutionError, "the name of the host was not found", NETWORK),
        (u3.NewConnectionError, "the connection was refused", NETWORK),
        (u3.ConnectTimeoutError, f"no connection in {patience.connect_timeout:.0f} s", NETWORK),
    )
    for kind, words, hint in unreachable:
        if isinstance(error, kind):
            return UnreachableError, f"cannot be reached: {words}", hint
    if isinstance(error, u3.DecodeError):
        return BadAnswerError, "answered with data that cannot be unpacked", LATER
    if isinstance(error, u3.LocationValueError):
        return SettingsError, NO_ADDRESS, ADDRESS
    # Reset, closed early, or fewer bytes than promised.
    return UnreachableError, "broke off the connection", LATER


def _reason(error: Exception) -> str:
    """Return the readable part of a TLS error, without Python's decoration."""
    text = str(error)
    _, _, after = text.partition("certificate verify failed: ")
    return (after or text).split(" (_ssl")[0][:LONGEST_DETAIL]


def _refusal(status: int, answer: Answer, who: Who, wait: float | None) -> DataHubError:
    if status in (429, 503):
        return BusyError(
            f"{who.title} is busy and asks to be asked later",
            source=who.source,
            host=answer.host,
            hint=LATER if wait is None else f"Try again in {wait:.0f} s.",
            retry_after=wait,
        )
    if status in (408, 504):
        return SlowError(
            f"{who.title} did not answer its own gateway in time",
            source=who.source,
            host=answer.host,
            hint=LATER,
        )
    words = f"{who.title} answered {status} {_phrase(status)}{_detail(answer)}"
    kinds: dict[int, tuple[type[DataHubError], str]] = {
        401: (AccessError, "Sign in to this source, or check its token."),
        403: (AccessError, "Check the identifier, or ask its owner for access."),
        404: (NotFoundError, "Check the identifier."),
        410: (WithdrawnError, "It was taken back by its catalog."),
    }
    client_fault = 400 <= status < 500
    kind, hint = kinds.get(
        status, (BadRequestError, "Check the request.") if client_fault else (BadAnswerError, LATER)
    )
    return kind(words, source=who.source, host=answer.host, hint=hint, retry_after=wait)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(unknown status)"


def _detail(answer: Answer) -> str:
    """Return what a problem+json body says, as a clause; nothing where it says nothing."""
    if "json" not in answer.content_type.lower():
        return ""
    try:
        problem = from_json(answer.body, Problem)
    except msgspec.DecodeError:
        return ""
    said = (problem.detail or problem.message or "").strip()
    return f": {said[:LONGEST_DETAIL]}" if said else ""
