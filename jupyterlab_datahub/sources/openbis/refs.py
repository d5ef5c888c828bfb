"""Identifiers of openBIS, and the refs that carry them.

``openbis:<host>/<permId>`` names a dataset, project, collection or object,
``…/<permId>/<path>`` a file of a dataset, ``openbis:<host>//SPACE/PROJECT/CODE`` whatever has
that identifier.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from jupyterlab_datahub.errors import BadRequestError

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.openbis.session import Session

KIND = "openbis"
_CODE = re.compile(r"\w[\w.\-]{0,199}", re.ASCII)
_PERM_ID = re.compile(r"\b\d{14,20}-\d{1,19}\b")
_IDENTIFIER = re.compile(r"/[^/\s]+(?:/[^/\s]+){0,3}")


class Parsed(NamedTuple):
    """What a ref names: a permId, perhaps with the path of a file."""

    permid: str
    path: str = ""


def dataset_ref(session: Session, permid: str) -> str:
    """Return the ref of a dataset, project, collection or object."""
    return f"{KIND}:{session.host}/{permid}"


def space_ref(session: Session, code: str) -> str:
    """Return the ref of a space, which has no permId but its code."""
    return f"{KIND}:{session.host}//{code}"


def file_ref(session: Session, permid: str, path: str) -> str:
    """Return the ref of a file of a dataset."""
    return f"{KIND}:{session.host}/{permid}/{path}"


def parse(session: Session, ref: str) -> Parsed:
    """Return what a ref of a dataset or file names.

    Raises
    ------
    BadRequestError
        If it is none of this openBIS.
    """
    prefix = f"{KIND}:{session.host}/"
    permid, _, path = ref.removeprefix(prefix).partition("/")
    climbs = any(part in ("", ".", "..") for part in path.split("/")) if path else False
    legible = not any(ord(character) < 32 for character in path)
    if not ref.startswith(prefix) or not _CODE.fullmatch(permid) or climbs or not legible:
        raise BadRequestError(
            f"{ref[:120]!r} is not an identifier of a dataset of {session.who.title}",
            source=session.who.source,
            hint=f"One looks like {prefix}20240115093012345-11.",
        )
    return Parsed(permid.upper(), path)


def identifier_of(session: Session, ref: str) -> str:
    """Return the identifier that a ref of this openBIS has in it, empty if it has a permId."""
    prefix = f"{KIND}:{session.host}//"
    return identifier_in(f"/{ref.removeprefix(prefix)}") if ref.startswith(prefix) else ""


def permid_in(text: str) -> str:
    """Return the permId in a text that is one, a ref with one, or an address of a page of one."""
    whole = text.strip()
    if whole.startswith((f"{KIND}:", "http://", "https://")):
        found = _PERM_ID.findall(unquote(whole))
        return found[0] if found else ""
    return whole if _PERM_ID.fullmatch(whole) else ""


def identifier_in(text: str) -> str:
    """Return the identifier that a text is, in the way openBIS writes it, empty if it is none.

    It may be in any case, with or without its first slash, and in a ref.
    """
    whole = text.strip()
    if whole.startswith(f"{KIND}:"):
        whole = whole.partition("//")[2]
    if "/" not in whole:
        return ""
    whole = f"/{whole.strip('/')}".upper()
    return whole if _IDENTIFIER.fullmatch(whole) else ""
