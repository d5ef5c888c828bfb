"""What an openBIS puts on the wire: JSON-RPC 2.0 with NaN, repeated objects and its own errors.

The application server and the data store server answer with status 200 whatever happened; an
error is ``{"error": {"message": …}}``, or a text in its place (openBIS V3 API).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import (
    AccessError,
    BadRequestError,
    CatalogError,
    ConflictError,
    DataHubError,
    ExpiredError,
    NotFoundError,
)
from jupyterlab_datahub.sources.answers import bad, data_of

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.answers import Answer, Who

CONNECT_AGAIN = "Connect again."
ADDRESS = "Correct the url of the source; one looks like https://openbis.example.org."
TELL = "Try again; if it stays so, tell the administrator of this openBIS."
LONGEST_MESSAGE = 400

_OBJECTS = frozenset(
    (
        "archivingRequestedBy",
        "components",
        "container",
        "containers",
        "creatorPerson",
        "children",
        "dataSetPermId",
        "dataSetType",
        "dataSets",
        "dataStore",
        "entityType",
        "experiment",
        "experimentType",
        "experiments",
        "externalDms",
        "fileFormatType",
        "identifier",
        "leader",
        "linkedData",
        "locatorType",
        "modifier",
        "objects",
        "owner",
        "parents",
        "permId",
        "person",
        "physicalData",
        "plugin",
        "project",
        "projects",
        "propertyAssignments",
        "propertyType",
        "registrator",
        "result",
        "sample",
        "sampleType",
        "samples",
        "space",
        "storageFormat",
        "tags",
        "type",
        "user",
        "users",
        "validationPlugin",
        "vocabulary",
    )
)
"""Fields that hold objects: a number in them stands for the object with that ``@id``."""

_OPAQUE = frozenset({"properties", "metaData", "statistics"})
"""Fields whose keys are the users' own."""

_MEANINGS: tuple[tuple[str, type[DataHubError], str], ...] = (
    (
        r"(token|session) .*(invalid|expired|revoked|timed out)|not logged in|no longer valid",
        ExpiredError,
        CONNECT_AGAIN,
    ),
    (
        r"authori[sz]ation failure|access denied|insufficient privileges|not allowed|no permission",
        AccessError,
        "Ask an administrator of this openBIS for the rights, or connect as somebody who has them.",
    ),
    (
        r"(has|have) not been found|not found|does ?n[o']t exist|unknown data ?set|no such",
        NotFoundError,
        "Check the identifier; perhaps it was deleted.",
    ),
    (r"\barchiv|is locked|not available", ConflictError, "Unarchive it first, or try later."),
    (
        r"mandatory|not a valid|invalid (value|property)|incorrect (value|property)|vocabulary",
        BadRequestError,
        "Correct the value.",
    ),
)


def result_of(answer: Answer, who: Who) -> Any:
    """Return the ``result`` of a JSON-RPC answer, as it came but for NaN, which becomes None.

    Raises
    ------
    BadAnswerError
        If it is no such answer (a web page, nothing, cut short).
    DataHubError
        Of the kind that the server's words mean.
    """
    body = data_of(answer, who, ADDRESS)
    try:
        reply = json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        cut = body.rstrip()[-1:] not in b"}]"
        raise bad(
            answer, who, f"answered with data that {'is cut short' if cut else 'cannot be read'}"
        ) from error
    if isinstance(reply, dict) and reply.get("error") is not None:
        raise error_of(reply["error"], who, answer.host)
    if not isinstance(reply, dict) or "result" not in reply:
        raise bad(
            answer,
            who,
            "answered with something that is not openBIS's",
            ADDRESS,
        )
    return reply["result"]


def error_of(error: object, who: Who, host: str) -> DataHubError:
    """Return the error that a server's words mean.

    Parameters
    ----------
    error
        What stands under ``error``: an object with ``message``, or a text.
    who
        The Source.
    host
        Host and port that said it.
    """
    said = error.get("message") if isinstance(error, dict) else error
    message = _plain(str(said or "no reason given"))
    meant = (entry[1:] for entry in _MEANINGS if re.search(entry[0], message, re.IGNORECASE))
    kind, hint = next(meant, (CatalogError, TELL))
    if kind is ExpiredError:
        return expired(who, host)
    return kind(f"{_lead(who)}{message}", source=who.source, host=host, hint=hint)


def expired(who: Who, host: str, *, pat: bool = False) -> ExpiredError:
    """Return the error for a session that has ended, or for a personal access token."""
    words = f"The session at {who.title} has ended"
    if pat:
        words = f"The personal access token for {who.title} has expired or was revoked"
    return ExpiredError(words, source=who.source, host=host, hint=CONNECT_AGAIN)


def quoted(error: DataHubError, who: Who) -> str:
    """Return the words of the server in an error, empty where they are all ours."""
    lead = _lead(who)
    if not error.message.startswith(lead):
        return ""
    return error.message.removeprefix(lead).removesuffix(f" ({error.host})")


def _lead(who: Who) -> str:
    return f"{who.title} refused: "


def _plain(message: str) -> str:
    """Return a server's message without Java's decoration."""
    text = message.strip().splitlines()[0] if message.strip() else "no reason given"
    text = re.sub(r"\s*\(Context: \[.*?\]\)", "", text)
    text = re.sub(r"^(?:[a-z_]\w*\.)+[A-Z]\w*(?:Exception|Error):\s*", "", text)
    if len(text) > LONGEST_MESSAGE:
        text = f"{text[:LONGEST_MESSAGE]}…"
    return text.rstrip(".") or "no reason given"


def expanded(result: Any) -> Any:
    """Return a result with each repeated object in the place of its number.

    The serialiser of openBIS (Jackson) writes an object once, with ``@id``, and its number
    wherever it occurs again. Objects that contain themselves are shared, so the outcome may
    have circles. The result is changed in place.
    """
    found: dict[int, dict[str, Any]] = {}
    _collect(result, found)
    if not found:
        return result
    if isinstance(result, dict) and "@type" not in result and "objects" not in result:
        # The answers of the get methods: a map from what was asked for to what was found.
        for key, value in result.items():
            result[key] = _meant(value, found)
    return _meant(result, found, as_list=True)


def _collect(part: Any, found: dict[int, dict[str, Any]]) -> None:
    """Note every object with a number, without recursion as deep as the answer."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            number = part.get("@id")
            if isinstance(number, int):
                found.setdefault(number, part)
            waiting.extend(value for key, value in part.items() if key not in _OPAQUE)


def _meant(part: Any, found: dict[int, dict[str, Any]], *, as_list: bool = False) -> Any:
    """Return `part`, or the object it is the number of, with all numbers below replaced."""
    if _is_number(part):
        return found.get(part, part)
    seen: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(part, as_list)]
    while waiting:
        place, objects = waiting.pop()
        if id(place) in seen:
            continue
        seen.add(id(place))
        items: Any = ()
        if isinstance(place, dict):
            items = [(key, value, key in _OBJECTS) for key, value in place.items()]
        elif isinstance(place, list):
            items = [(index, value, objects) for index, value in enumerate(place)]
        for key, value, may_refer in items:
            if key in _OPAQUE:
                continue
            if may_refer and _is_number(value) and value in found:
                place[key] = found[value]
            elif isinstance(value, (dict, list)):
                waiting.append((value, may_refer))
    return part


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
