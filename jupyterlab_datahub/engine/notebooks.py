"""New notebooks in the working folder: from the template, or a copy of a saved one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyterlab_datahub.engine.datasets import dataset
from jupyterlab_datahub.engine.places import inside
from jupyterlab_datahub.errors import BadRequestError, ConflictError
from jupyterlab_datahub.model import NotebookReply, ProvenanceInput
from jupyterlab_datahub.notebooks.template import Server, copied_notebook, new_notebook
from jupyterlab_datahub.transfers.disk.names import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Asset, Dataset, NotebookRequest
    from jupyterlab_datahub.notebooks.template import Notebook

SUFFIX = ".ipynb"
MAX_REFS = 50
MAX_COPY = 100 * 1024**2
"""Bytes of a notebook that is copied."""

LONGEST_STEM = 200
MOST_OF_ONE_NAME = 10_000


def create(rooms: Rooms, request: NotebookRequest) -> NotebookReply:
    """Make the notebook that is asked for, under a name of its own.

    A name that is taken gets a number behind it (``lung 2.ipynb``); nothing is overwritten.

    Raises
    ------
    BadRequestError, NotFoundError, NotSupportedError, AccessError, CatalogError
    ConflictError
        If the notebook to be copied is not on this machine yet, or there is no free name.
    """
    directory = inside(rooms.root, request.directory)
    if bool(request.refs) == bool(request.copy):
        raise BadRequestError(
            "A new notebook is either about datasets or a copy of a notebook",
            hint="Choose what it is to be about.",
        )
    make = _copied(rooms, request) if request.copy else _about(rooms, request)
    path = _write(directory, _stem(request.name or make.name), make.notebook)
    return NotebookReply(path=path.relative_to(rooms.root).as_posix())


class _Made(NamedTuple):
    """A notebook that only needs to know what its file is called, with a name that fits."""

    name: str
    notebook: Callable[[str], Notebook]


def _about(rooms: Rooms, request: NotebookRequest) -> _Made:
    if len(request.refs) > MAX_REFS:
        raise BadRequestError(f"A notebook can be about {MAX_REFS} entities at most")
    sources = {rooms.registry.for_ref(ref).name for ref in request.refs}
    if len(sources) > 1:
        raise BadRequestError(
            "A notebook is about datasets of one source",
            hint="Choose datasets of one source, or load the others into the notebook.",
        )
    source = rooms.registry[sources.pop()]
    subjects = [source.subject(ref) for ref in request.refs]
    config = source.config
    server = Server(url=config.url, verify_tls=config.verify_tls, ca_bundle=config.ca_bundle)
    first = subjects[0].entity
    return _Made(
        first.title or first.identifier or first.id,
        lambda file_name: new_notebook(subjects, server, file_name, _now()),
    )


def _copied(rooms: Rooms, request: NotebookRequest) -> _Made:
    found = dataset(rooms, request.copy)
    asset = _notebook_of(found, request.copy)
    item = rooms.library.find_asset(asset.ref)
    if item is None:
        raise ConflictError(
            f"{asset.name} is not on this machine yet",
            source=found.source,
            hint="Download it, then open it as a copy.",
        )
    file = Path(item.path)
    if item.size > MAX_COPY:
        raise BadRequestError(
            f"{asset.name} is larger than {MAX_COPY // 1024**2} MB",
            hint="Clear its outputs where it is, or copy the downloaded file by hand.",
        )
    content = file.read_bytes()
    origin = ProvenanceInput(
        ref=found.ref,
        variable="",
        title=found.title,
        version=found.id,
        size=item.size,
        sha256=item.sha256,
        retrieved=item.retrieved or _now(),
    )
    keep = request.keep_history
    return _Made(
        asset.name,
        lambda file_name: copied_notebook(content, file_name, origin, keep_history=keep),
    )


def _notebook_of(found: Dataset, ref: str) -> Asset:
    """Return the notebook that a ref means: that file, or the only one of the dataset.

    Raises
    ------
    BadRequestError
    """
    notebooks = [asset for asset in found.assets if asset.name.lower().endswith(SUFFIX)]
    named = [asset for asset in notebooks if asset.ref == ref] or notebooks
    if len(named) != 1:
        raise BadRequestError(
            f"{found.title!r} has {len(named) or 'no'} notebook{'s' if named else ''}",
            source=found.source,
            hint="Choose one of its files that ends in .ipynb.",
        )
    return named[0]


def _stem(name: str) -> str:
    wanted = name.strip()
    if wanted.lower().endswith(SUFFIX):
        wanted = wanted[: -len(SUFFIX)]
    stem = safe_name(wanted, "Untitled")
    return stem.encode()[:LONGEST_STEM].decode(errors="ignore").rstrip(". ")


def _write(directory: Path, stem: str, notebook: Callable[[str], Notebook]) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for number in range(1, MOST_OF_ONE_NAME):
            path = directory / f"{stem}{f' {number}' if number > 1 else ''}{SUFFIX}"
            if not path.is_symlink() and not path.exists() and _written(path, notebook(path.name)):
                return path
    except OSError as error:
        raise ConflictError(
            f"The notebook cannot be written into {directory.name!r}: {error.strerror}",
            hint="Choose another folder, or free some space.",
        ) from error
    raise ConflictError(
        f"There are too many notebooks called {stem!r}", hint="Choose another name."
    )


def _written(path: Path, notebook: Notebook) -> bool:
    """Write a notebook, and return False where somebody has just taken the name."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    try:
        # Half a character, which no file can hold, is written as JSON's escape.
        file = path.open("x", encoding="utf-8", errors="backslashreplace")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
