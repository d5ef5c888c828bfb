"""What an openBIS answers where it cannot do what was asked."""

from __future__ import annotations


class OpenbisError(Exception):
    """An error of the server, in the words that the client is told."""


def invalid_session(token: str) -> OpenbisError:
    """Return what is said to a token that is unknown, logged out, expired or revoked."""
    return OpenbisError(f"Session token '{token}' is invalid: user is not logged in.")


def not_found(kind: str, id_: str) -> OpenbisError:
    """Return what is said where an id of a request names nothing that the user may see."""
    return OpenbisError(f"Object with {kind} = [{id_}] has not been found. (Context: [])")


def not_allowed(user: str, roles: str) -> OpenbisError:
    """Return what is said to a user without the rights."""
    return OpenbisError(
        f"Authorization failure: ERROR: \"None of method roles '[{roles}]' could be found in "
        f"roles of user '{user}'.\"."
    )
