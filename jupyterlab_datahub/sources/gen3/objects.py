"""Looking objects up in indexd: by GUID, checksum, size or name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jupyterlab_datahub.errors import BadRequestError, NotFoundError
from jupyterlab_datahub.model import Hit, Struct
from jupyterlab_datahub.sources.gen3 import records, refs
from jupyterlab_datahub.sources.gen3.listing import Item
from jupyterlab_datahub.sources.gen3.records import Record
from jupyterlab_datahub.sources.gen3.session import KIND

if TYPE_CHECKING:
    from jupyterlab_datahub.sources.gen3.rights import Rights
    from jupyterlab_datahub.sources.gen3.session import Session

PAGE = 1000
"""Records of one answer; indexd gives no more than 1,024."""

MOST = 5000
HINT = "Type a GUID, drs://…, a file name, md5:… or size:…"

_HASH = re.compile(r"(?i)(md5|sha|sha1|sha256|sha512|crc|etag):\s*([0-9a-f]+)")
_BARE_MD5 = re.compile(r"(?i)[0-9a-f]{32}")
_SIZE = re.compile(r"(?i)size:\s*([\d,]+)")


class _Page(Struct):
    records: tuple[Record, ...] = ()


def find(session: Session, rights: Rights, text: str) -> tuple[list[Item], bool]:
    """Return the objects that a text names, and whether these are all.

    Parameters
    ----------
    session, rights
        Who asks, and what they may do.
    text
        A GUID or DRS identifier, ``md5:…`` (or another checksum), ``size:…``, or a file name;
        empty: the first ones.

    Raises
    ------
    BadRequestError, AccessError, CatalogError
    """
    text = text.strip()
    by_name: list[Record] = []
    if (query := _query(text)) is not None:
        found, complete = _listed(session, query)
    else:
        found, complete = _by_guid(session, text), True
        if not found:
            by_name, complete = _listed(session, {"file_name": text})
    return [_item(session, rights, one) for one in (*found, *by_name)], complete


def _query(text: str) -> dict[str, object] | None:
    """Return the conditions that a text spells out, None if it may be a GUID or a name."""
    if not text:
        return {}
    if match := _HASH.fullmatch(text):
        return {"hash": f"{match[1].lower()}:{match[2].lower()}"}
    if match := _SIZE.fullmatch(text):
        return {"size": int(match[1].replace(",", ""))}
    if _BARE_MD5.fullmatch(text):
        return {"hash": f"md5:{text.lower()}"}
    if re.match(r"(?i)(size|md5|sha\d*):", text):
        raise BadRequestError(f"{text[:80]!r} is no checksum or size", hint=HINT)
    return None


def _by_guid(session: Session, text: str) -> list[Record]:
    guid = refs.guid_of(text.removeprefix(refs.file_ref(session, "")))
    if not refs.is_guid(guid):
        return []
    try:
        return [records.record(session, guid)]
    except NotFoundError:
        return []


def _listed(session: Session, query: dict[str, object]) -> tuple[list[Record], bool]:
    """Return records page by page: the last one of a page is where the next begins."""
    found: list[Record] = []
    while len(found) < MOST:
        start: dict[str, Any] = {"start": found[-1].did} if found else {}
        page = session.get(records.INDEX, _Page, {**query, "limit": PAGE, **start}).records
        found += page
        if len(page) < PAGE:
            return found, True
    return found, False


def _item(session: Session, rights: Rights, found: Record) -> Item:
    asset = records.asset_of(session, rights, found)
    project = next(filter(None, map(records.project_of, found.authz or ())), "")
    hit = Hit(
        ref=asset.ref,
        id=found.did,
        source=session.config.name,
        kind=KIND,
        entity="file",
        title=found.title,
        collection=project,
        size=found.size,
        format=asset.format,
        loads_as_anndata=asset.loads_as_anndata,
        access=asset.access,
        date=records.in_utc(found.updated_date or found.created_date),
    )
    facets = {"project": project, "format": asset.format, "access": asset.access.value}
    return Item(hit, "", {name: (value,) for name, value in facets.items() if value})
