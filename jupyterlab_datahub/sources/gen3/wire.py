"""What the services of a commons say when they refuse, in five dialects.

fence answers with a web page whatever is asked for, indexd and the manifest service with
``{"error"}``, DRS with ``{"msg"}``, sheepdog and peregrine with ``{"message"}`` or a list of
``errors`` that are strings, the metadata service with ``{"detail"}``.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import (
    AccessError,
    BadAnswerError,
    BadRequestError,
    ConflictError,
    DataHubError,
    NotFoundError,
)

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.answers import Answer, Who

LONGEST = 300
"""Characters of a service's own words that are shown."""

LATER = "Try again in a few minutes."

_PAGE = re.compile(r'Error Message:\s*</p>\s*<p class="introduction">(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_RESOURCES = re.compile(r"authorization resources?:?\s*(\[[^\]]*\]|\S+)")
_PATH = re.compile(r"/[\w./ -]*\w")
_NO_TOKEN = re.compile(r"(?i)please log in|didn't receive jwt")


class UnauthorizedError(AccessError):
    """A service wants another token, or none would do; its `said` are the service's words."""

    def __init__(self, said: str, who: Who, host: str) -> None:
        super().__init__(
            f"{who.title} refuses: {said}" if said else f"{who.title} refuses",
            source=who.source,
            host=host,
            hint="Connect first.",
        )
        self.said = said

    @property
    def over(self) -> bool:
        """Whether the token was good once."""
        return "expired" in self.said.lower()

    @property
    def resource(self) -> str:
        """What it is about, as the authorization service names it; empty if that is not said."""
        return resource_of(self.said)


class QuestionError(BadRequestError):
    """A question in GraphQL that is not understood; ``errors`` are the service's words."""

    def __init__(self, errors: tuple[str, ...], who: Who, host: str) -> None:
        super().__init__(
            f"{who.title} does not understand the question: {clipped('; '.join(errors))}",
            source=who.source,
            host=host,
            hint="Compare its fields with the schema.",
        )
        self.errors = errors


def refusal(status: int, answer: Answer, who: Who) -> DataHubError | None:
    """Return what a refusal means; None where only its status says something.

    Parameters
    ----------
    status
        400 and more.
    answer
        What came with it.
    who
        The commons.
    """
    document = _document(answer)
    words = said(document) or _of_page(answer)
    if status == 401 or (status == 403 and _NO_TOKEN.search(words)):
        return UnauthorizedError(words, who, answer.host)
    errors = document.get("errors") if isinstance(document, dict) else None
    if isinstance(errors, list) and status == 400:
        return QuestionError(tuple(map(error_words, errors)), who, answer.host)
    if not words:
        return None
    return _meaning(status, clipped(words), who, answer.host)


def said(document: Any) -> str:
    """Return the words in an error of any of the dialects, on one line."""
    if not isinstance(document, dict):
        return ""
    for key in ("message", "error", "msg", "detail"):
        value = document.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if isinstance(value, list) and value:
            # The metadata service says what is wrong with each part of a request.
            return "; ".join(map(error_words, value))
    return ""


def error_words(error: Any) -> str:
    """Return one error of a list, which is a string, or an object with a message."""
    if isinstance(error, dict):
        error = error.get("message") or error.get("msg") or msgspec.json.encode(error).decode()
    return " ".join(str(error).split())


def resource_of(words: str) -> str:
    """Return the authorization resources that words of a service name, separated by commas."""
    found = _RESOURCES.search(words)
    return ", ".join(_PATH.findall(found[1])) if found else ""


def clipped(words: str) -> str:
    """Return words that are no longer than is good for a message."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _meaning(status: int, words: str, who: Who, host: str) -> DataHubError | None:
    kinds: dict[int, tuple[type[DataHubError], str]] = {
        403: (AccessError, "Ask the commons for access to it."),
        404: (NotFoundError, "Check the identifier, and that it is one of this commons."),
        409: (ConflictError, "Look at what is there, then try again."),
    }
    kind, hint = kinds.get(status, (BadRequestError, "Check the request."))
    if status >= 500:
        kind, hint = BadAnswerError, LATER
    return kind(f"{who.title} says: {words.rstrip('.')}", source=who.source, host=host, hint=hint)


def _document(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return None


def _of_page(answer: Answer) -> str:
    """Return the message on an error page of fence."""
    if "html" not in answer.content_type.lower():
        return ""
    found = _PAGE.search(answer.body.decode(errors="replace"))
    words = html.unescape(_TAG.sub(" ", found[1])) if found else ""
    return re.sub(r"^\[\d+\] - ", "", " ".join(words.split()))
