"""One member of a zip on a host, fetched without the rest, in a process of its own.

What comes is written where it is in the zip, into a file of the same size of which nothing else
takes room on the disk. So whoever reads a zip reads this one: the list of its files is whole, and
zipfile compares the CRC-32 of what it unpacks.
``python -m jupyterlab_datahub.anndata_io.taking`` is told on its standard input which one; lines on
standard output are the bytes that have come and those of all, the last one is the outcome as JSON.
"""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.anndata_io.bundled import needed
from jupyterlab_datahub.anndata_io.listing import END
from jupyterlab_datahub.anndata_io.members import Members, broken, zip_entries
from jupyterlab_datahub.anndata_io.mtx import CountsError, damaged
from jupyterlab_datahub.errors import DataHubError, TransferError
from jupyterlab_datahub.model import Download, ErrorBody, Struct
from jupyterlab_datahub.model.decoding import from_json
from jupyterlab_datahub.ranged import rate
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.file import LONGEST_PULL, RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.settings import SourceConfig, memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterlab_datahub.ranged.bytefile import Span
    from jupyterlab_datahub.ranged.rate import Wait

UNREADABLE = 3
"""The exit code for what cannot be fetched so; the reason is on standard output."""

EVERY = 1 << 20
"""Bytes after which it is told how far it is."""


class TakeTask(Struct):
    """A member of a zip, where that is, and the file that it goes into."""

    name: str
    member: str
    download: Download
    config: SourceConfig
    target: str
    memory: int


class Taken(Struct):
    """What came of a zip of how many bytes."""

    fetched: int
    size: int


def take(task: TakeTask, tell: Callable[[int, int], None], wait: Wait = rate.at_once) -> Taken:
    """Fetch a member, and the files without which it is of no use.

    Parameters
    ----------
    task
        What is fetched.
    tell
        Is given the bytes that have come, and those of all.
    wait
        Waits until a host may send more.

    Raises
    ------
    CountsError
        If it is not there, does not become an AnnData, or the zip is damaged or means harm.
    NotSupportedError
        If its host sends no parts of files.
    DataHubError
    """
    target = Path(task.target)
    file = RangedFile(Host(task.download, task.config, Budget(sys.maxsize, wait=wait)), manner=END)
    try:
        places, listed = _places(file, task.name)
        with target.open("wb") as made:
            made.truncate(file.size)
            made.seek(listed)
            made.write(file.exactly(listed, file.size))
        # From here on it can be asked as if all of it were there.
        one, around = needed(Members(target, task.name), task.name, task.member)
        spans = sorted(places[path] for path in (one.path, *one.beside, *around))
        total = sum(stop - start for start, stop in spans)
        came = said = 0
        with target.open("r+b") as made:
            for (start, _), body in file.pull(_pieces(spans), 0):
                made.seek(start)
                made.write(body)
                came += len(body)
                if came >= said + EVERY or came == total:
                    said = came
                    tell(came, total)
        return Taken(fetched=file.fetched, size=file.size)
    except Exception:
        # zipfile takes what a host refuses for a file that is no zip.
        if file.failure is not None:
            raise file.failure from None
        raise
    finally:
        file.close()


def _places(file: RangedFile, name: str) -> tuple[dict[str, Span], int]:
    """Return the bytes of each file of a zip by its path, and where the list of them begins."""
    with zipfile.ZipFile(file) as archive:
        zip_entries(archive, name)
        infos, listed = archive.infolist(), archive.start_dir
    starts = sorted({info.header_offset for info in infos})
    # One ends where the next begins, as what stands before its bytes is of any length.
    ends = dict(zip(starts, (*starts[1:], listed), strict=True))
    return {
        PurePosixPath(info.filename).as_posix(): (info.header_offset, ends[info.header_offset])
        for info in infos
    }, listed


def _pieces(spans: list[Span]) -> Iterator[Span]:
    for start, stop in spans:
        for at in range(start, stop, LONGEST_PULL):
            yield at, min(at + LONGEST_PULL, stop)


def main() -> int:
    """Do the task that standard input describes."""
    told, wait = rate.told()
    task = from_json(told, TakeTask)
    memory.limit(task.memory)

    def tell(done: int, total: int) -> None:
        sys.stdout.write(f"{done} {total}\n")
        sys.stdout.flush()

    outcome: Taken | ErrorBody
    try:
        outcome = take(task, tell, wait)
    except DataHubError as error:
        outcome = error.body()
    except MemoryError:
        outcome = CountsError(memory.words(task.name, task.memory), hint=memory.HINT).body()
    except broken() as error:
        outcome = damaged(task.name, str(error)).body()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        outcome = TransferError(
            f"{task.name} could not be written: {why}",
            hint="Look whether the disk has room, and may be written to.",
        ).body()
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")
    return UNREADABLE if isinstance(outcome, ErrorBody) else 0


if __name__ == "__main__":
    sys.exit(main())
