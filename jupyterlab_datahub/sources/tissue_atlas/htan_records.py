"""What a row of the HTAN portal's file table says of a file.

Names of fields are taken without regard to case, blanks and underscores, as exports write them
differently.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.model import Struct
from jupyterlab_datahub.model.decoding import from_values
from jupyterlab_datahub.sources.tissue_atlas.htan_rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("datafileid", "htandatafileid"),
    "name": ("filename", "name"),
    "format": ("fileformat",),
    "level": ("level",),
    "assay": ("assayname", "assay"),
    "atlas": ("atlasname", "atlas"),
    "synapse": ("synapseid", "entityid"),
    "source": ("downloadsource",),
    "drs": ("drsuri",),
    "release": ("releaseversion",),
}
_LISTS: dict[str, tuple[str, ...]] = {
    "organs": ("organtype", "organ", "tissueororganoforigin"),
    "diagnoses": ("primarydiagnosis", "diagnosis"),
    "specimens": ("biospecimenids", "biospecimen"),
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class Record(Struct):
    """A file of the portal; what is not said is empty."""

    id: str
    name: str
    format: str = ""
    level: str = ""
    assay: str = ""
    atlas: str = ""
    synapse: str = ""
    source: str = ""
    drs: str = ""
    release: str = ""
    organs: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    specimens: tuple[str, ...] = ()
    bucket: str = ""
    story: str = ""


def records(path: Path) -> Iterator[Record]:
    """Yield the files of a metadata file as it lists them; an id may come several times.

    Raises
    ------
    SettingsError
        If it cannot be read to its end.
    """
    for row in rows(path):
        record = _record(row)
        if record is not None:
            yield record


def _record(row: dict[str, Any]) -> Record | None:
    """Return a row as a record, None if it does not say which file it is."""
    # What a row of a table has beyond its columns has no name.
    plain = {_key(str(name)): value for name, value in row.items()}
    texts = {field: _text(plain, names) for field, names in _NAMES.items()}
    lists = {field: _list(plain, names) for field, names in _LISTS.items()}
    viewers = plain.get("viewers")
    viewers = viewers if isinstance(viewers, dict) else {}
    if not _ID.fullmatch(texts["id"]) or not texts["name"]:
        return None
    derived = {
        "drs": texts["drs"] or _inner(viewers, "crdcGc", "drs_uri"),
        "bucket": _bucket(_inner(viewers, "idc", "s5cmd_manifest_aws")),
        "story": _inner(viewers, "customMinerva") or _inner(viewers, "autoMinerva", "minerva"),
    }
    return from_values({**texts, **lists, **derived}, Record)


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _text(plain: dict[str, Any], names: tuple[str, ...]) -> str:
    found = (plain[name] for name in names if isinstance(plain.get(name), str | int))
    return next((str(value).strip() for value in found if str(value).strip()), "")


def _list(plain: dict[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of a field that may be a list, or a text with commas."""
    for name in names:
        value = plain.get(name)
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, list):
            texts = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
            if texts:
                return tuple(dict.fromkeys(texts))
    return ()


def _inner(viewers: dict[str, Any], name: str, field: str = "") -> str:
    """Return what a viewer says: a text by itself, or a field of an object."""
    found = viewers.get(name)
    if isinstance(found, dict):
        found = found.get(field)
    return found.strip() if isinstance(found, str) else ""


def _bucket(command: str) -> str:
    """Return the folder of a bucket that a command of s5cmd copies, as in ``cp s3://… .``."""
    matched = re.search(r"s3://[a-z0-9.-]+/[\w./-]*", command)
    return matched[0] if matched else ""
