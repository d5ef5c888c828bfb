"""What is said of a file that contradicts itself."""

from __future__ import annotations

from jupyterlab_datahub.errors import UnreadableError

DAMAGED = "the file is damaged, or not what it says it is"

HINT = "Download it and compare its checksum, or ask whoever published it."


def damaged() -> UnreadableError:
    """Return the error for such a file."""
    return UnreadableError(DAMAGED, hint=HINT)
