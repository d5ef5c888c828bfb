"""Lists of nested records as flat tables, and tables as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyterlab_datahub.model import GraphTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterlab_datahub.model import Export

Cell = str | float | bool | None
Row = dict[str, Cell]

DEEPEST = 12
SINGLE = "values"
"""The name of the table of what is in no list."""

MOST_ROWS = 200_000
"""Rows of one table; lists within lists multiply."""


def flattened(data: Mapping[str, Any]) -> dict[str, GraphTable]:
    """Return the lists of an answer as tables, by name; single values come as one row.

    A list within a record gives a row for each of its records, as nested records give columns
    with dotted names.
    """
    found: dict[str, GraphTable] = {}
    for name, records in _lists(data, ""):
        found[name] = table(name, records)
    single = {name: value for name, value in data.items() if _is_cell(value)}
    if single:
        found[SINGLE] = table(SINGLE, [single])
    return found


def table(name: str, records: Iterable[Any]) -> GraphTable:
    """Return records as a table; columns stand in the order in which they first occur."""
    rows: list[Row] = []
    for record in records:
        rows += _rows(record, "", MOST_ROWS - len(rows))
        if len(rows) >= MOST_ROWS:
            break
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    return GraphTable(
        name=name,
        columns=columns,
        rows=tuple(tuple(row.get(column) for column in columns) for row in rows),
    )


def with_ref(found: GraphTable, ref: str, exports: tuple[Export, ...]) -> GraphTable:
    """Return a table with the refs by which it can be fetched."""
    return msgspec.structs.replace(found, ref=ref, exports=exports)


def as_json(data: Mapping[str, Any], name: str) -> bytes:
    """Return the records of a table as they came, nested."""
    found: Any = data
    if name == SINGLE and SINGLE not in data:
        found = {key: value for key, value in data.items() if _is_cell(value)}
    else:
        for part in name.split("."):
            found = found[part]
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def as_tsv(found: GraphTable) -> Iterator[bytes]:
    """Yield a table as lines with tabs between the cells."""
    yield _line(found.columns)
    for row in found.rows:
        yield _line(row)


def _line(cells: Iterable[Cell]) -> bytes:
    return ("\t".join(map(_text, cells)) + "\n").encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return " ".join(str(cell).split()) if isinstance(cell, str) else str(cell)


def _lists(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[Any]]]:
    for name, value in data.items():
        path = f"{prefix}{name}"
        if isinstance(value, list):
            yield path, value
        elif isinstance(value, dict) and len(path.split(".")) < DEEPEST:
            yield from _lists(value, f"{path}.")
            if any(_is_cell(one) for one in value.values()):
                yield path, [{k: one for k, one in value.items() if not isinstance(one, list)}]


def _rows(record: Any, prefix: str, room: int) -> list[Row]:
    """Return the rows of a record: one, or as many as its lists have records."""
    if not isinstance(record, dict):
        return [{prefix.rstrip(".") or "value": _cell(record)}]
    rows: list[Row] = [{}]
    for name, value in record.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            below = _rows(value, f"{path}.", room)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            below = [row for one in value for row in _rows(one, f"{path}.", room)]
        elif isinstance(value, list):
            below = [{path: ", ".join(map(_text, map(_cell, value)))}]
        else:
            below = [{path: _cell(value)}]
        rows = [row | more for row in rows for more in below or [{}]][: max(room, 1)]
    return rows


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _cell(value: Any) -> Cell:
    return value if _is_cell(value) else msgspec.json.encode(value).decode()
