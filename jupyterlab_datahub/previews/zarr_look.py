"""A look at an AnnData in Zarr, in the process that looks at files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.previews.job import FACTS, What
from jupyterlab_datahub.previews.states import key_of
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import ByteFile
from jupyterlab_datahub.ranged.folder import LocalFolder, RemoteFolder
from jupyterlab_datahub.ranged.kept import State, digest
from jupyterlab_datahub.sources.registry import Registry

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Preview
    from jupyterlab_datahub.previews.job import Job
    from jupyterlab_datahub.previews.zarr_copy import Copy
    from jupyterlab_datahub.ranged.folder import Folder

FORMAT = "zarr"
ROOTS = ("zarr.json", ".zmetadata", ".zattrs", ".zgroup")
"""Files that say what is in a store, of which the first that is there tells its state."""


def is_zarr(job: Job) -> bool:
    """Return whether a job is about a store rather than a file."""
    if job.stored is not None:
        return job.stored.asset.format == FORMAT
    return bool(job.download.path) and Path(job.download.path).is_dir()


def look(job: Job) -> str:
    """Do a job and return the key of the state of the store.

    Raises
    ------
    DataHubError
    """
    budget = Budget(job.most)
    folder, key = _opened(job, budget)
    state = State(Path(job.directory) / key)
    if all(map(state.has, job.wanted)):
        return key
    if job.what is What.PIECES:
        raise NotSupportedError(
            "cells are chosen in files of HDF5 only",
            source=job.config.name,
            hint="Load all of the store instead.",
        )
    try:
        import zarr  # noqa: F401
    except ImportError as error:
        raise NotSupportedError(
            "looking into Zarr takes the package zarr, which is not installed",
            hint="Install jupyterlab-datahub[images], then try again.",
        ) from error
    _look(job, folder, key, state, budget)
    return key


def _opened(job: Job, budget: Budget) -> tuple[Folder, str]:
    if job.stored is None:
        path = Path(job.download.path)
        return LocalFolder(path), key_of(path)
    source = Registry(job.stored.settings)[job.config.name]
    ref = job.stored.asset.ref
    folder = RemoteFolder(lambda path: source.below(ref, path), job.config, budget)
    found = next((told for name in ROOTS if (told := folder.get(name)) is not None), b"")
    return folder, digest(len(found), found)


def _look(job: Job, folder: Folder, key: str, state: State, budget: Budget) -> None:
    import h5py

    from jupyterlab_datahub.previews.look import Look
    from jupyterlab_datahub.previews.zarr_copy import Copy, in_words
    from jupyterlab_datahub.previews.zarr_store import FolderStore

    store = FolderStore(folder)
    try:
        with h5py.File(key, "w", driver="core", backing_store=False, libver="latest") as file:
            copy = Copy(store, file)
            copy.outline(job.argument if job.what is What.COLOURS else "")
            copy.embedding(job.argument if job.what is What.POINTS else "")
            found = Look(file, ByteFile(0), key, state.put)
            if job.what is What.POINTS:
                found.points(job.argument)
            elif job.what is What.COLOURS:
                found.colours(job.argument)
            else:
                facts = _told(job, found.facts(job.ref, job.name), copy, budget)
                state.put(FACTS, msgspec.json.encode(facts))
    except (AttributeError, NameError):
        # These would be our own mistakes, whatever is in the store.
        raise
    except Exception as error:
        # zarr raises whatever fits the moment: KeyError, ValueError, TypeError, its own, …
        raise in_words(store, error) from error


def _told(job: Job, facts: Preview, copy: Copy, budget: Budget) -> Preview:
    """Return facts with what the copy does not show of the store itself."""
    packed = copy.compressions
    by_name = {
        one.name: msgspec.structs.replace(one, compression=packed.get(one.name, ""))
        for one in (facts.x, facts.raw, *facts.layers)
        if one is not None
    }
    return msgspec.structs.replace(
        facts,
        format=FORMAT,
        size=None,
        x=by_name.get("X"),
        raw=by_name.get("raw.X"),
        layers=tuple(by_name[layer.name] for layer in facts.layers),
        local=job.stored is None,
        notes=(*copy.notes, *facts.notes),
        bytes_fetched=budget.fetched,
        requests=budget.requests,
    )
