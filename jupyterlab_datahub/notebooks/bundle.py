"""What is put into a store when a notebook is saved there.

The notebook as it is on the disk, its HTML, chosen result files, ``datahub.lock.json`` (what it
was made from), and the environment it ran in. The HTML and the environment are made later, by
:mod:`jupyterlab_datahub.notebooks.making` in a process of its own.
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
    """What a request asks to save, and all that is wrong with it."""

    notebook: Notebook | None
    choice: Choice
    errors: tuple[FieldError, ...]


def contents(root: Path, request: SaveRequest) -> Contents:
    """Look at everything a request names; nothing outside the root is read."""
    try:
        notebook = read(root, request.notebook)
    except OutsideError as error:
        wrong = FieldError(field="notebook", message=str(error))
        return Contents(None, Choice((), ()), (wrong,))
    reserved = {notebook.path.name, LOCK}
    choice = chosen(root, notebook.path, request.files, frozenset(reserved))
    return Contents(notebook, choice, choice.errors)


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
    if not path.is_file() or path.suffix != ".ipynb":
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


def lock_of(
    notebook: Notebook, choice: Choice, request: SaveRequest, save: str, created: str
) -> bytes:
    """Return the content of ``datahub.lock.json``."""
    kernel = notebook.metadata.get("kernelspec")
    spec: dict[str, Any] = kernel if isinstance(kernel, dict) else {}
    lock = Lock(
        version=LOCK_VERSION,
        save=save,
        created=created,
        notebook=notebook.path.name,
        inputs=read_inputs(notebook.metadata).inputs,
        parents=request.parents,
        owner=request.owner,
        type=request.type,
        properties=request.properties,
        kernel=str(spec.get("name", "")),
        language=str(spec.get("language", "")),
        files=tuple(file.name for file in choice.files),
    )
    return msgspec.json.format(msgspec.json.encode(lock), indent=2) + b"\n"
