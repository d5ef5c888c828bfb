"""Who we are at the stores that let nobody in unknown: connect, look, disconnect."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.engine.connection_form import credentials_of, wanted
from jupyterlab_datahub.errors import (
    BadRequestError,
    ConflictError,
    DataHubError,
    ExpiredError,
    NotFoundError,
    NotSupportedError,
    SettingsError,
)
from jupyterlab_datahub.model import (
    Connection,
    ConnectionKind,
    ConnectionState,
    Credentials,
    TransferState,
)
from jupyterlab_datahub.settings.saved import MINE
from jupyterlab_datahub.sources.connections import connection_of
from jupyterlab_datahub.sources.registry import kind_named, kinds_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.engine.standings import Mark
    from jupyterlab_datahub.model import ConnectionRequest, ErrorBody
    from jupyterlab_datahub.settings import SourceConfig
    from jupyterlab_datahub.sources.source import Source


def listed(rooms: Rooms) -> tuple[Connection, ...]:
    """Return all connections as they were last seen; asks no server."""
    return tuple(
        entry if isinstance(entry, Connection) else _shown(rooms, entry)
        for entry in _connectable(rooms)
    )


def kinds(_: Rooms) -> tuple[ConnectionKind, ...]:
    """Return the kinds of Sources that one can connect to, and with what."""
    found: list[ConnectionKind] = []
    for name in kinds_installed():
        # One that is broken is told where a Source of it is configured.
        with suppress(SettingsError):
            kind = kind_named(name, name)
            if kind.connectable:
                found.append(
                    ConnectionKind(
                        kind=name,
                        title=kind.title or name,
                        methods=kind.methods,
                        example=kind.example,
                        profiles=kind.profiles(),
                    )
                )
    return tuple(found)


def open_stores(rooms: Rooms) -> tuple[Connection, ...]:
    """Return the stores that can be browsed and need no connection; asks no server."""
    found: list[Connection] = []
    for config in rooms.registry.configs:
        # One that cannot be made has its error among the Sources.
        with suppress(DataHubError):
            kind = kind_named(config.kind, config.name)
            if kind.browsable and not kind.connectable:
                known = rooms.registry[config.name].known()
                found.append(msgspec.structs.replace(known, open=True))
    return tuple(found)


def connect(rooms: Rooms, name: str, request: ConnectionRequest) -> tuple[Connection, bool]:
    """Be let in to a store, and keep what is needed to be let in again.

    A name that no Source has makes a new one of the user's. Nothing is kept when the store
    does not let us in. Transfers that failed because the session had ended go on.

    Returns
    -------
    The connection, and whether its Source is new.

    Raises
    ------
    FieldsError, BadRequestError
        If what was filled in cannot be used.
    ConflictError
        If the Source is configured elsewhere, and the request is for another one.
    AccessError
        If the store does not let us in.
    CatalogError, SettingsError
    """
    registry = rooms.registry
    before = registry.config(name)
    config = wanted(name, before, request)
    source = registry[name] if config == before else registry.make(config)
    kept = registry.vault.get(name)
    connection = _let_in(source, request)
    let_in = connection.state is ConnectionState.CONNECTED or source.anonymous
    if before is None and not let_in:
        raise BadRequestError(
            f"nothing was given to be let in to {config.title or name}",
            hint="Give a user name and a password, or a token.",
        )
    if config != before:
        try:
            registry.saved.put(config)
        except DataHubError:
            with suppress(DataHubError):
                source.disconnect()
            if kept is not None:
                registry.vault.put(name, kept)
            raise
    rooms.standings.learn(_mark(rooms, source), connection)
    if connection.state is ConnectionState.CONNECTED:
        _go_on(rooms, name)
    return connection, before is None


def check(rooms: Rooms, name: str) -> Connection:
    """Ask a store whether it still lets us in.

    Raises
    ------
    NotFoundError, NotSupportedError
    """
    source = _source(rooms, name)
    asked_with = _mark(rooms, source)
    try:
        connection = source.connection()
    except DataHubError as error:
        if _mark(rooms, source) != asked_with:
            # Somebody has connected anew meanwhile; that what was before is over says nothing.
            return _shown(rooms, source)
        over = isinstance(error, ExpiredError)
        connection = msgspec.structs.replace(
            source.known(),
            state=ConnectionState.EXPIRED if over else ConnectionState.ERROR,
            error=error.body(),
        )
    rooms.standings.learn(_mark(rooms, source), connection)
    return connection


def expired(rooms: Rooms, name: str, error: ErrorBody) -> Connection | None:
    """Note that a store does not let us in any more; None if that is known already."""
    try:
        source = _source(rooms, name)
    except DataHubError:
        return None
    now = _shown(rooms, source)
    if now.state is ConnectionState.EXPIRED and now.error is not None:
        return None
    over = msgspec.structs.replace(now, state=ConnectionState.EXPIRED, error=error)
    rooms.standings.learn(_mark(rooms, source), over)
    return over


def disconnect(rooms: Rooms, name: str) -> Connection:
    """Log out and forget what let us in.

    Raises
    ------
    NotFoundError, NotSupportedError
    ConflictError
        If we are let in by something that is not ours to forget, such as a variable.
    """
    source = _source(rooms, name)
    connection = source.disconnect()
    rooms.standings.learn(_mark(rooms, source), connection)
    return connection


def remove(rooms: Rooms, name: str) -> Connection:
    """Log out, and take a Source of the user's out; return how it stood at last.

    Raises
    ------
    NotFoundError, NotSupportedError
    ConflictError
        If it is configured elsewhere.
    """
    source = _source(rooms, name)
    if source.config.configured_by != MINE:
        raise ConflictError(
            f"{name} is set up by {source.config.configured_by or 'the project'} and cannot be "
            "removed here",
            source=name,
            hint="Disconnect from it, or have it removed there.",
        )
    with suppress(ConflictError):
        # What is not ours to forget may stay: nothing will ask for it.
        source.disconnect()
    rooms.registry.vault.remove(name)
    rooms.registry.saved.remove(name)
    return msgspec.structs.replace(source.known(), state=ConnectionState.DISCONNECTED)


def _let_in(source: Source, request: ConnectionRequest) -> Connection:
    given = credentials_of(request)
    if given != Credentials(make_token=given.make_token, token_days=given.token_days):
        return source.connect(given)
    # Nothing new was given: then what there is must do.
    return source.connection()


def _shown(rooms: Rooms, source: Source) -> Connection:
    return rooms.standings.of(_mark(rooms, source), source.known())


def _mark(rooms: Rooms, source: Source) -> Mark:
    return source.config, rooms.registry.vault.get(source.name)


def _connectable(rooms: Rooms) -> Iterator[Source | Connection]:
    """Yield the Sources that want to know who we are; of one that cannot be made, why."""
    for config in rooms.registry.configs:
        # A kind that is not installed has its error among the Sources; here it has no place.
        with suppress(SettingsError):
            if kind_named(config.kind, config.name).connectable:
                yield _made(rooms, config)


def _made(rooms: Rooms, config: SourceConfig) -> Source | Connection:
    try:
        return rooms.registry[config.name]
    except DataHubError as error:
        return msgspec.structs.replace(
            connection_of(config), state=ConnectionState.ERROR, error=error.body()
        )


def _source(rooms: Rooms, name: str) -> Source:
    source = rooms.registry[name]
    _refuse_open(source)
    return source


def _refuse_open(source: Source) -> None:
    if not source.connectable:
        raise NotSupportedError(
            f"{source.name} needs no connection", source=source.name, hint="Search it as it is."
        )


def _go_on(rooms: Rooms, name: str) -> None:
    """Let transfers go on that only failed because nobody let them in."""
    waiting = [
        transfer.id
        for transfer in rooms.queue.list()
        if transfer.source == name
        and transfer.state is TransferState.FAILED
        and transfer.error is not None
        and transfer.error.code == ExpiredError.code
    ]
    for number in waiting:
        with suppress(ConflictError, NotFoundError):
            # Somebody else may have been quicker.
            rooms.queue.retry(number)
    if waiting:
        rooms.supervisor.ensure()
