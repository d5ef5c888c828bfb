"""What groups the versions of a notebook in openBIS, wherever a program has written it down.

ELN-LIMS keeps it in a cell and, when it copies a notebook, changes nothing else; so the cell is
believed first. We and jupyterlab-openbis keep it in the metadata.
"""

from __future__ import annotations

import re
from typing import Any

CELL = "resultDatasetHistoryId"
OURS = "datahub"
OURS_KEY = "history_id"
OLD_KEY = "openbisHistoryId"

_ASSIGNMENT = re.compile(r"(resultDatasetHistoryId\s*=\s*)(['\"])([^'\"\n]{0,200})\2")


def history_id(document: dict[str, Any]) -> str:
    """Return the history of a notebook, empty where it has none yet."""
    metadata = document.get("metadata")
    found = metadata if isinstance(metadata, dict) else {}
    ours = found.get(OURS)
    kept = ours.get(OURS_KEY) if isinstance(ours, dict) else None
    for known in (_in_cells(document), kept, found.get(OLD_KEY)):
        if isinstance(known, str) and known:
            return known
    return ""


def with_history(document: dict[str, Any], history: str) -> dict[str, Any]:
    """Return a notebook with that history, in its metadata and in the cell if it has one.

    Parameters
    ----------
    document
        The notebook; it is not changed.
    history
        A text without quotes, such as a UUID.
    """
    metadata = document.get("metadata")
    found = metadata if isinstance(metadata, dict) else {}
    ours = found.get(OURS)
    cells = document.get("cells")
    return {
        **document,
        "cells": [_rewritten(cell, history) for cell in cells] if isinstance(cells, list) else [],
        "metadata": {
            **found,
            **({OLD_KEY: history} if OLD_KEY in found else {}),
            OURS: {**(ours if isinstance(ours, dict) else {}), OURS_KEY: history},
        },
    }


def _in_cells(document: dict[str, Any]) -> str:
    cells = document.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        if _is_history(cell) and (match := _ASSIGNMENT.search(_source(cell))):
            return match[3]
    return ""


def _rewritten(cell: Any, history: str) -> Any:
    if not _is_history(cell):
        return cell
    source = _ASSIGNMENT.sub(lambda match: f"{match[1]}{history!r}", _source(cell))
    return {**cell, "source": source.splitlines(keepends=True)}


def _is_history(cell: Any) -> bool:
    """Whether a cell is the one that is named for it, or reads like it, as in old notebooks."""
    if not isinstance(cell, dict) or cell.get("cell_type", "code") != "code":
        return False
    metadata = cell.get("metadata")
    named = isinstance(metadata, dict) and metadata.get("code_cell_id") == CELL
    return named or _source(cell).startswith(f"{CELL}=")


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
