"""Bringing files home and keeping them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from jupyterlab_datahub.engine.consent import agree, is_paid, limit_of
from jupyterlab_datahub.engine.datasets import asset_of, dataset, elsewhere
from jupyterlab_datahub.errors import AccessError, BadRequestError, ConflictError
from jupyterlab_datahub.model import Access, Direction, Grouping, Struct, Transfer, TransferState
from jupyterlab_datahub.notebooks.content import is_converted
from jupyterlab_datahub.sources.bundles import is_bundle, split_ref
from jupyterlab_datahub.transfers.queue.jobs import h5ad_of, member_of, selected_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Dataset, LibraryListing, Selection

Action = Literal["pause", "resume", "cancel", "retry"]

_WAITING = (TransferState.PAUSED, TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED)
_ACCESS_WORDS = {
    Access.LOGIN: "can only be fetched after logging in",
    Access.CONTROLLED: "is under controlled access",
    Access.REQUESTER_PAYS: "is paid for by whoever fetches it",
    Access.REQUEST: "must be requested from its owners",
    Access.VIEW_ONLY: "can be viewed but not downloaded",
}


class Changes(Struct):
    """What happened in the queue since a sequence number, and whether more is to come."""

    transfers: tuple[Transfer, ...]
    sequence: int
    busy: int


def start(
    rooms: Rooms,
    ref: str,
    directory: Path,
    grouping: Grouping | None = None,
    *,
    convert: bool = False,
    selection: Selection | None = None,
    max_usd: float | None = None,
) -> tuple[Transfer, bool]:
    """Queue the asset a ref names, and see to it that a worker runs.

    Parameters
    ----------
    ref
        A dataset (its main asset is meant), an asset, or a member of one, of which the h5ad is
        wanted.
    directory
        Where the named link goes, all links followed.
    grouping
        How the files are named if the asset is a group.
    convert
        Whether an h5ad is wanted of a file in another format, where we can make one.
    selection
        Which cells and genes of it are wanted; None for all of it.
    max_usd
        What it may cost at most, where whoever fetches pays.

    Returns
    -------
    The transfer, and whether it is new.

    Raises
    ------
    BadRequestError, NotFoundError, WithdrawnError, CatalogError
    AccessError
        If this user cannot fetch the asset as things stand.
    ConsentError
        If whoever fetches it pays, and nobody agreed to.
    ConflictError
        If its store has it in an archive.
    """
    limit = limit_of(max_usd)
    file, member = split_ref(ref)
    found, asset = to_fetch(rooms, file)
    if member:
        _refuse_what_has_none(asset, selection)
    if selection is not None and asset.group:
        # It is read where it is, file by file, as they are wanted.
        asset = msgspec.structs.replace(asset, group=False, format="zarr")
    source = found.source
    converts = convert and not asset.group and is_converted(asset) and selection is None
    wanted = h5ad_of(asset) if converts else asset
    if member:
        converts, wanted = True, member_of(asset, member)
    if selection is not None:
        wanted = selected_of(asset, selection)
    if not rooms.queue.agreed(source, wanted.ref):
        agree(rooms, [asset, *asset.beside], limit, asset.name, source)
    if asset.group:
        named = grouping or Grouping()
        transfer, new = rooms.queue.add_group(asset, directory, source, named, max_usd=limit)
    else:
        if (converts or selection) and rooms.registry.for_ref(asset.ref, source).local:
            # It may have changed since it was converted or selected from.
            asset = msgspec.structs.replace(asset, volatile=True)
        transfer, new = rooms.queue.add(
            found,
            asset,
            directory,
            source,
            convert=converts,
            selection=selection,
            max_usd=limit,
            member=member,
        )
    rooms.supervisor.ensure()
    return transfer, new


def to_fetch(rooms: Rooms, ref: str) -> tuple[Dataset, Asset]:
    """Return the asset that a ref names as it can be fetched, and its dataset.

    That is the asset of another Source where this one only points to it.

    Raises
    ------
    BadRequestError, NotFoundError, WithdrawnError, AccessError, ConflictError, CatalogError
    """
    found = dataset(rooms, ref)
    asset = asset_of(found, ref)
    if asset.access is not Access.OPEN and elsewhere(rooms, asset):
        return to_fetch(rooms, asset.elsewhere)
    refuse_what_cannot_come(found, asset)
    return found, asset


def listed(rooms: Rooms) -> tuple[Transfer, ...]:
    """Return all transfers, newest first."""
    return tuple(rooms.queue.list())


def one(rooms: Rooms, number: str) -> Transfer:
    """Return a transfer.

    Raises
    ------
    NotFoundError
    """
    return rooms.queue.get(number)


def change(rooms: Rooms, number: str, action: Action, max_usd: float | None = None) -> Transfer:
    """Pause, resume, cancel or retry a transfer; going on may have another limit in USD.

    Raises
    ------
    NotFoundError, BadRequestError
    ConflictError
        If its state does not allow it.
    ConsentError
        If it cannot go on without a limit, or a higher one.
    """
    queue, limit = rooms.queue, limit_of(max_usd)
    actions: dict[Action, Callable[[], Transfer]] = {
        "pause": lambda: queue.pause(number),
        "resume": lambda: queue.resume(number, limit),
        "cancel": lambda: queue.cancel(number),
        "retry": lambda: queue.retry(number, limit),
    }
    transfer = actions[action]()
    rooms.supervisor.ensure()
    return transfer


def remove(rooms: Rooms, number: str) -> Transfer:
    """Take a transfer off the list, cancelling it first.

    Raises
    ------
    NotFoundError
    """
    removed = rooms.queue.remove(number)
    if removed.direction is Direction.UPLOAD and removed.state is not TransferState.DONE:
        # What it sent is deleted by a worker.
        rooms.supervisor.ensure()
    return removed


def changes(rooms: Rooms, after: int) -> Changes:
    """Return what changed in the queue after a sequence number, and keep its worker alive."""
    # Counted first: what ends in between is then among the changes, not lost.
    busy = sum(transfer.state not in _WAITING for transfer in rooms.queue.list())
    changed = tuple(rooms.queue.changes(after))
    if busy:
        rooms.supervisor.ensure()
    sequence = max((transfer.sequence for transfer in changed), default=after)
    return Changes(transfers=changed, sequence=sequence, busy=busy)


def library(rooms: Rooms) -> LibraryListing:
    """Return the verified files and their place on the disk."""
    return rooms.library.listing()


def remove_file(rooms: Rooms, sha256: str) -> LibraryListing:
    """Delete a file of the library with the links to it, and return what is left.

    Raises
    ------
    NotFoundError, ConflictError
    """
    return rooms.library.remove(sha256)


def refuse_what_cannot_come(found: Dataset, asset: Asset) -> None:
    """Refuse at once what this user cannot fetch as things stand.

    Raises
    ------
    AccessError, ConflictError
    """
    _refuse_without_access(asset, found.source)
    refuse_what_is_away(found)


def refuse_what_is_away(found: Dataset) -> None:
    """Refuse at once what a store would have to fetch from its archive first.

    Raises
    ------
    ConflictError
    """
    if found.status and found.access is Access.OPEN and found.access_note:
        raise ConflictError(
            f"the files of {found.title} are not at hand",
            source=found.source,
            hint=found.access_note,
        )


def _refuse_what_has_none(asset: Asset, selection: Selection | None) -> None:
    """Refuse a member of what has none, and a selection of one, which is to be here first.

    Raises
    ------
    BadRequestError
    """
    if not is_bundle(asset.name):
        raise BadRequestError(
            f"{asset.name} is no file with members",
            hint="Members are picked from .zip and .tar archives and from .h5mu files.",
        )
    if selection is not None:
        raise BadRequestError(
            "no cells are chosen in a member of a file", hint="Load all of the member."
        )


def _refuse_without_access(asset: Asset, source: str) -> None:
    if asset.access is not Access.OPEN and not is_paid(asset):
        raise AccessError(
            f"{asset.name} {_ACCESS_WORDS[asset.access]}", source=source, hint=asset.access_note
        )
