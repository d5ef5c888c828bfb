"""What is put into a store when a notebook is saved there, or files without one.

The notebook as it is on the disk, its HTML, chosen result files, ``datahub.lock.json`` (what it
was made from), and the environment it ran in. The HTML and the environment are made later, by
:mod:`jupyterlab_datahub.notebooks.making` in a process of its own. Files that go without a
notebook are not copied before; the record beside them has the name of the first.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from jupyterlab_datahub.model import FieldError, ProvenanceInput, Struct
from jupyterlab_datahub.notebooks.chosen import Choice, OutsideError, chosen, file_inside
from jupyterlab_datahub.notebooks.history import history_id
from jupyterlab_datahub.notebooks.history import with_history as history_written
from jupyterlab_datahub.notebooks.provenance import read_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterlab_datahub.model import SaveRequest

LOCK = "datahub.lock.json"
NOTEBOOK = ".ipynb"
REQUIREMENTS = "requirements.txt"
RUNTIME = "runtime.txt"
LOCK_VERSION = 1

LARGEST = 512 * 1024**2
"""Bytes of a notebook at most; one with more has data in its outputs."""


class Notebook(NamedTuple):
    """A notebook as it is on the disk."""

    path: Path
    content: bytes
    document: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata; empty where they are none."""
        found = self.document.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def datahub(self) -> dict[str, Any]:
        """What we keep in it."""
        found = self.metadata.get("datahub")
        return found if isinstance(found, dict) else {}

    @property
    def html(self) -> str:
        """The name of its copy for reading, as openBIS's own template has it."""
        return f"{self.path.name}.html"

    @property
    def history(self) -> str:
        """What groups the versions of it; empty where it was never saved to a store."""
        return history_id(self.document)


class Lock(Struct):
    """``datahub.lock.json``: what a saved notebook was made from.

    ``save`` is a UUID that no other save has, so that this file's checksum tells a save.
    ``notebook`` is empty where files were saved without one.
    """

    version: int
    save: str
    created: str
    notebook: str
    inputs: tuple[ProvenanceInput, ...] = ()
    parents: tuple[str, ...] = ()
    owner: str = ""
    type: str = ""
    properties: dict[str, str | tuple[str, ...]] = {}
    kernel: str = ""
    language: str = ""
    files: tuple[str, ...] = ()


class Contents(NamedTuple):
    """What a request asks to save, and all that is wrong with it.

    ``lead`` is the notebook, or what goes without one; None where there is neither. ``marker`` is
    the name of the record of what it was made from.
    """

    lead: Path | None
    notebook: Notebook | None
    choice: Choice
    errors: tuple[FieldError, ...]
    marker: str = LOCK


def contents(root: Path, request: SaveRequest) -> Contents:
    """Look at everything a request names; nothing outside the root is read."""
    try:
        if not is_notebook(request.notebook):
            return _plain(root, request)
        notebook = read(root, request.notebook)
    except OutsideError as error:
        wrong = FieldError(field="notebook", message=str(error))
        return Contents(None, None, Choice((), ()), (wrong,))
    path = notebook.path
    reserved = frozenset({path.name, LOCK})
    choice = chosen(root, path, request.files, reserved, without=path)
    return Contents(path, notebook, choice, choice.errors)


def is_notebook(path: str) -> bool:
    """Return whether a path is that of a notebook, by its name; an empty one is a missing one."""
    return not path or path.endswith(NOTEBOOK)


def _plain(root: Path, request: SaveRequest) -> Contents:
    """Look at files that go without a notebook.

    Raises
    ------
    OutsideError
        If the first is not inside the root, or not there.
    """
    lead = file_inside(root, request.notebook)
    marker = f"{lead.name}.datahub.json"
    paths = (request.notebook, *request.files)
    choice = chosen(root, lead, paths, frozenset({marker}))
    errors = choice.errors
    if not choice.files and not errors:
        errors = (FieldError(field="files", message=f"{lead.name} has no files in it"),)
    return Contents(lead, None, choice, errors, marker)


def read(root: Path, text: str) -> Notebook:
    """Read a notebook.

    Raises
    ------
    OutsideError
        If it is not inside the root, was never saved, or is no notebook.
    """
    try:
        path = file_inside(root, text)
    except OutsideError as error:
        if "not there" in str(error):
            raise OutsideError(f"{text[:80]!r} was never saved; save the notebook first") from error
        raise
    if not path.is_file() or path.suffix != NOTEBOOK:
        raise OutsideError(f"{path.name} is not a notebook")
    if path.stat().st_size > LARGEST:
        raise OutsideError(f"{path.name} is larger than {LARGEST:,} bytes; clear some outputs")
    try:
        content = path.read_bytes()
        document = msgspec.json.decode(content)
    except OSError as error:
        raise OutsideError(f"{path.name} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OutsideError(f"{path.name} is empty or damaged; save the notebook again") from error
    if not isinstance(document, dict) or "nbformat" not in document:
        raise OutsideError(f"{path.name} is not a notebook")
    return Notebook(path, content, document)


def new_history() -> str:
    """Return an identifier for the versions of a notebook that has none yet."""
    return str(uuid.uuid4())


def with_history(notebook: Notebook, history: str) -> bytes:
    """Return the notebook with what groups its versions written down, as Jupyter writes it."""
    import json

    document = history_written(notebook.document, history)
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def lock_of(contents: Contents, request: SaveRequest, save: str, created: str) -> bytes:
    """Return the record of what is saved, and of what it was made from."""
    metadata = contents.notebook.metadata if contents.notebook else {}
    kernel = metadata.get("kernelspec")
    spec: dict[str, Any] = kernel if isinstance(kernel, dict) else {}
    lock = Lock(
        version=LOCK_VERSION,
        save=save,
        created=created,
        notebook=contents.notebook.path.name if contents.notebook else "",
        inputs=read_inputs(metadata).inputs,
        parents=request.parents,
        owner=request.owner,
        type=request.type,
        properties=request.properties,
        kernel=str(spec.get("name", "")),
        language=str(spec.get("language", "")),
        files=tuple(file.name for file in contents.choice.files),
    )
    return msgspec.json.format(msgspec.json.encode(lock), indent=2) + b"\n"
