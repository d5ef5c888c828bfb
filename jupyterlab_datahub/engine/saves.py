"""Saving a notebook with its results, or files alone, to a store."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from jupyterlab_datahub.errors import FieldsError, NotSupportedError, TransferError
from jupyterlab_datahub.notebooks import bundle
from jupyterlab_datahub.notebooks.chosen import OutsideError
from jupyterlab_datahub.notebooks.provenance import read_inputs
from jupyterlab_datahub.sources.saving import Bundle, Presets
from jupyterlab_datahub.sources.source import OF_STORES
from jupyterlab_datahub.transfers.disk.private import make_private
from jupyterlab_datahub.transfers.upload import journal as upload_journal
from jupyterlab_datahub.transfers.upload.readback import as_it_is

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.engine.rooms import Rooms
    from jupyterlab_datahub.model import Owner, SaveForm, SaveRequest, Transfer
    from jupyterlab_datahub.notebooks.bundle import Contents, Notebook
    from jupyterlab_datahub.sources.saving import BundleFile, StoredFile
    from jupyterlab_datahub.sources.source import Source

OWNERS = 20
"""Owners that are offered for a text."""


def form(rooms: Rooms, name: str) -> SaveForm:
    """Return what a store wants to know of a notebook.

    Raises
    ------
    NotFoundError, NotSupportedError, AccessError, CatalogError
    """
    return _store(rooms, name).form()


def owners(
    rooms: Rooms, name: str, text: str, kind: str = "", type_: str = ""
) -> tuple[Owner, ...]:
    """Return what a saved notebook can belong to, for a text typed so far.

    With `kind` and `type_`, only entities of these are returned.

    Raises
    ------
    NotFoundError, NotSupportedError, AccessError, CatalogError
    """
    return _store(rooms, name).owners(text, OWNERS, kind=kind, type_=type_)


def save(rooms: Rooms, request: SaveRequest) -> Transfer:
    """Queue a notebook or files, as they are on the disk now, to be put into a store.

    Raises
    ------
    FieldsError
        If something cannot be accepted, with all that is wrong.
    NotFoundError, NotSupportedError, AccessError, CatalogError
    """
    source = _store(rooms, request.source)
    wanted = bundle.contents(rooms.root, request)
    kept = wanted.notebook.history if wanted.notebook and request.keep_history else ""
    history = kept or bundle.new_history()
    lead = wanted.lead
    title = lead.stem if lead else ""
    checked = source.checked(request, Presets(title=title, history=history))
    if lead is None or wanted.errors or checked.errors:
        raise FieldsError(fields=(*wanted.errors, *checked.errors), source=source.name)
    if wanted.notebook and request.write_history and request.keep_history and not kept:
        wanted = wanted._replace(notebook=_with_history(wanted.notebook, history))
    made = _staged(rooms, checked.request, wanted, lead)
    transfer = rooms.queue.add_upload(made, _title(checked.request, lead))
    if rooms.queue.saved(transfer.id) != made:
        # A save of the same is under way: this copy is not needed.
        upload_journal.remove(upload_journal.folder_of(rooms.home, made.id))
    rooms.supervisor.ensure()
    return transfer


def saved(rooms: Rooms, number: str) -> tuple[StoredFile, ...]:
    """Return the files that a store has after a save that is done.

    Raises
    ------
    NotFoundError
    """
    made = rooms.queue.saved(number)
    return made.saved if made else ()


def inputs(rooms: Rooms, name: str, notebook: str) -> tuple[str, ...]:
    """Return what a notebook says it used of a store, which become the parents of what is saved.

    Empty where there is no such notebook, which the save itself will say, and for other files.
    """
    source = _store(rooms, name)
    if not bundle.is_notebook(notebook):
        return ()
    try:
        metadata = bundle.read(rooms.root, notebook).metadata
    except OutsideError:
        return ()
    used = [one.ref for one in read_inputs(metadata).inputs if source.owns(one.ref)]
    return tuple(dict.fromkeys(used))


def _store(rooms: Rooms, name: str) -> Source:
    source = rooms.registry[name]
    if not source.can_save:
        raise NotSupportedError(
            f"nothing can be saved to {source.config.title or name}",
            source=name,
            hint=OF_STORES,
        )
    return source


def _with_history(notebook: Notebook, history: str) -> Notebook:
    """Write what groups its versions into a notebook, and return it as it is then."""
    content = bundle.with_history(notebook, history)
    part = notebook.path.with_name(f".{notebook.path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(notebook.path)
    except OSError as error:
        raise TransferError(
            f"{notebook.path.name} cannot be written: {error.strerror}",
            hint="Save it elsewhere first.",
        ) from error
    return notebook._replace(content=content, document=msgspec.json.decode(content))


def _staged(rooms: Rooms, request: SaveRequest, wanted: Contents, lead: Path) -> Bundle:
    """Keep a copy of the notebook, so that it may be changed while the save waits."""
    save = str(uuid.uuid4())
    created = datetime.now(UTC).isoformat(timespec="seconds")
    folder = upload_journal.folder_of(rooms.home, save)
    names = {file.name for file in wanted.choice.files}
    notebook = wanted.notebook
    try:
        make_private(folder)
        lock = bundle.lock_of(wanted, request, save, created)
        chosen = [as_it_is(file.name, file.path) for file in wanted.choice.files]
        files = [_written(folder / wanted.marker, lock), *chosen]
        if notebook:
            files.insert(0, _written(folder / lead.name, notebook.content))
    except OSError as error:
        upload_journal.remove(folder)
        raise TransferError(
            f"the copy to be saved cannot be made: {error.strerror}",
            hint="Check that the files are there and that the disk is not full.",
        ) from error
    lists = {bundle.REQUIREMENTS, bundle.RUNTIME}
    return Bundle(
        id=save,
        source=request.source,
        notebook=lead.relative_to(rooms.root).as_posix(),
        folder=str(folder),
        owner=request.owner,
        type=request.type,
        created=created,
        marker=wanted.marker,
        html=notebook is not None and request.html and notebook.html not in names,
        environment=notebook is not None and request.environment and not names & lists,
        fingerprint=_fingerprint(request, notebook.content if notebook else b"", chosen),
        properties=request.properties,
        parents=request.parents,
        files=tuple(files),
    )


def _written(path: Path, content: bytes) -> BundleFile:
    path.write_bytes(content)
    return as_it_is(path.name, path)


def _fingerprint(request: SaveRequest, notebook: bytes, files: list[BundleFile]) -> str:
    """Return a digest of everything that is saved, but for what is new in each save."""
    given = request.properties.items()
    properties = {name: value for name, value in given if "HISTORY" not in name}
    same = msgspec.structs.replace(request, properties=properties)
    digest = hashlib.sha256(notebook)
    for part in (same, files):
        digest.update(msgspec.json.encode(part))
    return digest.hexdigest()


def _title(request: SaveRequest, lead: Path) -> str:
    names = (request.properties.get(code, "") for code in ("$NAME", "NAME"))
    return next((one for one in names if isinstance(one, str) and one), lead.stem)
