"""Identifiers of data in the Human Cell Atlas.

====================================================  =========================================
``hca:<catalog>/<project id>``                        a project, the dataset that a user chooses
``hca:<catalog>/<file id>@<version>``                 one file, which may be a matrix
``hca:<catalog>/sample/<entry id>``                   a sample
``hca:<catalog>/files?<filters>``                     all files that fit, as a group
``hca:<catalog>/manifest/<format>?<filters>``         a table of the files that fit
====================================================  =========================================

Filters are compact JSON with sorted keys, as Azul takes them, not percent-encoded.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any, NamedTuple

from jupyterlab_datahub.errors import BadRequestError

KIND = "hca"
LONGEST = 200_000
"""Characters of a ref; a choice of a few thousand projects or files is still one."""

METADATA = "metadata"
"""The table of a selection that ignores what is chosen of its files; Azul calls it ``compact``."""

FORMATS = ("compact", "curl", METADATA, "verbatim.jsonl")

Filters = dict[str, dict[str, list[Any]]]

_CATALOG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._+-]{0,63}")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Thing(StrEnum):
    """What a ref names."""

    PROJECT = "project"
    SAMPLE = "sample"
    FILE = "file"
    FILES = "files"
    MANIFEST = "manifest"


class Wanted(NamedTuple):
    """The parts of a ref; those that its thing does not have are empty."""

    thing: Thing
    catalog: str
    id: str = ""
    version: str = ""
    format: str = ""
    filters: Filters = {}

    @property
    def ref(self) -> str:
        """The ref, as it is written everywhere."""
        if self.thing is Thing.PROJECT:
            return project_ref(self.catalog, self.id)
        if self.thing is Thing.SAMPLE:
            return sample_ref(self.catalog, self.id)
        if self.thing is Thing.FILE:
            return file_ref(self.catalog, self.id, self.version)
        if self.thing is Thing.FILES:
            return files_ref(self.catalog, self.filters)
        return manifest_ref(self.catalog, self.format, self.filters)


def parse(ref: str, source: str) -> Wanted:
    """Return what a ref names.

    Raises
    ------
    BadRequestError
        If the text cannot be an identifier of the Human Cell Atlas.
    """
    kind, _, rest = ref.strip().partition(":")
    catalog, slash, rest = rest.partition("/")
    wanted = None
    if kind == KIND and slash and _CATALOG.fullmatch(catalog) and len(ref) <= LONGEST:
        wanted = _selection(catalog, rest) if "?" in rest else _one(catalog, rest)
    if wanted is None:
        raise BadRequestError(
            f"{ref[:80]!r} is not an identifier of the Human Cell Atlas",
            source=source,
            hint="One looks like 'hca:', the name of a catalog, a slash and the id of a project.",
        )
    return wanted


def _one(catalog: str, rest: str) -> Wanted | None:
    id_, at, version = rest.removeprefix("sample/").partition("@")
    if not _ID.fullmatch(id_) or (at and not _VERSION.fullmatch(version)):
        return None
    if rest.startswith("sample/"):
        return None if at else Wanted(Thing.SAMPLE, catalog, id_)
    return Wanted(Thing.FILE if at else Thing.PROJECT, catalog, id_, version)


def _selection(catalog: str, rest: str) -> Wanted | None:
    what, _, text = rest.partition("?")
    filters = _filters(text)
    if filters is None:
        return None
    if what == "files":
        return Wanted(Thing.FILES, catalog, filters=filters)
    format_ = what.removeprefix("manifest/")
    if what == format_ or format_ not in FORMATS:
        return None
    return Wanted(Thing.MANIFEST, catalog, format=format_, filters=filters)


def _filters(text: str) -> Filters | None:
    try:
        filters = json.loads(text)
    except ValueError:
        return None
    if not isinstance(filters, dict):
        return None
    for name, relations in filters.items():
        well_formed = _ID.fullmatch(name) and isinstance(relations, dict) and len(relations) == 1
        if not well_formed or not all(isinstance(one, list) for one in relations.values()):
            return None
    return filters


def written(filters: Filters) -> str:
    """Return filters as they stand in refs: the same ones always as the same text."""
    return json.dumps(filters, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def project_ref(catalog: str, project: str) -> str:
    """Return the ref of a project."""
    return f"{KIND}:{catalog}/{project}"


def sample_ref(catalog: str, entry: str) -> str:
    """Return the ref of a sample."""
    return f"{KIND}:{catalog}/sample/{entry}"


def file_ref(catalog: str, file: str, version: str) -> str:
    """Return the ref of a file at a version."""
    return f"{KIND}:{catalog}/{file}@{version}"


def files_ref(catalog: str, filters: Filters) -> str:
    """Return the ref of all files that fit, as a group."""
    return f"{KIND}:{catalog}/files?{written(filters)}"


def manifest_ref(catalog: str, format_: str, filters: Filters) -> str:
    """Return the ref of a table of the files that fit."""
    return f"{KIND}:{catalog}/manifest/{format_}?{written(filters)}"


def of_project(project: str) -> Filters:
    """Return the filters that only a project's things fit."""
    return {"projectId": {"is": [project]}}


def project_of(filters: Filters) -> str:
    """Return the project whose things are all that filters let through, empty if not just one's."""
    values = filters.get("projectId", {}).get("is", [])
    return values[0] if len(filters) == 1 and len(values) == 1 and values[0] else ""
