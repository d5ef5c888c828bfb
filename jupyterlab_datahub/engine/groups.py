"""Bringing many files home as one transfer."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from jupyterlab_datahub.engine.consent import agree, limit_of
from jupyterlab_datahub.engine.datasets import dataset
from jupyterlab_datahub.engine.places import inside
from jupyterlab_datahub.engine.queries import MAX_OFFSET, count, last
from jupyterlab_datahub.engine.selections import start_selection
from jupyterlab_datahub.engine.transfers import refuse_what_is_away, start, to_fetch
from jupyterlab_datahub.errors import BadRequestError
from jupyterlab_datahub.model import Access, Asset, Grouping, TransferState
from jupyterlab_datahub.sources.bundles import split_ref
from jupyterlab_datahub.transfers.group.naming import Naming
from jupyterlab_datahub.transfers.group.run import placed
from jupyterlab_datahub.transfers.queue.members import Wanted
from jupyterlab_datahub.transfers.schema import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Dataset, GroupPage, Transfer, TransferRequest

MOST_REFS = 1000
MOST_OF_ONE = 10_000
"""Files of one dataset, which need not be looked up one by one."""

ASKED_AT_ONCE = 8
MAX_MEMBERS = 500

MEMBERS_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "state",
        "description": "Only files in this state; empty: all.",
        "schema": {"type": "string", "enum": ["", *TransferState]},
    },
    {
        "name": "offset",
        "description": "How many files to pass over.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
    },
    {
        "name": "limit",
        "description": "How many files to return.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_MEMBERS},
    },
)


def start_inside(rooms: Rooms, wish: TransferRequest) -> tuple[Transfer, bool]:
    """Queue what a page asks for: one file, several, or those of a manifest.

    The directory is relative to the root and may not lead out of it; empty means the configured
    folder for links.

    Raises
    ------
    BadRequestError
        If not exactly one of the three is asked for; else as for each of them.
    """
    asked = [name for name in ("ref", "refs", "manifest") if getattr(wish, name)]
    if len(asked) != 1:
        raise BadRequestError(
            "give one of ref, refs and manifest",
            hint="ref is one file, refs are several.",
        )
    if wish.selection is not None and not wish.ref:
        raise BadRequestError(
            "a selection is of one file, which ref names", hint="Ask for each file by itself."
        )
    if wish.convert and not wish.ref:
        raise BadRequestError(
            "an h5ad is made of one file, which ref names", hint="Ask for each file by itself."
        )
    directory = inside(rooms.root, wish.directory or rooms.settings.link_directory)
    grouping = Grouping(filename_format=wish.filename_format, skip_completed=wish.skip_completed)
    if wish.selection is not None:
        return start_selection(rooms, wish.ref, wish.selection, directory)
    if wish.ref:
        return start(
            rooms, wish.ref, directory, grouping, convert=wish.convert, max_usd=wish.max_usd
        )
    how = (directory, grouping, wish.name, wish.max_usd)
    if wish.refs:
        return start_refs(rooms, wish.refs, *how, of=wish.dataset)
    return start_manifest(rooms, wish.source, wish.manifest, *how)


def start_refs(
    rooms: Rooms,
    refs: Sequence[str],
    directory: Path,
    grouping: Grouping,
    name: str = "",
    max_usd: float | None = None,
    of: str = "",
) -> tuple[Transfer, bool]:
    """Queue the assets that some refs name as one group, and see to it that a worker runs.

    Those of the dataset that the ref `of` names are looked up together.

    Raises
    ------
    BadRequestError
        If there are none or too many, or one is a member of a file: a group is of files as they
        are, of which nothing is made.
    NotFoundError, WithdrawnError, AccessError, ConflictError, CatalogError
        If one of them cannot be had; then none is queued.
    ConsentError
        If whoever fetches them pays, and nobody agreed to.
    """
    wanted = tuple(dict.fromkeys(refs))
    most = MOST_OF_ONE if of else MOST_REFS
    if not 0 < len(wanted) <= most:
        raise BadRequestError(f"choose 1 to {most:,} files")
    if member := next((ref for ref in wanted if split_ref(ref)[1]), ""):
        raise BadRequestError(
            f"{member[:200]!r} is a member of a file, which is asked for by itself",
            hint="Ask for each with ref; members of one file share one download of it.",
        )
    if of:
        files = _of_one(rooms, dataset(rooms, of), wanted)
    else:
        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            files = list(pool.map(lambda ref: _wanted(rooms, ref), wanted))
    sources = {file.source for file in files}
    source = sources.pop() if len(sources) == 1 else ""
    return _start(rooms, files, directory, grouping, name or "files", source, max_usd)


def start_manifest(
    rooms: Rooms,
    name: str,
    text: str,
    directory: Path,
    grouping: Grouping,
    folder: str = "",
    max_usd: float | None = None,
) -> tuple[Transfer, bool]:
    """Queue the files that a manifest of a Source lists, and see to it that a worker runs.

    Parameters
    ----------
    name
        Name of the Source.
    text
        The manifest.
    folder
        Name of the folder in `directory` that the files go to.
    max_usd
        What all of them may cost at most, where whoever fetches pays.

    Raises
    ------
    NotFoundError, NotSupportedError, ConsentError
    BadRequestError
        If it is no manifest; says where it is wrong.
    """
    source = rooms.registry[name]
    files = [Wanted.alone(name, asset) for asset in source.manifest(text)]
    return _start(rooms, files, directory, grouping, folder or "manifest", name, max_usd)


def members_query(values: Callable[[str], Sequence[str]]) -> tuple[TransferState | None, int, int]:
    """Read which files of a group are wanted from the arguments of a request.

    Parameters
    ----------
    values
        Gives all values of an argument by its name.

    Raises
    ------
    BadRequestError
    """
    state = last(values("state"), "")
    if state and state not in set(TransferState):
        raise BadRequestError(
            f"{state[:40]!r} is not a state of a file",
            hint=f"Use {', '.join(TransferState)}.",
        )
    limit = count("limit", last(values("limit"), "100"), MAX_MEMBERS)
    if limit < 1:
        raise BadRequestError(f"limit must be a whole number from 1 to {MAX_MEMBERS}")
    offset = count("offset", last(values("offset"), "0"), MAX_OFFSET)
    return TransferState(state) if state else None, offset, limit


def members(
    rooms: Rooms, number: str, state: TransferState | None, offset: int, limit: int
) -> GroupPage:
    """Return some files of a group.

    Raises
    ------
    NotFoundError
    """
    return rooms.queue.members(number, state, offset, limit)


def _start(
    rooms: Rooms,
    files: Iterable[Wanted],
    directory: Path,
    grouping: Grouping,
    name: str,
    source: str,
    max_usd: float | None,
) -> tuple[Transfer, bool]:
    limit = limit_of(max_usd)
    naming = Naming(grouping.filename_format)
    in_place = [
        Wanted(source=file.source, asset=placed(file.asset, naming), origin=file.origin)
        for file in files
    ]
    agree(rooms, [file.asset for file in in_place], limit, name, source)
    group = Asset(ref=_ref(in_place, directory), name=name, format="group", group=True)
    started = rooms.queue.add_group(group, directory, source, grouping, in_place, limit)
    rooms.supervisor.ensure()
    return started


def _wanted(rooms: Rooms, ref: str) -> Wanted:
    found, asset = to_fetch(rooms, ref)
    return Wanted(source=found.source, asset=asset, origin=origin_of(found, asset))


def _of_one(rooms: Rooms, found: Dataset, refs: Sequence[str]) -> list[Wanted]:
    """Return files of one dataset."""
    known = {asset.ref: asset for asset in found.assets}
    if unknown := next((ref for ref in refs if ref not in known), ""):
        raise BadRequestError(
            f"{unknown[:200]!r} is no file of {found.title!r}",
            source=found.source,
            hint="Open it anew, and choose again.",
        )
    refuse_what_is_away(found)
    main = found.main_asset
    # What is the same for thousands of files is put together once.
    origin = origin_of(found, known[refs[0]])
    return [
        Wanted(source=found.source, asset=one, origin=replace(origin, main=one is main))
        if one.access is Access.OPEN
        else _wanted(rooms, one.ref)
        for one in (known[ref] for ref in refs)
    ]


def _ref(files: Sequence[Wanted], directory: Path) -> str:
    """Return what tells one choice of files from another; no Source knows it."""
    digest = hashlib.sha256(str(directory).encode())
    for file in files:
        digest.update(f"\n{file.asset.ref}".encode())
    return f"group:{digest.hexdigest()[:16]}"
