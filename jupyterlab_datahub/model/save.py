"""Saving a notebook with its results where it belongs."""

from __future__ import annotations

from jupyterlab_datahub.model.base import Struct


class Choice(Struct):
    """One term of a controlled vocabulary."""

    code: str
    label: str = ""
    description: str = ""


class SaveField(Struct):
    """One property to fill in, by its data type.

    ``data_type`` is openBIS's word: ``VARCHAR``, ``MULTILINE_VARCHAR``, ``INTEGER``, ``REAL``,
    ``BOOLEAN``, ``DATE``, ``TIMESTAMP``, ``CONTROLLEDVOCABULARY``, ``HYPERLINK``, ``XML``,
    ``OBJECT`` (also ``SAMPLE``), ``MATERIAL``, …. ``object_type`` is the only type of objects
    that such a property may name, empty where any will do.
    """

    code: str
    label: str
    description: str = ""
    data_type: str = "VARCHAR"
    mandatory: bool = False
    multi_value: bool = False
    section: str = ""
    object_type: str = ""
    choices: tuple[Choice, ...] = ()


class SaveType(Struct):
    """A type of dataset a notebook can be saved as."""

    code: str
    description: str = ""
    default: bool = False
    fields: tuple[SaveField, ...] = ()


class SaveForm(Struct):
    """What a store wants to know (the answer of ``GET saves/{name}/form``)."""

    types: tuple[SaveType, ...] = ()


class Owner(Struct):
    """Something a dataset can belong to (``GET saves/{name}/owners?text=``)."""

    ref: str
    identifier: str
    kind: str
    title: str = ""
    type: str = ""


class SaveRequest(Struct):
    """The body of ``POST saves``.

    Paths are relative to the server's root. ``notebook`` may be another file or a folder, too,
    which goes as it is: what is said of notebooks means nothing then. ``owner`` is a ref;
    ``parents`` are refs of datasets. ``properties`` holds a string, or a list of them for a field
    with several values. ``keep_history`` keeps what groups the versions of the notebook
    ($HISTORY_ID in openBIS, ``metadata.datahub.history_id`` in the notebook); with
    ``write_history`` a notebook that has none yet gets it written into its file, where it must
    not be open at the same time.
    """

    source: str
    notebook: str
    owner: str
    type: str = "ANALYSIS_NOTEBOOK"
    properties: dict[str, str | tuple[str, ...]] = {}
    parents: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    html: bool = True
    environment: bool = True
    keep_history: bool = True
    write_history: bool = False
