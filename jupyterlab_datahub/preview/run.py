"""A look at a file in a process of its own: ``python -m jupyterlab_datahub.preview.run``.

It is told a job on standard input, writes what it finds to the directory named there, and says on
standard output which state of the file that is of, or what went wrong. It takes no more memory
and time than the job allows, because what it reads comes from anywhere.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from math import ceil
from pathlib import Path

import msgspec

from jupyterlab_datahub.errors import ChangedError, DataHubError, NotFoundError
from jupyterlab_datahub.preview.bytefile import ByteFile, LocalFile
from jupyterlab_datahub.preview.job import Job, Outcome, What
from jupyterlab_datahub.preview.kept import FACTS, Blocks, State, digest
from jupyterlab_datahub.preview.ranged import Host, RangedFile

NICENESS = 5


def look(job: Job) -> str:
    """Do a job and return the key of the state of the file.

    Raises
    ------
    DataHubError
    """
    if not Path(job.directory).exists():
        # It is the first look, which needs what takes as long to import as the host to answer.
        threading.Thread(target=_import, daemon=True).start()
    source, key = _opened(job)
    try:
        state = State(Path(job.directory) / key)
        if not state.has(job.wanted):
            _look(job, source, key, state)
            if job.download.path and key_of(Path(job.download.path)) != key:
                raise ChangedError("the file changed while it was read", hint="Preview it again.")
    finally:
        source.close()
    return key


def key_of(path: Path) -> str:
    """Return what the state of a file of this machine is called.

    Raises
    ------
    NotFoundError
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise NotFoundError(f"{path.name} cannot be read: {error.strerror}") from error
    return digest("local", path, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def _opened(job: Job) -> tuple[ByteFile, str]:
    if job.download.path:
        path = Path(job.download.path)
        try:
            return LocalFile(path), key_of(path)
        except OSError as error:
            words = f"{path.name} cannot be read: {error.strerror}"
            raise NotFoundError(words, source=job.config.name) from error
    key = ""

    def shelf(name: str, size: int) -> Blocks | None:
        nonlocal key
        if name:
            key = digest(name, size)
        return Blocks(Path(job.directory) / key) if key else None

    host = Host(job.download, job.config)
    source = RangedFile(host, job.most, shelf, job.download.size)
    # A host that names no state of its file shows it a little by how the file begins.
    return source, key or digest(source.size, source.bytes_at(0, min(source.size, 1 << 20)))


def _look(job: Job, source: ByteFile, key: str, state: State) -> None:
    # h5py comes with numpy, which a file that is as it was does not need. Where it cannot even be
    # imported, that is not the file's fault.
    import h5py  # noqa: F401

    from jupyterlab_datahub.preview.hdf5 import in_words, opened
    from jupyterlab_datahub.preview.look import Look

    with in_words(source), opened(source) as file:
        found = Look(file, source, key, state.put)
        if job.what is What.POINTS:
            found.points(job.argument)
        elif job.what is What.COLOURS:
            found.colours(job.argument)
        else:
            facts = found.facts(job.ref, job.name)
            facts = msgspec.structs.replace(facts, local=bool(job.download.path))
            state.put(FACTS, msgspec.json.encode(facts))


def _import() -> None:
    """Import what a look needs, where nobody waits for it."""
    with contextlib.suppress(ImportError, MemoryError):
        # Whoever needs it imports it again, and hears of it.
        import h5py  # noqa: F401


def _limit(job: Job) -> None:
    """Take no more than the job allows, where the operating system can see to it."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(NICENESS)
    # Whoever started it may be gone, and nobody else would end it.
    signal.alarm(ceil(job.seconds) + 5)
    # HDF5 does not end on some damaged files; good ones take a second or two.
    computing = ceil(job.seconds / 2)
    limits = {
        resource.RLIMIT_AS: job.memory,
        resource.RLIMIT_CPU: computing,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def main() -> None:
    """Do the one job that standard input describes."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    _limit(job)
    try:
        outcome = Outcome(key=look(job))
    except DataHubError as error:
        outcome = Outcome(error=error.body())
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()
