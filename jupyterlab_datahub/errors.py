"""One tree of exceptions for the whole project.

* DataHubError
  + RequestError            the caller's fault
    - BadRequestError       a malformed query, body or identifier
      . FieldsError         a form that cannot be accepted, field by field
      . WhereError          an expression that cannot be read, with the place in it
      . SelectionError      cells or genes that are not there
    - NotFoundError         nothing has that identifier
    - WithdrawnError        it existed and was taken back by its catalog
    - NotSupportedError     this Source cannot do that
    - UnreadableError       the file is damaged, or not what it says it is
    - ConflictError         the state does not allow it now
    - AccessError           exists, but not for this user as things stand
      . ExpiredError          the session with the Source has ended
    - ConsentError          whoever fetches it pays, and did not agree to
  + CatalogError            a catalog's fault, always with its host
    - UnreachableError      no connection, no name, no route, TLS refused
    - SlowError             connected, but no answer in time
    - BadAnswerError        an answer that is not what the protocol says
    - BusyError             429 or 503 after all patience, says when to come back
    - NotReadyError         the host is still making what we asked for
  + TransferError           bytes that could not be brought home
    - NoSpaceError          the disk would not leave its reserve
    - ChangedError          the file changed on its host while it was fetched
    - LengthError           more or fewer bytes than promised
    - ChecksumError         the bytes are not those the catalog published
    - InterruptedTransferError  the connection broke more often than we retry
    - LimitError            more would cost more than its user agreed to pay
  + SettingsError           the configuration cannot be used as written

Every message says what failed; ``host`` where; ``hint`` what to do next. Secrets are removed
from all three when the error is made, so no later layer can leak them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import msgspec

from jupyterlab_datahub.model import ErrorBody, in_usd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.model import Cost, FieldError

_URL_SECRETS = (
    # user:password@ in front of a host
    (re.compile(r"(?<=://)[^/\s@]+@"), "…@"),
    # the whole query of a URL: presigned URLs carry their signature there under many names
    (re.compile(r"(https?://[^\s?'\"<>]+)\?[^\s'\"<>]*"), r"\1?…"),
    # JSON web tokens, as of Gen3: their first part is JSON in base64
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), "…"),
    # personal access tokens and session tokens of openBIS
    (re.compile(r"\$pat-[^\s'\"<>,;)]+"), "$pat-…"),
    (re.compile(r"[\w.@-]+-\d{12,17}x[0-9A-Fa-f]{16,}"), "…"),
    (re.compile(r"(?i)\b(bearer|token|basic)\s+[a-z0-9._~+/=-]{8,}"), r"\1 …"),
    (
        re.compile(
            r"(?i)\b(authorization|api_?key|access_?token|session_?token|session_?id|password|secret)"
            r"(['\"]?\s*[:=]\s*['\"]?)[^\s'\",;&]+"
        ),
        r"\1\2…",
    ),
    # tokens of openBIS sessions and its personal access tokens, wherever they are quoted
    (re.compile(r"\$pat-[^\s'\"<>,;&)\]}]+"), "…"),
    (re.compile(r"[\w.@+-]+-\d{12,}x[0-9A-Fa-f]{16,}"), "…"),
    (re.compile(r"(?i)(session token ')[^']+"), r"\1…"),
)


def redact(text: str) -> str:
    """Return `text` without credentials: URL queries, user info, tokens and passwords."""
    for pattern, replacement in _URL_SECRETS:
        text = pattern.sub(replacement, text)
    return text


class DataHubError(Exception):
    """Base of all errors that are meant to be read by a user.

    Parameters
    ----------
    message
        What failed, as one sentence.
    source
        Name of the Source concerned.
    host
        Host that did not do as it should; put into the message where it is not there yet.
    hint
        What to do next, as one sentence.
    retry_after
        Seconds after which another try makes sense.
    """

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        host: str = "",
        hint: str = "",
        retry_after: float | None = None,
    ) -> None:
        message = redact(message)
        if host and host not in message:
            message = f"{message} ({host})"
        super().__init__(message)
        self.message = message
        self.source = source
        self.host = host
        self.hint = redact(hint)
        self.retry_after = retry_after

    def body(self) -> ErrorBody:
        """Return the error as the model that REST, events, CLI and the queue carry."""
        return ErrorBody(
            code=self.code,
            message=self.message,
            source=self.source,
            hint=self.hint,
            retry_after=self.retry_after,
        )


class RequestError(DataHubError):
    """The caller's fault."""

    code = "request"


class BadRequestError(RequestError):
    """A malformed query, body or identifier."""

    code = "bad_request"


