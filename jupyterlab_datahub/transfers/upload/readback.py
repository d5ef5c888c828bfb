"""Comparing what a store has with what was sent to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.errors import ChecksumError, LengthError, TransferError
from jupyterlab_datahub.sources.saving import BundleFile, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jupyterlab_datahub.transfers.network.stopping import Halt

WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between looks at a store that has not counted its new files yet."""

AGAIN = "The dataset is there but is not what was sent: have it deleted, then save again."
NO_CHECKSUMS = "the store publishes no checksums for some files: their sizes were compared"


class Comparison(NamedTuple):
    """The files as the store has them, and what a user should know of the comparison."""

    files: tuple[StoredFile, ...]
    remark: str = ""


def as_it_is(name: str, path: Path) -> BundleFile:
    """Return a file as it is on the disk now.

    Raises
    ------
    OSError
    """
    found = path.stat()
    return BundleFile(name=name, path=str(path), size=found.st_size, modified=found.st_mtime_ns)


def compared(
    look: Callable[[], Mapping[str, StoredFile]],
    files: Sequence[BundleFile],
    checksums: Mapping[str, str],
    halt: Halt,
) -> Comparison:
    """Compare sizes and checksums, giving a store some time to list what is new.

    Parameters
    ----------
    look
        Asks the store for its files, by name.
    files, checksums
        What was sent.
    halt
        Ends waiting.

    Raises
    ------
    TransferError, LengthError, ChecksumError
        If something is missing or differs.
    Stopped
    """
    stored = look()
    for seconds in WAITS:
        if all(_is_known(file, stored) for file in files):
            break
        halt.sleep(seconds)
        stored = look()
    for file in files:
        _compare(file, stored.get(file.name), checksums[file.name])
    without = any(not _is_known(file, stored) for file in files)
    kept = tuple(
        StoredFile(name=file.name, size=file.size, crc32=checksums[file.name]) for file in files
    )
    return Comparison(kept, NO_CHECKSUMS if without else "")


def _is_known(file: BundleFile, stored: Mapping[str, StoredFile]) -> bool:
    found = stored.get(file.name)
    return found is not None and bool(found.crc32 or found.verified or not file.size)


def _compare(file: BundleFile, found: StoredFile | None, checksum: str) -> None:
    if found is None:
        raise TransferError(f"{file.name} is missing in the store", hint=AGAIN)
    if found.size != file.size:
        raise LengthError(
            f"{file.name} has {found.size:,} bytes in the store, {file.size:,} were sent",
            hint=AGAIN,
        )
    if found.crc32 and found.crc32 != checksum:
        raise ChecksumError(f"{file.name} has another checksum in the store", hint=AGAIN)
