"""A look at a file in a process of its own: ``python -m jupyterlab_datahub.previews.run``.

It is told a job on standard input, writes what it finds to the directory named there, and says on
standard output which state of the file that is of, or what went wrong.
"""

from __future__ import annotations

import contextlib
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import ChangedError, DataHubError
from jupyterlab_datahub.previews.ahead import Ahead, is_here
from jupyterlab_datahub.previews.hdf5 import in_words, opened
from jupyterlab_datahub.previews.job import FACTS, Found, Job, What
from jupyterlab_datahub.previews.states import key_of
from jupyterlab_datahub.previews.zarr_look import is_zarr
from jupyterlab_datahub.previews.zarr_look import look as look_at_zarr
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import ByteFile, LocalFile
from jupyterlab_datahub.ranged.file import Manner, RangedFile
from jupyterlab_datahub.ranged.host import Host
from jupyterlab_datahub.ranged.kept import LaterBlocks, State, digest, written_later
from jupyterlab_datahub.ranged.process import serve
from jupyterlab_datahub.settings import memory
from jupyterlab_datahub.settings.priority import take_turns_often
from jupyterlab_datahub.spending.purse import open_purse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.previews.job import Stored
    from jupyterlab_datahub.ranged.file import Shelf

MANNER = Manner(first=256 << 10, longest=8, spread=2)
"""What is looked for is known before it is fetched: where a file begins is mostly a matrix, and a
long run comes sooner on several connections."""


def look(job: Job) -> str:
    """Do a job and return the key of the state of the file.

    Raises
    ------
    DataHubError
    """
    if not Path(job.directory).exists():
        if job.download.url:
            # What asks the host comes before what takes as long to import as the host to answer.
            from jupyterlab_datahub.sources import pool  # noqa: F401 - so that it is there later
        # It is the first look, which needs all of it.
        threading.Thread(target=prepare, daemon=True).start()
    if is_zarr(job.stored, job.download):
        return look_at_zarr(job)
    with ExitStack() as stack:
        source, key = _opened(job, stack)
        state = State(Path(job.directory) / key)
        missing = [name for name in job.wanted if not state.has(name)]
        if missing:
            _look(job, source, key, state, missing)
            if job.download.path and key_of(Path(job.download.path)) != key:
                raise ChangedError("the file changed while it was read", hint="Preview it again.")
    return key


def _opened(job: Job, stack: ExitStack) -> tuple[ByteFile, str]:
    """Return the file, which is closed with a stack, and what its state is called."""
    if job.download.path:
        path = Path(job.download.path)
        return stack.enter_context(LocalFile(path)), key_of(path)
    key = ""

    def shelf(name: str, size: int) -> Shelf | None:
        nonlocal key
        if name:
            key = digest(name, size)
        return stack.enter_context(LaterBlocks(Path(job.directory) / key)) if key else None

    if job.stored is not None:
        source = _stored(job, job.stored, shelf)
    else:
        name = job.config.name
        purse = open_purse(
            Path(job.home), job.ref, job.download, job.max_usd, name=job.name, source=name
        )
        source = RangedFile(Host(job.download, job.config, Budget(job.most), purse), shelf, MANNER)
    stack.enter_context(source)
    # A host that names no state of its file shows it a little by how the file begins.
    return source, key or digest(source.size, source.bytes_at(0, min(source.size, MANNER.first)))


def _stored(job: Job, stored: Stored, shelf: Callable[[str, int], Shelf | None]) -> RangedFile:
    from jupyterlab_datahub.ranged import pieces
    from jupyterlab_datahub.sources.registry import Registry

    name = job.config.name
    reader = Registry(stored.settings)[name].pieces(stored.asset)
    host = pieces.PieceHost(reader, name, Budget(job.most))
    return RangedFile(host, shelf, pieces.MANNER)


def _look(job: Job, source: ByteFile, key: str, state: State, missing: list[str]) -> None:
    # Most of what a look needs is fetched while what it needs is imported.
    with in_words(source):
        ahead = None if is_here(source) else Ahead(source)
    # h5py comes with numpy, which a file that is as it was does not need. Where it cannot even be
    # imported, that is not the file's fault.
    import h5py  # noqa: F401 - its failure is not the file's

    from jupyterlab_datahub.previews.look import Look

    with written_later(state) as keep, in_words(source), opened(source) as file:
        found = Look(file, source, key, keep, ahead)
        if job.what is What.POINTS:
            found.points(job.argument)
        elif job.what is What.COLOURS:
            found.colours(job.argument)
        elif job.what is What.PIECES:
            found.pieces(missing, file)
        else:
            facts = found.facts(job.ref, job.name)
            facts = msgspec.structs.replace(facts, local=bool(job.download.path))
            keep(FACTS, msgspec.json.encode(facts))


def prepare() -> None:
    """Import all that a look at a file on a host needs."""
    with contextlib.suppress(ImportError, MemoryError):
        # Whoever needs it imports it again, and hears of it.
        import encodings.idna  # noqa: F401 - so that it is there later, by the first request

        import deflate  # noqa: F401 - the same
        import h5py  # noqa: F401 - the same

        from jupyterlab_datahub.previews import look  # noqa: F401 - imported later otherwise
        from jupyterlab_datahub.sources import pool  # noqa: F401 - the same, by the first request


def get_ready() -> None:
    """Import what a look needs, and take its memory, as long as nobody waits for it."""
    prepare()
    memory.have_at_hand()


def answered(job: Job) -> Found:
    """Return what there is to say of a job."""
    try:
        return Found(key=look(job))
    except DataHubError as error:
        return Found(error=error.body())


if __name__ == "__main__":
    # What fetches takes turns with what imports and computes: it needs little, but at once.
    take_turns_often()
    memory.keep()
    serve(Job, answered, get_ready)
