"""Being let in to Synapse: with a personal access token, or a profile that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import BadRequestError, ExpiredError, FieldsError
from jupyterlab_datahub.model import FieldError, Secret
from jupyterlab_datahub.sources.connections import connection_of
from jupyterlab_datahub.sources.synapse import keys, wire

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Connection, Credentials
    from jupyterlab_datahub.sources.synapse.session import Session

NO_DOWNLOAD = (
    "This token may not be used to download: make another one with the permission Download."
)

RIGHTS = {"view": "Look at what you may see", "download": "Download files"}
"""What tokens may be used for, as far as it is done here."""


def connect(session: Session, credentials: Credentials) -> Connection:
    """Be let in, and keep the token.

    Raises
    ------
    FieldsError
        If Synapse does not accept it, or it may not even be used to look.
    NotFoundError
        If there is no profile of that name.
    CatalogError, SettingsError
    """
    source = session.who.source
    field = "token"
    token = credentials.token
    if credentials.profile:
        field = "profile"
        _refuse_of_another(session)
        token = keys.profile_token(credentials.profile, source)
    if not token:
        raise BadRequestError(
            f"Nothing was given to be let in to {session.who.title}",
            source=source,
            hint=keys.MAKE_ONE,
        )
    if not token.isascii() or any(letter.isspace() for letter in token):
        raise keys.wrong_token("This is no token: it is one word of letters and digits", source)
    if not keys.claims(token).allows("view"):
        raise keys.wrong_token("This token may not be used to look at anything", source)
    try:
        profile = session.get("/userProfile", wire.Profile, token=token)
    except ExpiredError as refused:
        message = f"{refused.message}; it may have been deleted, or not been used for 180 days"
        raise FieldsError(
            fields=(FieldError(field=field, message=message),), source=source, hint=keys.MAKE_ONE
        ) from refused
    session.keys.keep(
        Secret(
            token=token,
            method=keys.TOKEN,
            user=profile.user_name or profile.owner_id,
            url=session.config.url,
        )
    )
    return known(session)


def known(session: Session) -> Connection:
    """Return who we are there as far as is known here."""
    secret = session.keys.secret()
    may = keys.claims(secret.token) if secret else keys.Claims()
    remarks = [] if may.allows("download") else [NO_DOWNLOAD]
    found = connection_of(session.config, secret, session.keys.place(), *remarks)
    scopes = may.access.scope if may.access else None
    rights = tuple(words for scope, words in RIGHTS.items() if scope in (scopes or ()))
    return msgspec.structs.replace(found, rights=rights)


def check(session: Session) -> Connection:
    """Return who we are there, after asking whether the token is still accepted.

    Raises
    ------
    ExpiredError
        If it is not.
    CatalogError
    """
    if session.keys.secret() is not None:
        session.get("/userProfile", wire.Profile)
    return known(session)


def disconnect(session: Session) -> Connection:
    """Forget the token.

    Raises
    ------
    SettingsError
        If it cannot be removed.
    """
    had = session.keys.secret() is not None
    session.keys.forget()
    found = known(session)
    if not had:
        return found
    note = (
        "The token stays valid at Synapse until you delete it there, under Personal access tokens. "
        f"{found.note}"
    )
    return msgspec.structs.replace(found, note=note.strip())


def _refuse_of_another(session: Session) -> None:
    """Refuse to show a token of a profile to another host than the profile names."""
    theirs = next((one.url for one in keys.profiles()), "")
    if theirs and theirs != session.url:
        raise FieldsError(
            fields=(
                FieldError(
                    field="url",
                    message=f"The profiles in {keys.CONFIG} are of {theirs}, not of {session.url}",
                ),
            ),
            source=session.who.source,
            hint="Correct the address, or give the token itself.",
        )
