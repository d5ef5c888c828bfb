"""The comment line that says what a cell loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterlab_datahub.notebooks.words import one_line

if TYPE_CHECKING:
    from jupyterlab_datahub.notebooks.languages import Origin


def comment(origin: Origin, mark: str) -> str:
    """Return title, ref and licence as one comment line that begins with `mark`."""
    parts = (origin.title, origin.ref, origin.licence)
    return f"{mark} " + " · ".join(line for part in parts if (line := one_line(part)))
