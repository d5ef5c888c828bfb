"""``jupyter datahub connect``."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
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
        description="Be let in to a store that wants to know who you are, such as openBIS or a "
        "Gen3 commons, and keep a token or key; a password is used once and kept nowhere. Without "
        "credentials the connection is looked at; without a name all are listed.",
        epilog="Examples: jupyter datahub connect lab --url https://openbis.example.org "
        "--user ada --password-stdin --make-token 30 < password.txt; jupyter datahub connect "
        "commons --url https://gen3.example.org --credentials credentials.json",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the source, or a new one's name")
    parser.add_argument("--url", default="", help="address of a new server")
    parser.add_argument(
        "--kind",
        default="",
        help="what the new server is: openbis (default), synapse, or gen3, as goes without saying "
        "with --credentials and --profile",
    )
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
    given.add_argument(
        "--credentials",
        metavar="FILE",
        help="read the API key from a credentials.json, as a Gen3 commons gives it",
    )
    given.add_argument(
        "--profile",
        default="",
        metavar="NAME",
        help="take what a profile of another tool has: gen3-client's, or with --kind synapse "
        "synapseclient's",
    )
    given.add_argument(
        "--workspace",
        action="store_true",
        help="be who the Gen3 workspace that this runs in says you are",
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
    usable = connection.state is ConnectionState.CONNECTED or (
        connection.anonymous and connection.state is ConnectionState.DISCONNECTED
    )
    return 0 if over or usable else 1


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
    of_gen3 = arguments.credentials or arguments.profile or arguments.workspace
    if config is not None and not gives and not of_gen3 and not any(changes):
        return connections.check(rooms, name)
    request = ConnectionRequest(
        kind=config.kind if config else arguments.kind or ("gen3" if of_gen3 else "openbis"),
        title=arguments.title,
        url=arguments.url,
        verify_tls=not arguments.no_verify and (config is None or config.verify_tls),
        ca_bundle=arguments.ca_bundle or (config.ca_bundle if config else ""),
        user=arguments.user,
        password=_password(arguments),
        token=sys.stdin.readline().strip() if arguments.token_stdin else "",
        key=_key(arguments.credentials),
        profile=arguments.profile,
        workspace=arguments.workspace,
        make_token=arguments.make_token != 0,
        token_days=arguments.make_token,
    )
    return connections.connect(rooms, name, request)[0]


def _key(file: str | None) -> str:
    """Return the text of a credentials file."""
    if not file:
        return ""
    try:
        return Path(file).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise BadRequestError(
            f"{file} cannot be read: {reason}",
            hint="Name the credentials.json that you downloaded from the commons.",
        ) from error


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
    for right in connection.rights:
        terminal.indented(right)
    if connection.note:
        terminal.tell(connection.note)
