"""Values of properties as people write them, made into what openBIS takes."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.parsers import expat

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.model import SaveField

INTEGERS = range(-(2**63), 2**63)

TIMESTAMPS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
"""What openBIS reads as a time, the longest first."""

ARRAY = "ARRAY_"
"""How the data types of arrays begin (openBIS 7)."""

_TRUE = frozenset({"true", "yes", "1", "on"})
_FALSE = frozenset({"false", "no", "0", "off"})
_PROTOCOLS = frozenset({"http", "https", "ftp", "ftps", "file", "mailto"})


class ValueRefusedError(ValueError):
    """A value that openBIS would not take; the text says what it should be."""


def accepted(field: SaveField, text: str) -> str:
    """Return a value in the form openBIS takes it in.

    Parameters
    ----------
    field
        The property; references to objects are taken as they are.
    text
        One value, not empty.

    Raises
    ------
    ValueRefusedError
    """
    if field.data_type == "CONTROLLEDVOCABULARY":
        return _term(field, text)
    check = _CHECKS.get(field.data_type.removeprefix(ARRAY))
    return check(text) if check else text


def elements(field: SaveField, text: str) -> tuple[str, ...]:
    """Return the elements of an array that is written with commas, as openBIS takes them.

    Raises
    ------
    ValueRefusedError
    """
    parts = (part.strip() for part in text.strip().removeprefix("[").removesuffix("]").split(","))
    return tuple(accepted(field, part) for part in parts if part)


def _term(field: SaveField, text: str) -> str:
    wanted = text.strip().casefold()
    for choice in field.choices:
        if wanted == choice.code.casefold():
            return choice.code
    labelled = [one.code for one in field.choices if wanted == one.label.casefold()]
    if len(labelled) == 1:
        return labelled[0]
    some = ", ".join(choice.code for choice in field.choices[:8])
    more = ", …" if len(field.choices) > 8 else ""
    raise ValueRefusedError(f"{text[:60]!r} is not one of its terms ({some}{more})")


def _integer(text: str) -> str:
    if not re.fullmatch(r"[+-]?\d{1,19}", text.strip()) or int(text) not in INTEGERS:
        raise ValueRefusedError(f"{text[:60]!r} is not a whole number")
    return str(int(text))


def _real(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueRefusedError(f"{text[:60]!r} is not a number")
    return text.strip()


def _boolean(text: str) -> str:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueRefusedError(f"{text[:60]!r} is neither true nor false")
    return "true" if word in _TRUE else "false"


def _date(text: str) -> str:
    text = text.strip()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueRefusedError(f"{text[:60]!r} is not a date like 2026-03-31")
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a date alone
    except ValueError as error:
        raise ValueRefusedError(f"{text!r} is not in the calendar") from error


def _timestamp(text: str) -> str:
    text = text.strip()
    tidy = re.sub(r"[Zz]$", "+00:00", text.replace("T", " ", 1))
    tidy = re.sub(r"(\d{2}:\d{2}:\d{2})\.\d+", r"\1", tidy)
    tidy = re.sub(r"\s*([+-]\d{2}):?(\d{2})$", r" \1\2", tidy) if ":" in tidy else tidy
    for form in TIMESTAMPS:
        try:
            datetime.strptime(tidy, form)  # noqa: DTZ007 - the server's zone where none is given
        except ValueError:
            continue
        return tidy
    raise ValueRefusedError(f"{text[:60]!r} is not a time like 2026-03-31 14:30:00")


def _hyperlink(text: str) -> str:
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in _PROTOCOLS or not (parts.netloc or parts.path) or " " in text:
        raise ValueRefusedError(f"{text[:60]!r} is not a web address")
    return text


def _xml(text: str) -> str:
    try:
        expat.ParserCreate().Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise ValueRefusedError(f"it is not well-formed XML: {error}") from error
    return text


def _material(text: str) -> str:
    if not re.fullmatch(r"[^\s()]+ \([^\s()]+\)", text.strip()):
        raise ValueRefusedError(f"{text[:60]!r} is not written like CODE (TYPE)")
    return text.strip()


def _json(text: str) -> str:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ValueRefusedError(f"it is not JSON: {error}") from error
    return text


_CHECKS: dict[str, Callable[[str], str]] = {
    "INTEGER": _integer,
    "REAL": _real,
    "BOOLEAN": _boolean,
    "DATE": _date,
    "TIMESTAMP": _timestamp,
    "HYPERLINK": _hyperlink,
    "XML": _xml,
    "JSON": _json,
    "MATERIAL": _material,
}
