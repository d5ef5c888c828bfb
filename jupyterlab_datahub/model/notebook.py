"""Notebooks made from a template, and what their provenance says today."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from jupyterlab_datahub.model.base import Struct
from jupyterlab_datahub.model.handoff import ProvenanceInput


class SubjectKind(StrEnum):
    """What of a store a notebook is about."""

    DATASET = "dataset"
    EXPERIMENT = "experiment"
    SAMPLE = "sample"
    PROJECT = "project"
    SPACE = "space"


class Entity(Struct):
    """An entity of a store: its permanent id, the identifier people read, and its name."""

    kind: SubjectKind
    id: str
    identifier: str = ""
    title: str = ""


class SubjectDataset(Struct):
    """A dataset that a new notebook begins with; ``owner`` is what it belongs to."""

    ref: str
    id: str
    title: str = ""
    type: str = ""
    size: int | None = None
    owner: Entity | None = None


class Subject(Struct):
    """What a new notebook is about: an entity with its datasets, or a dataset alone.

    ``total`` counts the datasets that the store has, of which ``datasets`` may be the newest.
    """

    entity: Entity
    datasets: tuple[SubjectDataset, ...] = ()
    total: int = 0


class NotebookRequest(Struct, forbid_unknown_fields=True):
    """A wish for a notebook in the working folder.

    Either ``refs`` name datasets or entities of one store that it is about, or ``copy`` names a
    notebook saved there (its dataset, or its file), of which it is to be a copy; with
    ``keep_history`` the copy will be saved as another version of that notebook. ``directory``
    is relative to the server's root; ``name`` may lack its ``.ipynb``.
    """

    refs: tuple[str, ...] = ()
    directory: str = ""
    name: str = ""
    copy: str = ""
    keep_history: bool = False


class NotebookReply(Struct):
    """Where the notebook is, relative to the server's root."""

    path: str


class ProvenanceRequest(Struct, forbid_unknown_fields=True):
    """The metadata of a notebook, as it is in the file."""

    metadata: dict[str, Any]


class InputState(StrEnum):
    """How an input of a notebook stands today.

    ``missing`` is known to its Source and not on this machine; ``unknown`` is what nobody can
    tell of just now.
    """

    PRESENT = "present"
    MISSING = "missing"
    NEWER = "newer"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class CheckedInput(Struct):
    """An input of a notebook and how it stands; ``note`` says why, where that is not plain.

    ``on_disk`` says whether this very version is on this machine, whatever the state.
    """

    input: ProvenanceInput
    state: InputState
    on_disk: bool = False
    newest_ref: str = ""
    note: str = ""


class ProvenanceReport(Struct):
    """The answer of ``POST provenance``.

    ``upgraded`` says that some inputs were written down by jupyterlab-openbis, so that they are
    not in ``datahub.inputs`` yet.
    """

    inputs: tuple[CheckedInput, ...] = ()
    upgraded: bool = False
