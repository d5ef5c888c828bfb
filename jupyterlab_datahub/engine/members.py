"""What is in files that hold several things to load, and which of it the library has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterlab_datahub.anndata_io.listings import Bundle
from jupyterlab_datahub.engine.consent import limit_of
from jupyterlab_datahub.engine.datasets import asset_of, dataset, elsewhere
from jupyterlab_datahub.engine.previews import facts
from jupyterlab_datahub.engine.transfers import refuse_what_cannot_come
from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.model import Download, Member, MemberKind, MemberListing
from jupyterlab_datahub.sources.bundles import (
    ARCHIVES,
    LOADED,
    has_modalities,
    is_archive,
    is_taken_apart,
    is_tar,
    member_ref,
    picked,
    split_ref,
)

if TYPE_CHECKING:
    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Dataset

MOST = 1000
"""Members that are told of."""

A_TAR = "A tar has no list of its files, so it is downloaded first."
A_WHOLE = "Its host does not send parts of files, so it is downloaded first."
MOST_OF_THEM = "Only the first {shown:,} of its {total:,} files are listed; any can be named."

_NUMBER = re.compile(r"(\d+)")


def listing(rooms: Rooms, ref: str, max_usd: float | None = None) -> MemberListing:
    """Return what is in an archive or a MuData, as far as that can be known without downloading it.

    Parameters
    ----------
    rooms, ref
        The file, or one of its members.
    max_usd
        What a look may cost where somebody pays for it; None where nobody was asked.

    Raises
    ------
    NotSupportedError
        If it is no file of several things.
    UnreadableError
        If it is damaged, or means harm.
    ConsentError
        If somebody pays for it and nobody agreed to.
    BadRequestError, NotFoundError, AccessError, ConflictError, CatalogError, TransferError
    """
    limit = limit_of(max_usd)
    file, _ = split_ref(ref)
    found = dataset(rooms, file)
    asset = asset_of(found, file)
    if elsewhere(rooms, asset):
        return listing(rooms, asset.elsewhere, limit)
    if has_modalities(asset.name):
        return _modalities(rooms, asset, limit)
    if not is_archive(asset.name):
        raise NotSupportedError(
            f"{asset.name} is no archive",
            source=found.source,
            hint=f"There is a list of what is in {', '.join(ARCHIVES)} and .h5mu files.",
        )
    return _files(rooms, found, asset, limit)


def one_of(ref: str, member: str) -> str:
    """Return the ref of a member of a file, that of the file itself where none is named."""
    return member_ref(ref, member) if member else ref


def is_listed(rooms: Rooms, ref: str) -> bool:
    """Return whether a file is an archive, of which nothing but the list of its files is seen.

    Raises
    ------
    BadRequestError, NotFoundError, WithdrawnError, AccessError, CatalogError
    """
    file, member = split_ref(ref)
    return not member and is_archive(asset_of(dataset(rooms, file), file).name)


def _modalities(rooms: Rooms, asset: Asset, max_usd: float | None) -> MemberListing:
    seen = facts(rooms, asset.ref, max_usd)
    members = tuple(
        Member(
            path=one.name,
            ref=(ref := member_ref(asset.ref, one.name)),
            kind=MemberKind.MODALITY,
            loads=bool(one.shape),
            shape=one.shape or None,
            here=rooms.library.find_asset(ref) is not None,
        )
        for one in seen.modalities
    )
    return MemberListing(
        ref=asset.ref,
        name=asset.name,
        members=members,
        total=len(members),
        size=seen.size,
        bytes_fetched=seen.bytes_fetched,
        requests=seen.requests,
    )


def _files(rooms: Rooms, found: Dataset, asset: Asset, max_usd: float | None) -> MemberListing:
    source = rooms.registry.for_ref(asset.ref, found.source)
    item = rooms.library.find_asset(asset.ref)
    if item is not None:
        download = Download(path=item.path)
    else:
        refuse_what_cannot_come(found, asset)
        if is_tar(asset.name) and not source.local:
            return _later(asset, A_TAR)
        download = source.resolve(asset)
        if not download.path and not download.url:
            return _later(asset, A_WHOLE)
    bundle = Bundle(asset.ref, asset.name, download, source.config)
    try:
        seen = rooms.listings.listing(bundle, max_usd)
    except NotSupportedError:
        return _later(asset, A_WHOLE)
    sizes = {one.path: one.size for one in seen.files}
    members = [
        Member(
            path=one.path,
            ref=(ref := member_ref(asset.ref, one.path)),
            kind=one.kind,
            loads=one.kind in LOADED,
            size=sizes[one.path],
            beside=one.beside,
            here=rooms.library.find_asset(ref) is not None,
        )
        for one in picked(sizes)
    ]
    members.sort(key=lambda one: (not one.loads, _natural(one.path)))
    total = len(members)
    return MemberListing(
        ref=asset.ref,
        name=asset.name,
        members=tuple(members[:MOST]),
        total=total,
        size=seen.size,
        note=MOST_OF_THEM.format(shown=MOST, total=total) if total > MOST else "",
        bytes_fetched=seen.fetched,
        requests=seen.requests,
        apart=bool(download.url) and not download.paying and is_taken_apart(asset.name, asset.size),
    )


def _later(asset: Asset, why: str) -> MemberListing:
    return MemberListing(
        ref=asset.ref, name=asset.name, size=asset.size, after_download=True, note=why
    )


def _natural(path: str) -> list[tuple[int, str]]:
    """Return what orders paths as people do: 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _NUMBER.split(path)]
