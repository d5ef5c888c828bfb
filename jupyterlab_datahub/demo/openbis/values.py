"""Which property values openBIS takes, and what it says about the others."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError
from jupyterlab_datahub.demo.openbis.records import Sample, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.openbis.records import (
        EntityType,
        PropertyType,
        PropertyValue,
    )
    from jupyterlab_datahub.demo.openbis.tables import Tables

KIND_WORDS = {
    "ExperimentType": "Experiment",
    "SampleType": "Sample",
    "DataSetType": "Data Set",
}
TIMESTAMPS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
TIMESTAMP_WORDS = (
    "[yyyy-MM-dd HH:mm:ss Z, yyyy-MM-dd HH:mm:ss, yyyy-MM-dd'T'HH:mm:ss, yyyy-MM-dd HH:mm, "
    "yyyy-MM-dd]"
)
PROTOCOLS = ("http://", "https://", "ftp://", "mailto:")
PROTOCOL_WORDS = "[http://, https://, ftp://, mailto:]"
BOOLEANS = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false"}


def checked(
    tables: Tables, type_: EntityType, given: dict[str, object]
) -> dict[str, PropertyValue]:
    """Return the properties of an entity as they are kept: codes in upper case, values as text.

    Raises
    ------
    OpenbisError
        For the first property that is unknown, malformed, or mandatory and missing.
    """
    kept: dict[str, PropertyValue] = {}
    for code, value in given.items():
        assignment = type_.assignment(code)
        if assignment is None:
            kind = KIND_WORDS[type(type_).__name__]
            raise OpenbisError(
                f"Property type with code '{code.upper()}' is not assigned to {kind} type "
                f"'{type_.code}'."
            )
        property_type = assignment.property_type
        if not is_empty(value):
            kept[property_type.code] = _checked(tables, property_type, value)
    for assignment in type_.assignments:
        if assignment.mandatory and assignment.property_type.code not in kept:
            code = assignment.property_type.code
            raise OpenbisError(f"Value of mandatory property '{code}' not specified.")
    return kept


def is_empty(value: object) -> bool:
    """Return whether a value means that there is none."""
    return value is None or value in ("", [])


def _checked(tables: Tables, type_: PropertyType, value: object) -> PropertyValue:
    if isinstance(value, list):
        if type_.data_type.startswith("ARRAY_"):
            return [str(item) for item in value]
        if not type_.multi_value:
            raise OpenbisError(f"Property type '{type_.code}' is not a multi-value property.")
        return [_checked_one(tables, type_, item) for item in value]
    one = _checked_one(tables, type_, value)
    return [one] if type_.multi_value else one


def _checked_one(tables: Tables, type_: PropertyType, value: object) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if type_.data_type == "CONTROLLEDVOCABULARY":
        return _term(tables, type_, text)
    if type_.data_type == "SAMPLE":
        return tables.get(Sample, text).perm_id
    check = CHECKS.get(type_.data_type)
    return check(text) if check else text


def _integer(text: str) -> str:
    if not re.fullmatch(r"[+-]?\d+", text.strip()):
        raise OpenbisError(f"Integer value '{text}' has improper format.")
    return str(int(text))


def _real(text: str) -> str:
    try:
        return str(float(text))
    except ValueError as error:
        raise OpenbisError(f"Double value '{text}' has improper format.") from error


def _boolean(text: str) -> str:
    try:
        return BOOLEANS[text.strip().lower()]
    except KeyError as error:
        raise OpenbisError(
            f"Boolean value '{text}' has improper format. It should be either 'true' or 'false'."
        ) from error


def _date(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 a date alone
    except ValueError as error:
        raise OpenbisError(
            f"Date value '{text}' has improper format. It must be one of '[yyyy-MM-dd]'."
        ) from error


def _timestamp(text: str) -> str:
    for form in TIMESTAMPS:
        try:
            time = datetime.strptime(text, form)  # noqa: DTZ007 the server's zone where none is said
        except ValueError:
            continue
        return time.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
    raise OpenbisError(
        f"Date value '{text}' has improper format. It must be one of '{TIMESTAMP_WORDS}'."
    )


def _hyperlink(text: str) -> str:
    if not text.startswith(PROTOCOLS):
        raise OpenbisError(
            f"Hyperlink '{text}' should start with one of the following protocols: "
            f"'{PROTOCOL_WORDS}'"
        )
    return text


CHECKS: dict[str, Callable[[str], str]] = {
    "INTEGER": _integer,
    "REAL": _real,
    "BOOLEAN": _boolean,
    "DATE": _date,
    "TIMESTAMP": _timestamp,
    "HYPERLINK": _hyperlink,
}
"""How a value is checked and written, by data type; what is not here is any text."""


def _term(tables: Tables, type_: PropertyType, text: str) -> str:
    vocabulary = tables.get(Vocabulary, type_.vocabulary)
    codes = [term.code for term in vocabulary.terms]
    if text.upper() not in codes:
        shown = ", ".join(codes[:10])
        raise OpenbisError(
            f"Vocabulary value '{text}' is not valid. It must exist in '{vocabulary.code}' "
            f"controlled vocabulary [{shown}]"
        )
    return text.upper()