class FieldsError(BadRequestError):
    """A form that cannot be accepted as it is filled in; says so for all fields at once.

    Parameters
    ----------
    message
        What failed; made from `fields` where it is empty.
    fields
        What is wrong with each.
    source
        Name of the Source concerned.
    hint
        What to do next.
    """

    code = "fields"

    def __init__(
        self,
        message: str = "",
        *,
        fields: Sequence[FieldError] = (),
        source: str = "",
        hint: str = "Correct the form, then save again.",
    ) -> None:
        if not message:
            count = len(fields)
            message = fields[0].message if count == 1 else f"{count} fields must be corrected"
        super().__init__(message, source=source, hint=hint)
        self.fields = tuple(
            msgspec.structs.replace(field, message=redact(field.message)) for field in fields
        )

    def body(self) -> ErrorBody:
        """Return the error with what is wrong with each field."""
        return msgspec.structs.replace(super().body(), fields=self.fields)


class WhereError(BadRequestError):
    """An expression that chooses cells cannot be read, or names what is not there.

    Parameters
    ----------
    message, hint
        See :class:`DataHubError`.
    position
        The character of the expression at which that was seen, counted from 0.
    """

    code = "where"

    def __init__(self, message: str, position: int = 0, *, hint: str = "") -> None:
        super().__init__(f"{message} (character {position + 1:,})", hint=hint)
        self.position = position

    def body(self) -> ErrorBody:
        """Return the error with the position."""
        return msgspec.structs.replace(super().body(), position=self.position)


class SelectionError(BadRequestError):
    """A selection of cells and genes cannot be made: nothing of it is in the file."""

    code = "selection"


class NotFoundError(RequestError):
    """Nothing has that identifier."""

    code = "not_found"


class WithdrawnError(RequestError):
    """It existed and was taken back by its catalog."""

    code = "withdrawn"


class NotSupportedError(RequestError):
    """This Source cannot do that."""

    code = "not_supported"


class UnreadableError(RequestError):
    """The file is damaged, or not what it says it is, or too odd to be looked into."""

    code = "unreadable"


class ConflictError(RequestError):
    """The state does not allow it now."""

    code = "conflict"


class AccessError(RequestError):
    """It exists, but not for this user as things stand."""

    code = "no_access"


class ExpiredError(AccessError):
    """The session with the Source has ended, or its token was taken back."""

    code = "expired"


class ConsentError(RequestError):
    """Whoever fetches it pays for it, and nobody agreed to.

    Parameters
    ----------
    message, source, host, hint
        See :class:`DataHubError`.
    cost
        How much it is at most.
    """

    code = "consent"

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        host: str = "",
        hint: str = "Say how much it may cost at most, as a limit in USD.",
        cost: Cost | None = None,
    ) -> None:
        super().__init__(message, source=source, host=host, hint=hint)
        self.cost = cost

    @classmethod
    def of(cls, name: str, cost: Cost, source: str = "") -> ConsentError:
        """Return what is said of something with a price."""
        most = "nobody knows how much" if cost.usd is None else f"at most {in_usd(cost.usd)}"
        return cls(f"{name} is paid for by whoever fetches it: {most}", source=source, cost=cost)

    def body(self) -> ErrorBody:
        """Return the error with what it costs."""
        return msgspec.structs.replace(super().body(), cost=self.cost)


class CatalogError(DataHubError):
    """A catalog's fault."""

    code = "catalog"


class UnreachableError(CatalogError):
    """No connection, no name, no route, or TLS refused."""

    code = "unreachable"


class SlowError(CatalogError):
    """Connected, but no answer in time."""

    code = "slow"


class BadAnswerError(CatalogError):
    """An answer that is not what the protocol says (HTML, cut JSON, nothing)."""

    code = "bad_answer"


class BusyError(CatalogError):
    """The host asked us to come back later (429 or 503) and our patience is used up."""

    code = "busy"


class NotReadyError(CatalogError):
    """The host is still making what we asked for; it is asked again after ``retry_after``.

    A transfer waits for it as long as its user does, and shows the message meanwhile.
    """

    code = "not_ready"


class TransferError(DataHubError):
    """Bytes that could not be brought home."""

    code = "transfer"


class NoSpaceError(TransferError):
    """The disk would not leave its reserve."""

    code = "no_space"


class ChangedError(TransferError):
    """The file changed on its host while it was fetched."""

    code = "changed"


class LengthError(TransferError):
    """More or fewer bytes than promised."""

    code = "length"


class ChecksumError(TransferError):
    """The bytes are not those the catalog published."""

    code = "checksum"


class InterruptedTransferError(TransferError):
    """The connection broke more often than we retry."""

    code = "interrupted"


class LimitError(TransferError):
    """More bytes would cost more than the limit that their user set.

    Parameters
    ----------
    message, source, host, hint
        See :class:`DataHubError`.
    cost
        What is missing, where that is known.
    """

    code = "limit"

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        host: str = "",
        hint: str = "",
        cost: Cost | None = None,
    ) -> None:
        super().__init__(message, source=source, host=host, hint=hint)
        self.cost = cost

    def body(self) -> ErrorBody:
        """Return the error with what is missing."""
        return msgspec.structs.replace(super().body(), cost=self.cost)


class SettingsError(DataHubError):
    """The configuration cannot be used as written."""

    code = "settings"
