"""The file table of the HTAN portal, from a file of metadata: JSON or a table, or either in gzip.

The portal's own JSON has a list of objects, by itself or under ``files``; tables have one file in
each row. Names of fields are taken without regard to case, blanks and underscores, as exports
write them differently.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import SettingsError
from jupyterlab_datahub.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST = 2 * 1024**3
"""Bytes of the unpacked file at which it is given up."""

HINT = "Point path of the source at the file table of the portal, as JSON, CSV or TSV."
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


def read(path: Path) -> tuple[Record, ...]:
    """Return the files of a metadata file, each id once.

    Raises
    ------
    SettingsError
        If it cannot be read, or has no files.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", hint=HINT) from error
    content = _unpacked(content, path).removeprefix(codecs.BOM_UTF8)
    is_json = content[:1024].lstrip()[:1] in (b"[", b"{")
    rows = _of_json(content, path) if is_json else _of_table(content, path)
    found = {record.id: record for row in rows if (record := _record(row)) is not None}
    if not found:
        raise SettingsError(f"{path} has no files with a DataFileID", hint=HINT)
    return tuple(found.values())


def _unpacked(content: bytes, path: Path) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    inflate = zlib.decompressobj(wbits=31)
    try:
        unpacked = inflate.decompress(content, LARGEST)
    except zlib.error as error:
        raise SettingsError(f"{path} is a damaged gzip file", hint=HINT) from error
    if not inflate.eof:
        raise SettingsError(f"{path} is cut short, or larger than {LARGEST:,} bytes", hint=HINT)
    return unpacked


def _of_json(content: bytes, path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a document one by one: all at once have four times its room."""
    try:
        parts: Any = msgspec.json.decode(content, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
        if isinstance(parts, dict):
            listed = parts.get("files", msgspec.Raw(b"[]"))
            is_list = bytes(memoryview(listed)[:1]) == b"["
            parts = msgspec.json.decode(listed, type=list[msgspec.Raw]) if is_list else []
        for part in parts:
            row = msgspec.json.decode(part)
            if isinstance(row, dict):
                yield row
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path} is not JSON: {error}", hint=HINT) from error


def _of_table(content: bytes, path: Path) -> Iterator[dict[str, Any]]:
    text = content.decode("utf-8", errors="replace")
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first else ","
    try:
        yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise SettingsError(f"{path} is no table: {error}", hint=HINT) from error


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
    return msgspec.convert({**texts, **lists, **derived}, Record)


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
