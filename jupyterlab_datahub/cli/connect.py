"""``jupyter datahub connect``."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from jupyterlab_datahub.cli import words
from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.engine import connections
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Connection, ConnectionRequest, ConnectionState, Struct

if TYPE_CHECKING:
    import argparse

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms


class ConnectionList(Struct):
    """What the command answers without a name, as ``GET connections`` does."""

    connections: tuple[Connection, ...]


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "connect",
        run,
        help="be let in to a store that wants to know who you are",
        description="Be let in to a store that wants to know who you are, such as openBIS, and "
        "keep a token; a password is used once and kept nowhere. Without credentials the "
        "connection is looked at; without a name all are listed.",
        epilog="Example: jupyter datahub connect lab --url https://openbis.example.org "
        "--user ada --password-stdin --make-token 30 < password.txt",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the source, or a new one's name")
    parser.add_argument("--url", default="", help="address of a new server")
    parser.add_argument("--title", default="", help="what people call it")
    parser.add_argument("--ca-bundle", default="", metavar="FILE", help="certificates to trust")
    parser.add_argument(
        "--no-verify",
        action="store_true",
        help="do not check the server's certificate; others could then pretend to be it",
    )
    parser.add_argument("--user", default="", help="who you are there")
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    given.add_argument(
        "--token-stdin",
        action="store_true",
        help="read the token of a session, or a personal access token, from standard input",
    )
    parser.add_argument(
        "--make-token",
        type=int,
        default=0,
        metavar="DAYS",
        help="have a personal access token made and kept, in place of the session",
    )
    ended = parser.add_mutually_exclusive_group()
    ended.add_argument("--disconnect", action="store_true", help="log out and forget the token")
    ended.add_argument("--remove", action="store_true", help="log out and remove the connection")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Connect, look, or disconnect."""
    rooms = open_rooms()
    try:
        if not arguments.name:
            return _list(rooms, terminal)
        connection = _done(rooms, arguments)
    finally:
        rooms.close()
    terminal.document(connection)
    _print(connection, terminal)
    over = arguments.disconnect or arguments.remove
    return 0 if over or connection.state is ConnectionState.CONNECTED else 1


def _list(rooms: Rooms, terminal: Terminal) -> int:
    listed = connections.listed(rooms)
    terminal.document(ConnectionList(connections=listed))
    for connection in listed:
        _print(connection, terminal)
    return 0


def _done(rooms: Rooms, arguments: argparse.Namespace) -> Connection:
    name: str = arguments.name
    if arguments.disconnect:
        return connections.disconnect(rooms, name)
    if arguments.remove:
        return connections.remove(rooms, name)
    config = rooms.registry.config(name)
    changes = (arguments.url, arguments.title, arguments.ca_bundle, arguments.no_verify)
    gives = arguments.user or arguments.password_stdin or arguments.token_stdin
    if config is not None and not gives and not any(changes):
        return connections.check(rooms, name)
    request = ConnectionRequest(
        kind=config.kind if config else "openbis",
        title=arguments.title,
        url=arguments.url,
        verify_tls=not arguments.no_verify and (config is None or config.verify_tls),
        ca_bundle=arguments.ca_bundle or (config.ca_bundle if config else ""),
        user=arguments.user,
        password=_password(arguments),
        token=sys.stdin.readline().strip() if arguments.token_stdin else "",
        make_token=arguments.make_token != 0,
        token_days=arguments.make_token,
    )
    return connections.connect(rooms, name, request)[0]


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not arguments.user or arguments.token_stdin:
        return ""
    if not sys.stdin.isatty():
        raise BadRequestError(
            "there is nobody to ask for the password",
            hint="Send it to standard input and say --password-stdin.",
        )
    return getpass.getpass(f"Password of {arguments.user}: ")


def _print(connection: Connection, terminal: Terminal) -> None:
    terminal.line(f"{connection.name}: {words.connection(connection)}")
    if connection.error:
        terminal.complain(connection.error, connection.title)
    if connection.note:
        terminal.tell(connection.note)
