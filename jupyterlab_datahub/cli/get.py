"""``jupyter datahub get``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.cli.configuration import rooms as open_rooms
from jupyterlab_datahub.cli.selection import add_selection, selection_of, tell_estimates
from jupyterlab_datahub.cli.terminal import add_command
from jupyterlab_datahub.cli.waiting import wait
from jupyterlab_datahub.engine import groups, members, transfers
from jupyterlab_datahub.engine.made import UnconvertedError
from jupyterlab_datahub.engine.selections import start_selection
from jupyterlab_datahub.errors import BadRequestError, ConsentError, DataHubError, LimitError
from jupyterlab_datahub.model import (
    ErrorBody,
    Grouping,
    Selection,
    Struct,
    Transfer,
    TransferState,
)
from jupyterlab_datahub.sources.registry import kind_named

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from jupyterlab_datahub.cli.terminal import Terminal
    from jupyterlab_datahub.engine.rooms import Rooms


class Fetched(Struct):
    """What became of one file, or of one identifier; ``error`` is there only where it failed."""

    ref: str
    path: str = ""
    size: int | None = None
    sha256: str = ""
    error: ErrorBody | msgspec.UnsetType = msgspec.UNSET


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "get",
        run,
        help="fetch datasets into the library and link them into a folder",
        description="Fetch datasets into the library, verify them, and link them into a folder. "
        "Ctrl-C pauses; the same command goes on where it was.",
    )
    parser.add_argument(
        "refs", nargs="*", metavar="ID", help="identifier of a dataset or one of its files"
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="fetch the files that a manifest lists; may be repeated",
    )
    parser.add_argument(
        "--source", default="", metavar="NAME", help="the source whose manifest it is"
    )
    parser.add_argument(
        "--filename-format",
        choices=("original", "guid", "combined"),
        default="original",
        help="how the files of a manifest or group are named (default: original)",
    )
    parser.add_argument(
        "--skip-completed",
        action="store_true",
        help="leave files of a group alone that lie there already and have the right checksum",
    )
    parser.add_argument(
        "--convert",
        action="store_true",
        help="make an .h5ad of a file in another format (Loom, 10x, tables of counts or of cells),"
        " once, and link that instead",
    )
    parser.add_argument(
        "--member",
        default="",
        metavar="NAME",
        help="make an .h5ad of one file of an archive, by its path there, or of one modality of an"
        " .h5mu; 'preview' lists them",
    )
    parser.add_argument(
        "--max-usd",
        type=float,
        metavar="USD",
        help="what each identifier or manifest may cost at most, where whoever fetches pays",
    )
    add_selection(parser)
    parser.set_defaults(misused=parser.error)
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="folder for the links (default: the configured one)"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Fetch everything that is asked for."""
    if not arguments.refs and not arguments.manifest:
        arguments.misused("give an identifier, or a manifest with --manifest FILE")
    rooms = open_rooms()
    directory = (arguments.to or rooms.root / rooms.settings.link_directory).resolve()
    grouping = Grouping(
        filename_format=arguments.filename_format, skip_completed=arguments.skip_completed
    )
    limit: float | None = arguments.max_usd
    begin = partial(transfers.start, convert=arguments.convert, max_usd=limit)
    try:
        selection = selection_of(arguments)
        refs = [members.one_of(ref, arguments.member) for ref in arguments.refs]
        if arguments.estimate:
            return tell_estimates(rooms, arguments.refs, selection or Selection(), terminal)

        choosing = selection and _Choosing(rooms, selection, directory, limit)
        start = (
            choosing.start
            if choosing
            else partial(begin, rooms, directory=directory, grouping=grouping)
        )
        begun = {ref: _begun(rooms, partial(start, ref), limit) for ref in dict.fromkeys(refs)}
        for file in arguments.manifest:
            listed = partial(_manifest, rooms, file, arguments.source, directory, grouping, limit)
            begun[str(file)] = _begun(rooms, listed, limit)
        code = _awaited(rooms, begun, terminal)
        if choosing and not code:
            begun |= choosing.go_on(begun)
            code = _awaited(rooms, begun, terminal)
        fetched = [one for ref, it in begun.items() for one in _fetched(rooms, ref, it)]
    finally:
        rooms.close()
    for one in fetched:
        if one.error:
            terminal.complain(one.error, one.ref)
        elif one.path:
            terminal.line(one.path)
    terminal.document(fetched)
    return code or int(any(one.error for one in fetched))


def _awaited(rooms: Rooms, begun: Mapping[str, Transfer | ErrorBody], terminal: Terminal) -> int:
    return wait(rooms, [one for one in begun.values() if isinstance(one, Transfer)], terminal)


