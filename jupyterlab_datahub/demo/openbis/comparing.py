"""One value against the ``fieldValue`` of a criterion."""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from jupyterlab_datahub.demo.openbis.failures import OpenbisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterlab_datahub.demo.openbis.references import Json

DAY = timedelta(days=1)

STRINGS: dict[str, Callable[[str, str], bool]] = {
    "EqualTo": lambda value, wanted: value == wanted,
    "Contains": lambda value, wanted: wanted in value,
    "ContainsExactly": lambda value, wanted: wanted in value,
    "StartsWith": lambda value, wanted: value.startswith(wanted),
    "EndsWith": lambda value, wanted: value.endswith(wanted),
    "Matches": lambda value, wanted: all(word in value for word in wanted.split()),
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanOrEqualTo": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanOrEqualTo": lambda value, wanted: value >= wanted,
}
NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "EqualTo": lambda value, wanted: value == wanted,
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanOrEqualTo": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanOrEqualTo": lambda value, wanted: value >= wanted,
}
DATE_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m")


def compare(value: str | float, criterion: Json) -> bool:
    """Return whether a value is one that a criterion wants.

    Raises
    ------
    OpenbisError
        If the criterion compares in no known way, or with no date where it should.
    """
    field = criterion.get("fieldValue")
    if isinstance(field, list):
        return any(_same(value, wanted) for wanted in field)
    if not isinstance(field, dict):
        return field is None or _same(value, field)
    kind = str(field.get("@type", "")).rpartition(".")[2].removesuffix("Value")
    for prefix, way in WAYS.items():
        if kind.startswith(prefix):
            return way(value, kind.removeprefix(prefix), field.get("value"), criterion)
    raise OpenbisError(f"Unknown search value: {field.get('@type')}")


def _any(*_: object) -> bool:
    return True


def _boolean(value: str | float, _: str, wanted: object, _criterion: Json) -> bool:
    return _same(value, wanted)


def _string(value: str | float, kind: str, wanted: object, criterion: Json) -> bool:
    way = STRINGS.get(kind)
    if way is None:
        raise OpenbisError(f"Unknown search value: String{kind}Value")
    text, sought = str(value).lower(), str(wanted).lower()
    if criterion.get("useWildcards", True) and ("*" in sought or "?" in sought):
        return fnmatchcase(text, sought if kind == "EqualTo" else f"*{sought}*")
    return way(text, sought)


def _same(value: str | float, wanted: object) -> bool:
    return str(value).lower() == str(wanted).lower()


def _number(value: str | float, kind: str, wanted: object, _: Json) -> bool:
    way = NUMBERS.get(kind)
    if way is None:
        raise OpenbisError(f"Unknown search value: Number{kind}Value")
    try:
        return way(float(value), float(str(wanted)))
    except ValueError:
        return False


def _date(value: str | float, kind: str, wanted: object, _: Json) -> bool:
    begin, end = _span(wanted)
    time = float(value)
    match kind:
        case "EqualTo":
            return begin <= time < end
        case "LaterThanOrEqualTo":
            return time >= begin
        case "LaterThan":
            return time >= end
        case "EarlierThanOrEqualTo":
            return time < end
        case "EarlierThan":
            return time < begin
        case _:
            raise OpenbisError(f"Unknown search value: Date{kind}Value")


def _span(wanted: object) -> tuple[float, float]:
    """Return when what is wanted begins and ends, in milliseconds: a day lasts a day."""
    text = str(wanted)
    if text.isdecimal():
        return float(text), float(text) + 1
    for form in DATE_FORMS:
        try:
            time = datetime.strptime(text, form).astimezone()
        except ValueError:
            continue
        length = timedelta(seconds=1) if ":" in form else DAY
        return time.timestamp() * 1000, (time + length).timestamp() * 1000
    raise OpenbisError(f"Date value '{text}' does not match any of the supported formats.")


WAYS: dict[str, Callable[[str | float, str, object, Json], bool]] = {
    "Any": _any,
    "Boolean": _boolean,
    "Date": _date,
    "Number": _number,
    "String": _string,
}
"""How values are compared, by how the name of a ``fieldValue`` begins."""
