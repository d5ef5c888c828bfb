"""What a user filled in to connect, checked before any server is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import (
    BadRequestError,
    ConflictError,
    FieldsError,
    NotSupportedError,
    SettingsError,
    redact,
)
from jupyterlab_datahub.model import Credentials, FieldError
from jupyterlab_datahub.settings import SourceConfig
from jupyterlab_datahub.settings.saved import MINE
from jupyterlab_datahub.sources.connections import is_loopback
from jupyterlab_datahub.sources.registry import kind_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.model import ConnectionRequest
    from jupyterlab_datahub.sources.source import Source

NAME = r"\w(?:[\w .-]{0,62}[\w-])?"
MOST_DAYS = 3650
EXAMPLE = "https://data.example.org"


def wanted(name: str, before: SourceConfig | None, request: ConnectionRequest) -> SourceConfig:
    """Return the entry of a Source as a request wants it.

    Parameters
    ----------
    name
        Name of the Source.
    before
        Its entry, None if there is none yet.

    Raises
    ------
    FieldsError
        With all that is wrong.
    BadRequestError, NotSupportedError
        If no such kind of Source is installed, or if it needs no connection.
    ConflictError
        If the Source is configured elsewhere, and the request is for another one.
    """
    config = before or SourceConfig(name=name, kind=request.kind, configured_by=MINE)
    try:
        kind = kind_named(config.kind, name)
    except SettingsError as error:
        raise BadRequestError(error.message, hint=error.hint) from error
    if not kind.connectable:
        raise NotSupportedError(
            f"{name} needs no connection", source=name, hint="Search it as it is."
        )
    url = kind.address(request.url) if request.url.strip() else config.url
    if not url and not request.url.strip() and request.profile.strip():
        # A profile of another tool was confirmed there, unlike what a key says of itself.
        url = kind.claimed_address(credentials_of(request))
    if config.configured_by != MINE:
        _refuse_another(config, url, request)
    wrong = (
        *_wrong_name(name, before),
        *_wrong_url(url, config, request, kind),
        *_wrong_credentials(request, kind),
        *_wrong_bundle(request.ca_bundle.strip(), config),
    )
    if wrong:
        raise FieldsError(
            fields=wrong, source=name, hint="Correct what is marked, then connect again."
        )
    if config.configured_by != MINE:
        return config
    return msgspec.structs.replace(
        config,
        title=request.title.strip() or config.title,
        url=url,
        ca_bundle=request.ca_bundle.strip(),
        verify_tls=request.verify_tls,
    )


def _refuse_another(config: SourceConfig, url: str, request: ConnectionRequest) -> None:
    bundle = request.ca_bundle.strip()
    other = url != config.url or bundle not in ("", config.ca_bundle)
    if other or (config.verify_tls and not request.verify_tls):
        raise ConflictError(
            f"{config.name} is set up by {config.configured_by or 'the project'}; its address "
            "and certificates cannot be changed here",
            source=config.name,
            hint="Add a connection under another name.",
        )


def _wrong_name(name: str, before: SourceConfig | None) -> Iterator[FieldError]:
    if before is None and not re.fullmatch(NAME, name):
        yield FieldError(
            field="name",
            message=f"{name[:80]!r} cannot be the name of a connection; it has up to 64 letters, "
            "digits, spaces, dots, hyphens and underscores",
        )


def credentials_of(request: ConnectionRequest) -> Credentials:
    """Return what a request gives to be let in."""
    return Credentials(
        user=request.user.strip(),
        password=request.password,
        token=request.token.strip(),
        key=request.key.strip(),
        profile=request.profile.strip(),
        workspace=request.workspace,
        make_token=request.make_token,
        token_days=request.token_days,
    )


def _wrong_url(
    url: str, config: SourceConfig, request: ConnectionRequest, kind: type[Source]
) -> Iterator[FieldError]:
    typed = request.url.strip()
    looks_like = f"one looks like {kind.example or EXAMPLE}"
    if not typed and not url:
        claimed = _claimed(request, kind)
        if claimed:
            message = f"This says that it is of {claimed}; write this address if that is right"
        else:
            message = f"The address of the server is missing; {looks_like}"
        yield FieldError(field="url", message=message)
    elif not url:
        yield FieldError(
            field="url",
            message=f"{redact(typed)[:80]!r} is not the address of a server; {looks_like}",
        )
    elif url.startswith("http://") and not is_loopback(url) and url != config.url:
        yield FieldError(
            field="url",
            message="An address without https would show your password and token to the network; "
            "only an administrator can allow it",
        )


def _claimed(request: ConnectionRequest, kind: type[Source]) -> str:
    """Return the address that credentials say they are of, empty if they say none."""
    try:
        return kind.claimed_address(credentials_of(request))
    except BadRequestError:
        # That they cannot be read is said of their own field.
        return ""


def _wrong_credentials(request: ConnectionRequest, kind: type[Source]) -> Iterator[FieldError]:
    given = credentials_of(request)
    for field, value in (
        ("password", given.user or given.password),
        ("token", given.token),
        ("key", given.key),
        ("profile", given.profile),
        ("workspace", given.workspace),
    ):
        if value and field not in kind.methods:
            yield FieldError(
                field=field,
                message=f"{kind.title or kind.kind} lets nobody in with a {field}; it takes "
                f"{', '.join(kind.methods)}",
            )
    if given.token:
        pass
    elif given.user and not given.password:
        yield FieldError(field="password", message="The password is missing")
    elif given.password and not given.user:
        yield FieldError(field="user", message="The user name is missing")
    if given.key:
        try:
            kind.claimed_address(given)
        except FieldsError as error:
            yield from error.fields
    if given.make_token and not 1 <= given.token_days <= MOST_DAYS:
        yield FieldError(
            field="token_days",
            message=f"A personal access token can be made for 1 to {MOST_DAYS:,} days",
        )


def _wrong_bundle(path: str, config: SourceConfig) -> Iterator[FieldError]:
    if not path or path == config.ca_bundle:
        return
    try:
        exists = Path(path).expanduser().exists()
    except (RuntimeError, ValueError, OSError):
        exists = False
    if not exists:
        yield FieldError(
            field="ca_bundle",
            message=f"The CA bundle {path[:200]!r} does not exist on the machine of this server",
        )
