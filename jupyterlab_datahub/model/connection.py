"""Who we are at a Source."""

from __future__ import annotations

from enum import StrEnum

from jupyterlab_datahub.model.base import ErrorBody, Struct

_SECRETS = ("password", "token", "key")


class ConnectionState(StrEnum):
    """Whether a Source lets us in just now."""

    CONNECTED = "connected"
    EXPIRED = "expired"
    DISCONNECTED = "disconnected"
    ERROR = "error"


class Discreet(Struct):
    """A model whose secrets do not show when it is printed, logged or part of a trace."""

    def __repr__(self) -> str:
        shown = (
            f"{field}={'…' if field in _SECRETS and value else repr(value)}"
            for field in self.__struct_fields__
            for value in (getattr(self, field),)
        )
        return f"{type(self).__name__}({', '.join(shown)})"


class Credentials(Discreet):
    """What a user gives to be let in; used once and never stored as it is.

    Either ``user`` and ``password``, or ``token`` (of a session, or a personal access token),
    or ``key`` (the text of a credentials file), or the name of a ``profile`` that another tool
    keeps on this machine, or ``workspace``: the identity that a workspace gives its user.
    With ``make_token`` a personal access token of ``token_days`` days is made, and kept in
    place of the session.
    """

    user: str = ""
    password: str = ""
    token: str = ""
    key: str = ""
    profile: str = ""
    workspace: bool = False
    make_token: bool = False
    token_days: int = 30


class Secret(Discreet):
    """What is kept to be let in again.

    ``url`` is the address that gave it, ``expires`` is ISO 8601 in UTC; both empty if not known.
    ``own`` says that the session was opened here, or the token made here; it is ended when the
    user disconnects.
    """

    token: str
    method: str = "session"
    user: str = ""
    expires: str = ""
    url: str = ""
    own: bool = False


class Connection(Struct):
    """A Source and who we are there; holds no secret.

    ``method`` is ``session`` or ``personal access token``; ``kept`` says in words where the
    secret is; ``configured_by`` says who named the Source (the user here, a file, an
    administrator, the environment), and ``editable`` whether it can be changed here.
    ``anonymous`` says that the Source tells something to those who are not connected as well;
    ``rights`` are what may be done there, in words. ``has_graphql`` says that it answers questions
    in GraphQL, ``reads_manifests`` that there are lists of its files that people hand on. One that
    is ``open`` needs no connection: what lets us in is not ours to change; ``can_save`` says that
    notebooks may be saved to it all the same.
    """

    name: str
    kind: str
    title: str = ""
    url: str = ""
    verify_tls: bool = True
    ca_bundle: str = ""
    state: ConnectionState = ConnectionState.DISCONNECTED
    user: str = ""
    method: str = ""
    expires: str = ""
    kept: str = ""
    configured_by: str = ""
    editable: bool = False
    note: str = ""
    error: ErrorBody | None = None
    anonymous: bool = False
    rights: tuple[str, ...] = ()
    has_graphql: bool = False
    reads_manifests: bool = False
    open: bool = False
    can_save: bool = False


class Profile(Struct):
    """Who somebody is at a Source, as another tool keeps it on this machine; holds no secret."""

    name: str
    url: str = ""
    file: str = ""


class ConnectionKind(Struct):
    """A kind of Source that one can connect to, and with what.

    ``methods`` are fields of :class:`Credentials` (``password``, ``token``, ``key``,
    ``profile``, ``workspace``), the usual one first.
    """

    kind: str
    title: str
    methods: tuple[str, ...] = ()
    example: str = ""
    profiles: tuple[Profile, ...] = ()


class ConnectionRequest(Discreet):
    """The body of ``PUT connections/{name}``: what to connect to, and with what."""

    kind: str = "openbis"
    title: str = ""
    url: str = ""
    verify_tls: bool = True
    ca_bundle: str = ""
    user: str = ""
    password: str = ""
    token: str = ""
    key: str = ""
    profile: str = ""
    workspace: bool = False
    make_token: bool = False
    token_days: int = 30
