"""Manifests: lists of files as JSON, which commons make and people hand on.

An entry has ``object_id`` (a GUID or a DRS identifier), and may have ``file_name``,
``file_size`` and ``md5sum``, as gen3-client reads them, and more.

The Cancer Research Data Commons hands on tables as well: CSV with the columns ``drs_uri`` and
``name``, as the portal of HTAN exports it.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.errors import BadRequestError, DataHubError
from jupyterlab_datahub.model import Asset
from jupyterlab_datahub.sources.gen3 import names, records, refs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterlab_datahub.sources.gen3.session import Session

LOOKS_LIKE = 'It is a list as in [{"object_id": "dg.1234/0c1d…", "file_name": "counts.tsv"}].'
IDS = ("object_id", "guid", "did")
"""What entries call the GUID; the first is gen3-client's."""

DRS_URI = "drs_uri"
"""The column of a table that names the file."""


def read(session: Session, text: str) -> tuple[Asset, ...]:
    """Return the files that the text of a manifest lists, each once.

    What is not said of a file is asked of its record, for all files together.

    Raises
    ------
    BadRequestError
        If it is no manifest, with the number of the entry that is wrong.
    """
    if DRS_URI in _header(text):
        return assets(session, _of_table(session, text))
    try:
        entries = msgspec.json.decode(text.lstrip("\ufeff").strip() or "null")
    except msgspec.DecodeError as error:
        raise _wrong(session, f"This manifest is not JSON: {error}") from error
    return assets(session, entries)


def assets(session: Session, entries: Any) -> tuple[Asset, ...]:
    """Return the files that the entries of a manifest name; see :func:`read`."""
    if not isinstance(entries, list):
        raise _wrong(session, "This is no manifest: it is no list")
    if not entries:
        raise _wrong(session, "This manifest is empty")
    guids = [_guid(session, number, entry) for number, entry in enumerate(entries, 1)]
    once = dict(reversed([*zip(guids, entries, strict=True)]))
    chosen = [(guid, once[guid]) for guid in dict.fromkeys(guids)]
    told = _asked(session, chosen)
    made = [_asset(session, guid, entry, told.get(guid)) for guid, entry in chosen]
    paths = names.apart((asset.path, guid) for asset, (guid, _) in zip(made, chosen, strict=True))
    return tuple(
        msgspec.structs.replace(asset, path=path) if path != asset.path else asset
        for asset, path in zip(made, paths, strict=True)
    )


def size_of(entry: Any) -> int | None:
    """Return the size in an entry, which may be written as a text or with a decimal point."""
    value = entry.get("file_size", entry.get("size")) if isinstance(entry, dict) else None
    try:
        size = int(float(value)) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return size if size is not None and size >= 0 else None


def _header(text: str) -> list[str]:
    """Return the names of the columns if a text is a table, in lower case."""
    first = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    return [name.strip().strip('"').lower() for name in first.split(",")]


def _of_table(session: Session, text: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the Cancer Research Data Commons as entries."""
    lines = io.StringIO(text.lstrip("\ufeff").lstrip(), newline="")
    entries: list[dict[str, Any]] = []
    try:
        for number, row in enumerate(csv.DictReader(lines), 1):
            named = {(name or "").strip().lower(): value for name, value in row.items()}
            uri = _text(named, DRS_URI)
            host = refs.drs_host_of(uri)
            if host and host != session.host.lower():
                raise _wrong(
                    session, f"Entry {number:,} of this manifest is of {host}, another commons"
                )
            entries.append({"object_id": uri, "file_name": _text(named, "name")})
    except csv.Error as error:
        raise _wrong(session, f"This manifest is no CSV: {error}") from error
    return entries


def _guid(session: Session, number: int, entry: Any) -> str:
    if not isinstance(entry, dict):
        raise _wrong(session, f"Entry {number:,} of this manifest is no object")
    found = next((entry[name] for name in IDS if entry.get(name)), None)
    if found is None:
        raise _wrong(session, f"Entry {number:,} of this manifest has no object_id")
    if not isinstance(found, str) or not refs.is_guid(refs.guid_of(found.strip())):
        shown = str(found)[:80]
        raise _wrong(session, f"The object_id {shown!r} of entry {number:,} is no GUID")
    return refs.guid_of(found.strip())


def _asked(
    session: Session, chosen: Sequence[tuple[str, dict[str, Any]]]
) -> dict[str, records.Record]:
    """Return the records of files whose names are not said; none where they cannot be asked."""
    unnamed = [guid for guid, entry in chosen if not _text(entry, "file_name")]
    try:
        return records.records(session, unnamed) if unnamed else {}
    except DataHubError:
        # They are called by their GUIDs then; each download will say what is wrong.
        return {}


def _asset(
    session: Session, guid: str, entry: dict[str, Any], told: records.Record | None
) -> Asset:
    called = _text(entry, "file_name") or (told.file_name if told else "") or ""
    path = names.safe_path(called, guid)
    name = path.rpartition("/")[2]
    digests = records.checksums({"md5": entry.get("md5sum") or entry.get("md5")})
    size = size_of(entry)
    return Asset(
        ref=refs.file_ref(session, guid),
        name=name,
        path=path,
        format=names.format_of(name),
        size=size if size is not None or told is None else told.size,
        checksums=digests or (told.checksums if told else {}),
        loads_as_anndata=names.becomes_anndata(name),
    )


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def _wrong(session: Session, words: str) -> BadRequestError:
    return BadRequestError(words, source=session.who.source, hint=LOOKS_LIKE)
