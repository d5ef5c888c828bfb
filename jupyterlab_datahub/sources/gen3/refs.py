"""The identifiers of what a commons has.

====================================================  =============================================
``gen3:<host>/<guid>``                                a file; a GUID may have a prefix with a slash
``gen3:<host>//<program>/<project>``                  a project
``gen3:<host>//<program>/<project>/<node>``           the records of one type of a project
the same with ``.tsv`` or ``.json`` behind it         these records as a table
``gen3:<host>/?study=<guid>``                         a study of the discovery metadata
``gen3:<host>/?study-files=<guid>``                   its files
``gen3:<host>/?manifest=<file name>``                 the files of a kept manifest
``gen3:<host>/?files=<JSON of a query>``              the files that a search finds
``gen3:<host>/?guppy=<JSON>``                         what the explorer finds, as a table
``gen3:<host>/?graphql=<JSON>``                       one list of an answer in GraphQL, as a table
``gen3:<host>/?resource=<path>``                      a resource that files can be saved to
====================================================  =============================================

The DRS identifiers ``drs://<host>/<guid>`` and ``drs://dg.XXXX:<guid>`` (or without ``drs://``)
name files too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.gen3.session import Session

FILE = "file"
PROJECT = "project"
NODE = "node"
TABLE = "table"
STUDY = "study"
STUDY_FILES = "study-files"
MANIFEST = "manifest"
FILES = "files"
GUPPY = "guppy"
GRAPHQL = "graphql"
RESOURCE = "resource"

ASKED = frozenset({STUDY, STUDY_FILES, MANIFEST, FILES, GUPPY, GRAPHQL, RESOURCE})
TABLES = ("tsv", "json")

LONGEST = 12_000
"""Characters of a ref: one may hold a question."""

_GUID = re.compile(r"[\w.:~+=@-]+(?:/[\w.:~+=@-]+){0,7}", re.ASCII)
_CODE = re.compile(r"[\w.~+ -]+")
_COMPACT = re.compile(r"(?:drs://)?(dg\.[\w.-]+):([\w.~+=/-]+)", re.ASCII | re.IGNORECASE)
_HOSTED = re.compile(r"drs://([^/\s]+)/(\S+)", re.IGNORECASE)


class Named(NamedTuple):
    """What a ref names; ``value`` is a GUID, a name, or JSON."""

    ref: str
    kind: str
    value: str = ""
    program: str = ""
    project: str = ""
    node: str = ""
    format: str = ""

    @property
    def question(self) -> dict[str, Any]:
        """The JSON of a ref that holds some.

        Raises
        ------
        BadRequestError
            If it is none.
        """
        try:
            found = msgspec.json.decode(self.value)
        except msgspec.DecodeError as error:
            raise BadRequestError(
                f"the identifier {self.ref[:80]!r} holds no question that can be read",
                hint="Make it anew from the search.",
            ) from error
        if not isinstance(found, dict):
            raise BadRequestError(
                f"the identifier {self.ref[:80]!r} holds no question",
                hint="Make it anew from the search.",
            )
        return found


def understood(ref: str) -> bool:
    """Return whether a text is an identifier of Gen3, or of DRS, whatever its host."""
    return bool(ref.startswith(f"{KIND}:") or _COMPACT.fullmatch(ref) or _HOSTED.fullmatch(ref))


def owns(host: str, ref: str) -> bool:
    """Return whether a ref could be one of the commons at `host`."""
    if ref.startswith(f"{KIND}:"):
        return ref.startswith(f"{KIND}:{host}/")
    if _COMPACT.fullmatch(ref):
        # Only the commons can tell whether it knows the prefix.
        return True
    found = _HOSTED.fullmatch(ref)
    return found is not None and found[1].lower() == host.lower()


def parse(session: Session, ref: str) -> Named:
    """Return what a ref names.

    Raises
    ------
    BadRequestError
        If it is none of this commons, or of no known form.
    """
    found = _parsed(session.host, ref) if len(ref) <= LONGEST else None
    if found is None:
        raise BadRequestError(
            f"{ref[:80]!r} is not an identifier of {session.who.title}",
            source=session.who.source,
            hint=f"One looks like {KIND}:{session.host}/dg.1234/0c1d…, with the file's GUID.",
        )
    return found


def file_ref(session: Session, guid: str) -> str:
    """Return the ref of a file."""
    return f"{KIND}:{session.host}/{guid}"


def project_ref(session: Session, program: str, project: str, node: str = "") -> str:
    """Return the ref of a project, or of the records of one type."""
    below = f"/{node}" if node else ""
    return f"{KIND}:{session.host}//{program}/{project}{below}"


def asked_ref(session: Session, kind: str, value: str | dict[str, Any]) -> str:
    """Return the ref of something that is asked for by name or by a question."""
    if isinstance(value, dict):
        value = msgspec.json.encode(value, order="sorted").decode()
    return f"{KIND}:{session.host}/?{kind}={value}"


def asked_format(ending: str) -> dict[str, str]:
    """Return what a question in a ref says of its format; nothing of the usual one."""
    return {} if ending == TABLES[0] else {"format": ending}


def is_guid(text: str) -> bool:
    """Return whether a text has the form of a GUID."""
    return bool(_GUID.fullmatch(text)) and len(text) <= 300 and not re.search(r"\.\.", text)


def guid_of(text: str) -> str:
    """Return the GUID in a DRS identifier, or the text itself."""
    compact, hosted = _COMPACT.fullmatch(text), _HOSTED.fullmatch(text)
    if compact:
        return f"{compact[1]}/{compact[2]}"
    return hosted[2] if hosted else text


def drs_host_of(text: str) -> str:
    """Return the host in a DRS identifier in lower case, empty where none stands there."""
    hosted = None if _COMPACT.fullmatch(text) else _HOSTED.fullmatch(text)
    return hosted[1].lower() if hosted else ""


def _parsed(host: str, ref: str) -> Named | None:
    if not owns(host, ref):
        return None
    if not ref.startswith(f"{KIND}:"):
        guid = guid_of(ref)
        return Named(f"{KIND}:{host}/{guid}", FILE, guid) if is_guid(guid) else None
    rest = ref.removeprefix(f"{KIND}:{host}/")
    if rest.startswith("?"):
        name, _, value = rest[1:].partition("=")
        return Named(ref, name, value) if name in ASKED and value.strip() else None
    if rest.startswith("/"):
        return _of_project(ref, rest[1:].split("/"))
    return Named(ref, FILE, rest) if is_guid(rest) else None


def _of_project(ref: str, parts: list[str]) -> Named | None:
    if len(parts) not in (2, 3) or not all(map(_CODE.fullmatch, parts)) or ".." in parts:
        return None
    program, project, *below = parts
    if not below:
        return Named(ref, PROJECT, program=program, project=project)
    stem, dot, ending = below[0].rpartition(".")
    if dot and stem and ending in TABLES:
        return Named(ref, TABLE, "", program, project, stem, ending)
    return Named(ref, NODE, program=program, project=project, node=below[0])
