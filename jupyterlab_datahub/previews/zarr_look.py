"""A look at an AnnData in Zarr, in the process that looks at files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import NotSupportedError
from jupyterlab_datahub.previews.job import FACTS, What
from jupyterlab_datahub.previews.states import key_of
from jupyterlab_datahub.previews.zarr_seen import ROOTS
from jupyterlab_datahub.ranged.budget import Budget
from jupyterlab_datahub.ranged.bytefile import ByteFile
from jupyterlab_datahub.ranged.folder import LocalFolder, RemoteFolder
from jupyterlab_datahub.ranged.kept import State, digest

if TYPE_CHECKING:
    from jupyterlab_datahub.model import Download, Preview
    from jupyterlab_datahub.previews.job import Job, Stored
    from jupyterlab_datahub.previews.zarr_copy import Copy
    from jupyterlab_datahub.ranged.folder import Folder
    from jupyterlab_datahub.settings import SourceConfig

FORMAT = "zarr"


def is_zarr(stored: Stored | None, download: Download) -> bool:
    """Return whether somebody asks for a store rather than a file."""
    if stored is not None:
        return stored.asset.format == FORMAT
    return bool(download.path) and Path(download.path).is_dir()


def look(job: Job) -> str:
    """Do a job and return the key of the state of the store.

    Raises
    ------
    DataHubError
    """
    budget = Budget(job.most)
    folder, key = folder_of(job.stored, job.download, job.config, budget)
    state = State(Path(job.directory) / key)
    missing = [name for name in job.wanted if not state.has(name)]
    if not missing:
        return key
    need_zarr()
    if job.what is What.PIECES:
        _pieces(missing, folder, key, state, budget)
    else:
        _look(job, folder, key, state, budget)
    return key


def need_zarr() -> None:
    """Go on if the package that reads stores is installed.

    Raises
    ------
    NotSupportedError
    """
    try:
        import zarr  # noqa: F401 - whether it can be imported is what is asked
    except ImportError as error:
        raise NotSupportedError(
            "looking into Zarr takes the package zarr, which is not installed",
            hint="Install jupyterlab-datahub[images], then try again.",
        ) from error


def folder_of(
    stored: Stored | None, download: Download, config: SourceConfig, budget: Budget
) -> tuple[Folder, str]:
    """Return where a store is, and what its state is called.

    Raises
    ------
    DataHubError
    """
    if stored is None:
        path = Path(download.path)
        return LocalFolder(path), key_of(path)
    from jupyterlab_datahub.sources.registry import Registry

    source = Registry(stored.settings)[config.name]
    ref = stored.asset.ref
    folder = RemoteFolder(lambda path: source.below(ref, path), config, budget)
    found = next((told for name in ROOTS if (told := folder.get(name)) is not None), b"")
    return folder, digest(len(found), found)


def _pieces(names: list[str], folder: Folder, key: str, state: State, budget: Budget) -> None:
    import h5py

    from jupyterlab_datahub.previews.look import Look
    from jupyterlab_datahub.previews.zarr_file import StoreFile

    with h5py.File(key, "w", driver="core", backing_store=False, libver="latest") as file:
        source = StoreFile(folder, file, lambda: (budget.fetched, budget.requests))
        Look(file, source, key, state.put).pieces(names, file)


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