class _Choosing:
    """Fetches some cells and genes of files, of which some have to be converted first."""

    def __init__(
        self, rooms: Rooms, selection: Selection, directory: Path, max_usd: float | None
    ) -> None:
        self._rooms = rooms
        self._selection = selection
        self._directory = directory
        self._max_usd = max_usd
        self._converting: list[str] = []

    def start(self, ref: str) -> tuple[Transfer, bool]:
        """Queue a selection, or what comes before it."""
        try:
            return self._select(ref)
        except UnconvertedError:
            self._converting.append(ref)
            return transfers.start(
                self._rooms, ref, self._directory, convert=True, max_usd=self._max_usd
            )

    def go_on(self, begun: Mapping[str, Transfer | ErrorBody]) -> dict[str, Transfer | ErrorBody]:
        """Queue the selections of what was converted."""
        made = [ref for ref in self._converting if self._is_done(begun[ref])]
        return {ref: _begun(self._rooms, partial(self._select, ref), self._max_usd) for ref in made}

    def _select(self, ref: str) -> tuple[Transfer, bool]:
        return start_selection(self._rooms, ref, self._selection, self._directory)

    def _is_done(self, begun: Transfer | ErrorBody) -> bool:
        if isinstance(begun, ErrorBody):
            return False
        return transfers.one(self._rooms, begun.id).state is TransferState.DONE


def _manifest(
    rooms: Rooms,
    file: Path,
    name: str,
    directory: Path,
    grouping: Grouping,
    max_usd: float | None,
) -> tuple[Transfer, bool]:
    source = name or _only_reader(rooms)
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise BadRequestError(
            f"{file} cannot be read: {error.strerror}", hint="Check the path after --manifest."
        ) from error
    except UnicodeDecodeError as error:
        raise BadRequestError(
            f"{file} is no text", hint="A manifest is JSON or a table, as its portal exports it."
        ) from error
    return groups.start_manifest(rooms, source, text, directory, grouping, file.stem, max_usd)


def _only_reader(rooms: Rooms) -> str:
    """Return the one Source that reads manifests, which need not be named then."""
    readers = [
        config.name
        for config in rooms.registry.configs
        if kind_named(config.kind, config.name).reads_manifests
    ]
    if len(readers) == 1:
        return readers[0]
    raise BadRequestError(
        f"{len(readers) or 'no'} sources read manifests",
        hint=f"Say which one is meant with --source: {', '.join(readers)}."
        if readers
        else "Configure a Gen3 data commons first.",
    )


def _begun(
    rooms: Rooms, begin: Callable[[], tuple[Transfer, bool]], max_usd: float | None
) -> Transfer | ErrorBody:
    """Queue something; what cannot be fetched does not keep the others back."""
    try:
        transfer, _ = begin()
        if transfer.state is TransferState.PAUSED:
            transfer = transfers.change(rooms, transfer.id, "resume", max_usd)
    except ConsentError as error:
        hint = "Say how much it may cost at most with --max-usd."
        return msgspec.structs.replace(error.body(), hint=hint)
    except DataHubError as error:
        return error.body()
    return transfer


def _fetched(rooms: Rooms, ref: str, begun: Transfer | ErrorBody) -> Iterator[Fetched]:
    if isinstance(begun, ErrorBody):
        yield Fetched(ref=ref, error=begun)
        return
    ended = transfers.one(rooms, begun.id)
    if ended.group is not None and ended.group.total is not None:
        yield from _members(rooms, ended)
        return
    yield Fetched(
        ref=ref,
        path=ended.path,
        size=ended.size,
        sha256=ended.sha256,
        error=(msgspec.UNSET if ended.state is TransferState.DONE else _said(ended)),
    )


def _members(rooms: Rooms, ended: Transfer) -> Iterator[Fetched]:
    """Yield what became of the files of a group."""
    offset = 0
    while page := groups.members(rooms, ended.id, None, offset, groups.MAX_MEMBERS).members:
        offset += len(page)
        for member in page:
            done = member.state is TransferState.DONE
            yield Fetched(
                ref=member.ref,
                path=member.path,
                size=member.size,
                sha256=member.sha256,
                error=msgspec.UNSET if done else member.error or _said(ended),
            )


def _said(ended: Transfer) -> ErrorBody:
    """Return why a transfer is not done, with what to type next."""
    error = ended.error or _unfinished(ended)
    if error.code == LimitError.code:
        hint = "Give the same command again with a higher --max-usd to go on from there."
        return msgspec.structs.replace(error, hint=hint)
    return error


def _unfinished(transfer: Transfer) -> ErrorBody:
    return ErrorBody(
        code=transfer.state.value,
        message=f"{transfer.name} was {transfer.state.value}",
        source=transfer.source,
        hint="Run the same command again to go on.",
    )
